"""The hours of a day in Asia/Shanghai: when a message may go, and in which week it counts; it never reads the clock."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from recommender.terms import Quiet

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)


@lru_cache(maxsize=1024)
def moment(day: date, hour: str) -> datetime:
    """An hour written ``HH:MM`` of a civil day in Asia/Shanghai.

    >>> moment(date(2026, 11, 22), "09:00").isoformat()
    '2026-11-22T09:00:00+08:00'
    """
    return datetime.combine(day, _hour(hour), SHANGHAI)


def civil_day(at: datetime) -> date:
    """The civil day in Asia/Shanghai of a moment anywhere.

    >>> from datetime import UTC
    >>> civil_day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC))  # midnight in Shanghai
    datetime.date(2026, 11, 23)
    """
    return at.astimezone(SHANGHAI).date()


@lru_cache(maxsize=4096)
def first_audible(at: datetime, quiet: Quiet) -> datetime:
    """``at`` itself, or the end of the quiet hours that it falls into.

    >>> first_audible(moment(date(2026, 11, 22), "23:30"), Quiet("21:00", "08:00")).isoformat()
    '2026-11-23T08:00:00+08:00'
    """
    begins, ends = _hour(quiet.begins), _hour(quiet.ends)
    here = at.astimezone(SHANGHAI)
    hour = here.time().replace(tzinfo=None)
    if begins < ends:
        inside, day = begins <= hour < ends, here.date()
    else:
        inside, day = hour >= begins or hour < ends, here.date() + (_DAY if hour >= begins else timedelta())
    return datetime.combine(day, ends, SHANGHAI) if inside else at


def week_of(at: datetime) -> tuple[int, int]:
    """The ISO week of a moment, as (year, week): it begins on a Monday at midnight in Asia/Shanghai.

    >>> week_of(moment(date(2027, 1, 3), "23:59")), week_of(moment(date(2027, 1, 4), "00:00"))
    ((2026, 53), (2027, 1))
    """
    year, week, _ = civil_day(at).isocalendar()
    return year, week


def next_monday(day: date) -> date:
    """The first day of the week after the one of ``day``.

    >>> next_monday(date(2026, 11, 22)), next_monday(date(2026, 11, 23))
    (datetime.date(2026, 11, 23), datetime.date(2026, 11, 30))
    """
    return day + timedelta(days=7 - day.weekday())


@lru_cache(maxsize=256)
def _hour(text: str) -> time:
    return time.fromisoformat(text)
