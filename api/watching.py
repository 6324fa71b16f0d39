"""Looks at the homes that somebody has open, all of one process in one go, and wakes whoever waits for news of one.

It knows no token and writes no answer. However many connections there are, the store is asked once a tick.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from api.problems import TOO_MANY_OPEN, Refusal
from profiles.errors import StoreUnavailable
from recommender.acting import Subject
from recommender.glimpse import Glimpse
from recommender.store import HomeStore

TICK_SECONDS = 1.0
MOST_PER_PERSON = 4
MOST_IN_ALL = 500
AGAIN_SECONDS = 30


class Gone(Exception):
    """There is nothing to look at any more; the connection ends."""


class Watch:
    """One open connection, and the newest look at what it shows."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._seen: Glimpse | Gone | None = None
        self._woken = asyncio.Event()

    def tell(self, seen: Glimpse | Gone) -> None:
        """Wake whoever waits where this is another look than the last."""
        if seen != self._seen:
            self._seen = seen
            self._woken.set()

    async def look(self) -> Glimpse:
        """The next look that differs from the last; raises Gone."""
        await self._woken.wait()
        self._woken.clear()
        if isinstance(self._seen, Gone) or self._seen is None:
            raise Gone
        return self._seen


class Watches:
    """The open connections of one process."""

    def __init__(self, store: HomeStore, *, tick: float = TICK_SECONDS) -> None:
        self._store, self._tick = store, tick
        self._open: list[Watch] = []
        self._persons: Counter[str] = Counter()
        self._looking: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._open)

    @contextmanager
    def opened(self, subject: Subject) -> Iterator[Watch]:
        """A connection, for as long as it is open."""
        watch = Watch(subject)
        self._open.append(watch)
        self._persons[subject.person] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())
        try:
            yield watch
        finally:
            self._open.remove(watch)
            self._persons -= Counter([subject.person])

    def room(self, subject: Subject) -> None:
        """Raises Refusal where the person, or all together, have as many open as they may."""
        if self._persons[subject.person] >= MOST_PER_PERSON or self.count >= MOST_IN_ALL:
            raise Refusal(TOO_MANY_OPEN, {"Retry-After": str(AGAIN_SECONDS)})

    async def _look_on(self) -> None:
        """Look until nobody is left; a store that does not answer ends every connection, to be opened again."""
        while self._open:
            watches = list(self._open)
            try:
                seen = await self._store.glimpses(list({watch.subject for watch in watches}))
            except StoreUnavailable:
                seen = {}
            for watch in watches:
                watch.tell(seen.get(watch.subject) or Gone())
            await asyncio.sleep(self._tick)
