"""Splink's scores: what each comparison finds, what it weighs, and that nothing of it is heard or kept."""

import logging
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random

import pytest

from profiles.linkage.match import Pair, scored
from profiles.linkage.opened import person, table
from profiles.linkage.terms import load

TERMS = load()["school_roll"]
BORN = date(2015, 3, 12)
PHONE, OTHER_PHONE = "15400000001", "15400000002"
CROWD = [person(f"c{number}", "欧阳无名", date(2014, 1, 1), []) for number in range(400)]


def pair(name: str, birth: date = BORN, phones: tuple[str, ...] = (PHONE,)) -> Pair | None:
    """王小明 of BORN, whose parents have PHONE and another, beside the row of a roll."""
    resident = person("resident", "王小明", BORN, [PHONE, OTHER_PHONE])
    found = scored(table([person("row", name, birth, phones)]), table([resident, *CROWD]), TERMS)
    return found[0] if found else None


def levels(found: Pair | None) -> Mapping[str, str]:
    return {one.comparison: one.level for one in found.evidence} if found else {}


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("王小明", "same"), ("王 小明", "same"), ("王晓明", "one_slip"), ("王明", "one_slip"), ("王明小", "one_slip"),
        ("黄小明", "one_slip"), ("王小小明", "one_slip"),
    ],
)  # fmt: skip
def test_a_name_is_the_same_or_one_slip_away(name: str, level: str) -> None:
    assert levels(pair(name))["name"] == level


@pytest.mark.parametrize("name", ["李小强", "明小王", "王大力"])
def test_with_another_name_a_birth_date_and_a_phone_in_common_make_a_twin_and_no_link(name: str) -> None:
    found = pair(name)
    assert found is None or found.weight < TERMS.threshold_bits


@pytest.mark.parametrize(
    ("birth", "level"),
    [
        (BORN, "same"), (date(2015, 12, 3), "one_slip"), (date(2015, 3, 22), "one_slip"),
        (date(2016, 3, 12), "one_slip"), (date(2015, 3, 21), "one_slip"), (date(2012, 6, 6), "different"),
    ],
)  # fmt: skip
def test_a_birth_date_is_the_same_or_one_slip_away(birth: date, level: str) -> None:
    assert levels(pair("王小明", birth))["birth_date"] == level


@pytest.mark.parametrize(
    ("phones", "level"),
    [((PHONE,), "a_parents"), (("+86 154 0000 0002",), "a_parents"), (("15499999999",), "nobodys"), ((), "unknown")],
)
def test_a_phone_is_a_parents_or_nobodys_or_unknown(phones: tuple[str, ...], level: str) -> None:
    assert levels(pair("王小明", phones=phones))["phones"] == level


def test_weights_and_blind_chance_add_up_to_the_probability() -> None:
    found = pair("王晓明")
    assert found is not None
    assert [(one.comparison, one.weight) for one in found.evidence] == [
        ("name", 3.977280), ("birth_date", 12.713018), ("phones", 13.135709),
    ]  # fmt: skip
    chance = -8.796220  # log2 of the odds that one of 401 residents is the one, expected of 90 % of rows
    assert found.weight == pytest.approx(chance + sum(one.weight for one in found.evidence), abs=1e-4)
    assert found.probability == pytest.approx(1 / (1 + 2**-found.weight), abs=1e-9)


def test_the_order_of_rows_changes_nothing() -> None:
    people = [person(f"p{number}", f"王小{sign}", BORN, [PHONE]) for number, sign in enumerate("明强军丽芳")]
    rows = [person(f"r{number}", f"王小{sign}", BORN, [PHONE]) for number, sign in enumerate("芳丽军强明")]
    found = scored(table(rows), table([*people, *CROWD]), TERMS)
    order = Random(3)
    shuffled = [order.sample(side, len(side)) for side in (rows, [*people, *CROWD])]
    assert scored(table(shuffled[0]), table(shuffled[1]), TERMS) == found
    assert {(one.record, one.subject) for one in found if one.evidence[0].level == "same"} == {
        (f"r{number}", f"p{4 - number}") for number in range(5)
    }


def test_nobody_to_compare_with_gives_no_pair() -> None:
    one = table([person("row", "王小明", BORN, [PHONE])])
    assert scored(one, table([]), TERMS) == []
    assert scored(table([]), one, TERMS) == []


def test_nothing_is_logged_printed_or_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with caplog.at_level(logging.DEBUG):
        assert pair("王小明") is not None
    assert not [record for record in caplog.records if record.name.startswith(("splink", "duckdb"))]
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.rglob("*")) == []
