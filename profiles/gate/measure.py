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
    watched = [(place, column.name) for place, column in enumerate(contract.columns) if column.name in bound]
    # Of good rows alone: one row from the future would make any delivery look fresh.
    fresh = contract.freshness_column
    newest = f"max(IF(size(_failures) = 0, CAST(`{fresh}` AS DATE), NULL))" if fresh else "NULL"
    counts = ["count(1) AS delivered", "count_if(size(_failures) = 0) AS accepted", f"{newest} AS newest"]
    counts += [f"count_if(_absent & {1 << place}L <> 0) AS absent_{name}" for place, name in watched]
    kept = _computed(sifted.observe(seen, *map(F.expr, counts)), contract)
    found = seen.get
    faults, reasons = _counted(kept) if found["accepted"] < found["delivered"] else ({}, {})
    measures = Measures(
        delivered=found["delivered"],
        accepted=found["accepted"],
        faults=dict(sorted(faults.items())),
        reasons=dict(sorted(reasons.items())),
        absent={name: found[f"absent_{name}"] for _, name in watched},
        newest=found["newest"],
    )
    return kept, measures


def _counted(kept: DataFrame) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """Rows by column and reason of what failed, and by first reason."""
    failing = kept.where("size(_failures) > 0").selectExpr("posexplode(_failures) AS (place, failure)")
    told = failing.groupBy(*map(F.expr, ("place = 0", "failure.column", "failure.reason"))).count()
    faults: dict[tuple[str, str], int] = {}
    reasons: dict[str, int] = {}
    for first, column, reason, rows in told.collect():
        faults[column, reason] = faults.get((column, reason), 0) + rows
        if first:
            reasons[reason] = reasons.get(reason, 0) + rows
    return faults, reasons


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
