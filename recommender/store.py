"""The one door to the serving store (Redis's protocol); nothing but undrained feedback is kept there alone.

``Store`` is for jobs: it publishes generations, fills inboxes and hands over feedback. ``HomeStore`` is for the API:
one page in one round trip. Both raise StoreUnavailable, and nothing of the client's library comes out of this file.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Literal, Self, TypeVar, cast
from urllib.parse import urlsplit

import msgspec
import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from profiles.errors import StoreUnavailable
from recommender.acting import Subject
from recommender.choices import Choices, Feedback, Notice
from recommender.generation import FEEDBACK, POINTER, STARTED, Generation, choices_key, inbox_key, once_key, once_keys
from recommender.page import Page, decode

GROUP = CONSUMER = "jobs"
BATCH = 5_000
INBOX_KEPT_SECONDS = 400 * 86_400
REPEATS_KNOWN_SECONDS = 86_400

# One atomic step: the choice and its entry in the stream, or neither; a repeat changes nothing and counts nothing.
_ACT = """
if ARGV[1] ~= '' then
  if redis.call('SET', KEYS[3], '1', 'NX', 'EX', ARGV[2]) == false then return 0 end
end
if ARGV[3] == 'put' then
  if redis.call('HGET', KEYS[1], ARGV[4]) == ARGV[5] then return 0 end
  redis.call('HSET', KEYS[1], ARGV[4], ARGV[5])
elseif ARGV[3] == 'add' then
  if redis.call('HSETNX', KEYS[1], ARGV[4], ARGV[5]) == 0 then return 0 end
elseif ARGV[3] == 'drop' then
  if redis.call('HDEL', KEYS[1], ARGV[4]) == 0 then return 0 end
end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 6))
return 1
"""

Row = TypeVar("Row")
Change = tuple[Literal["put", "add", "drop"], str, str]


@dataclass(frozen=True)
class StoredHome:
    """All that one round trip brings: the person's page, the page shown, and what its subject chose and was told."""

    generation: Generation
    own: Page | None
    shown: Page | None  # the enterprise's when acting, else ``own``
    choices: Choices
    inbox: tuple[Notice, ...]
    popular: Mapping[str, tuple[str, ...]]  # kind -> services, most used first


