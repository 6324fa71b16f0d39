from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.hours import SHANGHAI, civil_day, first_audible, moment, next_monday, week_of
from recommender.terms import Quiet

DAY = date(2026, 11, 22)
NIGHT, NOON = Quiet("21:00", "08:00"), Quiet("12:00", "14:00")


@pytest.mark.parametrize(
    ("at", "quiet", "goes_at"),
    [
        (moment(DAY, "09:00"), NIGHT, moment(DAY, "09:00")),
        (moment(DAY, "20:59"), NIGHT, moment(DAY, "20:59")),
        (moment(DAY, "21:00"), NIGHT, moment(date(2026, 11, 23), "08:00")),
        (moment(DAY, "00:00"), NIGHT, moment(DAY, "08:00")),
        (moment(DAY, "08:00"), NIGHT, moment(DAY, "08:00")),
        (moment(DAY, "13:59"), NOON, moment(DAY, "14:00")),
        (moment(DAY, "14:00"), NOON, moment(DAY, "14:00")),
    ],
)
def test_nothing_goes_in_quiet_hours(at: datetime, quiet: Quiet, goes_at: datetime) -> None:
    assert first_audible(at, quiet) == goes_at


def test_a_moment_is_of_the_day_that_it_is_in_shanghai() -> None:
    before, after = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert (civil_day(before), civil_day(after)) == (date(2026, 11, 22), date(2026, 11, 23))
    assert (week_of(before), week_of(after)) == ((2026, 47), (2026, 48))
    assert first_audible(after, NIGHT) == moment(date(2026, 11, 23), "08:00")


def test_a_week_begins_on_monday() -> None:
    assert [next_monday(DAY + timedelta(days=n)) for n in (0, 1, 7)] == [
        date(2026, 11, 23),
        date(2026, 11, 30),
        date(2026, 11, 30),
    ]


HOURS = st.times().map(lambda time: time.strftime("%H:%M"))


@given(at=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)), begins=HOURS, ends=HOURS)  # noqa: DTZ001
def test_what_is_audible_is_the_first_moment_outside_the_quiet_hours(at: datetime, begins: str, ends: str) -> None:
    quiet, asked = Quiet(begins, ends), at.replace(tzinfo=SHANGHAI)
    found = first_audible(asked, quiet)
    assert timedelta() <= found - asked <= timedelta(days=1)
    assert found == asked or found.strftime("%H:%M") == ends
    if begins != ends:
        assert first_audible(found, quiet) == found
