"""The gate's books of a day, its report and its quarantine: written with Spark, read without; it judges nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.run import Context
from jobs.tables import Tables
from profiles.errors import CountMismatch, TableMissing

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from profiles.gate.judge import Verdict
    from profiles.gate.measure import Measures

QUARANTINE = (
    "feed STRING, supplier STRING, file STRING, row BIGINT, key STRING, reason STRING, "
    "failures ARRAY<STRUCT<column: STRING, value_class: STRING, reason: STRING>>, day DATE"
)
REPORT = (
    "feed STRING, suppliers ARRAY<STRING>, day DATE, state STRING, "
    "delivered BIGINT, accepted BIGINT, quarantined BIGINT, reasons MAP<STRING, BIGINT>, "
    "checks ARRAY<STRUCT<name: STRING, measured: DOUBLE, least: DOUBLE, most: DOUBLE>>, "
    "unknown_columns ARRAY<STRING>, message STRING"
)


@dataclass(frozen=True)
class Measured:
    """One check of a whole feed: what was measured, and between what it must be."""

    name: str
    measured: float
    least: float | None
    most: float | None

    @property
    def failed(self) -> bool:
        """Whether it is not met."""
        return (self.least is not None and self.measured < self.least) or (
            self.most is not None and self.measured > self.most
        )

    @property
    def share(self) -> bool:
        """Whether its numbers are shares from 0 to 1, not rows or days."""
        return self.name.startswith("share")


@dataclass(frozen=True)
class FeedDay:
    """What became of one feed on one day; counts are rows."""

    feed: str
    suppliers: tuple[str, ...]
    state: str  # accepted, stopped, missing
    delivered: int
    accepted: int
    quarantined: int
    reasons: Mapping[str, int]
    checks: tuple[Measured, ...]
    unknown_columns: tuple[str, ...]
    message: str

    @property
    def failed(self) -> tuple[Measured, ...]:
        """The checks that are not met."""
        return tuple(check for check in self.checks if check.failed)

    @property
    def age(self) -> int | None:
        """Days since the newest row, where the contract asks."""
        return next((int(check.measured) for check in self.checks if check.name == "days since the newest row"), None)


@dataclass(frozen=True)
class Outcome:
    """What became of one feed; ``sifted`` is kept until its bad rows are written."""

    feed: str
    suppliers: tuple[str, ...]
    state: str  # accepted, stopped, missing
    message: str = ""
    measures: "Measures | None" = None
    verdict: "Verdict | None" = None
    unknown: tuple[str, ...] = ()
    sifted: "DataFrame | None" = None


def write(context: Context, outcomes: Sequence[Outcome], slot: str) -> None:
    """Write the quarantine and the report of one slot; raises CountMismatch where bad rows were lost or gained."""
    from profiles.gate import sift

    judged = [(one.feed, one.sifted, one.measures) for one in outcomes if one.sifted is not None and one.measures]
    bad = [sift.quarantined(sifted, feed, context.day) for feed, sifted, measures in judged if measures.quarantined]
    frame = sift.union(bad) if bad else context.spark.createDataFrame([], QUARANTINE)
    written = context.tables.write("quarantine", frame.coalesce(1), day=context.day, slot=slot)
    expected = sum(measures.quarantined for _, _, measures in judged)
    if written.rows != expected:
        raise CountMismatch(
            f"{written.rows:,} rows stand in quarantine instead of {expected:,}. Run the gate again for {context.day}."
        )
    report = context.spark.createDataFrame([_report_row(context, outcome) for outcome in outcomes], REPORT)
    context.tables.write("gate_report", report.coalesce(1), day=context.day, slot=slot)


def _report_row(context: Context, outcome: Outcome) -> tuple[object, ...]:
    measures, checks = outcome.measures, outcome.verdict.checks if outcome.verdict else ()
    taken = outcome.state == "accepted"
    return (
        outcome.feed,
        list(outcome.suppliers),
        context.day,
        outcome.state,
        measures.delivered if measures else 0,
        measures.accepted if measures and taken else 0,
        measures.quarantined if measures else 0,
        dict(measures.reasons) if measures else {},
        [(check.name, float(check.measured), check.least, check.most) for check in checks],
        list(outcome.unknown),
        outcome.message,
    )


def rows_of(measured: "Sequence[Measures]") -> dict[str, int]:
    """How many rows were delivered, accepted and quarantined, all feeds together."""
    return {
        "delivered": sum(measures.delivered for measures in measured),
        "accepted": sum(measures.accepted for measures in measured),
        "quarantined": sum(measures.quarantined for measures in measured),
    }


def newest_day(tables: Tables, table: str) -> date:
    """The newest day of a log; raises TableMissing where nothing was ever written."""
    tables.path(table)
    return max(date.fromisoformat(manifest.day) for manifest in tables.manifests(table))


def rows(tables: Tables, table: str, day: date, slot: str | None = None) -> pa.Table:
    """A log's rows of ``day``, or of one slot of it.

    Raises:
        TableMissing: there are none, not even a run without rows; the message says which days there are.
    """
    runs = list(zip(tables.manifests(table), tables.paths(table), strict=True))
    parts = [
        pq.read_table(folder / name)
        for manifest, folder in runs
        if manifest.day == day.isoformat() and slot in (None, manifest.slot)
        for name in manifest.files
    ]
    if not parts:
        days = sorted({manifest.day for manifest, _ in runs})
        raise TableMissing(
            f"Nothing was gated on {day}: {tables.root} knows of {len(days)} days from {days[0]} to {days[-1]}. "
            "Choose another --day."
        )
    return pa.concat_tables(parts)


def report(tables: Tables, day: date) -> tuple[FeedDay, ...]:
    """The gate's report of the day's deliveries, by feed; raises TableMissing as ``rows``."""
    found = rows(tables, "gate_report", day, slot=day.isoformat()).to_pylist()
    return tuple(sorted((_feed_day(row) for row in found), key=lambda one: one.feed))


def _feed_day(row: Mapping[str, object]) -> FeedDay:
    known = {name: row[name] for name in ("feed", "state", "delivered", "accepted", "quarantined", "message")}
    return FeedDay(
        **known,  # type: ignore[arg-type]
        suppliers=tuple(row["suppliers"]),  # type: ignore[arg-type]
        reasons=dict(sorted(row["reasons"])),  # type: ignore[call-overload]
        checks=tuple(Measured(**check) for check in row["checks"]),  # type: ignore[attr-defined]
        unknown_columns=tuple(row["unknown_columns"]),  # type: ignore[arg-type]
    )
