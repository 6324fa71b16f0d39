"""Brings what residents did on their pages from the store into the table ``feedback``; it judges none of it.

An entry leaves the store only once the table that holds it is written, and comes in at most once, by its id: whatever
breaks in between, a rerun takes up where it stopped. A dismissal that was taken back is kept as ``undone``. What cannot
be read is set aside in the store, with the reason, and stops nothing that comes after it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jobs.run import Context, Summary
from profiles.errors import StoreUnavailable
from recommender.choices import Feedback
from recommender.store import FeedbackQueue

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE = "feedback"
FEEDBACK = (
    "entry STRING, subject STRING, kind STRING, service STRING, action STRING, stars INT, about STRING, said STRING,"
    " at TIMESTAMP, received_on DATE, by STRING"
)


def run(context: Context) -> Summary:
    """Drain the store into ``feedback`` and forget there what is durable here.

    A store that does not answer is no reason to stop the day's other jobs: nothing is lost, the next run drains it.
    """
    taken = aside = 0
    try:
        with FeedbackQueue(context.settings.store_url) as queue:
            for waiting in drained(context, queue):
                taken += len(waiting)
                context.progress("draining feedback", taken, 0)
            aside = len(queue.set_aside())
    except StoreUnavailable as away:
        return Summary("feedback", {"taken": taken}, f"left in the store: {away}")
    rows = context.tables.manifest(TABLE).rows if context.tables.exists(TABLE) else 0
    note = "see `python -m jobs feedback unreadable`" if aside else ""
    return Summary("feedback", {"taken": taken, "kept": rows, "unreadable": aside}, note)


def unreadable(queue: FeedbackQueue) -> Iterator[str]:
    """A line for each entry that could not be read, the oldest first: why, and its fields by name; no value."""
    found = queue.set_aside()
    for entry, why, fields in found:
        yield f"{entry}  {why} ({', '.join(fields)})"
    yield f"{len(found):,} unreadable"


def drained(
    context: Context, queue: FeedbackQueue, told: Callable[[Feedback], Feedback] = lambda feedback: feedback
) -> Iterator[list[Feedback]]:
    """Move what waits in the store into the table, batch by batch, as ``told`` says it; what came from the store."""
    while waiting := queue.read():
        _keep(context, map(told, waiting))
        queue.settle([feedback.entry for feedback in waiting])
        yield waiting


def _keep(context: Context, waiting: Iterable[Feedback]) -> None:
    before = context.tables.read_or_empty(TABLE, FEEDBACK, context.spark)
    new = context.spark.createDataFrame([_row(feedback, context) for feedback in waiting], FEEDBACK)
    context.tables.write(TABLE, _undone(_once(before, new)), day=context.day)


def _row(feedback: Feedback, context: Context) -> tuple[object, ...]:
    at = feedback.at.astimezone(UTC) if feedback.at.tzinfo else feedback.at.replace(tzinfo=UTC)
    known = (feedback.entry, feedback.subject, feedback.kind, feedback.service, feedback.action, feedback.stars)
    said = (feedback.about or None, feedback.said or None)
    return (*known, *said, datetime.fromtimestamp(at.timestamp(), UTC), context.day, feedback.by or None)


def _once(before: "DataFrame", new: "DataFrame") -> "DataFrame":
    """Both, each entry once: what was kept before a crash may come from the store again."""
    unknown = new.join(before.select("entry"), on="entry", how="left_anti")
    return unknown.unionByName(before, allowMissingColumns=True)  # a release before knew no corrections


def _undone(rows: "DataFrame") -> "DataFrame":
    """Dismissals that a later ``restored`` of the same subject and service took back are called ``undone``."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    restored_at = F.max(F.when(F.col("action") == "restored", F.col("at"))).over(
        Window.partitionBy("subject", "service")
    )
    taken_back = (F.col("action") == "dismissed") & (F.col("at") <= restored_at)
    action = F.when(taken_back, F.lit("undone")).otherwise(F.col("action"))
    columns = [name.split()[0] for name in FEEDBACK.split(", ")]
    return rows.withColumn("action", action).select(*columns)
