"""Puts residents in the place of records in linked feeds' rows, for links in force; it changes no stored row."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.feeds import Feeds
from profiles.linkage.terms import load
from profiles.versions import on


def in_force(decisions: DataFrame, day: date) -> DataFrame:
    """(feed, record, subject) of the links made and not undone by ``day``.

    Args:
        decisions: rows with link_id, feed, record, subject, action (linked or undone) and decided_on.
    """
    made = decisions.where(f"decided_on <= {on(day)}").groupBy("link_id", "feed", "record", "subject")
    undone = F.expr("bool_or(action = 'undone')").alias("undone")
    return made.agg(undone).where("NOT undone").select("feed", "record", "subject")


def aliased(feeds: Feeds, links: DataFrame) -> Feeds:
    """The feeds, with the subject of its link in ``person`` of every linked record's rows.

    Args:
        links: as ``in_force`` returns them; a record of a feed is linked once at most.
    """
    return {name: _aliased(rows, links, name) if name in load() else rows for name, rows in feeds.items()}


def _aliased(rows: DataFrame, links: DataFrame, feed: str) -> DataFrame:
    own = links.where(f"feed = '{feed}'").selectExpr("record AS _record", "subject AS _subject")
    joined = rows.join(own, on=rows["person"] == own["_record"], how="left")
    shown = [f"coalesce(_subject, `{name}`) AS `{name}`" if name == "person" else f"`{name}`" for name in rows.columns]
    return joined.selectExpr(*shown)
