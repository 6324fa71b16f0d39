"""What the API reads and writes for one verified subject at a time; it publishes nothing and drains nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any, Literal, NamedTuple, cast

import msgspec

from profiles.errors import KeyReused, StoreUnavailable
from recommender.acting import Subject
from recommender.choices import Choices, Feedback, Marked, Notice, Once
from recommender.generation import POINTER, Generation, choices_key, feedback_key, inbox_key, once_key, shard_of
from recommender.glimpse import Glimpse, glimpse
from recommender.helping import Help
from recommender.own_file import OwnFile, unpack
from recommender.page import Page, decode
from recommender.store import past
from recommender.store.door import address, connected_soon
from recommender.store.looks import Looks
from recommender.store.packing import Packing
from recommender.store.reach import field, reached_soon

REPEATS_KNOWN_SECONDS = 86_400
ANEW = Once()
_notice = msgspec.msgpack.Decoder(Notice)

# One atomic step: the choice and its entry in the stream, or neither. A repeat changes nothing, counts nothing and is
# told what the first was told; the marker holds that answer and the digest of what was said.
_ACT = """
if ARGV[1] ~= '' then
  local known = redis.call('GET', KEYS[3])
  if known then
    if string.sub(known, 2) ~= ARGV[2] then return 2 end
    return tonumber(string.sub(known, 1, 1))
  end
end
local new = 1
if ARGV[4] == 'put' then
  if redis.call('HGET', KEYS[1], ARGV[5]) == ARGV[6] then new = 0 else redis.call('HSET', KEYS[1], ARGV[5], ARGV[6]) end
elseif ARGV[4] == 'add' then
  new = redis.call('HSETNX', KEYS[1], ARGV[5], ARGV[6])
elseif ARGV[4] == 'drop' then
  new = redis.call('HDEL', KEYS[1], ARGV[5])
