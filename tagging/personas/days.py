"""Days as a persona's file tells them, from the persona's own day; it knows no file."""

import re
from datetime import date, timedelta

from tagging.months import months_later

_SPAN = r"(?:(?P<{0}years>\d+) years?)? ?(?:(?P<{0}months>\d+) months?)? ?(?:(?P<{0}days>\d+) days?)?"
_TOLD = re.compile(f"{_SPAN.format('past_')} ago|in {_SPAN.format('coming_')}")


def moment(said: str, as_of: date) -> date:
    """The date that ``said`` means on the day ``as_of``; raises ValueError where it means none.

    >>> moment("31 years 2 days ago", date(2025, 7, 1)), moment("in 18 days", date(2025, 7, 1))
    (datetime.date(1994, 6, 29), datetime.date(2025, 7, 19))
    >>> moment("1 year ago", date(2024, 2, 29))
    datetime.date(2023, 2, 28)
    """
    if said == "today":
        return as_of
    told = _TOLD.fullmatch(said)
    parts = {} if told is None else {key: int(amount) for key, amount in told.groupdict().items() if amount}
    if not parts:
        raise ValueError(f"{said!r} is no day; write a date, today, 29 days ago, 31 years 2 months ago or in 18 days")
    sign = -1 if said.endswith("ago") else 1
    spans = {key.partition("_")[2]: sign * amount for key, amount in parts.items()}
    shifted = months_later(as_of, spans.get("years", 0) * 12 + spans.get("months", 0))
    return shifted + timedelta(days=spans.get("days", 0))
