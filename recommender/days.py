"""A day as people read it, in both languages; it knows no calendar and never asks what day it is."""

from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def in_words(day: date, locale: str) -> str:
    """A day in words.

    >>> in_words(date(2026, 12, 21), "zh"), in_words(date(2026, 12, 21), "en")
    ('2026年12月21日', '21 December 2026')
    """
    if locale.lower().startswith("en"):
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"
