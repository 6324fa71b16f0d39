import os
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import calendar
from recommender.catalogue import load
from recommender.duties import Document, Duty
from recommender.reminders import Rung, due, rung_id, rungs
from recommender.windows import Enrolment

PROVE = bool(os.environ.get("YIDANG_PROVE"))
CASES = 10_000 if PROVE else 200
COUNTED: Counter[str] = Counter()
CATALOGUE = load()
WHO = "0" * 32
TYPES = st.sampled_from(["HKM_PERMIT", "ID_CARD", "FOOD_PERMIT", "WORK_SAFETY_LICENCE", "Tavern"])
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
EXPIRY = date(2026, 12, 21)  # a Monday; thirty days before is a Saturday
PERMIT = Document("HKM_PERMIT", EXPIRY, date(2016, 12, 21))


def reached(day: date, *documents: Document, duties: tuple[Duty, ...] = ()) -> list[tuple[str, int, date]]:
    return [(rung.what, rung.step, rung.fires_on) for rung in rungs(WHO, documents, duties, day, CATALOGUE)]


def first_days(document: Document, days: list[date]) -> dict[str, tuple[int, date]]:
    """Rung id -> (step, the first of ``days`` that reached it), as one who delivers each id once would see it."""
    sent: dict[str, tuple[int, date]] = {}
    for day in days:
        for rung in rungs(WHO, [document], [], day, CATALOGUE):
            sent.setdefault(rung.id, (rung.step, day))
    return sent


def test_a_month_ahead_is_announced_on_the_working_day_before() -> None:
    assert reached(date(2026, 11, 19), PERMIT) == []
    assert reached(date(2026, 11, 20), PERMIT) == [("HKM_PERMIT", 30, date(2026, 11, 20))]
    assert reached(date(2026, 11, 22), PERMIT) == [("HKM_PERMIT", 30, date(2026, 11, 20))]


def test_the_ladder_goes_down_to_the_day_itself() -> None:
    every_day = [date(2026, 11, 1) + timedelta(days=n) for n in range(100)]
    assert sorted(first_days(PERMIT, every_day).values(), reverse=True) == [
        (30, date(2026, 11, 20)),
        (7, date(2026, 12, 14)),
        (0, date(2026, 12, 21)),
    ]


def test_of_several_missed_rungs_the_latest_alone_is_reached() -> None:
    assert reached(date(2026, 12, 18), PERMIT) == [("HKM_PERMIT", 7, date(2026, 12, 14))]
    assert reached(date(2026, 12, 30), PERMIT) == [("HKM_PERMIT", 0, date(2026, 12, 21))]


def test_what_is_long_overdue_is_no_longer_spoken_of() -> None:
    assert len(reached(EXPIRY + timedelta(days=30), PERMIT)) == 1
    assert reached(EXPIRY + timedelta(days=31), PERMIT) == []
    assert due([PERMIT], [], EXPIRY + timedelta(days=31), CATALOGUE) == ()


def test_a_renewal_that_takes_longer_is_announced_earlier() -> None:
    # 20 working days to make and 3 to post are more than 30 calendar days.
    card = Document("ID_CARD", date(2026, 12, 21))
    [found] = due([card], [], date(2026, 11, 22), CATALOGUE)
    assert (found.lead_days, found.opens_on, found.service) == (60, date(2026, 10, 22), "id_card_renewal")


def test_holidays_make_the_lead_longer() -> None:
    # Sixteen working days end before 30 days in March, but not across the Spring Festival of 2026.
    slow = msgspec.structs.replace(CATALOGUE.service("hkm_permit_renewal"), processing_days=16)
    catalogue = msgspec.structs.replace(CATALOGUE, by_id={**CATALOGUE.by_id, slow.id: slow})
    leads = {
        expiry: due([Document("HKM_PERMIT", expiry)], [], expiry, catalogue)[0].lead_days
        for expiry in (date(2026, 3, 2), date(2026, 4, 3))
    }
    assert leads == {date(2026, 3, 2): 60, date(2026, 4, 3): 30}


def test_a_newer_document_of_the_type_ends_it() -> None:
    newer = Document("HKM_PERMIT", date(2036, 12, 1), date(2026, 12, 1))
    assert reached(date(2026, 11, 30), PERMIT, newer) == [("HKM_PERMIT", 30, date(2026, 11, 20))]
    assert reached(date(2026, 12, 1), PERMIT, newer) == []


def test_a_newer_document_without_an_end_ends_it() -> None:
    assert reached(date(2026, 12, 1), PERMIT, Document("HKM_PERMIT", None, date(2026, 12, 1))) == []


def test_a_revoked_document_is_not_spoken_of_and_renews_nothing() -> None:
    revoked = Document("HKM_PERMIT", EXPIRY, status="revoked")
    newer = Document("HKM_PERMIT", date(2036, 12, 1), date(2026, 12, 1), status="revoked")
    assert reached(date(2026, 12, 15), revoked) == []
    assert reached(date(2026, 12, 15), PERMIT, newer) == [("HKM_PERMIT", 7, date(2026, 12, 14))]


