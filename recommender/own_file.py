"""What a file holds, as its owner may read it: one row beside the page; a page is never made of it.

It carries every value that is in force, not those that lost, and names no other person: a link says what somebody is
to the subject, and a name only where it is an enterprise's. Sealed values stay sealed. The words are joined to it when
it is read. Fields are only ever added with a default, as in ``page``.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec


class Fact(msgspec.Struct, frozen=True):
    """A value in force: who says so as of when, for how long it holds, and how sensitive it is."""

    name: str
    source: str
    value: str | None = None
    as_of: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    sensitivity: str = "internal"
    sealed: bool = False
    in_force: bool = True


class Document(msgspec.Struct, frozen=True):
    """A certificate or licence; ``number`` is sealed for a person."""

    type: str
    source: str
    number: str | None = None
    issuer: str | None = None
    issuer_region: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    status: str = "valid"
    recognised: bool | None = None
    as_of: date | None = None


class Link(msgspec.Struct, frozen=True):
    """What somebody or an enterprise is to the subject; ``name`` is an enterprise's."""

    kind: str
    source: str
    role: str | None = None
    since: date | None = None
    until: date | None = None
    name: str | None = None
    as_of: date | None = None


class Event(msgspec.Struct, frozen=True):
    """Something that happened to the subject."""

    kind: str
    happened_on: date
    source: str
    as_of: date | None = None


class Case(msgspec.Struct, frozen=True):
    """An application, whatever became of it."""

    service: str
    status: str
    applied_on: date
    source: str
    finished_on: date | None = None
    as_of: date | None = None


class Evidence(msgspec.Struct, frozen=True):
    """A fact, document, link, event or case that a tag was read from."""

    reads: str
    source: str
    as_of: date | None = None


class Tag(msgspec.Struct, frozen=True):
    """A tag that the file has earned, since and until when, by which clauses and on whose word."""

    id: str
    since: date | None = None
    until: date | None = None
    clauses: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class OwnFile(msgspec.Struct, frozen=True):
    """All that is held of one subject."""

    facts: tuple[Fact, ...] = ()
    documents: tuple[Document, ...] = ()
    links: tuple[Link, ...] = ()
    events: tuple[Event, ...] = ()
    cases: tuple[Case, ...] = ()
    tags: tuple[Tag, ...] = ()

    def columns(self) -> Mapping[str, Any]:
        """As the columns of ``profiles.model``, in which ``prefill.held`` looks."""
        columns: Mapping[str, Any] = msgspec.to_builtins(self, builtin_types=(date,))
        return columns


# What of each nested column a row carries, in the order of the structs above.
CARRIED: Mapping[str, tuple[str, ...]] = {
    column: tuple(name for name in struct.__struct_fields__ if name != "in_force")
    for column, struct in (
        ("facts", Fact), ("documents", Document), ("links", Link), ("events", Event), ("cases", Case),
    )
}  # fmt: skip


def tags_as_json(tags: Iterable[Tag]) -> str:
    """Tags as JSON, for ``pack``."""
    return msgspec.json.encode(tuple(tags)).decode()


def pack(file: str, tags: str | None) -> bytes:
    """A row of the JSON of a file's columns and of its tags.

    >>> unpack(pack('{"facts":[{"name":"sex","value":"female","source":"residents"}]}', None)).facts[0].value
    'female'
    """
    whole = f'{file.removesuffix("}")}{"," if len(file) > 2 else ""}"tags":{tags or "[]"}}}'
    return whole.encode()


def unpack(row: bytes) -> OwnFile:
    """The file that ``pack`` wrote; raises msgspec.ValidationError where the bytes are no such row."""
    return msgspec.json.decode(row, type=OwnFile)
