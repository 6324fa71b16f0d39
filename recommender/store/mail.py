"""What waits of a subject in the outbox when the subject is erased or gets another pseudonym; it sends nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from msgspec.structs import replace
from redis import Redis

from recommender.delivery.outgoing import decode, encode
from recommender.generation import dead_key, later_key, mail_key, outbox_key, receipts_key, shard_of

_OF_A_WORKER = (b"c:", b"w:")


def forget(client: Redis, subjects: Sequence[str]) -> int:
    """Delete what waits under these subjects, its receipts and dead letters; how many keys and entries it was."""
    dropped = sum(client.unlink(mail_key(subject)) for subject in subjects)
    for shard in sorted(set(map(shard_of, subjects))):
        gone = tuple(subject for subject in subjects if shard_of(subject) == shard)
        for stream in (outbox_key(shard), receipts_key(shard)):
            named = [entry for entry, told in cast("Any", client.xrange(stream)) if told[b"subject"].decode() in gone]
            dropped += client.xdel(stream, *named) if named else 0
        waiting = [one for one in cast("list[bytes]", client.zrange(later_key(shard), 0, -1)) if _of(one, gone)]
        dropped += client.zrem(later_key(shard), *waiting) if waiting else 0
        letters = [one for one in cast("list[bytes]", client.hkeys(dead_key(shard))) if _of(one, gone)]
        dropped += client.hdel(dead_key(shard), *cast("Any", letters)) if letters else 0
    return dropped


def move(client: Redis, old: str, new: str, kept: Mapping[bytes, bytes], renamed: Callable[[str], str]) -> None:
    """Let what is ``kept`` of the mail of ``old`` wait for ``new``, to be looked at at once.

    The lake calls a message by its ``renamed`` name from now on; receivers know it by the one that it had. Tickets
    under the old names lead nowhere, and the next worker drops them.
    """
    for name, text in kept.items():
        if name[:2] in _OF_A_WORKER:
            continue
        told, message = renamed(name.decode()), replace(decode(text), subject=new)
        receipts = tuple(receipt._replace(message=told) for receipt in message.receipts)
        client.hset(mail_key(new), told, cast("Any", encode(replace(message, receipts=receipts))))
        client.zadd(later_key(shard_of(new)), {f"{new} {told}": 0}, nx=True)
        client.zrem(later_key(shard_of(old)), f"{old} {name.decode()}")
    client.unlink(mail_key(old))


def _of(ticket: bytes, subjects: Sequence[str]) -> bool:
    return ticket.decode().partition(" ")[0] in subjects
