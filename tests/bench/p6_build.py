"""P6: one file per person out of accepted rows, against the smallest grouping of the same rows in Spark and in DuckDB.

``python -m tests.bench.p6_build --persons 1000000 --rows 10000000 --memory 16g`` runs the build job itself once over
such a crowd, and prints seconds, rows and the greatest memory that Spark and this process together have held.
"""

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from pyspark.sql import functions as F

from jobs import build
from jobs.run import Context
from profiles.build import person_files
from profiles.contracts import load
from tests.bench.clock import Figure, Sizes, compare
from tests.bench.crowd import DAY, crowd, most_held, scratch, session, settings, settle

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def run(sizes: Sizes) -> list[Figure]:
    """Seconds of our build over those of each grouping; all three find the same persons and rows."""
    spark, persons, rows = session(sizes.memory), sizes.persons, sizes.rows
    with scratch() as folder:
        feeds = _written(spark, persons, rows, Path(folder))
        smallest = _grouped(feeds)
        query = _in_duckdb(feeds, Path(folder))
        files = person_files(feeds, DAY)
        found = smallest.agg(F.count("*"), F.sum(F.size("rows"))).collect()[0]
        theirs = duckdb.sql(f"SELECT count(*), sum(len(rows)) FROM ({query})").fetchall()[0]  # noqa: S608
        if (files.count(), *found[1:]) != theirs or tuple(found) != theirs:
            raise AssertionError(f"Spark groups {tuple(found)}, DuckDB {theirs}: no time is worth taking")

        def ours() -> None:
            person_files(feeds, DAY).write.format("noop").mode("overwrite").save()

        def in_duckdb() -> None:
            duckdb.sql("SET threads = 2")
            duckdb.sql(f"CREATE OR REPLACE TABLE grouped AS {query}")

        in_spark = compare(ours, lambda: smallest.write.format("noop").mode("overwrite").save(), sizes.repeats)
        in_duck = compare(ours, in_duckdb, sizes.repeats)
    size = f"{rows:,} rows into {persons:,} files"
    return [
        Figure("P6", f"build, {size}, over the smallest Spark groupBy", in_spark, 1.5, cost=True),
        Figure("P6", f"build, {size}, over DuckDB's grouping", in_duck, 6.0, cost=True),
    ]


def _written(spark: "SparkSession", persons: int, rows: int, folder: Path) -> "dict[str, DataFrame]":
    """The crowd's rows, read from parquet by all three."""
    for feed, frame in crowd(spark, persons, rows).items():
        frame.write.parquet(str(folder / feed))
    return {feed: spark.read.parquet(str(folder / feed)) for feed in crowd(spark, persons, rows)}


def _grouped(feeds: "dict[str, DataFrame]") -> "DataFrame":
    """A row a person with all that is said of it, every value as text: the least that a file must hold."""
    together = None
    for feed, frame in feeds.items():
        said = F.concat_ws("|", *[F.col(name).cast("string") for name in frame.columns])
        part = frame.select("person", F.lit(feed).alias("feed"), "as_of", said.alias("said"))
        together = part if together is None else together.unionAll(part)
    assert together is not None
    return together.groupBy("person").agg(F.collect_list(F.struct("feed", "as_of", "said")).alias("rows"))


def _in_duckdb(feeds: "dict[str, DataFrame]", folder: Path) -> str:
    """The same in DuckDB's words."""
    parts = []
    for feed in feeds:
        said = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in load()[feed].schema)
        parts.append(
            f"SELECT person, '{feed}' AS feed, as_of, concat_ws('|', {said}) AS said "  # noqa: S608
            f"FROM read_parquet('{folder / feed}/*.parquet')"
        )
    together = " UNION ALL ".join(parts)
    return f"SELECT person, list({{'feed': feed, 'as_of': as_of, 'said': said}}) AS rows FROM ({together}) GROUP BY 1"  # noqa: S608


def main() -> None:
    """The build job once over a crowd: seconds, rows and peak memory."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.p6_build", description="the build job over a crowd")
    asked.add_argument("--persons", type=int, default=20_000)
    asked.add_argument("--rows", type=int, default=200_000)
    asked.add_argument("--memory", default="3g", help="Spark's heap, such as 16g")
    given = asked.parse_args()
    with scratch() as folder:
        context = Context(DAY, settings(Path(folder), given.memory))
        started = time.perf_counter()
        written = settle(context, given.persons, given.rows)
        print(f"{written:,} accepted rows made and written in {time.perf_counter() - started:.1f} s", flush=True)
        started = time.perf_counter()
        counts = build.run(context).counts
        seconds = time.perf_counter() - started
        java = context.spark.sparkContext._jvm.java.lang.ProcessHandle.current().pid()
        peak = most_held(int(java)) + most_held(os.getpid())
    print(
        f"{counts['rows']:,} rows into {counts['persons']:,} persons' and {counts['enterprises']:,} enterprises' files:"
    )
    print(f"{seconds:.1f} s · at most {peak / 2**20:.2f} GB held, heap {given.memory}, 2 cores")


if __name__ == "__main__":
    main()
