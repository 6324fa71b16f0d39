"""P7: pseudonyms of identity numbers as native Spark columns, against a Python UDF that calls the same HMAC."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import functions as F

from jobs.city.numbers import resident_numbers
from profiles.identity import columns, keys
from tests.bench.clock import Figure, Sizes, compare
from tests.bench.crowd import scratch, session

if TYPE_CHECKING:
    from pyspark.sql import Column

KEYS = keys.Keys.for_demo()


def run(sizes: Sizes) -> list[Figure]:
    """Seconds of both over the same numbers; every pseudonym is the same, or nothing is timed."""
    spark = session(sizes.memory)
    with scratch() as folder:
        pq.write_table(pa.table({"number": numbers(sizes.rows)}), Path(folder) / "numbers.parquet")
        told = spark.read.parquet(str(Path(folder) / "numbers.parquet")).repartition(2).localCheckpoint()
        key = KEYS
        by_hand = F.udf(lambda number: keys.pseudonym(key, "person", number), "string")

        def digest(pseudonym: "Column") -> tuple[int, int]:
            row = told.select(pseudonym.alias("subject")).agg(
                F.bit_xor(F.xxhash64("subject")), F.count_if(F.length("subject") == 32)
            )
            return tuple(row.collect()[0])  # type: ignore[return-value]

        def native() -> tuple[int, int]:
            return digest(columns.pseudonym(KEYS, "person", F.expr(columns.normalised("person", "number"))))

        ours, theirs = native(), digest(by_hand("number"))
        if ours != theirs or ours[1] != sizes.rows:
            raise AssertionError(f"native columns give {ours}, the UDF {theirs}: no time is worth taking")
        measured = compare(native, lambda: digest(by_hand("number")), sizes.repeats)
    return [Figure("P7", f"pseudonyms of {sizes.rows:,} numbers against a Python UDF", measured, 5.0)]


def numbers(count: int) -> pa.Array:
    """So many valid numbers, of people born in a hundred years in up to a hundred areas."""
    place = np.arange(count)
    born = np.datetime64("1920-01-01", "D") + place % 36_500
    return pa.array(resident_numbers(310101 + place // 36_500 % 100, born, place % 2 == 0).astype(object))
