"""All rows about one subject side by side, by one union and one group-by; it never drops or changes a row.

Joining twenty feeds on the subject would shuffle twenty times. Instead each part brings (subject, row), the parts
are unioned with a column of their own each, and one group-by collects every column into an array, sorted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


@dataclass(frozen=True)
class Part:
    """Rows of one sort about subjects: their SQL type, and a frame of (subject, row), or None where none came."""

    type: str
    rows: DataFrame | None


def gather(parts: Mapping[str, Part], subjects: Sequence[DataFrame]) -> DataFrame:
    """One row per subject: ``subject`` and, for each part, a sorted array of its rows under the part's name.

    Args:
        parts: name → part.
        subjects: frames of (subject) that may bring subjects of which no part knows anything.
    """
    branches = [
        part.rows.select("subject", *[_slot(other, parts[other], here=other == name) for other in parts])
        for name, part in parts.items()
        if part.rows is not None
    ]
    bare = [frame.select("subject", *[_slot(other, parts[other], here=False) for other in parts]) for frame in subjects]
    together = reduce(DataFrame.unionAll, [*branches, *bare]).where(F.col("subject").isNotNull())
    present = [name for name, part in parts.items() if part.rows is not None]
    collected = together.groupBy("subject").agg(
        F.count(F.lit(1)).alias("_rows"), *[F.collect_list(name).alias(name) for name in present]
    )
    return collected.select(
        "subject",
        *[
            (F.sort_array(name) if name in present else F.array().cast(f"ARRAY<{part.type}>")).alias(name)
            for name, part in parts.items()
        ],
    )


def _slot(name: str, part: Part, *, here: bool) -> Column:
    return (F.col("row") if here else F.lit(None)).cast(part.type).alias(name)
