"""When a service with a window is open next, and who may still apply in it; it reads no clock and decides no rule."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache

import msgspec

from recommender.catalogue import Catalogue
from recommender.duties import on_month_day
from recommender.terms import Service, Window

_DAY = timedelta(days=1)


class Enrolment(msgspec.Struct, frozen=True):
    """One year's window of a service that a subject may apply for, from its first day to its last."""

    service: str
    opens_on: date
    closes_on: date


def next_window(window: Window, day: date) -> tuple[date, date]:
    """(first day, last day) of the window that is open on ``day``, or else of the next one.

    >>> next_window(Window("10-01", "02-29"), date(2027, 1, 15))  # it spans the new year
    (datetime.date(2026, 10, 1), datetime.date(2027, 2, 28))
    """
    for year in (day.year - 1, day.year, day.year + 1):
        opens_on, closes_on = _of_year(window, year)
        if closes_on >= day:
            return opens_on, closes_on
    raise AssertionError(f"the window {window} closes on no day after {day}")


def open_on(service: Service, day: date) -> bool:
    """Whether a service can be applied for on ``day``: it is in force, and its window, if it has one, is open."""
    return service.in_force(day) and (service.window is None or next_window(service.window, day)[0] <= day)


def opens_on(service: Service, day: date) -> date | None:
    """The day on which a service that is closed in this part of the year opens next; None where it is open."""
    if service.window is None:
        return None
    opening, _ = next_window(service.window, day)
    return opening if opening > day and service.in_force(opening) else None


def enrolments(
    eligible: Iterable[str], settled: Mapping[str, date], day: date, catalogue: Catalogue
) -> tuple[Enrolment, ...]:
    """The next window of every eligible service that has one, unless it was applied for since the last one closed.

    What a recurring duty asks for is reminded of as that. ``settled`` is as ``recommender.settled`` gives it.
    """
    found = []
    duties = {duty.service for duty in catalogue.duties}
    for code in sorted(eligible):
        service = catalogue.by_id.get(code)
        if service is None or service.window is None or code in duties:
            continue
        opens_on, closes_on = next_window(service.window, day)
        closed_before = _of_year(service.window, opens_on.year - 1)[1]
        if settled.get(code, date.min) <= closed_before and service.in_force(max(opens_on, day)):
            found.append(Enrolment(code, opens_on, closes_on))
    return tuple(found)


@lru_cache(maxsize=4096)
def _of_year(window: Window, year: int) -> tuple[date, date]:
    """The window that opens in ``year``."""
    opens_on, closes_on = on_month_day(year, window.opens), on_month_day(year, window.closes)
    return opens_on, closes_on if closes_on >= opens_on else on_month_day(year + 1, window.closes)