def test_a_document_of_another_type_renews_nothing() -> None:
    other = Document("PASSPORT", date(2036, 12, 1), date(2026, 12, 1))
    assert reached(date(2026, 12, 15), PERMIT, other) == [("HKM_PERMIT", 7, date(2026, 12, 14))]


def test_the_same_document_from_two_sources_is_one() -> None:
    assert len(due([PERMIT, PERMIT], [], date(2026, 12, 1), CATALOGUE)) == 1


def test_a_type_that_no_file_describes_is_announced_thirty_days_ahead() -> None:
    assert reached(date(2026, 11, 22), Document("Tavern", EXPIRY)) == [("Tavern", 30, date(2026, 11, 20))]


def test_nobody_is_told_to_renew_before_they_can() -> None:
    # Thirty days before is a Sunday; a permit that may be renewed only from then on is announced the day after.
    kind = msgspec.structs.replace(CATALOGUE.document("HKM_PERMIT"), lead_days=60, renewable_days=30)
    catalogue = msgspec.structs.replace(CATALOGUE, documents={**CATALOGUE.documents, kind.type: kind})
    permit = Document("HKM_PERMIT", date(2026, 12, 22))
    assert rungs(WHO, [permit], [], date(2026, 11, 22), catalogue) == ()
    [first] = rungs(WHO, [permit], [], date(2026, 11, 23), catalogue)
    assert (first.step, first.fires_on, first.last) == (30, date(2026, 11, 23), False)
    [found] = due([permit], [], date(2026, 11, 23), catalogue)
    assert (found.open_from, found.opens_on) == (date(2026, 11, 22), date(2026, 11, 23))


def test_a_document_without_end_is_never_due() -> None:
    assert due([Document("ID_CARD", date(9999, 12, 31))], [], DAY, CATALOGUE) == ()


def test_a_renewal_under_way_or_done_ends_it_and_that_of_the_document_itself_does_not() -> None:
    def told(settled: Mapping[str, date]) -> int:
        return len(rungs(WHO, [PERMIT], [], DAY, CATALOGUE, settled=settled))

    assert told({"hkm_permit_renewal": DAY}) == 0
    assert told({"hkm_permit_renewal": date(2026, 11, 2)}) == 0
    assert told({"hkm_permit_renewal": date(2016, 12, 21)}) == 1
    assert told({"passport_renewal": DAY}) == 1
    # The permit was extended in summer; the one before it, in the summer of the year before.
    yearly = Document("RESIDENCE_PERMIT", date(2026, 12, 10), date(2020, 1, 1))
    told_of = {
        on: len(rungs(WHO, [yearly], [], DAY, CATALOGUE, settled={"residence_permit_renewal": on}))
        for on in (date(2026, 7, 1), date(2025, 12, 9))
    }
    assert told_of == {date(2026, 7, 1): 0, date(2025, 12, 9): 1}


def test_a_duty_that_was_done_is_not_spoken_of() -> None:
    check = Duty("pension_check", date(2026, 12, 10))
    for on, count in ((date(2026, 11, 20), 0), (date(2025, 12, 10), 1)):
        assert len(rungs(WHO, [], [check], DAY, CATALOGUE, settled={"pension_check": on})) == count


MAY = Enrolment("kindergarten_enrolment", date(2026, 5, 1), date(2026, 5, 31))


def test_a_window_is_announced_before_it_opens_when_it_is_open_and_before_it_closes() -> None:
    """1 to 5 May are Labour Day's holidays, 9 May is worked instead, and 31 May is a Sunday."""
    sent: dict[str, tuple[date, int, date, bool]] = {}
    for n in range(120):
        day = date(2026, 3, 1) + timedelta(days=n)
        for rung in rungs(WHO, [], [], day, CATALOGUE, enrolments=[MAY]):
            sent.setdefault(rung.id, (rung.due_on, rung.step, day, rung.last))
    assert list(sent.values()) == [
        (date(2026, 5, 1), 14, date(2026, 4, 17), False),
        (date(2026, 5, 1), 0, date(2026, 5, 6), False),
        (date(2026, 5, 31), 7, date(2026, 5, 22), False),
        (date(2026, 5, 31), 0, date(2026, 5, 29), True),
    ]
    [found] = due([], [], date(2026, 4, 20), CATALOGUE, enrolments=[MAY])
    assert (found.thing, found.what, found.service) == ("window", MAY.service, MAY.service)
    assert (found.open_from, found.due_on) == (MAY.opens_on, MAY.closes_on)
    assert due([], [], date(2026, 6, 1), CATALOGUE, enrolments=[MAY]) == ()


def test_a_short_window_is_spoken_of_once_a_day_and_never_before_it_is_open() -> None:
    week = Enrolment("kindergarten_enrolment", date(2026, 6, 1), date(2026, 6, 5))
    days = [date(2026, 5, 1) + timedelta(days=n) for n in range(60)]
    fired = {rung.fires_on: rung for day in days for rung in rungs(WHO, [], [], day, CATALOGUE, enrolments=[week])}
    assert [(on, rung.due_on, rung.step) for on, rung in fired.items()] == [
        (date(2026, 5, 18), date(2026, 6, 1), 14),
        (date(2026, 6, 1), date(2026, 6, 5), 7),
        (date(2026, 6, 5), date(2026, 6, 5), 0),
    ]


