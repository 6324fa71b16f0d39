"""A chain of entries of which none can be changed, taken out or moved without the next one showing it; it keeps none.

Each entry holds the hash of the one before. What an entry says is bound by a salted digest, so that its content can be
taken away for good when its subject is erased: digest and hash stay, the salt goes, and nobody can guess what it was.
Every such erasure is an entry itself, which says how many entries it emptied.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import msgspec

START = "0" * 64
READ, LOST, ERASED = "read", "lost", "erased"


@dataclass(frozen=True)
class Entry:
    """One entry; ``content`` and ``salt`` are None once its subject was erased."""

    number: int
    kind: str
    content: str | None
    salt: str | None
    digest: str
    hash: str


@dataclass(frozen=True)
class Head:
    """How long a chain is and with which hash it ends: whoever keeps it can tell that the end was cut off."""

    number: int = 0
    hash: str = START

    @property
    def text(self) -> str:
        """As it is printed and given back.

        >>> Head.parse(Head(3, "ab").text)
        Head(number=3, hash='ab')
        """
        return f"{self.number}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """What ``text`` wrote; raises ValueError for anything else."""
        number, _, last = text.partition(":")
        return cls(int(number), last)


def chained(head: Head, told: Iterable[tuple[str, Mapping[str, object]]]) -> Iterator[Entry]:
    """The entries that say (kind, content) one after the other, from ``head`` on."""
    for number, (kind, content) in enumerate(told, head.number + 1):
        text, salt = msgspec.json.encode(content, order="sorted").decode(), secrets.token_hex(16)
        digest = _digest(kind, salt, text)
        head = Head(number, _hash(head.hash, digest))
        yield Entry(number, kind, text, salt, digest, head.hash)


def broken(entries: Iterable[Entry], known: Iterable[Head] = ()) -> str:
    """What is wrong with a chain, naming the first entry at which it is; empty where nothing is.

    ``known`` are heads that the chain is known to have had.
    """
    head, emptied, accounted = Head(), [], 0
    had = {one.number: one.hash for one in known if one.number}
    for one in entries:
        if fault := _fault(one, head):
            return fault
        head = Head(one.number, one.hash)
        if one.number in had and had.pop(one.number) != one.hash:
            return f"entry {one.number} is not the one that was known: the chain was written anew"
        if one.content is None:
            emptied.append(one.number)
        elif one.kind == ERASED:
            accounted += int(msgspec.json.decode(one.content)["emptied"])
    if had:
        return f"entry {head.number + 1} is missing: the chain was known up to entry {max(had)}"
    if len(emptied) > accounted:
        return f"entry {emptied[0]} is empty: {len(emptied)} are, and erasures account for {accounted}"
    return ""


def _fault(one: Entry, head: Head) -> str:
    if one.number != head.number + 1:
        return f"entry {head.number + 1} is missing: entry {one.number} stands in its place"
    if one.content is not None and _digest(one.kind, one.salt or "", one.content) != one.digest:
        return f"entry {one.number} was changed: it does not say what its digest was made of"
    if _hash(head.hash, one.digest) != one.hash:
        return f"entry {one.number} does not follow on the one before it"
    return ""


def _digest(kind: str, salt: str, content: str) -> str:
    return sha256(f"{kind}\n{salt}\n{content}".encode()).hexdigest()


def _hash(before: str, digest: str) -> str:
    return sha256(f"{before}\n{digest}".encode()).hexdigest()
