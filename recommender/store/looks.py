"""Sends all reads that wait within one turn of the loop as one pipeline: many homes, one round trip; it writes nothing.

A home is read by one script on the server that holds its subject, so that its rows are of one moment, and answers that
were given up on reach nobody else: each has a place of its own in its pipeline's answers.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import redis.asyncio

from recommender.generation import POINTER, Generation, choices_key, inbox_key, shard_of
from recommender.store.reach import FAILURES, field

_HOME = """#!lua flags=no-writes
local file = false
if ARGV[2] == '1' then file = redis.call('HGET', KEYS[5], ARGV[1]) end
return {
  redis.call('EXISTS', KEYS[1]),
  redis.call('HGET', KEYS[2], ARGV[1]),
  redis.call('HGETALL', KEYS[3]),
  redis.call('HGETALL', KEYS[4]),
  file,
}
"""


class Rows(NamedTuple):
    """What the store holds of one subject."""

    whole: bool  # whether all of the generation's shard was still there
    page: bytes | None
    choices: dict[bytes, bytes]
    inbox: dict[bytes, bytes]
    file: bytes | None


class Look(NamedTuple):
    """The generation that readers see at this moment, and the rows that were asked for in the one that was named."""

    pointer: bytes | None
    rows: tuple[Rows, ...]

    @property
    def whole(self) -> bool:
        """Whether no page of these shards was forgotten before it was read."""
        return all(row.whole for row in self.rows)


Asked = tuple[Any, ...]


class Looks:
    """The reads of one process, of which at most so many pipelines are under way."""

    def __init__(self, client: redis.asyncio.Redis, pipelines: int) -> None:
        self._client, self._room = client, asyncio.Semaphore(pipelines)
        self._waiting: list[tuple[Sequence[Asked], asyncio.Future[Look]]] = []
        self._sending: set[asyncio.Task[None]] = set()

    def look(self, generation: Generation, subjects: Sequence[str], *, file: bool) -> asyncio.Future[Look]:
        """The rows of these subjects, their files among them where asked for; fails as redis-py does."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._send)
        answer: asyncio.Future[Look] = loop.create_future()
        self._waiting.append(([_asked(generation, one, file) for one in subjects], answer))
        return answer

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        task = asyncio.create_task(self._ask(waiting))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _ask(self, waiting: Sequence[tuple[Sequence[Asked], asyncio.Future[Look]]]) -> None:
        try:
            async with self._room, self._client.pipeline(transaction=False) as pipe:
                pipe.get(POINTER)
                for commands, _ in waiting:
                    for command in commands:
                        pipe.execute_command(*command)
                pointer, *replies = await pipe.execute()
        except FAILURES as error:
            for _, answer in waiting:
                if not answer.done():
                    answer.set_exception(error)
            return
        rows = iter(map(_rows, replies))
        for commands, answer in waiting:
            own = tuple(next(rows) for _ in commands)
            if not answer.done():  # nobody waits any more for one that was given up on
                answer.set_result(Look(pointer, own))


def _asked(generation: Generation, subject: str, file: bool) -> Asked:
    keys = (
        generation.whole(shard_of(subject)),
        generation.bucket(subject),
        choices_key(subject),
        inbox_key(subject),
        generation.file_bucket(subject),
    )
    return ("EVAL", _HOME, len(keys), *keys, field(subject), "1" if file else "0")


def _rows(reply: list[Any]) -> Rows:
    whole, page, choices, inbox, file = reply
    return Rows(bool(whole), page, _paired(choices), _paired(inbox), file)


def _paired(flat: list[bytes]) -> dict[bytes, bytes]:
    """A hash, which a script's answer lists flat."""
    return cast("dict[bytes, bytes]", dict(zip(flat[::2], flat[1::2], strict=True)))
