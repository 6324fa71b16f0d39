"""What comes back from sending: receipts that jobs drain, and dead letters that an operator works; it sends nothing."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast

import msgspec

from recommender.delivery.outgoing import decode, encode
from recommender.escalation import Receipt, Status
from recommender.generation import SHARDS, dead_key, later_key, mail_key, outbox_key, receipts_key, shard_of
from recommender.store.client import Client
from recommender.store.outbox import Dead
from recommender.store.reach import reached

BATCH = 5_000


class Said(NamedTuple):
    """What a channel said of a subject's message, and the stream's entry that holds it."""

    subject: str
    receipt: Receipt
    shard: str
    entry: str


class Returns(Client):
    """What jobs and operators take up."""

    def receipts(self) -> list[Said]:
        """The oldest receipts that were not settled yet, some thousands at most."""
        found: list[Said] = []
        with reached(self._where):
            for shard in SHARDS:
                for entry, fields in cast("Any", self._client.xrange(receipts_key(shard), count=BATCH)):
                    text = {name.decode(): value.decode() for name, value in fields.items()}
                    status = msgspec.convert(text["status"], Status)
                    receipt = Receipt(text["message"], text["channel"], status, datetime.fromisoformat(text["at"]))
                    found.append(Said(text["subject"], receipt, shard, entry.decode()))
                if len(found) >= BATCH:
                    break
        return found

    def settle(self, said: list[Said]) -> None:
        """Forget receipts that are durable elsewhere by now."""
        with reached(self._where):
            for shard in sorted({one.shard for one in said}):
                self._client.xdel(receipts_key(shard), *(one.entry for one in said if one.shard == shard))

    def dead(self) -> Iterator[tuple[str, Dead]]:
        """Dead letters by the name under which they are requeued or dropped."""
        for shard in SHARDS:
            with reached(self._where):
                kept = cast("dict[bytes, bytes]", self._client.hgetall(dead_key(shard)))
            for letter in kept.values():
                dead = msgspec.msgpack.decode(letter, type=Dead)
                yield name_of(dead), dead

    def requeue(self, name: str) -> bool:
        """Let the channel try again, from now on; False where there is no such dead letter."""
        found = next((dead for known, dead in self.dead() if known == name), None)
        if found is None:
            return False
        subject, id_ = found.message.subject, found.message.id
        shard, mail = shard_of(subject), mail_key(subject)
        with reached(self._where):
            kept = cast("bytes | None", self._client.hget(mail, id_))
            message = (decode(kept) if kept else found.message).again_by(found.channel)
            with self._client.pipeline(transaction=True) as pipe:
                pipe.hset(mail, id_, cast("Any", encode(message)))
                pipe.zrem(later_key(shard), f"{subject} {id_}")
                pipe.xadd(outbox_key(shard), {"subject": subject, "message": id_})
                pipe.hdel(dead_key(shard), _field(found))
                pipe.execute()
        return True

    def drop(self, name: str) -> bool:
        """Forget a dead letter; False where there is none."""
        found = next((dead for known, dead in self.dead() if known == name), None)
        if found is None:
            return False
        with reached(self._where):
            return bool(self._client.hdel(dead_key(shard_of(found.message.subject)), _field(found)))

    def drop_all(self) -> int:
        """Forget every dead letter; how many there were."""
        with reached(self._where):
            count = sum(self._client.hlen(dead_key(shard)) for shard in SHARDS)
            for shard in SHARDS:
                self._client.unlink(dead_key(shard))
        return count


def name_of(dead: Dead) -> str:
    """What an operator calls a dead letter: the message and the channel, and no subject."""
    return f"{dead.message.id}.{dead.channel}"


def _field(dead: Dead) -> str:
    return f"{dead.message.subject} {dead.message.id} {dead.channel}"
