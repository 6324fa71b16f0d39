"""The reads that wait to be put into the audit, for the job that does; what it takes stays until it is durable."""

from collections.abc import Iterable, Sequence
from typing import cast

import msgspec

from recommender.access import Access
from recommender.chain import Head
from recommender.generation import ACCESSES, ANSWERING, AUDITED, answering_key
from recommender.store.client import Client
from recommender.store.reach import reached


class AccessQueue(Client):
    """What waits, and how far the audit is known to have come; for one job at a time."""

    def oldest(self, most: int) -> list[Access]:
        """The oldest reads that wait, as many as that; raises StoreUnavailable."""
        with reached(self._where):
            rows = cast("list[bytes]", self._client.lrange(ACCESSES, 0, most - 1))
        return [msgspec.msgpack.decode(row, type=Access) for row in rows]

    def killed(self) -> list[str]:
        """The processes that noted reads, did not say that they ended, and have not said anything for an hour."""
        with reached(self._where):
            known = sorted(one.decode() for one in cast("set[bytes]", self._client.smembers(ANSWERING)))
            return [process for process in known if not self._client.exists(answering_key(process))]

    def settle(self, count: int, head: Head, killed: Sequence[str] = ()) -> None:
        """Forget so many of the oldest and who was killed, which are in the audit by now, whose head is kept; all or
        nothing."""
        with reached(self._where), self._client.pipeline(transaction=True) as pipe:
            pipe.ltrim(ACCESSES, count, -1)
            if killed:
                pipe.srem(ANSWERING, *killed)
            pipe.set(AUDITED, head.text)
            pipe.execute()

    def heads(self) -> Iterable[Head]:
        """The head that the audit was last known to have, if any."""
        with reached(self._where):
            text = cast("bytes | None", self._client.get(AUDITED))
        return [Head.parse(text.decode())] if text else []
