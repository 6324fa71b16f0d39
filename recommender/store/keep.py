"""What jobs write to the store and drain from it: generations of pages, inboxes, feedback; it answers no request."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, Self, cast

import msgspec
import redis

from profiles.errors import FeedbackUnreadable, StoreUnavailable
from recommender.choices import Feedback, Notice
from recommender.generation import (
    FEEDBACK,
    POINTER,
    STARTED,
    Generation,
    accesses_key,
    choices_key,
    inbox_key,
    mail_key,
    once_keys,
)
from recommender.helping import Help
from recommender.store import mail, past, set_aside
from recommender.store.reach import address, batches, connected, field, reached
from recommender.store.set_aside import Unreadable

GROUP = CONSUMER = "jobs"
BATCH = 5_000
INBOX_KEPT_SECONDS = 400 * 86_400
NO_ROWS: Mapping[str, bytes | None] = MappingProxyType({})


class Renaming(Protocol):
    """How what is kept under a pseudonym is to be kept under another one."""

    def notice(self, old: str, new: str, notice: Notice) -> Notice:
        """A notice of an inbox."""

    def address(self, old: str, new: str, sealed: str) -> str:
        """An address, sealed."""

    def message(self, name: str) -> str:
        """What a message is called."""


class Store:
    """What jobs write to and drain."""

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        self._where = address(url)
        self._client = connected(url, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ping(self) -> None:
        """Raises StoreUnavailable where the store does not answer."""
        with reached(self._where):
            self._client.ping()

    def generation(self) -> Generation | None:
        """The generation that readers see, or None before the first."""
        with reached(self._where):
            name = cast("bytes | None", self._client.get(POINTER))
        return Generation.parse(name.decode()) if name else None

    def publish(
        self,
        generation: Generation,
        rows: Iterable[tuple[str, bytes]],
        popular: Mapping[str, Sequence[str]],
        files: Iterable[tuple[str, bytes]] = (),
    ) -> int:
        """Write a whole generation of (subject, encoded page) and (subject, packed file), then let readers see it; how
        many pages it has.

        The generation before stays for readers under way, older and torn ones go. Writing the same content again
        changes nothing that a reader could see.

        Raises:
            StoreUnavailable: the store does not answer or lost rows; readers still see the generation before.
        """
        with reached(self._where):
            self._client.sadd(STARTED, generation.text)
            for batch in batches(files, BATCH):
                self._write(generation.file_bucket, batch)
            written = sum(self._write(generation.bucket, batch) for batch in batches(rows, BATCH))
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

    def trace(
        self, records: Iterable[tuple[str, bytes]], bases: Mapping[bytes, bytes], generation: Generation | None = None
    ) -> int:
        """Keep what lists were made from, (subject, record) pairs, for those who ask why; how many there were.

        Records belong to a generation, the one that readers see where none is named; those of the last few are kept.
        """
        with reached(self._where):
            own = generation or self.generation()
            return past.put(self._client, own, records, bases) if own else 0

    def page(self, subject: str) -> bytes | None:
        """The encoded page of a subject in the generation that readers see; None where there is none."""
        with reached(self._where):
            name = cast("bytes | None", self._client.get(POINTER))
            if name is None:
                return None
            return cast(
                "bytes | None", self._client.hget(Generation.parse(name.decode()).bucket(subject), field(subject))
            )

    def writes(self) -> tuple[str, int]:
        """The generation that readers see and how often it was written whole; ("", 0) before the first."""
        with reached(self._where):
            name = cast("bytes | None", self._client.get(POINTER))
            if name is None:
                return "", 0
            count = self._client.hget(Generation.parse(name.decode()).about, "writes")
            return name.decode(), int(cast("bytes | None", count) or 0)

    def refresh(self, pages: Mapping[str, bytes | None], files: Mapping[str, bytes | None] = NO_ROWS) -> None:
        """Put fresh pages and files in the place of those that readers see by now, or take them away (None).

        Where a generation is published meanwhile they are put into that one as well.

        Raises:
            StoreUnavailable: the store does not answer, or nothing was ever published.
        """
        with reached(self._where):
            before = None
            while (name := cast("bytes | None", self._client.get(POINTER))) != before:
                generation = Generation.parse((name or b"").decode())
                with self._client.pipeline(transaction=True) as pipe:
                    for bucket, rows in ((generation.bucket, pages), (generation.file_bucket, files)):
                        for subject, row in rows.items():
                            key, one = bucket(subject), cast("Any", bytes.fromhex(subject))
                            pipe.hset(key, one, cast("Any", row)) if row else pipe.hdel(key, one)
                    pipe.execute()
                before = name
            if before is None:
                raise StoreUnavailable(
                    f"The store at {self._where} has no pages yet: run `python -m jobs publish --day D` first."
                )

    def _write(self, bucket: Callable[[str], str], rows: Sequence[tuple[str, bytes]]) -> int:
        buckets: dict[str, dict[bytes, bytes]] = defaultdict(dict)
        for subject, row in rows:
            buckets[bucket(subject)][bytes.fromhex(subject)] = row
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
            for keys in batches([*old.buckets(), *old.file_buckets()], BATCH):
                self._client.unlink(*keys)
            self._client.srem(STARTED, name)

    def forget(self, subjects: Iterable[str]) -> int:
        """Delete everything kept of these subjects: pages and records of every generation, choices, inboxes, feedback,
        markers.

        Returns how many keys, pages and entries there were.
        """
        gone, dropped = list(subjects), 0
        with reached(self._where):
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
                        pipe.hdel(generation.file_bucket(subject), cast("Any", bytes.fromhex(subject)))
                    pipe.unlink(choices_key(subject), inbox_key(subject), accesses_key(subject), *markers)
                    dropped += sum(pipe.execute())
                dropped += past.forget(self._client, subject)
            if waiting:
                dropped += int(cast("Any", self._client.xdel(FEEDBACK, *waiting)))
            dropped += set_aside.drop(self._client, frozenset(gone))
            dropped += mail.forget(self._client, gone)
        return dropped

    def chosen(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Every subject that ever chose anything, once, with what ``Choices.from_fields`` reads."""
        with reached(self._where):
            keys = sorted(set(cast("Iterable[bytes]", self._client.scan_iter(match=choices_key("*"), count=BATCH))))
            for batch in batches(keys, BATCH):
                with self._client.pipeline(transaction=False) as pipe:
                    for key in batch:
                        pipe.hgetall(key)
                    found = pipe.execute()
                for key, stored in zip(batch, found, strict=True):
                    if stored:
                        subject = key.decode().removeprefix(choices_key(""))
                        yield subject, {name.decode(): value.decode() for name, value in stored.items()}

    def put_reminders(self, rows: Iterable[tuple[str, Notice]]) -> int:
        """Put (subject, notice) pairs into inboxes; how many were new. What is there by that id is left as it is."""
        new = 0
        with reached(self._where):
            for batch in batches(rows, BATCH):
                with self._client.pipeline(transaction=False) as pipe:
                    for subject, notice in batch:
                        pipe.hsetnx(inbox_key(subject), notice.id, cast("Any", msgspec.msgpack.encode(notice)))
                        pipe.expire(inbox_key(subject), INBOX_KEPT_SECONDS)
                    new += sum(pipe.execute()[::2])
        return new

    def rename(self, pairs: Iterable[tuple[str, str]], anew: Renaming) -> int:
        """Move choices, inboxes and what waits to be sent from old pseudonyms to new ones; how many subjects had any.

        A batch of choices and inboxes is moved whole or not at all, and moving again what was moved changes nothing.
        What else is kept under a pseudonym is pages, and for a day what was counted already.
        """
        moved = 0
        with reached(self._where):
            for batch in batches(pairs, BATCH):
                with self._client.pipeline(transaction=False) as pipe:
                    for old, _ in batch:
                        pipe.hgetall(choices_key(old))
                        pipe.hgetall(inbox_key(old))
                        pipe.hgetall(mail_key(old))
                        pipe.exists(accesses_key(old))
                    found = pipe.execute()
                with self._client.pipeline(transaction=True) as pipe:
                    for (old, new), chose, inbox, read in zip(batch, found[::4], found[1::4], found[3::4], strict=True):
                        if chose and old != new:
                            pipe.rename(choices_key(old), choices_key(new))
                        for name, sealed in chose.items():
                            if name.startswith(b"a:"):
                                pipe.hset(choices_key(new), name, anew.address(old, new, sealed.decode()))
                        if old == new:  # the vault's key alone is another
                            continue
                        moved += bool(chose or inbox)
                        if read:
                            pipe.rename(accesses_key(old), accesses_key(new))
                        for notice in inbox.values():
                            kept = anew.notice(old, new, msgspec.msgpack.decode(notice, type=Notice))
                            pipe.hset(inbox_key(new), kept.id, cast("Any", msgspec.msgpack.encode(kept)))
                        if inbox:
                            pipe.expire(inbox_key(new), INBOX_KEPT_SECONDS)
                            pipe.unlink(inbox_key(old))
                    pipe.execute()
                for (old, new), waiting in zip(batch, found[2::4], strict=True):
                    if waiting and old != new:
                        mail.move(self._client, old, new, waiting, anew.message)
        return moved

    def forget_pages(self) -> None:
        """Take every generation away; readers see no page until one is published again."""
        with reached(self._where):
            self._client.delete(POINTER)
            self._forget(set())
            past.clear(self._client)

    def read_feedback(self, most: int = BATCH) -> list[Feedback]:
        """The oldest undrained feedback; what was read before and never settled comes first, again.

        What cannot be read is set aside with its reason, and what comes after it is read.
        """
        with reached(self._where):
            self._open_group()
            for since in ("0", ">"):
                while entries := entries_of(
                    cast("Any", self._client.xreadgroup(GROUP, CONSUMER, {FEEDBACK: since}, count=most))
                ):
                    if found := list(self._readable(entries)):
                        return found
        return []

    def _readable(self, entries: Sequence[tuple[bytes, Mapping[bytes, bytes]]]) -> Iterator[Feedback]:
        for entry, fields in entries:
            try:
                yield Feedback.from_fields(entry, fields)
            except FeedbackUnreadable as fault:
                set_aside.put(self._client, GROUP, entry, fields, str(fault))

    def set_aside(self) -> list[Unreadable]:
        """The feedback that could not be read, the oldest first."""
        with reached(self._where):
            return set_aside.kept(self._client)

    def take_up_again(self) -> int:
        """Let what was set aside be read once more, by this release; how many entries that were."""
        with reached(self._where):
            return set_aside.put_back(self._client)

    def drop_set_aside(self) -> int:
        """Forget what was set aside; how many entries that were."""
        with reached(self._where):
            return set_aside.drop(self._client)

    def close_corrections(self, answered: Iterable[tuple[str, str]]) -> int:
        """Let (subject, about) pairs be pending no longer; how many were."""
        closed = 0
        with reached(self._where):
            for batch in batches(answered, BATCH):
                with self._client.pipeline(transaction=False) as pipe:
                    for subject, about in batch:
                        pipe.hdel(choices_key(subject), f"x:{about}")
                    closed += sum(pipe.execute())
        return closed

    def tell_cases(self, cases: Iterable[tuple[str, str, Help]]) -> None:
        """Let each subject see how its case of help stands: (subject, number, case)."""
        with reached(self._where):
            for batch in batches(cases, BATCH):
                with self._client.pipeline(transaction=False) as pipe:
                    for subject, number, case in batch:
                        pipe.hset(choices_key(subject), f"h:{number}", case.text)
                    pipe.execute()

    def settle_feedback(self, entries: Sequence[str]) -> None:
        """Forget feedback that is durable elsewhere by now."""
        if entries:
            with reached(self._where), self._client.pipeline(transaction=True) as pipe:
                pipe.xack(FEEDBACK, GROUP, *entries)
                pipe.xdel(FEEDBACK, *entries)
                pipe.execute()

    def _open_group(self) -> None:
        try:
            self._client.xgroup_create(FEEDBACK, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise


def entries_of(reply: Any) -> list[tuple[bytes, Mapping[bytes, bytes]]]:
    """The entries of all streams of a reply; RESP2 answers with lists, RESP3 with a mapping of lists of lists."""
    if isinstance(reply, Mapping):
        return [entry for parts in reply.values() for part in parts for entry in part]
    return [entry for _, stream in reply or [] for entry in stream]
