"""All that services of one kind of subject ask for, numbered, so that a page tells in a few bytes what is held of it.

It reads no file and no page. The numbers belong to one catalogue: what was packed with another is not read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from profiles.model import Kind
from recommender.catalogue import Catalogue
from recommender.ledger import Saved, by_design, total
from recommender.prefill import Held, fields

_MARK_BYTES = 2


@dataclass(frozen=True)
class Asked:
    """What one service asks for, as bits: a paper or field that no file can answer is 0."""

    papers: tuple[int, ...]
    fields: tuple[int, ...]

    def spared(self, trusted: int) -> tuple[bool, ...]:
        """Per paper whether it need not be brought, of what is held reliably enough."""
        return tuple(bool(paper & trusted) for paper in self.papers)

    def filled(self, known: int) -> tuple[bool, ...]:
        """Per field whether it is filled in."""
        return tuple(bool(field & known) for field in self.fields)


@dataclass(frozen=True)
class Holding:
    """What a subject holds, as bits: everything known, and what of it spares a paper."""

    known: int
    trusted: int


class Forms:
    """The papers and forms of one catalogue and kind."""

    def __init__(self, catalogue: Catalogue, kind: Kind) -> None:
        services = [service for service in catalogue.services if service.audience == kind]
        forms = {service.id: fields(service, catalogue) for service in services}
        asked = {field.filled_by for form in forms.values() for field in form}
        asked |= {paper.satisfied_by for service in services for paper in service.evidence}
        self.reads = tuple(sorted(read for read in asked if read))
        self._bits: dict[str | None, int] = {read: 1 << number for number, read in enumerate(self.reads)}
        self._width = (len(self.reads) + 7) // 8
        self._mark = blake2b("\n".join(self.reads).encode(), digest_size=_MARK_BYTES).digest()
        self._asked = {
            service.id: Asked(
                tuple(self._bits.get(paper.satisfied_by, 0) for paper in service.evidence),
                tuple(self._bits.get(field.filled_by, 0) for field in forms[service.id]),
            )
            for service in services
        }
        self._by_design = {service.id: by_design(service) for service in services}

    def asked(self, service: str) -> Asked:
        """What a service of this kind asks for."""
        return self._asked[service]

    @cached_property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """What is read of each nested column of a file: ``facts`` by name, ``links`` and ``events`` by kind."""
        of = {"facts": "fact:", "documents": "document:", "links": "link:", "events": "event:"}
        return {
            column: tuple(read.removeprefix(family) for read in self.reads if read.startswith(family))
            for column, family in of.items()
        }

    def pack(self, holding: Mapping[str, Held]) -> bytes:
        """What is held of all that is asked: a mark of the catalogue, a bit for each that is known and, where not all
        of it may be relied on, a bit for each that may."""
        kept = [(self._bits[read], one.spares) for read, one in holding.items() if read in self._bits]
        known, trusted = sum(bit for bit, _ in kept), sum(bit for bit, spares in kept if spares)
        told = (known,) if known == trusted else (known, trusted)
        return self._mark + b"".join(bits.to_bytes(self._width, "little") for bits in told)

    def unpack(self, packed: bytes) -> Holding | None:
        """What ``pack`` told; None where it was told with another catalogue, or not at all."""
        sizes = (self._width, 2 * self._width)
        if packed[:_MARK_BYTES] != self._mark or len(packed) - _MARK_BYTES not in sizes:
            return None
        bits = packed[_MARK_BYTES:]
        known = int.from_bytes(bits[: self._width], "little")
        return Holding(known, int.from_bytes(bits[-self._width :], "little") if self._width else 0)

    def saved(self, holding: Holding, services: Iterable[str]) -> Saved:
        """What a subject saves with these services in all."""
        mine = list(services)
        papers = sum(sum(self._asked[service].spared(holding.trusted)) for service in mine)
        return total(self._by_design[service] for service in mine) + Saved(papers=papers)
