"""What of the feedback could not be read, kept with its reason until somebody sees to it; it judges nothing.

An entry comes here in one step with leaving the stream. One that its subject's erasure deleted while it was being read
has no fields any more, and is forgotten.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from recommender.generation import FEEDBACK, UNREADABLE

if TYPE_CHECKING:
    import redis

_ENTRY, _WHY = b"set aside as", b"set aside because"


class Unreadable(NamedTuple):
    """An entry as it was: its id in the stream of feedback, why it could not be read, and the names of its fields."""

    entry: str
    why: str
    fields: tuple[str, ...]


def put(client: "redis.Redis", group: str, entry: bytes, fields: Mapping[bytes, bytes], why: str) -> None:
    """Take an entry out of the stream of feedback and keep it here."""
    with client.pipeline(transaction=True) as pipe:
        if fields:
            pipe.xadd(UNREADABLE, cast("Any", {**fields, _ENTRY: entry, _WHY: why}))
        pipe.xack(FEEDBACK, group, entry)
        pipe.xdel(FEEDBACK, entry)
        pipe.execute()


def kept(client: "redis.Redis") -> list[Unreadable]:
    """All that is set aside, the oldest first."""
    return [
        Unreadable(
            fields[_ENTRY].decode(),
            fields[_WHY].decode(),
            tuple(name.decode(errors="replace") for name in fields if name not in (_ENTRY, _WHY)),
        )
        for _, fields in _all(client)
    ]


def put_back(client: "redis.Redis") -> int:
    """Let all of it be read again; how many entries it was."""
    found = _all(client)
    for own, fields in found:
        with client.pipeline(transaction=True) as pipe:
            pipe.xadd(FEEDBACK, cast("Any", {name: fields[name] for name in fields if name not in (_ENTRY, _WHY)}))
            pipe.xdel(UNREADABLE, own)
            pipe.execute()
    return len(found)


def drop(client: "redis.Redis", subjects: Collection[str] | None = None) -> int:
    """Forget it, or what of it names one of these subjects; how many entries it was."""
    going = [
        own for own, fields in _all(client) if subjects is None or fields.get(b"subject", b"").decode() in subjects
    ]
    return int(cast("Any", client.xdel(UNREADABLE, *going))) if going else 0


def _all(client: "redis.Redis") -> list[tuple[bytes, Mapping[bytes, bytes]]]:
    return cast("list[tuple[bytes, Mapping[bytes, bytes]]]", client.xrange(UNREADABLE))
