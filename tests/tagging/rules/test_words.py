"""What each domain word means, on one file each."""

from datetime import date

import pytest

from tagging.rules import parse
from tests.tagging.sample import duckdb_answers, file

NO, YES, UNKNOWN = 0, 1, 2


def answer(text, kind="person", **given):
    return duckdb_answers([file(**given)], kind, [parse(text, kind)])[0][0]


def permit(issued, expires, status="valid", kind="HKM_PERMIT"):
    return {"type": kind, "status": status, "issued_on": issued, "expires_on": expires}


OLD = permit("2020-07-30", "2025-07-30")
NEW = permit("2025-06-01", "2030-06-01")
FOREVER = permit("2020-01-01", None)
LATER = permit("2025-07-02", "2030-07-01")
LAPSED = permit("2015-06-30", "2025-06-30")


@pytest.mark.parametrize(
    ("documents", "holds", "expires", "expired"),
    [
        ([OLD], YES, YES, NO),
        ([OLD, NEW], YES, NO, NO),
        ([OLD, FOREVER], YES, NO, NO),
        ([OLD, LATER], YES, YES, NO),
        ([LATER], NO, NO, NO),
        ([LAPSED], NO, NO, YES),
        ([LAPSED, NEW], YES, NO, NO),
        ([permit("2020-07-30", "2025-07-31")], YES, YES, NO),
        ([permit("2020-07-30", "2025-08-01")], YES, NO, NO),
        ([permit("2020-07-30", "2025-07-01")], YES, YES, NO),
        ([permit("2020-07-30", "2025-07-30", "revoked")], NO, NO, NO),
        ([permit("2020-07-30", "2025-07-30", kind="PASSPORT")], NO, NO, NO),
        ([permit(None, "2025-07-30")], YES, YES, NO),
        ([], NO, NO, NO),
        (None, UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_a_document_counts_while_it_is_valid_and_not_renewed(documents, holds, expires, expired):
    assert answer("holds('HKM_PERMIT')", documents=documents) == holds
    assert answer("expires_within('HKM_PERMIT', 30)", documents=documents) == expires
    assert answer("expired_within('HKM_PERMIT', 30)", documents=documents) == expired


def test_any_expiring_document_counts_unless_one_of_its_own_type_follows():
    passport = permit("2025-06-01", "2035-06-01", kind="PASSPORT")
    assert answer("any_expires_within(30)", documents=[OLD, passport]) == YES
    assert answer("any_expires_within(30)", documents=[OLD, passport, NEW]) == NO
    assert answer("any_expires_within(30)", documents=None) == UNKNOWN


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([{"kind": "child", "birth_date": "2019-07-01"}], YES),
        ([{"kind": "child", "birth_date": "2019-06-30"}], YES),
        ([{"kind": "child", "birth_date": "2018-07-01"}], NO),
        ([{"kind": "child", "birth_date": "2018-07-02"}], YES),
        ([{"kind": "child", "birth_date": "2019-07-02"}], NO),
        ([{"kind": "spouse", "birth_date": "2019-07-01"}], NO),
        ([{"kind": "child", "birth_date": None}], UNKNOWN),
        ([{"kind": "child", "birth_date": None}, {"kind": "child", "birth_date": "2019-07-01"}], YES),
        ([{"kind": "child", "birth_date": "2019-07-01", "until": "2024-01-01"}], NO),
        ([], NO),
        (None, UNKNOWN),
    ],
)
def test_a_child_counts_from_its_birthday_to_the_day_before_the_other(links, expected):
    assert answer("has_child_aged(6, 7)", links=links) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "spouse"}, YES),
        ({"kind": "spouse", "since": "2025-07-01", "until": "2025-07-01"}, YES),
        ({"kind": "spouse", "since": "2025-07-02"}, NO),
        ({"kind": "spouse", "until": "2025-06-30"}, NO),
        ({"kind": None}, NO),
    ],
)
def test_a_link_holds_from_its_first_to_its_last_day(given, expected):
    assert answer("has('spouse')", links=[given]) == expected


