"""The table of links between records and residents: decisions are only ever added to it; it decides nothing itself.

A slot per day holds what the link job decided, a slot per link what a person took apart, so no writing touches another
row. A link is in force from the day it was made until the day it was undone, and past days are built as they were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from jobs.erased import erased
from jobs.run import Context
from profiles.errors import LinkageError
from profiles.linkage import terms
from profiles.linkage.aliases import aliased, in_force

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row

TABLE = "linkages"
# evidence: what each comparison found, with its weight in bits. by: the job, or who undid the link.
LINKAGES = (
    "link_id STRING, feed STRING, record STRING, subject STRING, probability DOUBLE,"
    " evidence ARRAY<STRUCT<comparison: STRING, level: STRING, weight: DOUBLE>>, threshold DOUBLE, decided_on DATE,"
    " action STRING, by STRING, why STRING"
)
LINKED, UNDONE = "linked", "undone"
_READ = ("link_id", "feed", "record", "subject", "action", "decided_on")


@dataclass(frozen=True)
class Link:
    """A record of a feed without identity numbers, and the resident whom it is about."""

    feed: str
    record: str
    subject: str


def link_id(feed: str, record: str, subject: str) -> str:
    """The name of a link: the same pair of the same feed has the same.

    >>> link_id("school_roll", "a", "b")
    'cf27fcb2819a7dd7'
    """
    return sha256(f"{feed}|{record}|{subject}".encode()).hexdigest()[:16]


def decisions(context: Context) -> "DataFrame":
    """Every decision ever made."""
    return context.tables.read_or_empty(TABLE, LINKAGES, context.spark)


@dataclass(frozen=True)
class Decided:
    """What was decided about a feed by now, whatever the day: record → subject of the links that nobody has undone,
    and (record, subject) of those that somebody has."""

    links: Mapping[str, str]
    undone: frozenset[tuple[str, str]]


def decided(context: Context, feed: str) -> Decided:
    """The decisions about a feed's records."""
    rows = [row for row in _told(context) if row["feed"] == feed]
    undone = frozenset((row["record"], row["subject"]) for row in rows if row["action"] == UNDONE)
    pairs = {(row["record"], row["subject"]) for row in rows} - undone
    return Decided(dict(pairs), undone)


def add(context: Context, rows: Sequence[tuple[object, ...]], made_by: Mapping[str, str]) -> None:
    """Write the day's new links beside those that the day has already.

    Args:
        rows: as LINKAGES; all of the context's day.
        made_by: versions of the terms, by feed, for the manifest.
    """
    day = f"decided_on = DATE'{context.day.isoformat()}' AND action = '{LINKED}'"
    both = decisions(context).where(day).unionByName(context.spark.createDataFrame(rows, LINKAGES))
    extra = {"terms": dict(made_by)}
    context.tables.write(TABLE, both.coalesce(1), day=context.day, extra=extra, slot=context.day.isoformat())


def undo(context: Context, link: str, why: str, by: str) -> None:
    """Take a link apart from the context's day on; the next build restores both files.

    Raises:
        LinkageError: there is no such link, or it was undone before.
    """
    told = {row["action"]: row for row in decisions(context).where(f"link_id = '{_plain(link)}'").collect()}
    if LINKED not in told:
        raise LinkageError(
            f"There is no link {_plain(link)} in {context.tables.root / TABLE}. `python -m jobs links` lists those in"
            " force."
        )
    if UNDONE in told:
        raise LinkageError(f"Link {link} was undone on {told[UNDONE]['decided_on']} already; nothing is left to do.")
    row = {**told[LINKED].asDict(), "decided_on": context.day, "action": UNDONE, "by": by, "why": why or None}
    frame = context.spark.createDataFrame([tuple(row.values())], LINKAGES)
    slot = f"{context.day.isoformat()}~{UNDONE}-{link}"
    context.tables.write(TABLE, frame.coalesce(1), day=context.day, slot=slot)


def listed(context: Context, limit: int) -> list[str]:
    """The links in force, the least sure first, each in one line: what was compared, and nothing of what it was."""
    of_feed = in_force(decisions(context), context.day)
    found = decisions(context).join(of_feed, on=["feed", "record", "subject"], how="left_semi")
    made = found.where(f"action = '{LINKED}'").orderBy("probability", "link_id").limit(limit).collect()
    return [_line(row) for row in made] or [f"No link is in force on {context.day}."]


def _line(row: "Row") -> str:
    evidence = ", ".join(f"{one['comparison']} {one['level']} ({one['weight']:+.1f})" for one in row["evidence"])
    return f"{row['link_id']}  {row['feed']}  {row['decided_on']}  {row['probability']:.9f}  {evidence}"


def in_force_on(context: Context, day: date) -> tuple[Link, ...]:
    """The links made and not undone by the day, read without Spark."""
    known = [row for row in _told(context) if row["decided_on"] <= day]
    gone = {row["link_id"] for row in known if row["action"] == UNDONE}
    found = {(row["feed"], row["record"], row["subject"]) for row in known if row["link_id"] not in gone}
    return tuple(Link(*one) for one in sorted(found))


def linked(context: Context, feeds: "Mapping[str, DataFrame]") -> "Mapping[str, DataFrame]":
    """The feeds as files are built from them: residents in the place of records linked by the context's day.

    Rows linked to somebody who was erased are left out: they are about nobody else.
    """
    if not context.tables.exists(TABLE):
        return feeds
    found = aliased(feeds, in_force(decisions(context), context.day))
    gone = sorted(erased(context))
    if not gone:
        return found
    return {
        name: rows.where(~rows["person"].isin(gone)) if name in terms.load() else rows for name, rows in found.items()
    }


def _told(context: Context) -> list[dict[str, Any]]:
    """Every decision without its evidence, read without Spark."""
    folders = [context.tables.run_path(TABLE, one.run) for one in context.tables.manifests(TABLE)]
    return [row for folder in folders for row in pq.read_table(folder, columns=list(_READ)).to_pylist()]


def _plain(link: str) -> str:
    """The text with nothing in it that a query or a sentence could stumble over."""
    return "".join(sign for sign in link if sign.isalnum())
