"""One subject's reminders of a day, from the file to what is sent and when; it reads no table and no clock.

A file comes as a mapping of the columns that ``COLUMNS`` names: dates as ``date``, lists of structs as lists of
mappings. Columns that are missing or None give nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from profiles.model import Kind
from recommender import duties, hours
from recommender.catalogue import Catalogue
from recommender.choices import Choices
from recommender.escalation import Receipt
from recommender.reminders import Rung, rungs
from recommender.sending import Planned, plan
from recommender.settled import NOTHING, settled
from recommender.windows import enrolments

COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    "person": ("subject", "cases", *duties.COLUMNS["person"]),
    "enterprise": ("subject", "cases", *duties.COLUMNS["enterprise"]),
}


@dataclass(frozen=True)
class Heard:
    """What a subject chose and was sent before, and what channels said of that."""

    choices: Choices = field(default_factory=Choices)
    earlier: Sequence[Planned] = ()
    receipts: Sequence[Receipt] = ()


NOTHING_HEARD = Heard()


def reached(
    file: Mapping[str, Any],
    kind: Kind,
    day: date,
    catalogue: Catalogue,
    *,
    eligible: Iterable[str] = (),
    said_done: Mapping[str, date] = NOTHING,
) -> tuple[Rung, ...]:
    """The rungs that a file has reached on ``day``; ``eligible`` names the services that its subject may apply for."""
    if duties.ended(file):
        return ()
    seen_to = settled(file.get("cases"), said_done, day)
    return rungs(
        file["subject"],
        duties.documents_of(file),
        duties.duties_of(file, kind, day, catalogue),
        day,
        catalogue,
        enrolments=enrolments(eligible, seen_to, day, catalogue),
        settled=seen_to,
    )


def reminded(
    file: Mapping[str, Any],
    kind: Kind,
    day: date,
    catalogue: Catalogue,
    *,
    eligible: Iterable[str] = (),
    heard: Heard = NOTHING_HEARD,
) -> tuple[Planned, ...]:
    """What becomes on ``day`` of every rung that the file has reached, and of what was held before."""
    chosen = heard.choices
    # Windows are offers, which may be put away; documents and duties are the subject's own affairs.
    offered = set(eligible) - chosen.dismissed.keys() if chosen.personalised else set()
    found = reached(file, kind, day, catalogue, eligible=offered, said_done=chosen.done)
    if not found and not heard.earlier:
        return ()
    at = hours.moment(day, catalogue.delivery.send_at)
    receipts = (*heard.receipts, *_read(heard))
    return plan(found, heard.earlier, receipts, chosen.wishes, at, catalogue.delivery)


def _read(heard: Heard) -> Iterator[Receipt]:
    """What the page says was read there since it was sent."""
    for one in heard.earlier:
        read_at = heard.choices.read_at.get(one.rung.reminder)
        if one.at is not None and read_at is not None and read_at >= one.at:
            yield Receipt(one.message, "inbox", "read", read_at)
