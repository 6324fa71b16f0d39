"""Brings what channels said of messages from the store into the table ``receipts``; it judges none of it.

An entry leaves the store only once the table that holds it is written, and the same word of a channel is kept once:
whatever breaks in between, a rerun takes up where it stopped.
"""

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from recommender.store import Returns

if TYPE_CHECKING:
    from jobs.run import Context

TABLE = "receipts"
RECEIPTS = "subject STRING, message STRING, channel STRING, status STRING, at TIMESTAMP"


def drain(context: "Context", returns: Returns) -> int:
    """Move what waits in the store into the table, which keeps it as long as past days; how many there were."""
    taken = 0
    while waiting := returns.receipts():
        rows = [(one.subject, *one.receipt[:3], one.receipt.at.astimezone(UTC)) for one in waiting]
        oldest = context.day - timedelta(days=context.settings.kept_days)
        before = context.tables.read_or_empty(TABLE, RECEIPTS, context.spark).where(f"at >= DATE'{oldest}'")
        kept = before.unionByName(context.spark.createDataFrame(rows, RECEIPTS)).distinct()
        context.tables.write(TABLE, kept, day=context.day)
        returns.settle(waiting)
        taken += len(waiting)
    return taken
