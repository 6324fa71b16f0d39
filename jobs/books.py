"""Reads what the gate wrote of a day, its report and its quarantine, without Spark; it judges nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.tables import Tables
from profiles.errors import TableMissing


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
