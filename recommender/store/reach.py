"""What reaching a store takes, from jobs and API alike: its errors become ours; it knows no key and no value."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from typing import Any, TypeVar, cast

import redis
from redis.exceptions import RedisClusterException

from profiles.errors import StoreUnavailable

Row = TypeVar("Row")
# A cluster that cannot be reached is no RedisError of the client's library.
FAILURES = (redis.RedisError, RedisClusterException, OSError)


@contextmanager
def reached(where: str) -> Iterator[None]:
    """What fails inside for want of a server is a StoreUnavailable that names ``where``."""
    try:
        yield
    except FAILURES as error:
        raise _dead(where, error) from error


@asynccontextmanager
async def reached_soon(where: str, seconds: float) -> AsyncIterator[None]:
    """As ``reached``, for what is awaited; what takes longer than so many seconds in all counts as no answer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (*FAILURES, TimeoutError) as error:
        raise _dead(where, error) from error


def field(subject: str) -> str:
    """The field of a bucket: sixteen raw bytes, which the client's types do not know of."""
    return cast("str", bytes.fromhex(subject))


def batches(rows: Iterable[Row], size: int) -> Iterator[tuple[Row, ...]]:
    """Runs of at most ``size`` rows, in order."""
    left = iter(rows)
    while batch := tuple(islice(left, size)):
        yield batch


def entries_of(reply: Any) -> list[tuple[bytes, Mapping[bytes, bytes]]]:
    """The entries of all streams of a reply; RESP2 answers with lists, RESP3 with a mapping of lists of lists."""
    if isinstance(reply, Mapping):
        return [entry for parts in reply.values() for part in parts for entry in part]
    return [entry for _, stream in reply or [] for entry in stream]


def _dead(where: str, error: Exception) -> StoreUnavailable:
    if isinstance(error, redis.ResponseError):  # it answers, and says why it does not do what it is asked
        return StoreUnavailable(
            f"The store at {where} refuses what it is asked ({type(error).__name__}): "
            "see its log and its memory, or set YIDANG_STORE_URL to one that takes writes."
        )
    return StoreUnavailable(
        f"The store at {where} does not answer ({type(error).__name__}): "
        "start it, or set YIDANG_STORE_URL to one that runs."
    )