end
if new == 1 then redis.call('XADD', KEYS[2], '*', unpack(ARGV, 7)) end
if ARGV[1] ~= '' then redis.call('SET', KEYS[3], new .. ARGV[2], 'EX', ARGV[3]) end
return new
"""
_REUSED = 2

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
    file: OwnFile | None = None  # of the one shown, where it was asked for
    mark: bytes = b""  # changes whenever a row that was read does, as fresh events change it within a generation


class _Seen(NamedTuple):
    """A generation, and what it says of itself."""

    generation: Generation
    popular: Mapping[str, tuple[str, ...]]
    packing: Packing
    file_packing: Packing


class HomeStore:
    """What the API reads and writes: one subject at a time, and only as a verified ``Subject``.

    No call takes longer than ``timeout`` seconds, however often it must go to the server.
    """

    def __init__(self, url: str, *, timeout: float = 0.5, connections: int = 64) -> None:
        self._where, self._seconds = address(url), timeout
        self._client = connected_soon(url, timeout)
        self._looks = Looks(self._client, connections)
        # More writes than connections wait for one, as long as they may, instead of failing at once.
        self._room = asyncio.Semaphore(connections)
        self._act = self._client.register_script(_ACT)
        self._seen: _Seen | None = None

    async def close(self) -> None:
        await self._client.aclose()

    async def ready(self) -> Generation:
        """The generation that readers see; raises StoreUnavailable where there is none, or no answer."""
        async with self._reaching():
            return await self._newest()

    async def home(self, subject: Subject, *, file: bool = False) -> StoredHome | None:
        """The subject's home, with its own file where asked for; None where the person holds no mandate for the
        enterprise. Of who asked to be erased it is a stranger's, from the next request on.

        One round trip; a second one when a new generation was published since the last request. All pages come from
        one generation: where the one first read is gone meanwhile, the newest is read instead. ``Store`` says that a
        shard is no longer whole before it forgets the first page of it.

        Raises:
            StoreUnavailable: the store does not answer, or nothing was ever published.
        """
        async with reached_soon(self._where, self._seconds):
            seen = self._seen or await self._look()
            asked = (subject.person, subject.enterprise) if subject.enterprise else (subject.person,)
            look = await self._looks.look(seen.generation, asked, file=file)
            newest = look.pointer == seen.generation.text.encode()
            while not (newest and look.whole):
                seen, newest = await self._look(), True
                look = await self._looks.look(seen.generation, asked, file=file)
        generation, popular = seen.generation, seen.popular
        own, shown = look.rows[0], look.rows[-1]
        chosen = Choices.from_hash(shown.choices)
        if chosen.erasure:
            left = Choices(locale=chosen.locale, erasure=chosen.erasure)
            return StoredHome(generation, None, None, left, (), popular)
        own_page = self._page(seen, own.page)
        if subject.enterprise and not _holds_mandate(own_page, subject.enterprise):
            return None
        page = self._page(seen, shown.page) if subject.enterprise else own_page
        notices = tuple(sorted(map(_notice.decode, shown.inbox.values()), key=lambda notice: notice.id))
        mark = blake2b(b"".join(row or b"" for row in (own.page, shown.page, shown.file)), digest_size=8).digest()
        held = unpack(self._unpacked(seen.file_packing, shown.file)) if shown.file else None
        return StoredHome(generation, own_page, page, chosen, notices, popular, held, mark)

    async def glimpses(self, subjects: Collection[Subject]) -> dict[Subject, Glimpse | None]:
        """A look at each home, all in one round trip after the generation's; None where there is no mandate any more.

        Raises:
            StoreUnavailable: the store does not answer, or nothing was ever published.
        """
        async with self._reaching():
            seen = await self._latest()
            generation = seen.generation
            async with self._client.pipeline(transaction=False) as pipe:
                for one in subjects:
                    pipe.hget(generation.bucket(one.person), field(one.person))
                    pipe.hget(generation.bucket(one.shown), field(one.shown))
                    pipe.hgetall(choices_key(one.shown))
                    pipe.hgetall(inbox_key(one.shown))
                found = await pipe.execute()
        rows = zip(found[::4], found[1::4], found[2::4], found[3::4], strict=True)
        return {one: self._glimpse(seen, one, *row) for one, row in zip(subjects, rows, strict=True)}

    async def past(self, subject: Subject, trace: str) -> tuple[Generation, bytes, bytes] | None:
        """(generation, record, basis as saved) of a past list of the one shown; None where the trace is not theirs."""
        async with self._reaching():
            return await past.find(self._client, subject.shown, trace)

    async def permitted(self, subject: Subject) -> bool:
        """Whether the person may act for the enterprise; always true for oneself."""
        if subject.enterprise is None:
            return True
        async with self._reaching():
            seen = await self._latest()
            read = self._client.hget(seen.generation.bucket(subject.person), field(subject.person))
            row = await cast("Awaitable[bytes | None]", read)
        return _holds_mandate(self._page(seen, row), subject.enterprise)

    async def dismiss(self, feedback: Feedback, since: date, once: Once = ANEW) -> bool:
        """Hide a service from the next request on; False where it was hidden already."""
        return await self._do(feedback, ("add", f"d:{feedback.service}", since.isoformat()), once)

    async def restore(self, feedback: Feedback, once: Once = ANEW) -> bool:
        """Show a dismissed service again; False where it was not dismissed."""
        return await self._do(feedback, ("drop", f"d:{feedback.service}", ""), once)

    async def mark_done(self, feedback: Feedback, since: date, once: Once = ANEW) -> bool:
        """Hide a service that the subject says is done; False where that was known."""
        return await self._do(feedback, ("add", f"f:{feedback.service}", since.isoformat()), once)

    async def personalise(self, feedback: Feedback, on: bool, once: Once = ANEW) -> bool:
        """Turn personalisation on or off; False where it was so already."""
        return await self._do(feedback, ("drop", "p", "") if on else ("put", "p", "off"), once)

    async def correct(self, feedback: Feedback, since: date, token: str, once: Once = ANEW) -> bool:
        """Take a correction: pending from the next request on; False where the same ``token`` was taken before."""
        return await self._do(feedback, ("put", f"x:{feedback.about}", f"{since.isoformat()} {token}"), once)

    async def delete_tag(self, feedback: Feedback, since: date, once: Once = ANEW) -> bool:
        """Use a tag no longer, from the next request on; False where it was deleted already."""
        return await self._do(feedback, ("add", f"g:{feedback.about}", since.isoformat()), once)

    async def restore_tag(self, feedback: Feedback, once: Once = ANEW) -> bool:
        """Use a deleted tag again; False where it was not deleted."""
        return await self._do(feedback, ("drop", f"g:{feedback.about}", ""), once)

    async def put_vacancy_away(self, feedback: Feedback, since: date, once: Once = ANEW) -> bool:
        """Show a vacancy no more, from the next request on; False where it was put away already."""
        return await self._do(feedback, ("add", f"j:{feedback.about}", since.isoformat()), once)

    async def bring_vacancy_back(self, feedback: Feedback, once: Once = ANEW) -> bool:
        """Show a vacancy again; False where it was not put away."""
        return await self._do(feedback, ("drop", f"j:{feedback.about}", ""), once)

    async def erase(self, feedback: Feedback, since: date, once: Once = ANEW) -> bool:
        """Show nothing of the person any more and queue the erasure; False where it was asked for before."""
        return await self._do(feedback, ("add", "e", since.isoformat()), once)

    async def mark(self, feedback: Feedback, reminder: str, marked: Marked, once: Once = ANEW) -> bool:
        """Keep how the subject marked a reminder; False where it was marked so already."""
        change: Change = ("drop", f"r:{reminder}", "")
        if marked.state != "unread":
            change = ("put", f"r:{reminder}", marked.text)
        if marked.state == "read":  # no letter need follow what was read since it was planned
            async with self._reaching():
                await self._client.hset(choices_key(feedback.subject), f"v:{reminder}", feedback.at.isoformat())
        return await self._do(feedback, change, once)

    async def choose_delivery(self, feedback: Feedback, chosen: Mapping[str, str], dropped: Collection[str]) -> None:
        """Keep how the subject wants to be reminded, as ``Choices`` reads it, and drop what it takes back."""
        key = choices_key(feedback.subject)
        async with self._reaching(), self._client.pipeline(transaction=True) as pipe:
            if chosen:
                pipe.hset(key, mapping=cast("Any", dict(chosen)))
            if dropped:
                pipe.hdel(key, *dropped)
            pipe.xadd(feedback_key(shard_of(feedback.subject)), cast("Any", feedback.fields()))
            await pipe.execute()

    async def unsubscribe(self, feedback: Feedback, channel: str, since: date) -> bool:
        """Send nothing more by a channel, from this moment on; False where nothing was sent by it anyway."""
        async with self._reaching():
            if not await self._client.hexists(choices_key(feedback.subject), f"a:{channel}"):
                return False
        return await self._do(feedback, ("add", f"u:{channel}", since.isoformat()), ANEW)

    async def note(self, feedback: Feedback, once: Once = ANEW) -> bool:
        """Count what the subject did: once, however often the same request comes within a day."""
        return await self._do(feedback, None, once)

    async def open_case(self, feedback: Feedback, number: str, case: Help, once: Once = ANEW) -> bool:
        """Open a case of help, seen by its subject from the next request on; False where it is open already."""
        return await self._do(feedback, ("add", f"h:{number}", case.text), once)

    async def open_calendar(self, subject: Subject, reader: str, secret: str) -> None:
        """Let the calendar of that secret's digest be read, and none that the same reader had before."""
        async with self._reaching():
            await self._client.hset(choices_key(subject.shown), f"t:{reader}", secret)

    async def close_calendar(self, subject: Subject, reader: str) -> bool:
        """Let the reader's calendar be read no longer; False where there was none."""
        async with self._reaching():
            return bool(await self._client.hdel(choices_key(subject.shown), f"t:{reader}"))

    async def choices(self, subject: Subject) -> Choices:
        """What the one shown chose."""
        async with self._reaching():
            read = self._client.hgetall(choices_key(subject.shown))
            return Choices.from_hash(await cast("Awaitable[dict[bytes, bytes]]", read))

    async def choose_locale(self, subject: Subject, locale: str) -> None:
        """Remember the language that the person chose."""
        async with self._reaching():
            await self._client.hset(choices_key(subject.person), "l", locale)

    async def _do(self, feedback: Feedback, change: Change | None, once: Once) -> bool:
        """Whether that was new, or what the first request of the same key was told.

        Raises:
            KeyReused: the key was used for something else within a day.
            StoreUnavailable: the store does not answer, or takes no writes; nothing was taken.
        """
        subject = feedback.subject
        keys = [choices_key(subject), feedback_key(shard_of(subject)), once_key(subject, once.key)]
        fields = [part for pair in feedback.fields().items() for part in pair]
        arguments = [*once, str(REPEATS_KNOWN_SECONDS), *(change or ("", "", "")), *fields]
        async with self._reaching():
            did = await self._act(keys=keys, args=arguments)
        if did == _REUSED:
            raise KeyReused("The Idempotency-Key was used within a day for another request: take a new one.")
        return bool(did)

    def _glimpse(
        self,
        seen: _Seen,
        subject: Subject,
        own: bytes | None,
        shown: bytes | None,
        choices: Mapping[bytes, bytes],
        inbox: Mapping[bytes, bytes],
    ) -> Glimpse | None:
        if subject.enterprise and not _holds_mandate(self._page(seen, own), subject.enterprise):
            return None
        if Choices.from_hash(choices).erasure:
            return glimpse(b"", ())
        chosen = msgspec.msgpack.encode(sorted(choices.items()))
        return glimpse(self._unpacked(seen.packing, shown) + chosen, tuple(map(_notice.decode, inbox.values())))

    def _page(self, seen: _Seen, row: bytes | None) -> Page | None:
        return decode(self._unpacked(seen.packing, row)) if row else None

    def _unpacked(self, packing: Packing, row: bytes | None) -> bytes:
        """The row as it was encoded; where its words are others by now, the next request looks for them."""
        try:
            return packing.unpack(row) if row else b""
        except StoreUnavailable:
            self._seen = None
            raise

    @asynccontextmanager
    async def _reaching(self) -> AsyncIterator[None]:
        async with reached_soon(self._where, self._seconds), self._room:
            yield

    async def _latest(self) -> "_Seen":
        """The generation that readers see at this moment."""
        generation = await self._newest()
        return self._seen if self._seen and self._seen.generation == generation else await self._look()

    async def _look(self) -> "_Seen":
        """The generation that readers see, with what it says of itself; for the requests to come as well."""
        generation = await self._newest()
        stored = await cast("Awaitable[bytes | None]", self._client.hget(generation.about, "popular"))
        words, file_words = [
            await cast("Awaitable[bytes | None]", self._client.get(key))
            for key in (generation.words, generation.file_words)
        ]
        popular = msgspec.json.decode(stored or b"{}", type=dict[str, tuple[str, ...]])
        self._seen = _Seen(generation, popular, Packing(words or b""), Packing(file_words or b""))
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