def test_duties_climb_the_same_ladder() -> None:
    check = Duty("pension_check", date(2026, 12, 10))
    assert reached(date(2026, 11, 22), duties=(check,)) == [("pension_check", 30, date(2026, 11, 10))]
    [found] = due([], [check], date(2026, 11, 22), CATALOGUE)
    assert (found.service, found.thing) == ("pension_check", "duty")


def test_the_most_urgent_comes_first_and_what_opens_soon_can_be_asked_for() -> None:
    later = Document("PASSPORT", date(2027, 1, 25))
    day = date(2026, 11, 22)
    assert [thing.what for thing in due([later, PERMIT], [], day, CATALOGUE)] == ["HKM_PERMIT"]
    assert [thing.what for thing in due([later, PERMIT], [], day, CATALOGUE, ahead_days=7)] == [
        "HKM_PERMIT",
        "PASSPORT",
    ]


def test_a_rung_in_a_year_without_a_published_calendar_says_so() -> None:
    [known] = rungs(WHO, [PERMIT], [], date(2026, 11, 22), CATALOGUE)
    [guessed] = rungs(WHO, [Document("HKM_PERMIT", date(2090, 6, 1))], [], date(2090, 5, 20), CATALOGUE)
    assert (known.published, guessed.published) == (True, False)
    # Counted back from a year that is not published yet to one that is.
    [found] = due([Document("HKM_PERMIT", date(2090, 1, 10))], [], date(2089, 12, 20), CATALOGUE)
    assert found.estimated


def test_ids_are_the_same_everywhere_and_say_nothing_of_the_subject() -> None:
    assert rung_id(WHO, "HKM_PERMIT", EXPIRY, 30) == "2756a14bc4bca4e0ba673069eecf9ee7"
    others = {rung_id(WHO, what, on, step) for what in ("A", "B") for on in (EXPIRY, DAY) for step in (0, 7)}
    assert len(others) == 8


DAY = date(2026, 11, 22)


@settings(max_examples=CASES)
@given(type_=TYPES, expires_on=DAYS, offsets=st.lists(st.integers(-250, 60), min_size=1, max_size=40))
def test_each_rung_fires_at_most_once_and_never_before_its_day(
    type_: str, expires_on: date, offsets: list[int]
) -> None:
    days = sorted(expires_on + timedelta(days=offset) for offset in offsets)
    sent: dict[str, Rung] = {}
    fired: list[int] = []
    for day in days:
        found = rungs(WHO, [Document(type_, expires_on)], [], day, CATALOGUE)
        assert len(found) <= 1
        for rung in found:
            assert rung.fires_on <= day <= expires_on + timedelta(days=CATALOGUE.ladder.overdue_days)
            assert calendar.working(rung.fires_on)
            assert rung.fires_on <= expires_on - timedelta(days=rung.step)
            if rung.id not in sent:
                sent[rung.id] = rung
                fired.append(rung.step)
            assert sent[rung.id] == rung  # a later day says the same of what was sent
    assert len(set(fired)) == len(fired)
    assert fired == sorted(fired, reverse=True)
    COUNTED.update({"documents": 1, "days": len(days), "fired": len(fired)})


@settings(max_examples=CASES)
@given(
    type_=TYPES, expires_on=DAYS, longer=st.integers(1, 4000), issued=st.integers(-200, 20), after=st.integers(0, 90)
)
def test_nothing_fires_after_the_renewal(type_: str, expires_on: date, longer: int, issued: int, after: int) -> None:
    old = Document(type_, expires_on)
    renewal = Document(type_, expires_on + timedelta(days=longer + 400), expires_on + timedelta(days=issued))
    day = expires_on + timedelta(days=issued + after)
    assert [r for r in rungs(WHO, [old, renewal], [], day, CATALOGUE) if r.due_on == expires_on] == []
    COUNTED["renewals"] += 1
    COUNTED["of them in time"] += issued <= 0


@pytest.mark.skipif(not PROVE, reason="says what the long proof counted")
def test_the_long_proof_says_what_it_counted() -> None:
    assert min(COUNTED["documents"], COUNTED["renewals"]) >= CASES
    print("\nrungs:", " · ".join(f"{name} {count:,}" for name, count in COUNTED.items()))


@given(type_=TYPES, expires_on=DAYS, offset=st.integers(-200, 60))
def test_what_has_reached_a_rung_is_due_on_the_page(type_: str, expires_on: date, offset: int) -> None:
    day = expires_on + timedelta(days=offset)
    on_page = {(thing.what, thing.due_on) for thing in due([Document(type_, expires_on)], [], day, CATALOGUE)}
    fired = {(r.what, r.due_on) for r in rungs(WHO, [Document(type_, expires_on)], [], day, CATALOGUE)}
    assert on_page == fired
