"""What jobs write to the store: generations of pages, inboxes, what is closed or forgotten; it drains nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Any, cast

import msgspec

from profiles.errors import StoreUnavailable
from recommender.choices import Notice
from recommender.generation import (
    INBOX_KEPT_SECONDS,
    POINTER,
    SHARDS,
    STARTED,
    Generation,
    choices_key,
    inbox_key,
    once_keys,
    own_keys,
    shard_of,
    subject_of,
)
from recommender.helping import Help
from recommender.store import feedback_queue, mail, past, renamed
from recommender.store.client import Client
from recommender.store.packing import Packing, Packings, learnt
from recommender.store.reach import batches, field, reached

BATCH = 5_000
NO_ROWS: Mapping[str, bytes | None] = MappingProxyType({})


class Store(Client):
    """What jobs write to."""

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        super().__init__(url, timeout=timeout)
        self._packings = Packings(self._client)
        self._file_packings = Packings(self._client, attrgetter("file_words"))

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
            written = self._fill(generation, generation.bucket, self._packings, rows)
            self._fill(generation, generation.file_bucket, self._file_packings, files)
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
            with self._client.pipeline(transaction=False) as pipe:
                for shard in SHARDS:
                    pipe.set(generation.whole(shard), "1")
                pipe.execute()
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
            generation = Generation.parse(name.decode())
            row = cast("bytes | None", self._client.hget(generation.bucket(subject), field(subject)))
            return self._packings.unpack(generation, row) if row else None

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

        A shard's are changed in one step. Where a generation is published meanwhile they are put into that one as well.

        Raises:
            StoreUnavailable: the store does not answer, or nothing was ever published.
        """
        with reached(self._where):
            before = None
            while (name := cast("bytes | None", self._client.get(POINTER))) != before:
                self._put(Generation.parse((name or b"").decode()), pages, files)
                before = name
            if before is None:
                raise StoreUnavailable(
                    f"The store at {self._where} has no pages yet: run `python -m jobs publish --day D` first."
                )

    def _put(
        self, generation: Generation, pages: Mapping[str, bytes | None], files: Mapping[str, bytes | None]
    ) -> None:
        packed = _packed(self._packings.anew(generation), pages)
        files = _packed(self._file_packings.anew(generation), files)
        for shard in sorted({shard_of(subject) for subject in (*pages, *files)}):
            with self._client.pipeline(transaction=True) as pipe:
                for bucket, rows in ((generation.bucket, packed), (generation.file_bucket, files)):
                    for subject in (one for one in rows if shard_of(one) == shard):
                        key, one, row = bucket(subject), cast("Any", bytes.fromhex(subject)), cast("Any", rows[subject])
                        pipe.hset(key, one, row) if row else pipe.hdel(key, one)
                pipe.execute()

    def _fill(
        self,
        generation: Generation,
        bucket: Callable[[str], str],
        packings: Packings,
        rows: Iterable[tuple[str, bytes]],
    ) -> int:
        """Pack rows with what they have in common and write them; how many there were."""
        words, every = learnt(rows)
        packing = packings.settle(generation, words)
        packed = ((subject, packing.pack(row)) for subject, row in every)
        return sum(self._write(bucket, batch) for batch in batches(packed, BATCH))

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
        held = 0
        for keys in batches(generation.buckets(), BATCH):
            with self._client.pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.hlen(key)
                held += sum(pipe.execute())
        return held

    def _forget(self, kept: set[str]) -> None:
        for name in sorted(n.decode() for n in cast("set[bytes]", self._client.smembers(STARTED))):
            if name in kept:
                continue
            old = Generation.parse(name)
            self._client.unlink(*map(old.whole, SHARDS), old.about, old.words, old.file_words)
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
            for subject in gone:
                markers = list(self._client.scan_iter(match=once_keys(subject), count=BATCH))
                with self._client.pipeline(transaction=True) as pipe:
                    for generation in kept:
                        pipe.hdel(generation.bucket(subject), cast("Any", bytes.fromhex(subject)))
                        pipe.hdel(generation.file_bucket(subject), cast("Any", bytes.fromhex(subject)))
                    for key in (*own_keys(subject), *markers):
                        pipe.unlink(key)
                    dropped += sum(pipe.execute())
                dropped += past.forget(self._client, subject)
            dropped += feedback_queue.forget(self._client, gone)
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
                        yield (
                            subject_of(key.decode()),
                            {name.decode(): value.decode() for name, value in stored.items()},
                        )

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

    def rename(self, pairs: Iterable[tuple[str, str]], anew: renamed.Renaming) -> int:
        """Move choices, inboxes, reads and mail from old pseudonyms to new ones; how many had choices or an inbox."""
        with reached(self._where):
            return renamed.move(self._client, pairs, anew)

    def forget_pages(self) -> None:
        """Take every generation away; readers see no page until one is published again."""
        with reached(self._where):
            self._client.delete(POINTER)
            self._forget(set())
            past.clear(self._client)

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


def _packed(packing: Packing, rows: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
    return {subject: row and packing.pack(row) for subject, row in rows.items()}
