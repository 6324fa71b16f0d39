"""The outbox: messages that wait to be sent, who is at which of them, and what became of them; it sends nothing.

A message has one ticket at any time: an entry of its shard's stream, held by at most one worker, or a moment in the
sorted set of what is to be looked at later. Every step is one script over keys of one shard: a crash leaves all of it
done or none. A worker that died leaves its ticket pending; after ``stale_seconds`` another takes it over.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, cast

import msgspec
import redis

from profiles.errors import StoreUnavailable
from recommender.choices import Choices, Notice
from recommender.delivery.outgoing import Outgoing, decode, encode
from recommender.escalation import Receipt
from recommender.generation import (
    INBOX_KEPT_SECONDS,
    POINTER,
    SHARDS,
    Generation,
    choices_key,
    dead_key,
    inbox_key,
    later_key,
    mail_key,
    outbox_key,
    receipts_key,
    shard_of,
)
from recommender.page import Page
from recommender.page import decode as decode_page
from recommender.store import outbox_steps
from recommender.store.client import Client
from recommender.store.packing import Packings
from recommender.store.reach import batches, entries_of, field, reached

GROUP = "deliver"
BATCH = 1_000
# A ticket is let go of a little sooner than others may take it over.
LEASE = 0.8


class Ticket(NamedTuple):
    """That a message is to be looked at: its subject, its name in the store, and the stream's entry."""

    entry: str
    subject: str
    message: str

    @property
    def shard(self) -> str:
        return shard_of(self.subject)


class Standing(NamedTuple):
    """What the store says of a subject at this moment."""

    page: Page | None
    choices: Choices


class Dead(msgspec.Struct, frozen=True):
    """What a channel could not send: the message as it was, why, and since when."""

    message: Outgoing
    channel: str
    why: str
    at: datetime


@dataclass(frozen=True)
class Settled:
    """What became of a ticket: the message as it stands, or None once it is over, and when to look at it again.

    ``rest`` is what was put off into a message of its own.
    """

    message: Outgoing | None
    look_at: datetime | None = None
    receipts: Sequence[Receipt] = ()
    rest: tuple[Outgoing, datetime] | None = None
    dead: Dead | None = None


