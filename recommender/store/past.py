"""What the store keeps of the lists of the last few generations, so that their owners can ask why; it shows no page.

A generation's records lie in buckets as its pages do, under their traces; the bases that they were made by lie beside
them. No key but a bucket's prefix and no value says whose a record is: that is known by the trace alone.
"""

from collections.abc import Awaitable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from recommender.generation import TRACED, Generation, basis_key
from recommender.store.reach import batches
from recommender.trace import decode, trace_of

if TYPE_CHECKING:
    import redis
    import redis.asyncio

KEPT = 3  # generations: today's and those of the two days before
BATCH = 5_000


def put(
    client: "redis.Redis", generation: Generation, records: Iterable[tuple[str, bytes]], bases: Mapping[bytes, bytes]
) -> int:
    """Keep (subject, record) pairs of a generation and the bases that they name; how many records there were."""
    count = 0
    for some in batches(records, BATCH):
        with client.pipeline(transaction=False) as pipe:
            for subject, record in some:
                key, trace = generation.trace_bucket(subject), bytes.fromhex(trace_of(subject, record))
                pipe.hset(key, cast("Any", trace), cast("Any", record))
            pipe.execute()
        count += len(some)
    with client.pipeline(transaction=True) as pipe:
        for name, basis in bases.items():
            pipe.set(basis_key(name), basis)
            pipe.sadd(generation.based_on, cast("Any", name))
        # The order in which generations came, for their names do not tell it within a day.
        pipe.lrem(TRACED, 0, generation.text)
        pipe.rpush(TRACED, generation.text)
        pipe.execute()
    _forget_old(client)
    return count


def forget(client: "redis.Redis", subject: str) -> int:
    """Delete the subject's records; how many there were."""
    dropped = 0
    for generation in _kept(client):
        key = generation.trace_bucket(subject)
        found = cast("Mapping[bytes, bytes]", client.hgetall(key))
        own = [trace for trace, record in found.items() if trace_of(subject, record) == trace.hex()]
        if own:
            dropped += client.hdel(key, *cast("Any", own))
    return dropped


def clear(client: "redis.Redis") -> None:
    """Delete all records and bases."""
    for generation in _kept(client):
        _drop(client, generation, set())
    client.delete(TRACED)


async def find(client: "redis.asyncio.Redis", subject: str, trace: str) -> tuple[Generation, bytes, bytes] | None:
    """(generation, record, basis as saved) of a trace that is the subject's own; None where there is none."""
    names = await cast("Awaitable[list[bytes]]", client.lrange(TRACED, 0, -1))
    generations = [Generation.parse(name.decode()) for name in reversed(names)]
    async with client.pipeline(transaction=False) as pipe:
        for generation in generations:
            pipe.hget(generation.trace_bucket(subject), cast("str", bytes.fromhex(trace)))
        found = await pipe.execute()
    for generation, record in zip(generations, found, strict=True):
        if record is not None and trace_of(subject, record) == trace:
            basis = await cast("Awaitable[bytes | None]", client.get(basis_key(decode(record).basis)))
            return (generation, record, basis) if basis else None
    return None


def _forget_old(client: "redis.Redis") -> None:
    kept = list(_kept(client))
    for old in kept[:-KEPT]:
        needed = {name for one in kept[-KEPT:] for name in cast("set[bytes]", client.smembers(one.based_on))}
        _drop(client, old, needed)
        client.lrem(TRACED, 0, old.text)


def _drop(client: "redis.Redis", generation: Generation, needed: set[bytes]) -> None:
    bases = cast("set[bytes]", client.smembers(generation.based_on)) - needed
    for keys in batches([*generation.trace_buckets(), *map(basis_key, bases), generation.based_on], BATCH):
        client.unlink(*keys)


def _kept(client: "redis.Redis") -> Iterator[Generation]:
    """The generations with records, the oldest first."""
    for name in cast("list[bytes]", client.lrange(TRACED, 0, -1)):
        yield Generation.parse(name.decode())
