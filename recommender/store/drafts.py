"""Half-filled forms, sealed, each until it is handed in, dropped or long forgotten; it opens none of them."""

from collections.abc import Awaitable
from datetime import date, timedelta
from typing import NamedTuple, cast

from profiles.errors import TooManyDrafts
from recommender.acting import Subject
from recommender.generation import drafts_key
from recommender.store.door import address, connected_soon
from recommender.store.reach import reached_soon

MOST_DRAFTS = 20  # of one subject
KEPT_DAYS = 90


class Draft(NamedTuple):
    """A form as it was left, and when."""

    saved_on: date
    sealed: str

    @property
    def kept_until(self) -> date:
        """The last day on which it is there."""
        return self.saved_on + timedelta(days=KEPT_DAYS)

    @property
    def text(self) -> bytes:
        """As the store keeps it."""
        return f"{self.saved_on.isoformat()} {self.sealed}".encode()

    @classmethod
    def parse(cls, text: bytes) -> "Draft":
        """What ``text`` wrote."""
        saved_on, _, sealed = text.decode().partition(" ")
        return cls(date.fromisoformat(saved_on), sealed)


class Drafts:
    """The drafts of one subject at a time, by service, and only as a verified ``Subject``."""

    def __init__(self, url: str, *, timeout: float = 0.5) -> None:
        self._where, self._seconds = address(url), timeout
        self._client = connected_soon(url, timeout)

    async def close(self) -> None:
        await self._client.aclose()

    async def of(self, subject: Subject, today: date) -> dict[str, Draft]:
        """All that are kept of the one shown, the newest first; raises StoreUnavailable."""
        async with reached_soon(self._where, self._seconds):
            read = self._client.hgetall(drafts_key(subject.shown))
            kept = await cast("Awaitable[dict[bytes, bytes]]", read)
        drafts = {service.decode(): Draft.parse(text) for service, text in kept.items()}
        newest = sorted(drafts, key=lambda service: (-drafts[service].saved_on.toordinal(), service))
        return {service: drafts[service] for service in newest if drafts[service].kept_until >= today}

    async def keep(self, subject: Subject, service: str, draft: Draft) -> None:
        """Keep a form as it is now, in the place of what was kept of it before.

        Raises:
            TooManyDrafts: as many others are kept as may be.
            StoreUnavailable: the store does not answer; what was kept before stays.
        """
        key = drafts_key(subject.shown)
        others = set(await self.of(subject, draft.saved_on)) - {service}
        if len(others) >= MOST_DRAFTS:
            raise TooManyDrafts(f"{MOST_DRAFTS} forms are kept already: drop one first.")
        async with reached_soon(self._where, self._seconds), self._client.pipeline(transaction=True) as pipe:
            pipe.hset(key, service, cast("str", draft.text))
            pipe.expire(key, timedelta(days=KEPT_DAYS + 1))
            await pipe.execute()

    async def drop(self, subject: Subject, service: str) -> bool:
        """Drop one; False where there was none; raises StoreUnavailable."""
        async with reached_soon(self._where, self._seconds):
            dropped = self._client.hdel(drafts_key(subject.shown), service)
            return bool(await dropped)

    async def drop_all(self, subject: Subject) -> None:
        """Drop every one; raises StoreUnavailable."""
        async with reached_soon(self._where, self._seconds):
            await self._client.unlink(drafts_key(subject.shown))
