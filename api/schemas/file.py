"""A file as its owner reads it: what is held, the tags earned by it, and the forms that it fills in."""

from datetime import date
from typing import Literal

import msgspec

from api.schemas.catalogue import Card
from api.schemas.home import Correction, Document, Fact

Grade = Literal["A", "B", "C", "D"]


class Draft(msgspec.Struct, frozen=True):
    """A half-filled form as it was left; it is gone after the day ``kept_until``."""

    service: str
    name: str
    saved_on: date
    kept_until: date
    fields: dict[str, str]


class Drafts(msgspec.Struct, frozen=True):
    """The half-filled forms of one subject, the newest first."""

    today: date
    drafts: tuple[Draft, ...]


class HeldFact(msgspec.Struct, frozen=True):
    """A value in force. ``value`` is as departments write it and ``text`` in words; ``about`` names it in a correction.

    It holds from ``valid_from`` until ``valid_until`` where these are known. ``correction`` is the day on which the
    subject said that it is wrong, null where nothing is pending.
    """

    about: str
    name: str
    value: str
    text: str
    source: str
    as_of: date | None
    valid_from: date | None
    valid_until: date | None
    sensitivity: str
    correction: date | None


class HeldLink(msgspec.Struct, frozen=True):
    """What somebody is to the subject, or the subject to an enterprise; only enterprises are named.

    ``about`` names all links of the kind in a correction, as ``correction`` is of all of them.
    """

    about: str
    kind: str
    name: str
    role: str
    enterprise: str
    since: date | None
    until: date | None
    source: str
    as_of: date | None
    correction: date | None


class HeldEvent(msgspec.Struct, frozen=True):
    """Something that happened; ``about`` and ``correction`` are of all events of the kind."""

    about: str
    kind: str
    name: str
    happened_on: date
    source: str
    as_of: date | None
    correction: date | None


class HeldCase(msgspec.Struct, frozen=True):
    """An application and what became of it."""

    service: str
    name: str
    status: str
    applied_on: date
    finished_on: date | None
    source: str


class File(msgspec.Struct, frozen=True):
    """The whole file; events and applications the newest first. Of a stranger there is none: ``known`` is false."""

    known: bool
    today: date
    data_day: date
    facts: tuple[HeldFact, ...]
    documents: tuple[Document, ...]
    links: tuple[HeldLink, ...]
    events: tuple[HeldEvent, ...]
    cases: tuple[HeldCase, ...]
    corrections: tuple[Correction, ...]


class Tag(msgspec.Struct, frozen=True):
    """A tag of the file: since and until when, why, and from which facts.

    One with a day in ``deleted_on`` orders and explains nothing any more. What its subject is entitled to stays the
    same: that is the law's to say.
    """

    id: str
    name: str
    family: str
    since: date | None
    until: date | None
    reasons: tuple[str, ...]
    facts: tuple[Fact, ...]
    deleted_on: date | None


class Tags(msgspec.Struct, frozen=True):
    """Every tag of the file, and those that were deleted, whether or not the file still earns them."""

    today: date
    data_day: date
    tags: tuple[Tag, ...]


class Field(msgspec.Struct, frozen=True):
    """A field of a form; ``value`` is null where the subject has to be asked.

    ``grade`` says how far it may be relied on (国办函〔2016〕108号): A issued by the authority, B checked at a
    counter, C uploaded by the subject, D declared by the subject.
    """

    name: str
    filled_by: str | None
    value: str | None
    text: str
    source: str
    as_of: date | None
    grade: Grade | None


class PaperHeld(msgspec.Struct, frozen=True):
    """A paper that the service asks for: ``held`` need not be brought, ``deferrable`` may follow later."""

    name: str
    held: bool
    deferrable: bool
    number: str | None
    source: str
    as_of: date | None
    grade: Grade | None


class Filled(msgspec.Struct, frozen=True):
    """A service's form as far as the file fills it in; ``ask`` and ``bring`` are what is left to do."""

    card: Card
    fields: tuple[Field, ...]
    papers: tuple[PaperHeld, ...]
    ask: tuple[str, ...]
    bring: tuple[str, ...]
    papers_saved: int
    minutes_saved: int
    steps_saved: int
    trips_saved: int
    days_saved: int  # working days
