"""P4: how many bytes of a store's memory a subject takes, with page and a reminder, beside the same as JSON by key.

Theirs is what one would write first: a key a subject with its page as JSON, and a key with its list of reminders.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import redis

from jobs import serve
from recommender.generation import Generation, bits_for
from recommender.store import Store
from recommender.store.reach import batches
from tests.bench import pages
from tests.bench.clock import Figure, Sizes

TARGET, MOONSHOT = 200, 56
STORE = "redis://127.0.0.1:6432/0"
BATCH = 5_000


def run(sizes: Sizes) -> list[Figure]:
    """Prints the bytes of both; there is nothing to time."""
    crowd = pages.subjects(sizes.subjects)
    with running() as client:
        empty = _used(client)
        with Store(STORE) as store:
            store.publish(Generation(pages.DAY, bits_for(len(crowd)), "4a4a"), pages.rows(crowd), {})
            of_pages = (_used(client) - empty) / len(crowd)
            store.put_reminders(pages.notices(crowd))
        ours = (_used(client) - empty) / len(crowd)
        client.flushall()
        _as_json(client, crowd)
        theirs = (_used(client) - empty) / len(crowd)
    row = sum(len(row) for _, row in pages.rows(crowd[:BATCH])) / len(crowd[:BATCH])
    print(
        f"P4: {len(crowd):,} subjects: {ours:,.0f} bytes each, {of_pages:,.0f} of them for a page of {row:,.0f}"
        f" (target {TARGET}, moonshot {MOONSHOT}); as JSON by key {theirs:,.0f}"
    )
    return []


@contextmanager
def running() -> Iterator[redis.Redis]:
    """A store that writes nothing to disk meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        serve.start(Path(folder), STORE)
        try:
            with redis.Redis.from_url(STORE) as client:
                client.config_set("appendonly", "no")
                yield client
        finally:
            serve.stop(Path(folder))


def _used(client: redis.Redis) -> int:
    return int(client.info("memory")["used_memory"])  # type: ignore[index]


def _as_json(client: redis.Redis, crowd: list[str]) -> None:
    told = dict(pages.notices(crowd))
    for batch in batches(crowd, BATCH):
        with client.pipeline(transaction=False) as pipe:
            for subject in batch:
                pipe.set(f"page:{subject}", msgspec.json.encode(pages.page(subject)))
                pipe.set(f"reminders:{subject}", msgspec.json.encode([told[subject]]))
            pipe.execute()
