"""What every job is handed and hands back, and how several run in order; it holds nothing that one job does."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from jobs.locks import in_use
from jobs.session import spark_session
from jobs.settings import Settings
from jobs.tables import Tables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from profiles.identity.keys import Keys

# In the order in which `all` runs them; each is a module jobs.NAME with run(Context) -> Summary.
ORDER = (
    "feedback", "audit", "erasures", "cases", "gate", "link", "build", "correct", "tag", "outlook", "learn", "train",
    "rank", "vacancies", "publish", "remind",
)  # fmt: skip

# What takes something out of every table: no other job may be under way.
ALONE = frozenset({"erasures", "rotate"})

Progress = Callable[[str, int, int], None]


def no_progress(what: str, done: int, total: int) -> None:
    """Shows nothing; for tests and batch runs."""


@dataclass(frozen=True)
class Context:
    """One run of the jobs: its day, its settings, its tables, and a Spark session made when first asked for."""

    day: date
    settings: Settings
    progress: Progress = field(default=no_progress)

    @cached_property
    def tables(self) -> Tables:
        """The lake of this run."""
        return Tables(self.settings.lake, self.settings.key_id)

    @cached_property
    def keys(self) -> "Keys":
        """The secrets by which the lake is made.

        Raises:
            KeyMaterialError: they are missing or malformed, or others than those that this lake knows by their id.
        """
        self.tables.vouch(self.settings.keys.fingerprint)
        return self.settings.keys

    @cached_property
    def spark(self) -> "SparkSession":
        """The session of this process."""
        return spark_session(self.settings)


@dataclass(frozen=True)
class Summary:
    """What a job did: counts by name, and a note where a person should know more."""

    job: str
    counts: Mapping[str, int]
    note: str = ""

    def line(self, seconds: float) -> str:
        """One line for people and log searches.

        >>> Summary("gate", {"delivered": 1200, "accepted": 1180}).line(2.04)
        'gate      delivered 1,200 · accepted 1,180 · 2.0 s'
        """
        parts = [f"{name} {count:,}" for name, count in self.counts.items()] + [f"{seconds:.1f} s"]
        return f"{self.job:<9} " + " · ".join(parts) + (f" · {self.note}" if self.note else "")


def run_all(
    context: Context, report: Callable[[Summary, float], None], names: Sequence[str] | None = None
) -> dict[str, Summary]:
    """Run the named jobs (all by default) in order, reporting each with its seconds; what they did, by name."""
    done = {}
    for name in names or ORDER:
        context.progress(name, 0, 1)
        started = time.monotonic()
        with in_use(context.tables.root, alone=name in ALONE):
            done[name] = import_module(f"jobs.{name}").run(context)
        report(done[name], time.monotonic() - started)
    return done


def city_summary(counts: Mapping[str, int]) -> Summary:
    """What a made-up city holds, in one line: its feeds' rows together.

    >>> city_summary({"people": 200, "enterprises": 20, "cases_rows": 3, "permits_rows": 4, "to_quarantine": 1}).counts
    {'people': 200, 'enterprises': 20, 'feeds': 2, 'rows': 7, 'of them dirty': 1}
    """
    rows = [count for name, count in counts.items() if name.endswith("_rows")]
    people = {name: counts[name] for name in ("people", "enterprises")}
    return Summary("city", {**people, "feeds": len(rows), "rows": sum(rows), "of them dirty": counts["to_quarantine"]})
