"""P5: publishing a whole new generation with its switch, against a pipelined SET of the same pages as JSON.

Ours writes into buckets, counts what is there, switches and sweeps up the generation before the last; theirs only sets.
Both have their rows as bytes beforehand, and each page is read from both and compared before anything is timed.
"""

import msgspec
import redis

from recommender.generation import Generation, bits_for
from recommender.page import decode
from recommender.store import Store
from recommender.store.reach import batches
from tests.bench import pages
from tests.bench.clock import Figure, Sizes, compare
from tests.bench.p4_store import BATCH, STORE, running

LOOKED_AT = 1_000


def run(sizes: Sizes) -> list[Figure]:
    """Seconds for all pages by both; prints the rows per second."""
    crowd = pages.subjects(sizes.subjects)
    rows = list(pages.rows(crowd))
    texts = [(f"page:{subject}", msgspec.json.encode(decode(row))) for subject, row in rows]
    with running() as client, Store(STORE) as store:
        numbers = iter(range(1_000_000))

        def ours() -> None:
            store.publish(Generation(pages.DAY, bits_for(len(rows)), f"{next(numbers):06x}"), rows, {})

        def theirs() -> None:
            for batch in batches(texts, BATCH):
                with client.pipeline(transaction=False) as pipe:
                    for key, text in batch:
                        pipe.set(key, text)
                    pipe.execute()

        ours()
        theirs()
        _check(store, client, crowd[:: max(1, len(crowd) // LOOKED_AT)])
        measured = compare(ours, theirs, sizes.repeats)
    rates = [len(rows) / sorted(seconds)[len(seconds) // 2] for seconds in (measured.ours, measured.theirs)]
    print(f"P5: {len(rows):,} pages at {rates[0]:,.0f} rows/s, as JSON by key {rates[1]:,.0f} rows/s")
    return [Figure("P5", f"publish {len(rows):,} pages against SET of their JSON", measured, 10.0)]


def _check(store: Store, client: redis.Redis, crowd: list[str]) -> None:
    for subject in crowd:
        row, text = store.page(subject), client.get(f"page:{subject}")
        if row is None or msgspec.json.encode(decode(row)) != text:
            raise AssertionError(f"both hold another page of {subject}: no time is worth taking")
