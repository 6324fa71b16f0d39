"""P2: a whole city ranked, from rows of files to rows of lists, as Spark's workers do it: read, decide, rank, write.

Persons are drawn from the example personas, with their tags and the truths of their rules, a few of each turned, so
that there are as many different lists as persons. A city of four times the persons must not take more than four times
as long. One core; what the nation's 28 million take on two is the same figure scaled.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from jobs.acts import ACTIONS
from jobs.offers import offers
from jobs.vocabulary import Vocabulary, vocabulary
from recommender import catalogue as catalogues
from recommender.basis import Basis, Made
from recommender.rank import Scorer
from recommender.shelf import policy, shelf
from tagging import registry as registries
from tagging.few import Truths
from tagging.outlook.one import OneFile
from tagging.personas import load_personas
from tests.bench.clock import Figure, Sizes, compare
from tests.bench.crowd import scratch

DAY = date(2026, 11, 22)
TIMES = 4  # how much the city grows
TURNED = 0.01  # of the truths of a persona
BATCH = 10_000  # rows that a worker is handed at a time
ACTS = 2  # per person
PERSONS_OF_THE_NATION, CORES = 28_000_000, 2


@dataclass(frozen=True)
class City:
    """The vocabulary and the basis of a day, and the personas' tags and truths."""

    words: Vocabulary
    basis: Basis
    tags: tuple[tuple[str, ...], ...]
    truths: np.ndarray


def city(seed: int = 1) -> City:
    """Of the catalogue and the registry as they are, and a model of random weights: speed does not depend on them."""
    registry, catalogue = registries.load(), catalogues.load()
    words = vocabulary("person", registry, catalogue, DAY)
    files = [persona.file for persona in load_personas() if persona.kind == "person"]
    one_file, truths = OneFile(registry, "person"), Truths(words.matcher.atoms, "person")
    rng = np.random.default_rng(seed)
    scorer = Scorer(
        words.tags,
        words.ids,
        rng.normal(0, 0.3, (len(words.tags), len(words.ids))).astype(np.float32),
        np.eye(len(words.ids), dtype=np.float32),
        rng.normal(0, 0.3, len(words.ids)).astype(np.float32),
    )
    made = Made("person", DAY, "bench", registry.version, catalogue.version)
    basis = Basis(made, scorer, shelf(words.services, {}, DAY, policy()), words.matcher.events)
    tags = tuple(tuple(one_file.tags(file)) for file in files)
    return City(words, basis, tags, np.array(truths.of(files), dtype=np.int8))


def settle(found: City, persons: int, file: Path, seed: int = 2) -> None:
    """Writes so many persons as the rows that ranking reads."""
    rng = np.random.default_rng(seed)
    width = found.truths.shape[1]
    writer = None
    for start in range(0, persons, BATCH):
        count = min(BATCH, persons - start)
        who = rng.integers(0, len(found.tags), count)
        truths = found.truths[who]
        turned = rng.random(truths.shape) < TURNED
        truths[turned] = rng.integers(0, 3, int(turned.sum()))
        offsets = pa.array(np.arange(count + 1, dtype=np.int32) * width)
        rows = pa.table(
            {
                "subject": [f"{start + number:032x}" for number in range(count)],
                "tags": pa.array([found.tags[one] for one in who.tolist()], pa.list_(pa.string())),
                "truths": pa.ListArray.from_arrays(offsets, pa.array(truths.reshape(-1))),
                "acts": _acts(found, count, rng),
                "known": _known(found, count, rng),
            }
        )
        writer = writer or pq.ParquetWriter(file, rows.schema)
        writer.write_table(rows)
    if writer:
        writer.close()


def ranked(found: City, source: Path, target: Path) -> int:
    """Reads the rows, ranks them batch by batch and writes the lists; how many lists there are."""
    count, writer = 0, None
    for batch in pq.ParquetFile(source).iter_batches(BATCH):
        lists = offers(batch, found.words, found.basis)
        writer = writer or pq.ParquetWriter(target, lists.schema)
        writer.write_batch(lists)
        count += len(lists)
    if writer:
        writer.close()
    return count


def run(sizes: Sizes) -> list[Figure]:
    """Seconds of a city four times as large against those of the city itself."""
    found, few = city(), sizes.persons
    with threadpool_limits(1), scratch() as folder:
        small, large, lists = (Path(folder) / f"{name}.parquet" for name in ("small", "large", "lists"))
        settle(found, few, small)
        settle(found, TIMES * few, large)
        if ranked(found, large, lists) != TIMES * few:
            raise AssertionError("a list was lost: no time is worth taking")
        measured = compare(lambda: ranked(found, large, lists), lambda: ranked(found, small, lists), sizes.repeats)
    each = min(measured.ours) / (TIMES * few)
    minutes = PERSONS_OF_THE_NATION * each / CORES / 60
    print(f"P2: {1 / each:,.0f} persons/s/core; all of {PERSONS_OF_THE_NATION:,} on {CORES} cores: {minutes:.1f} min")
    return [Figure("P2", f"rank a city of {TIMES}x the persons against the city", measured, float(TIMES), cost=True)]


def _acts(found: City, count: int, rng: np.random.Generator) -> pa.Array:
    total = count * ACTS
    on = pa.array(20_000 + rng.integers(0, 700, total, dtype=np.int32), pa.int32()).cast(pa.date32())
    done = pa.array(rng.random(total) < 0.5)
    fields = {
        "service": pa.array(found.words.ids).take(pa.array(rng.integers(0, len(found.words.ids), total))),
        "action": pa.array(ACTIONS).take(pa.array(rng.integers(0, len(ACTIONS), total))),
        "acted_on": on,
        "done_on": pa.compute.if_else(done, on, None),
        "open_until": on,
    }
    return _lists(count, ACTS, pa.StructArray.from_arrays(list(fields.values()), names=list(fields)))


def _known(found: City, count: int, rng: np.random.Generator) -> pa.Array:
    """A day for each of twenty things that rules read."""
    each = 20
    reads = pa.array(found.words.reads).take(pa.array(rng.integers(0, len(found.words.reads), count * each)))
    as_of = pa.array(rng.integers(20_000, 20_700, count * each, dtype=np.int32), pa.int32()).cast(pa.date32())
    fields = {"reads": reads, "source": pa.array(["residents"] * (count * each)), "as_of": as_of}
    return _lists(count, each, pa.StructArray.from_arrays(list(fields.values()), names=list(fields)))


def _lists(count: int, each: int, values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(np.arange(count + 1, dtype=np.int32) * each), values)
