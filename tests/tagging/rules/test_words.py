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


def child(born, other=None, **link):
    return {"kind": "child", "birth_date": born, "other": other, **link}


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([child("2020-01-01", "a"), child("2023-01-01", "b")], YES),
        ([child("2020-01-01", "a"), child("2020-01-01", "b")], YES),  # twins
        ([child("2020-01-01", "a"), child("2025-06-30")], YES),  # a newborn without a number yet
        ([child("2025-06-30")], NO),
        ([child("2020-01-01", "a"), child("2007-07-01", "b")], NO),  # 18 on the day
        ([child("2020-01-01", "a"), child("2007-07-02", "b")], YES),
        ([child("2020-01-01", "a"), child("2023-01-01", "b", until="2024-01-01")], NO),
        ([child("2020-01-01", "a"), child("2025-07-02", "b")], NO),
        ([child("2020-01-01", "a"), child(None, "b")], UNKNOWN),
        ([child(None, "b")], NO),
        (None, UNKNOWN),
    ],
)
def test_two_children_are_two_who_are_both_young_on_the_day(links, expected):
    assert answer("has_two_children_under(18)", links=links) == expected


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([{"kind": "parent", "birth_date": "1945-07-01"}], YES),
        ([{"kind": "parent", "birth_date": "1945-07-02"}], NO),
        ([{"kind": "parent", "birth_date": "1945-07-01", "until": "2020-01-01"}], NO),
        ([{"kind": "child", "birth_date": "1945-07-01"}], NO),
        ([{"kind": "parent", "birth_date": None}], UNKNOWN),
        ([], NO),
        (None, UNKNOWN),
    ],
)
def test_a_parent_counts_while_alive(links, expected):
    assert answer("has_parent_aged(80)", links=links) == expected


# 国务院关于渐进式延迟法定退休年龄的办法, annex: born → the month in which the statutory age is reached.
RETIREMENT = [
    ("male", None, "1964-12-31", (2024, 12)),
    ("male", None, "1965-01-15", (2025, 2)),
    ("male", None, "1965-04-30", (2025, 5)),
    ("male", None, "1965-05-01", (2025, 7)),
    ("male", None, "1976-08-31", (2039, 7)),
    ("male", None, "1976-09-01", (2039, 9)),
    ("male", None, "1990-06-01", (2053, 6)),
    ("female", "bachelor", "1969-12-01", (2024, 12)),
    ("female", "bachelor", "1970-01-01", (2025, 2)),
    ("female", "bachelor", "1981-09-01", (2039, 9)),
    ("female", "junior", "1974-12-31", (2024, 12)),
    ("female", "junior", "1975-01-01", (2025, 2)),
    ("female", "junior", "1975-03-01", (2025, 5)),
    ("female", "junior", "1984-10-31", (2039, 9)),
    ("female", "junior", "1984-11-01", (2039, 11)),
]


@pytest.mark.parametrize(("sex", "education", "born", "month"), RETIREMENT)
def test_the_statutory_age_is_reached_in_the_month_that_the_table_of_the_law_says(sex, education, born, month):
    given = {"sex": sex, "education": education, "birth_date": born}
    reached = date(*month, 1)
    day_before = date.fromordinal(reached.toordinal() - 1)
    assert answer("pension_age_within(0)", as_of=day_before, **given) == NO
    assert answer("pension_age_within(0)", as_of=reached, **given) == YES
    assert answer("pension_age_within(2)", as_of=reached.replace(year=reached.year - 2), **given) == YES


def test_where_schooling_would_decide_between_two_ages_its_lack_is_unknown():
    born = {"sex": "female", "birth_date": "1973-01-01"}
    assert answer("pension_age_within(0)", **born) == UNKNOWN
    assert answer("pension_age_within(0)", sex="female", birth_date="1960-01-01") == YES
    assert answer("pension_age_within(0)", sex="female", birth_date="1990-01-01") == NO
    assert answer("pension_age_within(0)", sex=None, birth_date="1973-01-01") == UNKNOWN
    assert answer("pension_age_within(0)", sex="male", birth_date=None) == UNKNOWN


def test_a_day_is_reached_on_the_day():
    assert answer("from_day('2025-07-01')") == YES
    assert answer("from_day('2025-07-02')") == NO


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
