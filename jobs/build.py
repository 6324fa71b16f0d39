"""The job that joins what the gate accepted into files; it reads accepted tables and writes the two file tables.

What was built on a day is written down in the log ``built``, so that the day can be built again and compared.
"""

import json
from typing import TYPE_CHECKING

from jobs import accepted
from jobs.linkages import linked
from jobs.reading import whole_files
from jobs.run import Context, Summary
from jobs.tables import Manifest, Tables
from profiles.contracts import load
from profiles.model import FILE_VERSION

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

STEPS = 3
BUILT = "built"


def run(context: Context) -> Summary:
    """Write ``person_files`` and ``enterprise_files`` as known on the context's day.

    Raises:
        FeedMissing: the gate has accepted no row of any feed.
        TableCorrupt: an accepted table is not whole.
    """
    persons, enterprises, feeds, rows = built(context, context.tables)
    said = {one.table: {"rows": one.rows, "content_hash": one.content_hash} for one in (persons, enterprises)}
    books = {"built.json": json.dumps(said).encode()}
    context.tables.write_files(BUILT, books, day=context.day, slot=context.day.isoformat())
    counts = {"feeds": feeds, "rows": rows, "persons": persons.rows, "enterprises": enterprises.rows}
    unchanged = persons.unchanged and enterprises.unchanged
    return Summary("build", counts, "unchanged" if unchanged else "")


def built(context: Context, into: Tables) -> tuple[Manifest, Manifest, int, int]:
    """Write both tables as known on the context's day into a lake; their manifests, feeds and rows read."""
    held, rows = _accepted(context)
    feeds = linked(context, held)
    context.progress("reading accepted feeds", 1, STEPS)
    extra = {"file_version": FILE_VERSION, "feeds": sorted(feeds)}
    persons = into.write("person_files", whole_files("person", feeds, context.day), day=context.day, extra=extra)
    context.progress("one file per person", 2, STEPS)
    enterprises = into.write(
        "enterprise_files", whole_files("enterprise", feeds, context.day), day=context.day, extra=extra
    )
    context.progress("one file per enterprise", STEPS, STEPS)
    return persons, enterprises, len(feeds), rows


def _accepted(context: Context) -> "tuple[dict[str, DataFrame], int]":
    """Accepted feeds that hold any row, and how many rows; a feed of none says nothing, not even that all is none."""
    feeds, rows = {}, 0
    for feed, contract in load().items():
        frame = accepted.read(context, contract)
        if frame is not None:
            feeds[feed] = frame
            rows += sum(manifest.rows for manifest in accepted.deliveries(context, feed))
    return feeds, rows
