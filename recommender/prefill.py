"""What of a service's papers and form a file already holds, from whom and how reliably (S8, Z1, G4); it stores nothing.

A file comes as for ``compose``: a mapping of the columns of ``profiles.model``. What it holds is named as rules and the
catalogue name it (``document:ID_CARD``, ``fact:address``, ``link:child``, ``event:birth``). Sealed values stay sealed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from profiles.model import Kind
from recommender.catalogue import Catalogue, Evidence, FormField, Service
from recommender.terms import Grade

Row = Mapping[str, Any]

# With these grades a paper need not be brought; a lower grade fills the form, and the paper is still looked at.
SPARING: tuple[Grade, ...] = ("A", "B")


@dataclass(frozen=True)
class Held:
    """One thing that a file holds: its value where it has one, who says so as of when, and how far that may be trusted.

    ``value`` is a fact's, the number of a document, the name that a link gives or the day of an event, as text; it is
    still sealed where ``sealed`` says so.
    """

    read: str
    value: str | None
    sealed: bool
    source: str
    as_of: date | None
    grade: Grade

    @property
    def spares(self) -> bool:
        """Whether the paper need not be brought."""
        return self.grade in SPARING


@dataclass(frozen=True)
class Paper:
    """A paper that a service asks for, and what the file holds in its place; ``held`` is None where that is nothing."""

    asked: Evidence
    held: Held | None

    @property
    def spared(self) -> bool:
        """Whether it need not be brought."""
        return self.held is not None and self.held.spares


@dataclass(frozen=True)
class Entry:
    """A field of the form, and what fills it; ``held`` is None where the subject has to be asked."""

    field: FormField
    held: Held | None


@dataclass(frozen=True)
class Prefill:
    """One service for one subject: every paper and every field, with what is held of it."""

    service: Service
    papers: tuple[Paper, ...]
    entries: tuple[Entry, ...]

    @property
    def spared(self) -> tuple[Evidence, ...]:
        """The papers that need not be brought."""
        return tuple(paper.asked for paper in self.papers if paper.spared)

    @property
    def to_bring(self) -> tuple[Evidence, ...]:
        """The papers without which the application is not taken."""
        return tuple(paper.asked for paper in self.papers if not paper.spared and not paper.asked.deferrable)

    @property
    def may_follow(self) -> tuple[Evidence, ...]:
        """The papers that are lacking but may follow (容缺受理)."""
        return tuple(paper.asked for paper in self.papers if not paper.spared and paper.asked.deferrable)

    @property
    def to_ask(self) -> tuple[FormField, ...]:
        """The fields that the subject still has to fill in."""
        return tuple(entry.field for entry in self.entries if entry.held is None)


def prefill(service: Service, holding: Mapping[str, Held], catalogue: Catalogue) -> Prefill:
    """What ``holding``, as ``held`` finds it in a file, spares the subject with one service."""
    papers = tuple(Paper(paper, holding.get(paper.satisfied_by or "")) for paper in service.evidence)
    asked = fields(service, catalogue)
    return Prefill(service, papers, tuple(Entry(field, holding.get(field.filled_by or "")) for field in asked))


def fields(service: Service, catalogue: Catalogue) -> tuple[FormField, ...]:
    """What the form of a service asks for: what all forms of its kind and type do, then what its evidence proves."""
    basic = [one for one in catalogue.forms[service.audience] if not one.types or service.type in one.types]
    proven: dict[str, FormField] = {}
    for paper in service.evidence:
        if paper.satisfied_by and paper.satisfied_by not in {one.filled_by for one in basic}:
            proven.setdefault(paper.satisfied_by, FormField(name=paper.name, filled_by=paper.satisfied_by))
    return (*basic, *proven.values())


def held(file: Row, kind: Kind, day: date, catalogue: Catalogue) -> dict[str, Held]:
    """Everything that the file holds on the day, by its name; of several the most reliable, then the newest.

    A document that is expired, revoked, issued later or not recognised here is not held.
    """
    best: dict[str, Held] = {}
    for found in _found(file, kind, day, catalogue):
        other = best.get(found.read)
        if other is None or _rank(found) > _rank(other):
            best[found.read] = found
    return best


def _rank(found: Held) -> tuple[int, date]:
    return -ord(found.grade), found.as_of or date.min


def _found(file: Row, kind: Kind, day: date, catalogue: Catalogue) -> Iterator[Held]:
    def one(read: str, entry: Row, value: str | None, *, sealed: bool = False) -> Held:
        source = entry.get("source") or ""
        grade = catalogue.sources[source].grade if source in catalogue.sources else "D"
        return Held(read, value, sealed, source, entry.get("as_of"), grade)

    for fact in _entries(file, "facts"):
        if fact["in_force"] and fact["value"] is not None:
            yield one(f"fact:{fact['name']}", fact, fact["value"], sealed=bool(fact.get("sealed")))
    for document in _entries(file, "documents"):
        if _counts(document, day):
            number = document.get("number")
            yield one(f"document:{document['type']}", document, number, sealed=bool(number) and kind == "person")
    for link in _entries(file, "links"):
        if (link["since"] or day) <= day <= (link["until"] or day):
            yield one(f"link:{link['kind']}", link, link.get("name"))
    for event in _entries(file, "events"):
        if event["happened_on"] <= day:
            yield one(f"event:{event['kind']}", event, event["happened_on"].isoformat())


def _entries(file: Row, column: str) -> Iterable[Row]:
    return file.get(column) or ()


def _counts(document: Row, day: date) -> bool:
    in_time = (document.get("issued_on") or day) <= day <= (document.get("expires_on") or day)
    return in_time and document["status"] == "valid" and document.get("recognised") is not False
