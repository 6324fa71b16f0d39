"""What a subject's file holds that can fall due: documents and recurring duties; it never decides when to remind.

A file comes as a mapping of the columns of ``profiles.model``: dates as ``date``, lists of structs as lists of
mappings. Columns that are missing or None are unknown and give nothing.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from recommender.catalogue import Catalogue, DutyKind, Ladder
from tagging.months import months_later

# The columns that duties and documents read, for callers that read files by column.
COLUMNS = {
    "person": ("documents", "pension_status", "pension_checked_on", "pension_since", "inspection_due", "died_on"),
    "enterprise": ("documents", "enterprise_status", "founded_on", "last_report_year"),
}


class Document(msgspec.Struct, frozen=True):
    """A certificate or licence as far as its expiry goes; no number is needed, so none is kept."""

    type: str
    expires_on: date | None
    issued_on: date | None = None
    status: str = "valid"
    source: str = ""
    as_of: date | None = None


class Duty(msgspec.Struct, frozen=True):
    """One occurrence of a recurring duty: a pension check of this year, the inspection of this car."""

    code: str
    due_on: date
    source: str = ""
    as_of: date | None = None


def documents_of(file: Mapping[str, object]) -> tuple[Document, ...]:
    """The documents of a file; none of somebody who has died or of an enterprise that is no more."""
    held = file.get("documents")
    if ended(file) or not isinstance(held, Iterable):
        return ()
    return tuple(
        Document(
            type=entry["type"],
            expires_on=entry.get("expires_on"),
            issued_on=entry.get("issued_on"),
            status=entry.get("status") or "valid",
            source=entry.get("source") or "",
            as_of=entry.get("as_of"),
        )
        for entry in held
    )


def duties_of(file: Mapping[str, object], kind: str, day: date, catalogue: Catalogue) -> tuple[Duty, ...]:
    """The next occurrence of every recurring duty of ``catalogue`` that this file of ``kind`` has on ``day``."""
    if ended(file):
        return ()
    found = []
    for duty in catalogue.duties:
        if duty.audience == kind and all(file.get(column) == value for column, value in duty.where.items()):
            due_on = _yearly(duty, file, day, catalogue.ladder) if duty.yearly else _counted(duty, file, day)
            if due_on is not None:
                found.append(Duty(duty.code, due_on, *_told_by(duty, file)))
    return tuple(found)


def _told_by(duty: DutyKind, file: Mapping[str, object]) -> tuple[str, date | None]:
    """(source, as of) of the fact that a duty was counted from, where the file comes with its facts."""
    facts = file.get("facts")
    columns = [column for column in (*duty.counted_from, duty.last_year, duty.since) if file.get(column or "")]
    if not columns or not isinstance(facts, Iterable):
        return "", None
    told = [fact for fact in facts if fact["name"] == columns[0] and fact["in_force"]]
    return (told[0]["source"] or "", told[0]["as_of"]) if told else ("", None)


def ended(file: Mapping[str, object]) -> bool:
    """Whether it is the file of somebody who has died or of an enterprise that is no more."""
    return file.get("died_on") is not None or file.get("enterprise_status") in ("revoked", "cancelled")


def _counted(duty: DutyKind, file: Mapping[str, object], day: date) -> date | None:
    for column in duty.counted_from:
        start = file.get(column)
        if isinstance(start, date):
            # A check dated after the day was not known on the day.
            return months_later(start, duty.months) if duty.months == 0 or start <= day else None
    return None


def _yearly(duty: DutyKind, file: Mapping[str, object], day: date, ladder: Ladder) -> date | None:
    """This year's day, or next year's where the ladder reaches as far and this year's is out of sight."""
    for year in (day.year, day.year + 1):
        due_on = on_month_day(year, duty.yearly or "")
        if -ladder.overdue_days <= (due_on - day).days <= ladder.steps[0] and _owes(duty, file, year - 1):
            return due_on
    return None


def _owes(duty: DutyKind, file: Mapping[str, object], year: int) -> bool:
    """Whether a yearly duty for ``year`` is still to be done."""
    last = file.get(duty.last_year) if duty.last_year else None
    since = file.get(duty.since) if duty.since else None
    # Where nothing was ever filed, only the first year is certain: nothing could have been filed before it.
    first = isinstance(since, date) and since.year == year
    done = last >= year if isinstance(last, int) else not first
    begun = not isinstance(since, date) or since.year <= year
    return begun and not done


def on_month_day(year: int, month_day: str) -> date:
    """A day written ``MM-DD`` in ``year``; 29 February is the 28th where there is none.

    >>> on_month_day(2028, "02-29"), on_month_day(2027, "02-29")
    (datetime.date(2028, 2, 29), datetime.date(2027, 2, 28))
    """
    month, day = (int(part) for part in month_day.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))
