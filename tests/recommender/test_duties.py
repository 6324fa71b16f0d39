from datetime import date

import msgspec
import pytest

from recommender.catalogue import load
from recommender.duties import Document, Duty, documents_of, duties_of

DAY = date(2026, 11, 22)


def owed(kind: str, day: date = DAY, **columns: object) -> tuple[Duty, ...]:
    return duties_of(columns, kind, day, load())


def test_the_pension_is_checked_a_year_after_the_last_check() -> None:
    found = owed("person", pension_status="receiving", pension_checked_on=date(2025, 12, 10))
    assert found == (Duty("pension_check", date(2026, 12, 10)),)


def test_the_first_pension_check_is_a_year_after_the_first_pension() -> None:
    found = owed("person", pension_status="receiving", pension_checked_on=None, pension_since=date(2026, 2, 28))
    assert found == (Duty("pension_check", date(2027, 2, 28)),)


def test_nobody_without_a_pension_is_checked() -> None:
    assert owed("person", pension_status="contributing", pension_checked_on=date(2025, 12, 10)) == ()
    assert owed("person", pension_checked_on=date(2025, 12, 10)) == ()


def test_a_check_on_the_leap_day_is_due_on_the_last_of_february() -> None:
    found = owed("person", day=date(2024, 12, 1), pension_status="receiving", pension_checked_on=date(2024, 2, 29))
    assert found == (Duty("pension_check", date(2025, 2, 28)),)


def test_a_duty_says_who_told_of_it_where_the_file_has_its_facts() -> None:
    facts = [
        {"name": "inspection_due", "source": "vehicles", "as_of": date(2026, 1, 1), "in_force": False},
        {"name": "inspection_due", "source": "vehicles", "as_of": date(2026, 11, 1), "in_force": True},
    ]
    [found] = owed("person", inspection_due=date(2026, 12, 1), facts=facts)
    assert (found.source, found.as_of) == ("vehicles", date(2026, 11, 1))


def test_a_vehicle_is_inspected_on_its_own_day() -> None:
    assert owed("person", inspection_due=date(2026, 12, 1)) == (Duty("vehicle_inspection", date(2026, 12, 1)),)


@pytest.mark.parametrize(
    ("day", "last_year", "founded_on", "due_on"),
    [
        (date(2026, 5, 1), 2024, date(2020, 3, 1), date(2026, 6, 30)),  # last year's is open
        (date(2026, 5, 1), 2025, date(2020, 3, 1), None),  # filed
        (date(2026, 5, 1), None, date(2025, 3, 1), date(2026, 6, 30)),  # the first ever
        (date(2026, 5, 1), None, date(2026, 3, 1), None),  # founded this year: none for last year
        (date(2026, 5, 1), None, date(2004, 3, 1), None),  # nothing known of what was filed
    ],
)
def test_an_annual_report_is_due_on_the_last_of_june(
    day: date, last_year: int | None, founded_on: date, due_on: date | None
) -> None:
    found = owed("enterprise", day, enterprise_status="active", last_report_year=last_year, founded_on=founded_on)
    assert found == (() if due_on is None else (Duty("annual_report", due_on),))


def test_a_yearly_duty_of_the_leap_day_is_due_on_the_last_of_february() -> None:
    catalogue = load()
    [report] = [duty for duty in catalogue.duties if duty.code == "annual_report"]
    leaping = msgspec.structs.replace(catalogue, duties=(msgspec.structs.replace(report, yearly="02-29"),))
    file = {"enterprise_status": "active", "founded_on": date(2020, 3, 1), "last_report_year": 2020}
    due_on = {
        day: [duty.due_on for duty in duties_of(file, "enterprise", day, leaping)]
        for day in (date(2027, 2, 1), date(2028, 2, 1))
    }
    assert due_on == {date(2027, 2, 1): [date(2027, 2, 28)], date(2028, 2, 1): [date(2028, 2, 29)]}


def test_a_duty_of_january_is_known_in_the_december_before() -> None:
    catalogue = load()
    [report] = [duty for duty in catalogue.duties if duty.code == "annual_report"]
    early = msgspec.structs.replace(catalogue, duties=(msgspec.structs.replace(report, yearly="01-15"),))
    file = {"enterprise_status": "active", "founded_on": date(2020, 3, 1), "last_report_year": 2025}
    assert duties_of(file, "enterprise", date(2026, 12, 20), early) == (Duty("annual_report", date(2027, 1, 15)),)
    filed = {**file, "last_report_year": 2026}
    assert duties_of(filed, "enterprise", date(2027, 1, 10), early) == ()


def test_the_dead_and_the_struck_off_owe_nothing_and_hold_nothing() -> None:
    held = [{"type": "ID_CARD", "expires_on": date(2026, 12, 1)}]
    dead = {"documents": held, "died_on": date(2026, 1, 1), "inspection_due": date(2026, 12, 1)}
    gone = {"documents": held, "enterprise_status": "cancelled", "last_report_year": 2020}
    assert (documents_of(dead), duties_of(dead, "person", DAY, load())) == ((), ())
    assert (documents_of(gone), duties_of(gone, "enterprise", DAY, load())) == ((), ())


def test_documents_are_read_without_their_numbers() -> None:
    file = {
        "documents": [
            {
                "type": "HKM_PERMIT",
                "number": "sealed",
                "issued_on": date(2016, 12, 21),
                "expires_on": date(2026, 12, 21),
                "status": "valid",
                "source": "documents",
                "as_of": DAY,
            }
        ]
    }
    assert documents_of(file) == (
        Document("HKM_PERMIT", date(2026, 12, 21), date(2016, 12, 21), "valid", "documents", DAY),
    )


def test_a_file_of_which_nothing_is_known_gives_nothing() -> None:
    assert documents_of({"documents": None}) == ()
    assert (owed("person"), owed("enterprise")) == ((), ())
