from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import calendar

DAYS = st.dates(date(2004, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2026, 11, 20), True),  # a Friday
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 10), True),  # a Saturday worked to make up for it
        (date(2026, 2, 17), False),  # Spring Festival
    ],
)
def test_counters_are_open_on_working_days_and_make_up_days(day: date, open_: bool) -> None:
    assert calendar.working(day) is open_


def test_a_year_without_a_published_calendar_falls_back_and_says_so() -> None:
    assert (calendar.published(date(2026, 5, 1)), calendar.published(date(2035, 5, 1))) == (True, False)
    assert not calendar.working(date(2035, 5, 1))  # Labour Day, a Tuesday
    assert not calendar.working(date(2035, 5, 5))  # a Saturday
    assert calendar.working(date(2035, 5, 9))


def test_a_day_off_moves_to_the_working_day_before() -> None:
    assert calendar.on_or_before(date(2026, 11, 22)) == date(2026, 11, 20)
    assert calendar.on_or_before(date(2026, 10, 7)) == date(2026, 9, 30)
    assert calendar.on_or_before(date(2026, 11, 20)) == date(2026, 11, 20)


def test_a_day_off_moves_to_the_working_day_after() -> None:
    assert calendar.on_or_after(date(2026, 2, 16)) == date(2026, 2, 24)
    assert calendar.on_or_after(date(2026, 2, 27)) == date(2026, 2, 27)
    assert calendar.on_or_after(date(2026, 10, 10)) == date(2026, 10, 10)  # a make-up Saturday


def test_holidays_make_a_start_earlier() -> None:
    assert calendar.latest_start(date(2026, 11, 20), 3) == date(2026, 11, 17)
    assert calendar.latest_start(date(2026, 10, 9), 3) == date(2026, 9, 29)


def test_the_clock_of_a_promise_runs_in_working_days() -> None:
    assert calendar.after_working_days(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert calendar.after_working_days(date(2026, 9, 29), 3) == date(2026, 10, 9)


@given(day=DAYS, working_days=st.integers(0, 60))
def test_a_promise_made_at_the_latest_start_is_kept(day: date, working_days: int) -> None:
    start = calendar.latest_start(day, working_days)
    assert start <= day
    assert calendar.after_working_days(start, working_days) <= day


@given(day=DAYS)
def test_moving_back_skips_days_off_alone(day: date) -> None:
    moved = calendar.on_or_before(day)
    assert calendar.working(moved)
    between = [moved + timedelta(days=n) for n in range(1, (day - moved).days + 1)]
    assert not any(calendar.working(each) for each in between)
