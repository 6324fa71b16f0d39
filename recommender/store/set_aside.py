"""What of the feedback could not be read, kept with its reason until somebody sees to it; it judges nothing.

An entry comes here in one step with leaving the stream. One that its subject's erasure deleted while it was being read
has no fields any more, and is forgotten.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from recommender.generation import SHARDS, feedback_key, unreadable_key

if TYPE_CHECKING:
    import redis

_ENTRY, _WHY = b"set aside as", b"set aside because"


class Unreadable(NamedTuple):
    """An entry as it was: its id in the stream of feedback, why it could not be read, and the names of its fields."""

    entry: str
    why: str
    fields: tuple[str, ...]


def put(client: "redis.Redis", group: str, shard: str, entry: bytes, fields: Mapping[bytes, bytes], why: str) -> None:
    """Take an entry out of a shard's stream of feedback and keep it here."""
    with client.pipeline(transaction=True) as pipe:
        if fields:
            pipe.xadd(unreadable_key(shard), cast("Any", {**fields, _ENTRY: entry, _WHY: why}))
        pipe.xack(feedback_key(shard), group, entry)
        pipe.xdel(feedback_key(shard), entry)
        pipe.execute()


def kept(client: "redis.Redis") -> list[Unreadable]:
    """All that is set aside, the oldest of each shard first."""
    return [
        Unreadable(
            f"{fields[_ENTRY].decode()}.{shard}",
            fields[_WHY].decode(),
            tuple(name.decode(errors="replace") for name in fields if name not in (_ENTRY, _WHY)),
        )
        for shard in SHARDS
        for _, fields in _all(client, shard)
    ]


def put_back(client: "redis.Redis") -> int:
    """Let all of it be read again; how many entries it was."""
    count = 0
    for shard in SHARDS:
        for own, fields in _all(client, shard):
            told = {name: fields[name] for name in fields if name not in (_ENTRY, _WHY)}
            with client.pipeline(transaction=True) as pipe:
                pipe.xadd(feedback_key(shard), cast("Any", told))
                pipe.xdel(unreadable_key(shard), own)
                pipe.execute()
            count += 1
    return count


def drop(client: "redis.Redis", subjects: Collection[str] | None = None) -> int:
    """Forget it, or what of it names one of these subjects; how many entries it was."""
    count = 0
    for shard in SHARDS:
        going = [
            own
            for own, fields in _all(client, shard)
            if subjects is None or fields.get(b"subject", b"").decode() in subjects
        ]
        count += int(cast("Any", client.xdel(unreadable_key(shard), *going))) if going else 0
    return count


def _all(client: "redis.Redis", shard: str) -> list[tuple[bytes, Mapping[bytes, bytes]]]:
    return cast("list[tuple[bytes, Mapping[bytes, bytes]]]", client.xrange(unreadable_key(shard)))
