"""P9: every tag of the registry on every file, against reading the files alone and against the same in Python UDFs.

``--files N`` files of persons, made of so many that differ, dealt out again and again. The UDF side answers the same
parsed rules by the same three-valued logic in Python (``p9_udf``), over a share of the files, without facts and
stretches; its seconds are scaled to all files. Beside it: all tags of one file on DuckDB, prepared once, in
milliseconds.

``python -m tests.bench.p9_tags --files 1000000`` tags so many files once, with facts and stretches, and prints
seconds, tags and the greatest memory that Spark and this process together have held.
"""

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pyspark.sql import functions as F

from profiles.model import columns
from tagging.apply import apply_tags, outlook, tag_ids
from tagging.files import to_json
from tagging.outlook.one import OneFile
from tagging.registry import Registry, load
from tests.bench.clock import Compared, Figure, Sizes, compare, middle
from tests.bench.crowd import DAY, most_held, scratch, session
from tests.bench.p9_files import a_person
from tests.bench.p9_udf import tagger

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DIFFER = 2_000
ASKED_OF_UDFS = 2_000
MONTHS = 24


def run(sizes: Sizes) -> list[Figure]:
    """Seconds of tagging over those of a scan and of Python UDFs; the tags are the same, or nothing is timed."""
    spark, registry = session(sizes.memory), load()
    _one_file(registry, sizes.repeats)
    with scratch() as folder:
        files = _written(spark, sizes.files, Path(folder) / "files")
        asked = min(sizes.files, ASKED_OF_UDFS)
        files.limit(asked).repartition(2).write.parquet(str(Path(folder) / "few"))
        few = spark.read.parquet(str(Path(folder) / "few"))
        by_hand = few.select("subject", F.udf(tagger(registry), "array<string>")(F.struct("*")).alias("tags"))
        tagged = apply_tags(files, registry, "person")
        same_tags(few, by_hand, registry)
        over_scan = compare(lambda: _through(tagged), lambda: _through(files), sizes.repeats)
        over_udfs = compare(lambda: _through(tagged), lambda: _through(by_hand), sizes.repeats)
        ahead = outlook(files, registry, "person", MONTHS)
        of_ahead = compare(lambda: _through(ahead), lambda: _through(files), sizes.repeats)
    scale = sizes.files / asked
    scaled = Compared(over_udfs.ours, tuple(one * scale for one in over_udfs.theirs))
    size = f"{len(registry.of('person'))} tags on {sizes.files:,} files"
    return [
        Figure("P9", f"{size}, with facts and stretches, over a scan of the files", over_scan, 5.0, cost=True),
        Figure("P9", f"{size}, with facts and stretches, against Python UDFs with neither", scaled, 5.0),
        Figure("P9", f"{MONTHS} months' changes of {size}, over a scan of the files", of_ahead, None, cost=True),
    ]


def same_tags(few: "DataFrame", by_hand: "DataFrame", registry: Registry) -> None:
    """Raises AssertionError unless Python finds the same tags, and says how many a file has."""
    ours = {row.subject: row.tags for row in tag_ids(few, registry, "person").select("subject", "tags").collect()}
    theirs = {row.subject: row.tags for row in by_hand.collect()}
    for subject, tags in ours.items():
        if tags != theirs[subject]:
            differ = sorted({*tags} ^ {*theirs[subject]})
            raise AssertionError(f"Spark and Python differ on {differ} of {subject}: no time is worth taking")
    print(f"P9: {sum(map(len, ours.values())) / len(ours):.1f} tags a file of {len(registry.of('person'))}")


def _one_file(registry: Registry, repeats: int) -> None:
    """Prints how long all tags of one file, and its changes ahead, take on DuckDB."""
    from time import perf_counter

    one, row = OneFile(registry, "person"), a_person(np.random.default_rng(3), 1)
    last = DAY.replace(year=DAY.year + MONTHS // 12)
    for what, ask in (("tags", lambda: one.tags(row)), ("tags with stretches", lambda: one.earned(row)),
                      ("changes ahead", lambda: one.outlook(row, last))):  # fmt: skip
        seconds = []
        for _ in range(max(repeats, 3) + 1):
            began = perf_counter()
            ask()
            seconds.append(perf_counter() - began)
        low, half, high = (1000 * each for each in middle(tuple(seconds[1:])))
        rules = len(registry.of("person"))
        target = ", target 30" if what == "tags" else ""
        print(f"P9: one file, {rules} rules on DuckDB, {what}: {half:.1f} ({low:.1f}–{high:.1f}) ms{target}")


def _written(spark: "SparkSession", count: int, where: Path) -> "DataFrame":
    """So many files as parquet, in as many parts as there are cores."""
    rng = np.random.default_rng(20_261_122)
    lines = [(to_json([a_person(rng, number)], "person"),) for number in range(min(count, DIFFER))]
    shape = "ARRAY<STRUCT<" + ", ".join(f"{name}: {type_}" for name, type_ in columns("person").items()) + ">>"
    made = spark.createDataFrame(lines, "line STRING").select(F.explode(F.from_json("line", shape)).alias("file"))
    turns = spark.range(-(-count // len(lines))).withColumnRenamed("id", "turn")
    every = made.select("file.*").crossJoin(turns).withColumn("subject", F.md5(F.concat_ws("-", "subject", "turn")))
    every.drop("turn").limit(count).withColumn("as_of", F.lit(DAY)).repartition(2).write.parquet(str(where))
    return spark.read.parquet(str(where))


def _through(frame: "DataFrame") -> None:
    frame.write.format("noop").mode("overwrite").save()


def main() -> None:
    """Every tag of so many files once: seconds, tags and peak memory."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.p9_tags", description="all tags of many files, once")
    asked.add_argument("--files", type=int, default=20_000)
    asked.add_argument("--memory", default="3g", help="Spark's heap, such as 6g")
    given = asked.parse_args()
    spark, registry = session(given.memory), load()
    with scratch() as folder:
        files = _written(spark, given.files, Path(folder) / "files")
        started = time.perf_counter()
        tagged = apply_tags(files, registry, "person").agg(F.count("*"), F.sum(F.size("tags"))).collect()[0]
        seconds = time.perf_counter() - started
        java = spark.sparkContext._jvm.java.lang.ProcessHandle.current().pid()
        peak = most_held(int(java)) + most_held(os.getpid())
    rules = len(registry.of("person"))
    print(f"{rules} rules on {tagged[0]:,} files: {tagged[1]:,} tags with facts and stretches in {seconds:.1f} s")
    print(f"at most {peak / 2**20:.2f} GB held, heap {given.memory}, 2 cores")


if __name__ == "__main__":
    main()
