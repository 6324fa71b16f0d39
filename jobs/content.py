"""Writes a frame as parquet and says what it held: how many rows, and a hash of their content; it chooses no place."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

Fill = Callable[[Path], tuple[int, str]]  # fills a run's folder: rows and content hash


def filler(frame: "DataFrame") -> Fill:
    """Writes a frame as parquet, counting and hashing its rows on the way."""
    from pyspark.sql import Observation
    from pyspark.sql import functions as F

    seen = Observation()
    observed = frame.observe(seen, F.count(F.lit(1)).alias("rows"), *_order_free_hashes(frame))

    def fill(folder: Path) -> tuple[int, str]:
        observed.write.mode("append").parquet(str(folder))
        found = seen.get
        return int(found["rows"]), f"{int(found['total'] or 0):x}-{int(found['mixed'] or 0) % (1 << 64):016x}"

    return fill


def _order_free_hashes(frame: "DataFrame") -> "list[Column]":
    """A sum and an exclusive or over two row hashes: equal for equal multisets of rows."""
    from pyspark.sql import functions as F

    told = ", ".join(_hashed(frame))
    # Half of the bits: the sum of so many rows as a table may hold then fits a number.
    return [
        F.expr(f"sum(xxhash64({told}) & {(1 << 32) - 1}L) AS total"),
        F.expr(f"bit_xor(xxhash64('mixed', {told})) AS mixed"),
    ]


def _hashed(frame: "DataFrame") -> Iterator[str]:
    """What of a row is hashed: plain values, and whether each is there, since a hash passes over NULL; lists as JSON.

    As JSON alone, hashing would take longer than all else that is done to a row.
    """
    from pyspark.sql.types import ArrayType, MapType, StructType

    nested = []
    for column in frame.schema:
        if isinstance(column.dataType, (ArrayType, MapType, StructType)):
            nested.append(f"`{column.name}`")
        else:
            yield f"`{column.name}`, `{column.name}` IS NULL"
    if nested:
        yield f"to_json(struct({', '.join(nested)}), map('ignoreNullFields', 'false'))"
