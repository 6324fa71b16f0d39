"""Months on the calendar, counted as both engines count them."""

import calendar
from datetime import date


def months_later(day: date, months: int) -> date:
    """The same day so many months later, earlier if negative; past the month's end it is the month's last day.

    >>> months_later(date(2024, 2, 29), 12), months_later(date(2026, 3, 31), -1)
    (datetime.date(2025, 2, 28), datetime.date(2026, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
