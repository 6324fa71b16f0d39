"""Joins files with what their subjects did, for training and ranking alike; it never says what an act is worth.

An act is one application, one thing done on the page or one rating: service, action, acted_on, done_on, open_until.
What is done on the page comes twice, as the feed page_events and, sooner, as the table feedback; so do ratings.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from jobs import accepted
from jobs.files import identified
from profiles import contracts
from profiles.model import Kind

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from jobs.run import Context

SEEN_FEEDS = ("page_events", "ratings")
PAGE_ACTIONS = ("opened", "started", "done", "dismissed")
RATINGS = ("praised", "criticised")  # four or five stars, one or two; three say nothing
ACTIONS = ("applied", *PAGE_ACTIONS, *RATINGS)
ACT = "STRUCT<service: STRING, action: STRING, acted_on: DATE, done_on: DATE, open_until: DATE>"
# Who finished a form has handed in, no more: until the department's case says how it ended, it is in progress.
HANDED_IN_DAYS = 30
FAR = "DATE'9999-12-31'"


GIVEN = "subject STRING, service STRING, action STRING, stars INT, at TIMESTAMP"  # of the table feedback


def with_acts(context: "Context", kind: Kind) -> "DataFrame":
    """Files of the kind with their `acts` until the day in one more column: a file's cases and its page actions."""
    return joined(identified(context, kind), on_page(context, kind), context.day)


def joined(files: "DataFrame", on_page: "DataFrame", day: date) -> "DataFrame":
    """Files with their ``acts``, from their cases and from page actions (subject, service, action, at)."""
    from pyspark.sql import functions as F

    done = _page_acts(on_page, day).groupBy("subject").agg(F.collect_set("act").alias("on_page"))
    both = (f"coalesce({acts}, CAST(array() AS ARRAY<{ACT}>))" for acts in (_applications(day), "on_page"))
    acts = f"array_sort(concat({', '.join(both)}))"
    return files.join(done, on="subject", how="left").withColumn("acts", F.expr(acts)).drop("on_page")


def _applications(day: date) -> str:
    """SQL: a file's cases as acts."""
    done_on = "CASE WHEN c.status = 'done' THEN coalesce(c.finished_on, c.applied_on) END"
    open_until = f"CASE WHEN c.status = 'in_progress' THEN {FAR} ELSE coalesce(c.finished_on, c.applied_on) END"
    fields = f"c.service, 'applied', c.applied_on, {done_on}, {open_until}"
    known = f"filter(cases, c -> c.applied_on <= DATE'{day.isoformat()}')"
    return f"transform({known}, c -> CAST(struct({fields}) AS {ACT}))"


def on_page(context: "Context", kind: Kind) -> "DataFrame":
    """Rows (subject, service, action, at), from all places that know what was done on the page or how it was rated."""
    feeds = {}
    for feed in SEEN_FEEDS:
        contract = contracts.load()[feed]
        told = accepted.read(context, contract)
        feeds[feed] = context.spark.createDataFrame([], contract.ddl) if told is None else told
    return seen(feeds, context.tables.read_or_empty("feedback", GIVEN, context.spark), kind)


def seen(feeds: "Mapping[str, DataFrame]", feedback: "DataFrame", kind: Kind) -> "DataFrame":
    """Rows (subject, service, action, at) of one kind, from the feeds SEEN_FEEDS and the table feedback."""
    from pyspark.sql import functions as F

    subject = F.col(kind).alias("subject")
    events = feeds["page_events"].select(subject, "service", "action", "at")
    rated = feeds["ratings"].select(subject, "service", F.expr(_rating("stars")).alias("action"), "at")
    on_page = F.expr(f"CASE WHEN action = 'rated' THEN {_rating('stars')} ELSE action END").alias("action")
    return events.unionByName(rated).unionByName(feedback.select("subject", "service", on_page, "at"))


def _rating(stars: str) -> str:
    """SQL: what so many stars say, NULL where they say nothing."""
    praised, criticised = RATINGS
    return f"CASE WHEN {stars} >= 4 THEN '{praised}' WHEN {stars} <= 2 THEN '{criticised}' END"


def _page_acts(on_page: "DataFrame", day: date) -> "DataFrame":
    """Rows of subject and act."""
    from pyspark.sql import functions as F

    on = "to_date(at)"
    open_until = f"CASE WHEN action = 'done' THEN date_add({on}, {HANDED_IN_DAYS}) ELSE {on} END"
    known = F.col("subject").isNotNull() & F.col("action").isin(*PAGE_ACTIONS, *RATINGS)
    act = f"CAST(struct(service, action, {on}, NULL, {open_until}) AS {ACT})"
    return on_page.where(known & (F.expr(on) <= F.lit(day))).select("subject", F.expr(act).alias("act"))
