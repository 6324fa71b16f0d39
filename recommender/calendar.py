"""Chinese working days, make-up days included; it never reads the clock and never guesses silently.

The State Council publishes each year's days off and make-up days (调休) in the autumn before. ``chinesecalendar``
holds them and raises for years that it does not know yet; for those the statutory holidays of ``holidays`` and plain
weekends stand in, and ``published`` is False, so that whoever shows a day can say that it may still move.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Year:
    """The days off of one civil year, weekends included, and whether they are the published ones."""

    off: frozenset[date]
    published: bool


def working(day: date) -> bool:
    """Whether counters are open on ``day``.

    >>> working(date(2026, 10, 10)), working(date(2026, 10, 1))  # a make-up Saturday, National Day
    (True, False)
    """
    return day not in year_of(day.year).off


def published(day: date) -> bool:
    """Whether the calendar of the day's year is the published one; False where weekends and holidays stand in.

    >>> published(date(2026, 1, 1)), published(date(2090, 1, 1))
    (True, False)
    """
    return year_of(day.year).published


def on_or_before(day: date) -> date:
    """``day`` itself where it is a working day, else the last one before it.

    >>> on_or_before(date(2026, 10, 4))
    datetime.date(2026, 9, 30)
    """
    while not working(day):
        day -= _DAY
    return day


def on_or_after(day: date) -> date:
    """``day`` itself where it is a working day, else the first one after it.

    >>> on_or_after(date(2026, 10, 4))
    datetime.date(2026, 10, 8)
    """
    while not working(day):
        day += _DAY
    return day


def latest_start(due_on: date, working_days: int) -> date:
    """The last working day to apply so that a promise of ``working_days`` ends by ``due_on``.

    >>> latest_start(date(2026, 10, 8), 1)  # the holidays from 1 to 7 October do not count
    datetime.date(2026, 9, 30)
    """
    day = on_or_before(due_on)
    for _ in range(working_days):
        day = on_or_before(day - _DAY)
    return day


def after_working_days(start: date, working_days: int) -> date:
    """The day on which a promise of ``working_days`` ends when the clock starts on ``start``.

    >>> after_working_days(date(2026, 9, 30), 2)
    datetime.date(2026, 10, 9)
    """
    day = start
    for _ in range(working_days):
        day = on_or_after(day + _DAY)
    return day


@lru_cache(maxsize=64)
def year_of(year: int) -> Year:
    """The days off of ``year``; loads the calendars on first use only, since the API may never need them."""
    import chinese_calendar

    days = [date(year, 1, 1) + _DAY * n for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    try:
        return Year(frozenset(day for day in days if not chinese_calendar.is_workday(day)), True)
    except NotImplementedError:
        return Year(frozenset(_weekends_and_holidays(year, days)), False)


def _weekends_and_holidays(year: int, days: list[date]) -> set[date]:
    import holidays

    statutory = set(holidays.country_holidays("CN", years=year))
    return statutory | {day for day in days if day.weekday() >= _SATURDAY}
