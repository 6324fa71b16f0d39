"""Answers on some days made into changes and unbroken stretches; it asks no engine and knows no rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """On ``day`` a file gains or loses a tag; the day before it still was the other way."""

    tag: str
    day: date
    change: Literal["gained", "lost"]


@dataclass(frozen=True)
class Stretch:
    """From its first to its last day, both included; None where nothing begins or ends it."""

    since: date | None
    until: date | None


def changes(answers: Sequence[tuple[date, frozenset[str]]]) -> tuple[Change, ...]:
    """What differs from each day's tags to the next one's, by day and tag.

    >>> changes([(date(2024, 1, 1), frozenset({"a"})), (date(2024, 2, 29), frozenset({"b"}))])[1]
    Change(tag='b', day=datetime.date(2024, 2, 29), change='gained')
    """
    found = []
    for (_, before), (day, after) in pairwise(answers):
        found += [Change(tag, day, "gained" if tag in after else "lost") for tag in sorted(before ^ after)]
    return tuple(found)


def stretch(answers: Iterable[tuple[date, bool]], today: date) -> Stretch:
    """The stretch around ``today`` of days answered by yes; ``answers`` are ordered, and the first one is for ever.

    >>> stretch([(date.min, False), (date(2020, 5, 1), True), (date(2030, 5, 1), False)], date(2024, 2, 29))
    Stretch(since=datetime.date(2020, 5, 1), until=datetime.date(2030, 4, 30))
    """
    since: date | None = None
    began = False
    for number, (day, holds) in enumerate(answers):
        if day > today:
            if not holds:
                return Stretch(since, day - _DAY)
        elif not holds:
            began = False
        elif not began:
            since, began = (day if number else None), True
    return Stretch(since, None)