class Store:
    """What jobs write to and drain."""

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        self._where = _address(url)
        retry = Retry(NoBackoff(), 1)
        self._client = redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=retry)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ping(self) -> None:
        """Raises StoreUnavailable where the store does not answer."""
        with _reached(self._where):
            self._client.ping()

    def generation(self) -> Generation | None:
        """The generation that readers see, or None before the first."""
        with _reached(self._where):
            name = cast("bytes | None", self._client.get(POINTER))
        return Generation.parse(name.decode()) if name else None

    def publish(
        self, generation: Generation, rows: Iterable[tuple[str, bytes]], popular: Mapping[str, Sequence[str]]
    ) -> int:
        """Write a whole generation of (subject, encoded page), then let readers see it; how many pages it has.

        The generation before stays for readers under way, older and torn ones go. Writing the same content again
        changes nothing that a reader could see.

        Raises:
            StoreUnavailable: the store does not answer or lost rows; readers still see the generation before.
        """
        with _reached(self._where):
            self._client.sadd(STARTED, generation.text)
            written = sum(self._write(generation, batch) for batch in _batches(rows, BATCH))
            held = self._count(generation)
            if held < written:
                raise StoreUnavailable(
                    f"The store at {self._where} holds {held} of the {written} pages just written: is its memory full? "
                    "Readers still see the generation before; give the store room and run publish again."
                )
            before = cast("bytes | None", self._client.get(POINTER))
            about = {"pages": written, "popular": msgspec.json.encode({k: list(v) for k, v in popular.items()})}
            self._client.hset(generation.about, mapping=cast("Any", about))
            self._client.hincrby(generation.about, "writes", 1)
            self._client.set(POINTER, generation.text)
            self._forget({generation.text, before.decode() if before else ""})
        return written

    def page(self, subject: str) -> bytes | None:
        """The encoded page of a subject in the generation that readers see; None where there is none."""
        with _reached(self._where):
            name = cast("bytes | None", self._client.get(POINTER))
            if name is None:
                return None
            return cast(
                "bytes | None", self._client.hget(Generation.parse(name.decode()).bucket(subject), _field(subject))
            )

    def writes(self) -> tuple[str, int]:
        """The generation that readers see and how often it was written whole; ("", 0) before the first."""
        with _reached(self._where):
            name = cast("bytes | None", self._client.get(POINTER))
            if name is None:
                return "", 0
            count = self._client.hget(Generation.parse(name.decode()).about, "writes")
            return name.decode(), int(cast("bytes | None", count) or 0)

    def refresh(self, rows: Mapping[str, bytes | None]) -> None:
        """Put fresh pages in the place of those that readers see by now, or take them away (None).

        Where a generation is published meanwhile the pages are put into that one as well.

        Raises:
            StoreUnavailable: the store does not answer, or nothing was ever published.
        """
        with _reached(self._where):
            before = None
            while (name := cast("bytes | None", self._client.get(POINTER))) != before:
                generation = Generation.parse((name or b"").decode())
                with self._client.pipeline(transaction=True) as pipe:
                    for subject, row in rows.items():
                        key, page = generation.bucket(subject), bytes.fromhex(subject)
                        pipe.hset(key, cast("Any", page), cast("Any", row)) if row else pipe.hdel(
                            key, cast("Any", page)
                        )
                    pipe.execute()
                before = name
            if before is None:
                raise StoreUnavailable(
                    f"The store at {self._where} has no pages yet: run `python -m jobs publish --day D` first."
                )

    def _write(self, generation: Generation, rows: Sequence[tuple[str, bytes]]) -> int:
        buckets: dict[str, dict[bytes, bytes]] = defaultdict(dict)
        for subject, row in rows:
            buckets[generation.bucket(subject)][bytes.fromhex(subject)] = row
        with self._client.pipeline(transaction=False) as pipe:
            for key, pages in buckets.items():
                pipe.hset(key, mapping=cast("Any", pages))
            pipe.execute()
        return len(rows)

    def _count(self, generation: Generation) -> int:
        with self._client.pipeline(transaction=False) as pipe:
            for key in generation.buckets():
                pipe.hlen(key)
            return sum(pipe.execute())

    def _forget(self, kept: set[str]) -> None:
        for name in sorted(n.decode() for n in cast("set[bytes]", self._client.smembers(STARTED))):
            if name in kept:
                continue
            old = Generation.parse(name)
            self._client.unlink(old.about)
            for keys in _batches(old.buckets(), BATCH):
                self._client.unlink(*keys)
            self._client.srem(STARTED, name)

    def forget(self, subjects: Iterable[str]) -> int:
        """Delete everything kept under these subjects: pages in every generation, choices, inboxes, feedback, markers.

        Returns how many keys, pages and entries there were.
        """
        gone, dropped = list(subjects), 0
        with _reached(self._where):
            names = sorted(name.decode() for name in cast("set[bytes]", self._client.smembers(STARTED)))
            kept = [Generation.parse(name) for name in names]
            waiting = [
                entry
                for entry, fields in cast("Any", self._client.xrange(FEEDBACK))
                if fields.get(b"subject", b"").decode() in gone
            ]
            for subject in gone:
                markers = list(self._client.scan_iter(match=once_keys(subject), count=BATCH))
                with self._client.pipeline(transaction=True) as pipe:
                    for generation in kept:
                        pipe.hdel(generation.bucket(subject), cast("Any", bytes.fromhex(subject)))
                    pipe.unlink(choices_key(subject), inbox_key(subject), *markers)
                    dropped += sum(pipe.execute())
            if waiting:
                dropped += int(cast("Any", self._client.xdel(FEEDBACK, *waiting)))
        return dropped

    def put_reminders(self, rows: Iterable[tuple[str, Notice]]) -> int:
        """Put (subject, notice) pairs into inboxes; how many were new. What is there by that id is left as it is."""
        new = 0
        with _reached(self._where):
            for batch in _batches(rows, BATCH):
                with self._client.pipeline(transaction=False) as pipe:
                    for subject, notice in batch:
                        pipe.hsetnx(inbox_key(subject), notice.id, cast("Any", msgspec.msgpack.encode(notice)))
                        pipe.expire(inbox_key(subject), INBOX_KEPT_SECONDS)
                    new += sum(pipe.execute()[::2])
        return new

    def rename(self, pairs: Iterable[tuple[str, str]], told: Callable[[str, str, Notice], Notice]) -> int:
        """Move choices and inboxes from old pseudonyms to new ones; how many subjects had any.

        A batch is moved whole or not at all, and moving again what was moved changes nothing. What else is kept under
        a pseudonym is pages, and for a day what was counted already.

        Args:
            told: (old, new, notice) -> the notice as it is to be kept for the new pseudonym.
        """
        moved = 0
        with _reached(self._where):
            for batch in _batches(pairs, BATCH):
                with self._client.pipeline(transaction=False) as pipe:
                    for old, _ in batch:
                        pipe.exists(choices_key(old))
                        pipe.hgetall(inbox_key(old))
                    found = pipe.execute()
                with self._client.pipeline(transaction=True) as pipe:
                    for (old, new), chose, inbox in zip(batch, found[::2], found[1::2], strict=True):
                        moved += bool(chose or inbox)
                        if chose:
                            pipe.rename(choices_key(old), choices_key(new))
                        for notice in inbox.values():
                            kept = told(old, new, msgspec.msgpack.decode(notice, type=Notice))
                            pipe.hset(inbox_key(new), kept.id, cast("Any", msgspec.msgpack.encode(kept)))
                        if inbox:
                            pipe.expire(inbox_key(new), INBOX_KEPT_SECONDS)
                            pipe.unlink(inbox_key(old))
                    pipe.execute()
        return moved

    def forget_pages(self) -> None:
        """Take every generation away; readers see no page until one is published again."""
        with _reached(self._where):
            self._client.delete(POINTER)
            self._forget(set())

    def read_feedback(self, most: int = BATCH) -> list[Feedback]:
        """The oldest undrained feedback; what was read before and never settled comes first, again."""
        with _reached(self._where):
            self._open_group()
            for since in ("0", ">"):
                reply = cast("Any", self._client.xreadgroup(GROUP, CONSUMER, {FEEDBACK: since}, count=most))
                entries = [entry for _, stream in _streams(reply) for entry in stream]
                if entries:
                    return [Feedback.from_fields(entry, fields) for entry, fields in entries]
        return []

    def close_corrections(self, answered: Iterable[tuple[str, str]]) -> int:
        """Let (subject, about) pairs be pending no longer; how many were."""
        closed = 0
        with _reached(self._where):
            for batch in _batches(answered, BATCH):
                with self._client.pipeline(transaction=False) as pipe:
                    for subject, about in batch:
                        pipe.hdel(choices_key(subject), f"x:{about}")
                    closed += sum(pipe.execute())
        return closed

    def settle_feedback(self, entries: Sequence[str]) -> None:
        """Forget feedback that is durable elsewhere by now."""
        if entries:
            with _reached(self._where), self._client.pipeline(transaction=True) as pipe:
                pipe.xack(FEEDBACK, GROUP, *entries)
                pipe.xdel(FEEDBACK, *entries)
                pipe.execute()

    def _open_group(self) -> None:
        try:
            self._client.xgroup_create(FEEDBACK, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise


class HomeStore:
    """What the API reads and writes: one subject at a time, and only as a verified ``Subject``."""

    def __init__(self, url: str, *, timeout: float = 0.5, connections: int = 64) -> None:
        self._where = _address(url)
        self._client = redis.asyncio.Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            max_connections=connections,
            retry=AsyncRetry(NoBackoff(), 1),
        )
        self._act = self._client.register_script(_ACT)
        self._seen: tuple[Generation, Mapping[str, tuple[str, ...]]] | None = None

    async def close(self) -> None:
        await self._client.aclose()

    async def ready(self) -> Generation:
        """The generation that readers see; raises StoreUnavailable where there is none, or no answer."""
        async with _reached_soon(self._where):
            return await self._newest()

    async def home(self, subject: Subject) -> StoredHome | None:
        """The subject's home, or None where the person holds no mandate for the enterprise.

        One round trip; a second one when a new generation was published since the last request. All pages come from
        one generation: where the one first read is gone meanwhile, the newest is read instead.

        Raises:
            StoreUnavailable: the store does not answer, or nothing was ever published.
        """
        async with _reached_soon(self._where):
            generation, popular = self._seen or await self._look()
            pointer, own, choices, inbox, enterprise, _ = await self._fetch(generation, subject)
            whole = pointer == generation.text.encode()
            while not whole:
                generation, popular = await self._look()
                pointer, own, choices, inbox, enterprise, whole = await self._fetch(generation, subject)
        own_page = decode(own) if own else None
        if subject.enterprise and not _holds_mandate(own_page, subject.enterprise):
            return None
        shown = (decode(enterprise) if enterprise else None) if subject.enterprise else own_page
        notices = tuple(sorted((msgspec.msgpack.decode(n, type=Notice) for n in inbox.values()), key=lambda n: n.id))
        return StoredHome(generation, own_page, shown, Choices.from_hash(choices), notices, popular)

    async def permitted(self, subject: Subject) -> bool:
        """Whether the person may act for the enterprise; always true for oneself."""
        if subject.enterprise is None:
            return True
        async with _reached_soon(self._where):
            generation = await self._newest()
            read = self._client.hget(generation.bucket(subject.person), _field(subject.person))
            row = await cast("Awaitable[bytes | None]", read)
        return _holds_mandate(decode(row) if row else None, subject.enterprise)

    async def dismiss(self, feedback: Feedback, since: date) -> bool:
        """Hide a service from the next request on; False where it was hidden already."""
        return await self._do(feedback, ("add", f"d:{feedback.service}", since.isoformat()))

    async def restore(self, feedback: Feedback) -> bool:
        """Show a dismissed service again; False where it was not dismissed."""
        return await self._do(feedback, ("drop", f"d:{feedback.service}", ""))

    async def mark_done(self, feedback: Feedback, since: date) -> bool:
        """Hide a service that the subject says is done; False where that was known."""
        return await self._do(feedback, ("add", f"f:{feedback.service}", since.isoformat()))

    async def personalise(self, feedback: Feedback, on: bool) -> bool:
        """Turn personalisation on or off; False where it was so already."""
        return await self._do(feedback, ("drop", "p", "") if on else ("put", "p", "off"))

    async def correct(self, feedback: Feedback, since: date, token: str) -> bool:
        """Take a correction: pending from the next request on; False where the same ``token`` was taken before."""
        return await self._do(feedback, ("put", f"x:{feedback.about}", f"{since.isoformat()} {token}"))

    async def note(self, feedback: Feedback, once: str = "") -> bool:
        """Count what the subject did; False where the same ``once`` was counted within a day."""
        return await self._do(feedback, None, once)

    async def choices(self, subject: Subject) -> Choices:
        """What the one shown chose."""
        async with _reached_soon(self._where):
            read = self._client.hgetall(choices_key(subject.shown))
            return Choices.from_hash(await cast("Awaitable[dict[bytes, bytes]]", read))

    async def choose_locale(self, subject: Subject, locale: str) -> None:
        """Remember the language that the person chose."""
        async with _reached_soon(self._where):
            await self._client.hset(choices_key(subject.person), "l", locale)

    async def _do(self, feedback: Feedback, change: Change | None, once: str = "") -> bool:
        keys = [choices_key(feedback.subject), FEEDBACK, once_key(feedback.subject, once)]
        fields = [part for pair in feedback.fields().items() for part in pair]
        arguments = [once, str(REPEATS_KNOWN_SECONDS), *(change or ("", "", "")), *fields]
        async with _reached_soon(self._where):
            return bool(await self._act(keys=keys, args=arguments))

    async def _fetch(self, generation: Generation, subject: Subject) -> list[Any]:
        """[pointer, own page, choices and inbox of the one shown, its page, whether the generation is still kept]

        ``Store`` forgets what a generation says of itself before it forgets the first page, so a generation that is
        there after the pages were read was whole while they were read.
        """
        async with self._client.pipeline(transaction=False) as pipe:
            pipe.get(POINTER)
            pipe.hget(generation.bucket(subject.person), _field(subject.person))
            pipe.hgetall(choices_key(subject.shown))
            pipe.hgetall(inbox_key(subject.shown))
            pipe.hget(generation.bucket(subject.shown), _field(subject.shown))
            pipe.exists(generation.about)
            return await pipe.execute()

    async def _look(self) -> tuple[Generation, Mapping[str, tuple[str, ...]]]:
        """The generation that readers see, and what it says of itself."""
        generation = await self._newest()
        stored = await cast("Awaitable[bytes | None]", self._client.hget(generation.about, "popular"))
        self._seen = (generation, msgspec.json.decode(stored or b"{}", type=dict[str, tuple[str, ...]]))
        return self._seen

    async def _newest(self) -> Generation:
        name = await cast("Awaitable[bytes | None]", self._client.get(POINTER))
        if name is None:
            raise StoreUnavailable(
                f"The store at {self._where} has no pages yet: run `python -m jobs publish --day D` (or `all`) first."
            )
        return Generation.parse(name.decode())


