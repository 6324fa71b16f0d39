"""A day as people read it, in both languages; it knows no calendar and never asks what day it is."""

from datetime import date

from babel.dates import format_date


def in_words(day: date, locale: str, *, year: bool = True) -> str:
    """A day in words, without its year where that goes without saying.

    >>> in_words(date(2026, 12, 21), "zh"), in_words(date(2026, 12, 21), "en")
    ('2026年12月21日', '21 December 2026')
    >>> in_words(date(2026, 12, 1), "zh", year=False), in_words(date(2026, 12, 1), "en", year=False)
    ('12月1日', '1 December')
    """
    if locale.lower().startswith("en"):
        return str(format_date(day, "d MMMM y" if year else "d MMMM", locale="en_GB"))
    return str(format_date(day, "y年M月d日" if year else "M月d日", locale="zh_Hans_CN"))
