"""Great Expectations judges a feed by the suite that its contract asks for, in silence and without a network."""

import socket
from dataclasses import replace
from datetime import date

import pytest

from profiles import contracts
from profiles.gate.judge import judge, suite
from profiles.gate.measure import Measures

DAY = date(2026, 3, 1)
VEHICLES = contracts.load()["vehicles"]
CLEAN = Measures(
    delivered=1000,
    accepted=1000,
    faults={},
    reasons={},
    absent={"person": 0, "plate": 0, "registered_on": 0, "inspection_due": 150, "as_of": 0},
    newest=date(2026, 2, 28),
)


def failed(measures: Measures, *, snapshot: bool = False) -> tuple[str, ...]:
    return judge("vehicles", suite(VEHICLES, measures, DAY, snapshot=snapshot)).failed


def test_a_clean_feed_passes_every_check_of_its_contract() -> None:
    verdict = judge("vehicles", suite(VEHICLES, CLEAN, DAY, snapshot=False))
    assert verdict.passed
    assert [check.name for check in verdict.checks][:3] == [
        "rows delivered",
        "share quarantined",
        "share repeating a key",
    ]
    assert "share missing in inspection_due" in {check.name for check in verdict.checks}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"delivered": 0, "accepted": 0, "absent": {}, "newest": None}, "rows delivered: 0, at least 1 expected"),
        ({"accepted": 899}, "share quarantined: 10.1%, at most 10.0% allowed"),
        ({"faults": {("", "duplicate_key"): 51}}, "share repeating a key: 5.1%, at most 5.0% allowed"),
        ({"faults": {("plate", "garbled_text"): 51}}, "share invalid in plate: 5.1%, at most 5.0% allowed"),
        (
            {"absent": {**CLEAN.absent, "inspection_due": 201}},
            "share missing in inspection_due: 20.1%, at most 20.0% allowed",
        ),
        ({"newest": date(2026, 1, 1)}, "days since the newest row: 59, at most 45 allowed"),
    ],
)
def test_an_unfit_feed_is_told_by_the_check_it_failed(change: dict[str, object], said: str) -> None:
    assert failed(replace(CLEAN, **change)) == (said,)  # type: ignore[arg-type]


def test_at_its_ceiling_a_feed_still_passes() -> None:
    at_the_ceiling = replace(CLEAN, accepted=900, faults={("", "duplicate_key"): 50}, newest=date(2026, 1, 15))
    assert failed(at_the_ceiling) == ()


def test_the_age_of_a_snapshot_is_not_judged() -> None:
    assert failed(replace(CLEAN, newest=date(2004, 12, 31)), snapshot=True) == ()


@pytest.mark.parametrize(
    ("delivered", "said"),
    [
        (2000, ()),
        (2001, ("share beyond the usual rows: 100.1%, at most 100.0% allowed",)),
        (700, ()),
        (699, ("share lacking of the usual rows: 30.1%, at most 30.0% allowed",)),
    ],
)
def test_a_feed_may_have_twice_its_usual_rows_and_lack_three_tenths(delivered: int, said: tuple[str, ...]) -> None:
    measures = replace(CLEAN, delivered=delivered, accepted=delivered, absent={})
    assert judge("vehicles", suite(VEHICLES, measures, DAY, usual=1000.0)).failed == said


def test_the_growth_of_a_small_feed_is_not_judged() -> None:
    names = {check.name for check in suite(VEHICLES, CLEAN, DAY, usual=99.0)}
    assert "share lacking of the usual rows" in names
    assert "share beyond the usual rows" not in names


def test_a_rule_that_spans_columns_is_judged() -> None:
    contract = contracts.load()["permits"]
    measures = replace(CLEAN, absent={}, faults={("", "issued_before_expiry"): 60})
    verdict = judge("permits", suite(contract, measures, DAY, snapshot=False))
    assert verdict.failed == ("share breaking issued_before_expiry: 6.0%, at most 5.0% allowed",)


def test_judging_calls_no_network_and_prints_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    called: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: called.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: called.append(address))
    assert failed(replace(CLEAN, delivered=1001, accepted=1001)) == ()  # measures that nobody has judged before
    assert called == []
    assert capfd.readouterr() == ("", "")
