"""Whole lives of reminders: day after day, with renewals, applications, wishes that change, and days left out.

Two hundred cases by default; ``YIDANG_PROVE=1`` draws 10,000 and says what was counted (``pytest -s`` shows it).
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import hours
from recommender.catalogue import load
from recommender.choices import Choices, Wishes
from recommender.reminding import Heard, reached, reminded
from recommender.sending import SENT, Planned
from recommender.terms import Quiet, Window

PROVE = bool(os.environ.get("YIDANG_PROVE"))
CASES = 10_000 if PROVE else 200
DAY = date(2026, 11, 22)
WHO = "a" * 32
TYPES = ("HKM_PERMIT", "ID_CARD", "PASSPORT", "DRIVING_LICENCE", "RESIDENCE_PERMIT", "Tavern")
SCHOOL = "kindergarten_enrolment"
WEEKLY = 1  # messages, so that few things due are enough to reach the limit
COUNTED: Counter[str] = Counter()


def _with_window(window: Window) -> Any:
    whole = load()
    school = msgspec.structs.replace(whole.service(SCHOOL), window=window)
    return msgspec.structs.replace(whole, by_id={**whole.by_id, SCHOOL: school})


CATALOGUES = [_with_window(Window("05-01", "05-31")), _with_window(Window("11-15", "02-29"))]


def document(type_: str, expires_on: date, issued_on: date | None = None) -> dict[str, object]:
    return {"type": type_, "expires_on": expires_on, "issued_on": issued_on, "status": "valid"}


def case(service: str, status: str, applied_on: date, finished_on: date | None = None) -> dict[str, object]:
    return {"service": service, "status": status, "applied_on": applied_on, "finished_on": finished_on}


def told(file: dict[str, Any], day: date = DAY, **more: Any) -> list[tuple[str, int, str]]:
    found = reminded({"subject": WHO, **file}, "person", day, CATALOGUES[0], **more)
    return [(one.rung.what, one.rung.step, one.state) for one in found]


def test_documents_duties_and_windows_go_in_one_message() -> None:
    file = {
        "documents": [document("HKM_PERMIT", date(2027, 5, 20))],
        "pension_status": "receiving",
        "pension_checked_on": date(2026, 5, 25),
    }
    assert told(file, date(2027, 4, 23), eligible={SCHOOL, "senior_card"}) == [
        (SCHOOL, 14, "send"),
        ("HKM_PERMIT", 30, "digest"),
        ("pension_check", 30, "digest"),
    ]
    assert told(file, date(2027, 5, 20)) == [("HKM_PERMIT", 0, "send"), ("pension_check", 7, "digest")]


def test_who_applied_for_a_window_or_is_not_eligible_hears_nothing_of_it() -> None:
    day = date(2027, 5, 10)
    assert told({}, day, eligible={SCHOOL}) == [(SCHOOL, 0, "send")]
    assert told({}, day) == []
    assert told({"cases": [case(SCHOOL, "in_progress", date(2027, 5, 8))]}, day, eligible={SCHOOL}) == []
    assert told({"cases": [case(SCHOOL, "failed", date(2027, 5, 8))]}, day, eligible={SCHOOL}) != []


def test_what_the_subject_said_is_done_is_not_spoken_of() -> None:
    file = {"documents": [document("HKM_PERMIT", date(2026, 12, 21))]}
    assert told(file) == [("HKM_PERMIT", 30, "send")]
    for mark in ("done", "archived"):
        marked = Heard(Choices.from_fields({"r:HKM_PERMIT.2026-12-21": mark}))
        assert told(file, heard=marked) == [("HKM_PERMIT", 30, "muted")]
    said = Heard(Choices(done={"hkm_permit_renewal": date(2026, 11, 21)}))
    assert told(file, heard=said) == []


def test_what_was_held_for_somebody_who_has_died_is_called_off() -> None:
    file = {"subject": WHO, "documents": [document("HKM_PERMIT", date(2026, 12, 21))]}
    asleep = Heard(Choices(wishes=Wishes(snoozed={"": date(2026, 12, 1)})))
    held = reminded(file, "person", DAY, CATALOGUES[0], heard=asleep)
    assert [one.state for one in held] == ["held"]
    gone = {**file, "died_on": date(2026, 11, 25)}
    assert told(gone, date(2026, 11, 26), heard=Heard(earlier=held), eligible={SCHOOL}) == [
        ("HKM_PERMIT", 30, "cancelled")
    ]


@dataclass(frozen=True)
class Life:
    """One subject: documents, when each is renewed, what is applied for, what it wants, and the days it is asked."""

    expiries: tuple[tuple[str, date, int | None], ...]  # type, expiry, and how many days after the first it is renewed
    start: date
    applied_after: int | None  # for the window, days after the start
    wishes: tuple[Wishes, ...]  # one after the other
    offsets: tuple[int, ...]
    window: int
    hour: str

    def days(self) -> list[date]:
        return sorted(self.start + timedelta(days=offset) for offset in self.offsets)

    def renewed_on(self, place: int) -> date | None:
        after = self.expiries[place][2]
        return None if after is None else self.start + timedelta(days=after)

    def file(self, day: date) -> dict[str, Any]:
        """What is in the file on ``day``: renewals once they are issued, applications once they are made."""
        held = [document(type_, expires_on) for type_, expires_on, _ in self.expiries]
        for place, (type_, expires_on, _) in enumerate(self.expiries):
            on = self.renewed_on(place)
            if on is not None and on <= day:
                held.append(document(type_, expires_on + timedelta(days=3650), on))
        applied_on = None if self.applied_after is None else self.start + timedelta(days=self.applied_after)
        cases = [case(SCHOOL, "in_progress", applied_on)] if applied_on and applied_on <= day else []
        return {"subject": WHO, "documents": held, "cases": cases}


HOURS = st.sampled_from(["00:00", "06:30", "08:00", "12:00", "20:59", "21:00", "23:30"])
QUIETS = st.one_of(st.none(), st.builds(Quiet, HOURS, HOURS).filter(lambda quiet: quiet.begins != quiet.ends))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    start = draw(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
    days = st.integers(0, 130)
    wishes = st.builds(
        Wishes,
        QUIETS,
        st.dictionaries(st.just(""), days.map(lambda n: start + timedelta(days=n)), max_size=1),
        st.frozensets(st.sampled_from(["window", *TYPES[:2]]), max_size=1),
    )
    types = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=4, unique=True))
    expiries = [
        (type_, start + timedelta(days=draw(st.integers(-20, 120))), draw(st.one_of(st.none(), days)))
        for type_ in types
    ]
    return Life(
        tuple(expiries),
        start,
        draw(st.one_of(st.none(), days)),
        tuple(draw(st.lists(wishes, min_size=1, max_size=3))),
        tuple(draw(st.lists(days, min_size=1, max_size=25))),
        draw(st.integers(0, 1)),
        draw(HOURS),
    )


def lived(life: Life) -> Iterator[tuple[date, Wishes, datetime, tuple[Planned, ...], tuple[Planned, ...]]]:
    """Day by day: (day, wishes, moment, what was planned before, what is planned on the day)."""
    sheet = CATALOGUES[life.window]
    delivery = msgspec.structs.replace(sheet.delivery, send_at=life.hour, weekly_messages=WEEKLY)
    catalogue = msgspec.structs.replace(sheet, delivery=delivery)
    earlier: tuple[Planned, ...] = ()
    for number, day in enumerate(life.days()):
        wishes = life.wishes[number * len(life.wishes) // len(life.offsets)]
        heard = Heard(Choices(wishes=wishes), earlier)
        today = reminded(life.file(day), "person", day, catalogue, eligible={SCHOOL}, heard=heard)
        yield day, wishes, hours.moment(day, life.hour), earlier, today
        earlier = (*earlier, *today)


@settings(max_examples=CASES)
@given(life=lives())
def test_each_rung_is_sent_at_most_once_never_after_renewal_and_never_taken_back(life: Life) -> None:
    sent: dict[str, Planned] = {}
    for day, wishes, at, _, today in lived(life):
        COUNTED["days"] += 1
        fires = reached(life.file(day), "person", day, CATALOGUES[life.window], eligible={SCHOOL})
        ids = [one.rung.id for one in today]
        assert len(set(ids)) == len(ids)
        assert {rung.id for rung in fires} <= set(ids), "a rung that was reached has no state"
        renewed = {
            (type_, expires_on)
            for place, (type_, expires_on, _) in enumerate(life.expiries)
            if (on := life.renewed_on(place)) is not None and on <= day
        }
        applied = life.applied_after is not None and life.start + timedelta(days=life.applied_after) <= day
        for one in today:
            COUNTED[one.state] += 1
            if one.rung.id in sent:
                assert one.state in ("sent", "arrived", "unanswered"), "what was sent is taken back or sent again"
                assert (one.at, one.message) == (sent[one.rung.id].at, sent[one.rung.id].message)
            elif one.state in SENT:
                assert one.at is not None
                assert one.rung.fires_on <= day <= hours.civil_day(one.at)
                assert one.at == hours.first_audible(at, wishes.quiet or load().delivery.quiet)
                assert (one.rung.what, one.rung.due_on) not in renewed
                assert not (applied and one.rung.what == SCHOOL)
                assert not {one.rung.what, one.rung.thing} & wishes.muted
                sent[one.rung.id] = one
    weeks = Counter(
        hours.week_of(messages[0].at)
        for messages in _by_message(sent.values()).values()
        if messages[0].at and not any(one.rung.last for one in messages)
    )
    assert max(weeks.values(), default=0) <= WEEKLY
    COUNTED["cases"] += 1


@settings(max_examples=max(CASES // 20, 10))
@given(life=lives())
def test_asked_every_day_nothing_that_is_held_is_lost(life: Life) -> None:
    daily = replace(life, offsets=tuple(range(190)), wishes=life.wishes[:1])
    waiting: dict[str, Planned] = {}
    for _, _, _, _, today in lived(daily):
        for one in today:
            if one.state in ("held", "muted"):
                waiting[one.rung.id] = one
            else:
                waiting.pop(one.rung.id, None)
    assert [one.rung for one in waiting.values() if one.rung.thing == "document"] == []


def _by_message(planned: Any) -> dict[str, list[Planned]]:
    messages: dict[str, list[Planned]] = {}
    for one in planned:
        messages.setdefault(one.message, []).append(one)
    return messages


@pytest.mark.skipif(not PROVE, reason="says what the long proof counted")
def test_the_long_proof_says_what_it_counted() -> None:
    assert COUNTED["cases"] >= CASES
    print("\nreminders:", " · ".join(f"{name} {count:,}" for name, count in sorted(COUNTED.items())))