class Outbox(Client):
    """What ``remind`` fills and workers empty; ``worker`` is the name that no other worker has."""

    def __init__(self, url: str, worker: str = "", *, stale_seconds: float = 120.0, timeout: float = 5.0) -> None:
        super().__init__(url, timeout=timeout)
        self._worker, self._stale = worker, stale_seconds
        self._packings = Packings(self._client)
        self._scripts = {
            name: self._client.register_script(text)
            for name, text in (
                ("wake", outbox_steps.WAKE),
                ("take", outbox_steps.TAKE),
                ("count", outbox_steps.COUNT),
                ("settle", outbox_steps.SETTLE),
            )
        }

    def file(self, messages: Iterable[tuple[Outgoing, dict[str, Notice]]]) -> tuple[int, int]:
        """Put messages and their rungs' notices, by rung id, into outbox and inbox; (new notices, new messages).

        Each message is one atomic step, and a rung that is in the inbox already is in no message again.
        """
        notices = filed = 0
        with reached(self._where):
            for batch in batches(messages, BATCH):
                left = list(batch)
                while left:
                    again = []
                    for (message, told), answer in zip(left, self._filed(left), strict=True):
                        if isinstance(answer, int):
                            notices, filed = notices + answer, filed + 1
                        elif rest := message.without(frozenset(one.decode() for one in answer)):
                            again.append((rest, told))
                    left = again
        return notices, filed

    def wake(self, now: datetime) -> int:
        """Let what was to be looked at by ``now`` be looked at; how many messages that were."""
        with reached(self._where):
            keys = [[later_key(shard), outbox_key(shard)] for shard in SHARDS]
            return sum(int(self._scripts["wake"](keys=pair, args=[now.timestamp(), BATCH])) for pair in keys)

    def tickets(self, most: int) -> Iterator[Ticket]:
        """Tickets for this worker, at most so many of a shard: what a dead worker left first, then what is new."""
        for shard in SHARDS:
            with reached(self._where):
                entries = self._entries(shard, most)
            for entry, fields in entries:
                if fields:  # an entry that was deleted while it was pending has none
                    yield Ticket(entry.decode(), fields[b"subject"].decode(), fields[b"message"].decode())

    def take(self, ticket: Ticket) -> Outgoing | None:
        """The message, for this worker alone; None where another is at it, or it is over, which settles the ticket.

        Raises:
            msgspec.MsgspecError: what is kept is no message of this release.
        """
        with reached(self._where):
            keys = [mail_key(ticket.subject)]
            seconds = max(1, int(self._stale * LEASE))
            answer = self._scripts["take"](keys=keys, args=[ticket.message, self._worker, seconds])
            if answer == b"gone":
                self._drop(ticket)
        return decode(answer[0]) if isinstance(answer, list) else None

    def standing(self, subject: str) -> Standing:
        """The page and the choices of a subject as they are now.

        Raises:
            StoreUnavailable: the store does not answer, or nothing was ever published.
        """
        with reached(self._where):
            name = cast("bytes | None", self._client.get(POINTER))
            if name is None:
                raise StoreUnavailable(
                    f"The store at {self._where} has no pages yet: run `python -m jobs publish` first."
                )
            generation = Generation.parse(name.decode())
            row = cast("bytes | None", self._client.hget(generation.bucket(subject), field(subject)))
            page = self._packings.unpack(generation, row) if row else None
            chosen = cast("dict[bytes, bytes]", self._client.hgetall(choices_key(subject)))
        return Standing(decode_page(page) if page else None, Choices.from_hash(chosen))

    def counts(self, ticket: Ticket, week: str, most: int) -> bool:
        """Count the message as one of its subject's in a week; False where there were ``most`` before it."""
        with reached(self._where):
            return bool(self._scripts["count"](keys=[mail_key(ticket.subject)], args=[ticket.message, week, most]))

    def settle(self, ticket: Ticket, became: Settled) -> bool:
        """Keep what became of a ticket; False where another worker had taken the message over, and nothing was kept."""
        rest, dead = became.rest, became.dead
        arguments: list[Any] = [
            *(ticket.message, self._worker, ticket.subject, ticket.entry, GROUP),
            encode(became.message) if became.message else "",
            became.look_at.timestamp() if became.message and became.look_at else "",
            *((rest[0].id, encode(rest[0]), rest[1].timestamp()) if rest else ("", "", "")),
            *(
                (f"{ticket.subject} {ticket.message} {dead.channel}", msgspec.msgpack.encode(dead))
                if dead
                else ("", "")
            ),
        ]
        for receipt in became.receipts:
            arguments += [receipt.channel, receipt.status, receipt.at.isoformat()]
        shard = ticket.shard
        keys = [mail_key(ticket.subject), outbox_key(shard), later_key(shard), receipts_key(shard), dead_key(shard)]
        with reached(self._where):
            return bool(self._scripts["settle"](keys=keys, args=arguments))

    def peek(self) -> Iterator[Outgoing]:
        """Every message that is to be looked at, now or later; nothing is taken."""
        for shard in SHARDS:
            with reached(self._where):
                now = cast("Any", self._client.xrange(outbox_key(shard)))
                tickets = {(told[b"subject"].decode(), told[b"message"].decode()) for _, told in now}
                later = cast("list[bytes]", self._client.zrange(later_key(shard), 0, -1))
                tickets |= {(one[:32].decode(), one[33:].decode()) for one in later}
                kept = [self._client.hget(mail_key(subject), name) for subject, name in sorted(tickets)]
            yield from (decode(cast("bytes", one)) for one in kept if one)

    def waiting(self) -> dict[Literal["now", "later", "dead"], int]:
        """How many messages are to be looked at now and later, and how many sends wait for an operator."""
        with reached(self._where):
            return {
                "now": sum(self._client.xlen(outbox_key(shard)) for shard in SHARDS),
                "later": sum(self._client.zcard(later_key(shard)) for shard in SHARDS),
                "dead": sum(self._client.hlen(dead_key(shard)) for shard in SHARDS),
            }

    def _filed(self, messages: Sequence[tuple[Outgoing, dict[str, Notice]]]) -> list[Any]:
        """Per message how many notices were new, or which of its rungs were known."""
        with self._client.pipeline(transaction=False) as pipe:
            for message, told in messages:
                subject = message.subject
                pairs = [part for rung in message.rungs for part in (rung.id, msgspec.msgpack.encode(told[rung.id]))]
                keys = (inbox_key(subject), mail_key(subject), outbox_key(shard_of(subject)))
                filed = (INBOX_KEPT_SECONDS, subject, message.id, encode(message), *pairs)
                # By its text: the library sends no digest of a script through a cluster's pipeline.
                pipe.execute_command("EVAL", outbox_steps.FILE, len(keys), *keys, *filed)
            return pipe.execute()

    def _entries(self, shard: str, most: int) -> list[tuple[bytes, dict[bytes, bytes]]]:
        key, idle = outbox_key(shard), int(self._stale * 1000)
        try:
            left = cast("Any", self._client.xautoclaim(key, GROUP, self._worker, idle, count=most))[1]
        except redis.ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            self._open_group(key)
            left = []
        reply = None if left else self._client.xreadgroup(GROUP, self._worker, {key: ">"}, count=most)
        return cast("list[tuple[bytes, dict[bytes, bytes]]]", left or entries_of(reply))

    def _open_group(self, key: str) -> None:
        try:
            self._client.xgroup_create(key, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):  # another worker was first
                raise

    def _drop(self, ticket: Ticket) -> None:
        with self._client.pipeline(transaction=True) as pipe:
            pipe.xack(outbox_key(ticket.shard), GROUP, ticket.entry)
            pipe.xdel(outbox_key(ticket.shard), ticket.entry)
            pipe.execute()
