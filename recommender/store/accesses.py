"""Takes note of reads in memory and writes them behind the answers, so that no page waits for it; it judges none.

What is noted is written at once, many in one go, and waits where the store takes no writes: up to ``most`` of them,
then what is noted is lost, and counted. A read that is lost leaves a gap in the numbers of its process. One that is
killed loses what it had not written yet, which is the reads of a few milliseconds while the store is well; its sign of
life goes out, and by that the audit knows that there may be more than was written.
"""

import asyncio
import secrets
from collections import defaultdict, deque
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, cast

import msgspec

from profiles.errors import StoreUnavailable
from recommender.access import CLOSED, SHOWN, SHOWN_SECONDS, Access
from recommender.generation import ACCESSES, ANSWERING, accesses_key, answering_key
from recommender.store.door import address, connected_soon
from recommender.store.reach import reached_soon

if TYPE_CHECKING:
    from redis.asyncio.client import Pipeline

MOST_WAITING = 10_000
BATCH = 500
AGAIN_SECONDS = 1.0
SILENT_SECONDS, SIGN_SECONDS = 3_600, 600  # how long a process may be silent, and how often it says that it lives


class Accesses:
    """The reads that one process answered."""

    def __init__(self, url: str, *, timeout: float = 0.5, most: int = MOST_WAITING) -> None:
        self._where, self._seconds, self._most = address(url), timeout, most
        self._client = connected_soon(url, timeout)
        self._process, self._number = secrets.token_hex(4), 0
        self._waiting: deque[Access] = deque()
        self._writing = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None
        self._living: asyncio.Task[None] | None = None
        self.lost = 0

    @property
    def waiting(self) -> int:
        """How many are not written yet."""
        return len(self._waiting)

    def note(self, access: Access) -> None:
        """Take note of a read; it is written behind."""
        self._number += 1
        if len(self._waiting) >= self._most:
            self.lost += 1
            return
        self._waiting.append(msgspec.structs.replace(access, process=self._process, number=self._number))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_on())
        if self._living is None:
            self._living = asyncio.create_task(self._live())

    async def of(self, subject: str) -> list[Access]:
        """The newest reads of a subject's file, the newest first, those noted just now among them.

        Raises:
            StoreUnavailable: the store does not answer, or takes no writes.
        """
        await self._write()
        async with reached_soon(self._where, self._seconds):
            read = self._client.lrange(accesses_key(subject), 0, SHOWN - 1)
            rows = await cast("Awaitable[list[bytes]]", read)
        found = [msgspec.msgpack.decode(row, type=Access) for row in rows]
        return list({(one.process, one.number): one for one in found}.values())

    async def close(self) -> None:
        """Write what waits and say that nothing more will come, as far as the store takes it."""
        for task in (self._writer, self._living):
            if task is not None:
                task.cancel()
        if self._number:
            self._number += 1
            self._waiting.append(Access("", CLOSED, 0, "", process=self._process, number=self._number))
            try:
                await self._write()
            except StoreUnavailable:
                self.lost += len(self._waiting) - 1
        await self._client.aclose()

    async def _write_on(self) -> None:
        """Write until nothing waits, however long the store is away."""
        while self._waiting:
            try:
                await self._write()
            except StoreUnavailable:
                await asyncio.sleep(AGAIN_SECONDS)

    async def _live(self) -> None:
        """Say from time to time that this process is alive, though it may have nothing to write."""
        while True:
            await asyncio.sleep(SIGN_SECONDS)
            with suppress(StoreUnavailable):
                async with reached_soon(self._where, self._seconds):
                    await self._client.set(answering_key(self._process), 1, ex=SILENT_SECONDS)

    async def _write(self) -> None:
        async with self._writing:
            while batch := tuple(islice(self._waiting, BATCH)):
                async with reached_soon(self._where, self._seconds):
                    await self._send(batch)
                for _ in batch:
                    self._waiting.popleft()

    async def _send(self, batch: Sequence[Access]) -> None:
        """Write a batch for the jobs and for the owners; what was written before is known to both by its number."""
        own: dict[str, list[bytes]] = defaultdict(list)
        for one in batch:
            if one.what != CLOSED:
                own[one.subject].append(msgspec.msgpack.encode(one.shown()))
        async with self._client.pipeline(transaction=False) as pipe:
            self._sign(pipe, ended=batch[-1].what == CLOSED)
            pipe.rpush(ACCESSES, *map(msgspec.msgpack.encode, batch))
            for subject, rows in own.items():
                pipe.lpush(accesses_key(subject), *rows)
                pipe.ltrim(accesses_key(subject), 0, SHOWN - 1)
                pipe.expire(accesses_key(subject), SHOWN_SECONDS)
            await pipe.execute()

    def _sign(self, pipe: "Pipeline", *, ended: bool) -> None:
        """Say that this process is alive, or that nothing more will come of it."""
        if ended:
            pipe.srem(ANSWERING, self._process)
            pipe.delete(answering_key(self._process))
        else:
            pipe.set(answering_key(self._process), 1, ex=SILENT_SECONDS)
            pipe.sadd(ANSWERING, self._process)
