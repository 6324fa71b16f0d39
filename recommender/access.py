"""One read of somebody's file: whose, what, when, through which client and for whom; ids alone, no value of the file.

Whoever reads as another person is known by a name that means something beside this one file only, as in ``acting``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

import msgspec

SHOWN = 200  # of the newest reads, to the owner
SHOWN_SECONDS = 180 * 86_400
CLOSED = ""  # in the place of what was read: the process wrote all that it had noted, and ended


class Access(msgspec.Struct, frozen=True, array_like=True):
    """A read. ``number`` counts those of one ``process`` from 1, so that one that is lacking is known to lack."""

    subject: str
    what: str  # the route's template
    at: int  # seconds since 1970, UTC
    client: str
    actor: str = ""  # who acts for the person through the client, if not they themselves
    reader: str = ""  # the person who reads under a mandate; empty where it is the owner
    batch: bool = False  # through a client that calls for many in turn
    process: str = ""
    number: int = 0

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def shown(self) -> "Access":
        """As it is kept for the owner, under whose pseudonym it lies already."""
        return msgspec.structs.replace(self, subject="")


@dataclass(frozen=True)
class Lost:
    """Reads of one process that were answered and of which no more is known: numbers ``first`` to ``last``.

    Without ``last`` the process was killed, and nobody knows whether it had noted any more.
    """

    process: str
    first: int
    last: int | None

    @property
    def count(self) -> int:
        """How many reads are known to be lost."""
        return 0 if self.last is None else self.last - self.first + 1


@dataclass(frozen=True)
class Sorted:
    """Reads that are new, those that are lacking, and the last number of each process, below zero where it ended.

    A process that ended is known for as long as its reads may come once more, because a run broke off.
    """

    new: list[Access]
    lost: list[Lost]
    last: dict[str, int]


def known_as(person: str, subject: str) -> str:
    """What a person is called beside one file, and beside this one alone.

    >>> known_as("a" * 32, "b" * 32) == known_as("a" * 32, "c" * 32)
    False
    """
    return f"resident.{blake2b(person.encode(), key=subject.encode(), digest_size=8).hexdigest()}"


def sorted_out(found: Sequence[Access], last: Mapping[str, int], killed: Collection[str] = ()) -> Sorted:
    """What of ``found`` is new beyond the ``last`` number known of each process, and what is lacking between.

    Of who was ``killed``, what came after the last of its reads is lost, whatever that was.

    >>> read = [Access("s", "/v1/me/home", 0, "portal", process="p", number=n) for n in (1, 2, 5)]
    >>> sort = sorted_out(read, {"p": 1})
    >>> [one.number for one in sort.new], sort.lost, sort.last
    ([2, 5], [Lost(process='p', first=3, last=4)], {'p': 5})
    >>> sorted_out([], {"p": 5}, ["p"]).lost
    [Lost(process='p', first=6, last=None)]
    """
    here = {one.process for one in found} | set(killed)
    sort = Sorted([], [], {process: number for process, number in last.items() if number > 0 or process in here})
    for one in found:
        before = abs(sort.last.get(one.process, 0))
        if one.number <= before:
            continue
        if one.number > before + 1:
            sort.lost.append(Lost(one.process, before + 1, one.number - 1))
        sort.last[one.process] = -one.number if one.what == CLOSED else one.number
        if one.what != CLOSED:
            sort.new.append(one)
    for process in sorted(killed):
        known = sort.last.get(process, 0)
        if known >= 0:  # nobody heard of its end before
            sort.lost.append(Lost(process, known + 1, None))
            sort.last[process] = -max(known, 1)
    return sort
