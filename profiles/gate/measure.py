"""Runs the one pass over a feed and counts what it found; it judges nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from profiles.contracts import Contract
from profiles.errors import BindingError


@dataclass(frozen=True)
class Measures:
    """What one pass over a feed counted, in rows."""

    delivered: int
    accepted: int
    faults: Mapping[tuple[str, str], int]  # (column, reason) -> rows; column "" for what spans columns
    reasons: Mapping[str, int]  # first reason of a row -> rows
    absent: Mapping[str, int]  # bound column -> rows in which it is missing
    newest: date | None

    @property
    def quarantined(self) -> int:
        """Rows that failed at least one check."""
        return self.delivered - self.accepted


def measure(sifted: DataFrame, contract: Contract, bound: Collection[str]) -> tuple[DataFrame, Measures]:
    """The sifted rows, computed and kept for as long as the frame is, and what they hold.

    Missing values are counted in the ``bound`` columns. The rows are kept without the plan that made them: planning
    that again for each later use would cost more than the use.

    Raises:
        BindingError: a delivered file breaks off or is damaged.
    """
    seen = Observation()
    good = F.size("_failures") == 0
    # Of good rows alone: one row from the future would make any delivery look fresh.
    fresh = contract.freshness_column
    newest = F.max(F.when(good, F.col(fresh).cast("date"))) if fresh else F.lit(None)
    watched = [(place, column.name) for place, column in enumerate(contract.columns) if column.name in bound]
    observed = sifted.observe(
        seen,
        F.count(F.lit(1)).alias("delivered"),
        F.count_if(good).alias("accepted"),
        newest.alias("newest"),
        *[F.count_if(F.getbit("_absent", F.lit(place)) == 1).alias(f"absent_{name}") for place, name in watched],
    )
    kept = _computed(observed, contract)
    failing = kept.filter(F.size("_failures") > 0).select(F.posexplode("_failures").alias("place", "failure"))
    counted = failing.groupBy(
        (F.col("place") == 0).alias("first"),
        F.col("failure.column").alias("column"),
        F.col("failure.reason").alias("reason"),
    ).agg(F.count(F.lit(1)).alias("rows"))
    faults: dict[tuple[str, str], int] = {}
    reasons: dict[str, int] = {}
    for first, column, reason, rows in counted.collect():
        faults[column, reason] = faults.get((column, reason), 0) + rows
        if first:
            reasons[reason] = reasons.get(reason, 0) + rows
    found = seen.get
    measures = Measures(
        delivered=found["delivered"],
        accepted=found["accepted"],
        faults=dict(sorted(faults.items())),
        reasons=dict(sorted(reasons.items())),
        absent={name: found[f"absent_{name}"] for _, name in watched},
        newest=found["newest"],
    )
    return kept, measures


def _computed(rows: DataFrame, contract: Contract) -> DataFrame:
    try:
        return rows.localCheckpoint()
    except Exception as problem:  # Java's own, in no type of Spark's
        if "FAILED_READ_FILE" not in str(problem):
            raise
    raise BindingError(
        f"A delivered file of {contract.feed} breaks off or is damaged, so that its end cannot be read. Ask its "
        "supplier to deliver it again; what was accepted before stays in force."
    )
