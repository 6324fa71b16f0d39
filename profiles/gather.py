"""All rows about one subject side by side, by one union and one group-by; it never drops or changes a row.

Joining twenty feeds on the subject would shuffle twenty times. Instead each part brings (subject, row), the parts
are unioned with a column of their own each, and one group-by collects every column into a sorted array.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.versions import null


@dataclass(frozen=True)
class Part:
    """Rows of one sort about subjects: their SQL type, and a frame of (subject, row), or None where none came."""

    type: str
    rows: DataFrame | None


def gather(parts: Mapping[str, Part], seen: Sequence[DataFrame] = ()) -> DataFrame:
    """One row per subject: ``subject``, ``_rows`` and, for each part, a sorted array of its rows under the part's name.

    ``_rows`` is how many rows name the subject at all, in the parts and in ``seen``.

    Args:
        parts: name → part; at least one has rows, or ``seen`` has a frame.
        seen: frames of (subject) that may bring subjects of which no part knows anything.
    """
    branches = [_branch(parts, part.rows, name) for name, part in parts.items() if part.rows is not None]
    together = reduce(DataFrame.unionAll, [*branches, *(_branch(parts, frame, "") for frame in seen)])
    collected = together.where("subject IS NOT NULL").groupBy("subject")
    present = [name for name, part in parts.items() if part.rows is not None]
    arrays = [F.expr(f"sort_array(collect_list({name})) AS {name}") for name in present]
    filled = collected.agg(F.count(F.lit(1)).alias("_rows"), *arrays)
    empty = {name: f"CAST(array() AS ARRAY<{part.type}>) AS {name}" for name, part in parts.items()}
    return filled.selectExpr("subject", "_rows", *[name if name in present else empty[name] for name in parts])


def _branch(parts: Mapping[str, Part], rows: DataFrame, here: str) -> DataFrame:
    slots = [
        f"CAST(row AS {part.type}) AS {name}" if name == here else f"{null(part.type)} AS {name}"
        for name, part in parts.items()
    ]
    return rows.selectExpr("subject", *slots)
