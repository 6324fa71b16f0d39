"""What the gate accepted, as known on a day: the log of a feed's deliveries read as one table; it writes nothing.

``accepted_<feed>`` has a slot per delivery: ``2026-11-22`` for the night's, ``2026-11-22~<stream>-000004`` for a batch
of fresh events of that day. A night's reading ends with its own delivery, so any past day reads as it did then;
a fresh reading takes what came since as well.
"""

from datetime import date
from typing import TYPE_CHECKING

from jobs.run import Context
from jobs.tables import Manifest
from profiles.contracts import Contract
from profiles.deliveries import settled

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def table(feed: str) -> str:
    """The log of the feed's accepted rows."""
    return f"accepted_{feed}"


def read(context: Context, contract: Contract, *, fresh: bool = False) -> "DataFrame | None":
    """The feed's rows as known on the context's day, in the contract's columns; None where no row was accepted.

    Raises:
        TableCorrupt: a delivery that counts is not whole.
    """
    found = deliveries(context, contract.feed, fresh=fresh)
    if not sum(manifest.rows for manifest in found):
        return None
    name = table(contract.feed)
    return settled([(one.slot, context.tables.read(name, context.spark, one.run)) for one in found], contract)


def deliveries(context: Context, feed: str, *, fresh: bool = False) -> tuple[Manifest, ...]:
    """The deliveries that count on the context's day: the last whole one and the changes after it, by slot."""
    last = f"{context.day.isoformat()}~~" if fresh else context.day.isoformat()
    found = [manifest for manifest in context.tables.manifests(table(feed)) if manifest.slot <= last]
    whole = [place for place, manifest in enumerate(found) if is_whole(manifest)]
    return tuple(found[whole[-1] :] if whole else found)


def is_whole(manifest: Manifest) -> bool:
    """Whether the delivery said all that there is."""
    return manifest.extra.get("delivers", "whole") == "whole"


def usual_rows(context: Context, feed: str, most: int = 7) -> float | None:
    """The median of rows in the last whole deliveries before the day; None before the first."""
    day = context.day.isoformat()
    before = [one for one in context.tables.manifests(table(feed)) if one.slot < day and is_whole(one)]
    sizes = sorted(int(str(one.extra.get("delivered", one.rows))) for one in before[-most:])
    if not sizes:
        return None
    return (sizes[(len(sizes) - 1) // 2] + sizes[len(sizes) // 2]) / 2


def needed_from(context: Context, feed: str, since: date) -> str:
    """The first slot that a reading of a day from ``since`` on needs; what is before it may go."""
    found = context.tables.manifests(table(feed))
    whole = [manifest.slot for manifest in found if is_whole(manifest) and manifest.slot <= since.isoformat()]
    return whole[-1] if whole else ""