@pytest.mark.parametrize(
    ("happened", "expected"),
    [("2025-07-01", YES), ("2025-06-02", YES), ("2025-06-01", NO), ("2025-07-02", NO), (None, UNKNOWN)],
)
def test_an_event_counts_for_its_days_and_never_before_it_happened(happened, expected):
    assert answer("within_days_of('birth', 30)", events=[{"kind": "birth", "happened_on": happened}]) == expected


def test_only_what_was_done_by_the_day_is_done():
    done = {"service": "senior_card", "status": "done", "finished_on": "2025-07-01"}
    assert answer("has_done('senior_card')", cases=[done]) == YES
    assert answer("has_done('senior_card')", cases=[{**done, "finished_on": "2025-07-02"}]) == NO
    assert answer("has_done('senior_card')", cases=[{**done, "status": "failed"}]) == NO


def test_where_somebody_lived_before_moving_here_is_unknown():
    here = {"residence_division": "310115", "resident_since": date(2025, 7, 1)}
    assert answer("lives_in('3101')", **here) == YES
    assert answer("lives_in('32', '33')", **here) == NO
    assert answer("lives_in('3101')", as_of=date(2025, 6, 30), **here) == UNKNOWN
    assert answer("lives_in('3101')", resident_since=None, residence_division=None) == UNKNOWN


def test_a_job_counts_from_its_first_day():
    job = {"occupation": "2-08-02-04", "employed_since": date(2025, 7, 1)}
    assert answer("employed_as('2-08', '2-05')", **job) == YES
    assert answer("employed_as('2-05')", **job) == NO
    assert answer("employed_as('2-08')", as_of=date(2025, 6, 30), **job) == NO


def test_an_annual_report_is_due_for_the_year_before():
    assert [answer("report_due()", "enterprise", last_report_year=year) for year in (2023, 2024, None)] == [1, 0, 2]


def test_a_registered_occupation_goes_before_one_read_from_the_job_title():
    read = {"occupation_read": "4-03-02-01", "employed_since": date(2025, 7, 1)}
    assert answer("employed_as('4-03')", **read) == YES
    assert answer("employed_as('4-03')", occupation="2-08-02-04", **read) == NO
    assert answer("employed_as('4-03')", employed_since=date(2025, 7, 1)) == UNKNOWN


MAIN = {"industry": "6210", "main": True, "confidence": 0.9}
SIDE = {"industry": "5221", "main": False, "confidence": 0.8}


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        ("industry_in('62')", {"trades": [MAIN, SIDE]}, YES),
        ("industry_in('52')", {"trades": [MAIN, SIDE]}, NO),
        ("industry_in('62')", {"industry": "5221", "trades": [MAIN, SIDE]}, NO),
        ("industry_in('62')", {"trades": []}, UNKNOWN),
        ("industry_in('62')", {"trades": None}, UNKNOWN),
        ("trade_in('52')", {"trades": [MAIN, SIDE]}, YES),
        ("trade_in('70')", {"trades": [MAIN, SIDE]}, NO),
        ("trade_in('70')", {"industry": "7010", "trades": [MAIN, SIDE]}, YES),
        ("trade_in('70')", {"industry": "6210", "trades": None}, UNKNOWN),
        ("trade_in('70')", {"trades": []}, UNKNOWN),
        ("needs_permit('FOOD_PERMIT')", {"permits_needed": [{"type": "FOOD_PERMIT"}]}, YES),
        ("needs_permit('FOOD_PERMIT')", {"permits_needed": [{"type": "TOBACCO_LICENCE"}]}, NO),
        ("needs_permit('FOOD_PERMIT')", {"permits_needed": []}, NO),
        ("needs_permit('FOOD_PERMIT')", {"permits_needed": None}, UNKNOWN),
    ],
)
def test_what_a_scope_says_answers_where_the_register_gives_no_class(rule, given, expected):
    assert answer(rule, "enterprise", **given) == expected