def _holds_mandate(own: Page | None, enterprise: str) -> bool:
    return own is not None and any(mandate.enterprise == enterprise for mandate in own.mandates)


def _field(subject: str) -> str:
    """The field of a bucket: sixteen raw bytes, which the client's types do not know of."""
    return cast("str", bytes.fromhex(subject))


def _batches(rows: Iterable[Row], size: int) -> Iterator[tuple[Row, ...]]:
    """Runs of at most ``size`` rows, in order."""
    left = iter(rows)
    while batch := tuple(islice(left, size)):
        yield batch


def _streams(reply: Any) -> list[tuple[bytes, list[tuple[bytes, Mapping[bytes, bytes]]]]]:
    """(stream, entries) pairs; RESP2 answers with lists, RESP3 with a mapping of lists of lists."""
    if isinstance(reply, Mapping):
        return [(name, [entry for part in parts for entry in part]) for name, parts in reply.items()]
    return list(reply or [])


def _address(url: str) -> str:
    """Where the store is, for messages: never a user or a password.

    >>> _address("redis://me:secret@10.0.0.1:6379/0")
    '10.0.0.1:6379'
    """
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}" if parts.hostname else parts.path


def _dead(where: str, error: Exception) -> StoreUnavailable:
    return StoreUnavailable(
        f"The store at {where} does not answer ({type(error).__name__}): "
        "start it, or set YIDANG_STORE_URL to one that runs."
    )


@contextmanager
def _reached(where: str) -> Iterator[None]:
    try:
        yield
    except (redis.RedisError, OSError) as error:
        raise _dead(where, error) from error


@asynccontextmanager
async def _reached_soon(where: str) -> AsyncIterator[None]:
    try:
        yield
    except (redis.RedisError, OSError, TimeoutError) as error:
        raise _dead(where, error) from error
