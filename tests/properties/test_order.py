"""However accepted rows are shuffled, repeated, split into deliveries and files: one content hash of the files.

Five rounds of each kind by default, a hundred with ``YIDANG_PROVE=1``.
"""

import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from jobs import accepted, build
from jobs.run import Context
from jobs.settings import Settings
from profiles.build import enterprise_files, person_files
from profiles.contracts import load
from profiles.deliveries import settled
from tests.profiles.deliver import DAY, deliver
from tests.profiles.test_build import QUARTER
from tests.profiles.test_build_enterprise import STREET

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from jobs.tables import Tables

ROUNDS = 100 if os.environ.get("YIDANG_PROVE") else 5
Rows = dict[str, list[dict[str, object]]]


@pytest.mark.parametrize("rows", [QUARTER, STREET], ids=["persons", "enterprises"])
def test_any_order_and_split_of_the_rows_gives_one_content_hash(
    spark: "SparkSession", tmp_lake: "Tables", rows: Rows
) -> None:
    files = enterprise_files if rows is STREET else person_files

    def content_hash(feeds: "dict[str, DataFrame]") -> str:
        return tmp_lake.write("files", files(feeds, DAY), day=DAY).content_hash

    as_told = content_hash(deliver(spark, rows))
    for seed in range(ROUNDS):
        assert (seed, content_hash(scattered(spark, rows, Random(seed)))) == (seed, as_told)
    print(f"{ROUNDS} shuffles, repetitions, repartitions and splits: one content hash {as_told}")


def scattered(spark: "SparkSession", rows: Rows, rng: Random) -> "dict[str, DataFrame]":
    """Every feed's rows in up to three deliveries, each repeated at random, in any order and number of parts."""
    return {feed: settled(list(enumerated(spark, feed, told, rng)), load()[feed]) for feed, told in rows.items()}


def enumerated(
    spark: "SparkSession", feed: str, told: list[dict[str, object]], rng: Random
) -> "list[tuple[str, DataFrame]]":
    """Slots and rows of the deliveries, in any order; every row is in at least one of them."""
    dealt: list[list[dict[str, object]]] = [[] for _ in range(rng.randint(1, 3))]
    for row in told:
        for part in rng.sample(dealt, rng.randint(1, len(dealt))):
            part += [row] * rng.randint(1, 2)
    frames = []
    for number, part in enumerate(dealt):
        rng.shuffle(part)
        if part:
            frame = deliver(spark, {feed: part})[feed].repartition(rng.randint(1, 3))
            frames.append((f"2026-02-{number + 1:02d}", frame))
    rng.shuffle(frames)
    return frames


def test_rows_dealt_to_the_slots_of_the_log_in_any_order_give_the_same_files(
    spark: "SparkSession", tmp_path: Path
) -> None:
    rows: Rows = {feed: QUARTER[feed] for feed in ("residents", "vital_events", "documents")}
    seen = set()
    for seed in range(2 + ROUNDS // 10):
        settings = Settings(
            lake=tmp_path / str(seed),
            pseudonym_key=sha256(b"pseudonym").hexdigest(),
            vault_key=sha256(b"vault").hexdigest(),
        )
        context = Context(DAY, settings)
        for feed, told in rows.items():
            for slot, frame in enumerated(spark, feed, told, Random(seed)):
                day = DAY - timedelta(days=int(slot[-2:]))
                extra = {"delivers": "changes", "key_id": settings.key_id}
                context.tables.write(accepted.table(feed), frame.drop_duplicates(), day=day, extra=extra, slot=slot)
        build.run(context)
        seen.add(context.tables.manifest("person_files").content_hash)
    assert len(seen) == 1
