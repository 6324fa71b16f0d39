"""One subject's reminders of a day, from the file to what is sent and when; it reads no table and no clock.

A file comes as a mapping of the columns that ``COLUMNS`` names: dates as ``date``, lists of structs as lists of
mappings. Columns that are missing or None give nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import msgspec

from profiles.model import Kind
from recommender import duties, hours
from recommender.catalogue import Catalogue, Service
from recommender.choices import Choices
from recommender.escalation import Receipt
from recommender.reminders import Rung, rungs
from recommender.sending import Planned, plan
from recommender.settled import NOTHING, settled, through_stand_ins
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
NOTHING_INSTEAD: Mapping[str, str] = MappingProxyType({})


def reached(
    file: Mapping[str, Any],
    kind: Kind,
    day: date,
    catalogue: Catalogue,
    *,
    eligible: Iterable[str] = (),
    instead: Mapping[str, str] = NOTHING_INSTEAD,
    said_done: Mapping[str, date] = NOTHING,
) -> tuple[Rung, ...]:
    """The rungs that a file has reached on ``day``; ``eligible`` names the services that its subject may apply for,
    ``instead`` what the own division has in the place of a general service."""
    if duties.ended(file):
        return ()
    seen_to = through_stand_ins(settled(file.get("cases"), said_done, day), instead)
    found = rungs(
        file["subject"],
        duties.documents_of(file),
        duties.duties_of(file, kind, day, catalogue),
        day,
        catalogue,
        enrolments=enrolments(eligible, seen_to, day, catalogue),
        settled=seen_to,
    )
    return tuple(msgspec.structs.replace(one, service=instead.get(one.service, one.service)) for one in found)


def reminded(
    file: Mapping[str, Any],
    kind: Kind,
    day: date,
    catalogue: Catalogue,
    *,
    eligible: Iterable[str] = (),
    instead: Mapping[str, str] = NOTHING_INSTEAD,
    heard: Heard = NOTHING_HEARD,
) -> tuple[Planned, ...]:
    """What becomes on ``day`` of every rung that the file has reached, and of what was held before."""
    chosen = heard.choices
    # Windows are offers, which may be put away; documents and duties are the subject's own affairs.
    offered = set(eligible) - chosen.dismissed.keys() if chosen.personalised else set()
    found = reached(file, kind, day, catalogue, eligible=offered, instead=instead, said_done=chosen.done)
    if not found and not heard.earlier:
        return ()
    at = hours.moment(day, catalogue.delivery.send_at)
    receipts = (*heard.receipts, *_read(heard))
    return plan(found, heard.earlier, receipts, chosen.wishes, at, catalogue.delivery)


def falls_due(family: Sequence[Service], catalogue: Catalogue) -> bool:
    """Whether a family of services, which stand in for one another, has to be asked about before reminding: one has a
    window, or sees to a document or duty and is not the only one."""
    sees_to = {kind.renewal_service for kind in catalogue.documents.values()} | {d.service for d in catalogue.duties}
    return any(one.window or (len(family) > 1 and one.id in sees_to) for one in family)


def _read(heard: Heard) -> Iterator[Receipt]:
    """What the page says was read there since it was sent."""
    for one in heard.earlier:
        read_at = heard.choices.read_at.get(one.rung.reminder)
        if one.at is not None and read_at is not None and read_at >= one.at:
            yield Receipt(one.message, "inbox", "read", read_at)
