"""Joins files with what their subjects did, for training and ranking alike; it never says what an act is worth.

An act is one application, or one thing done on the page: service, action, acted_on, done_on, open_until. What is done
on the page comes twice, as the feed page_events and, sooner, as the table feedback.
"""

from datetime import date
from typing import TYPE_CHECKING

from jobs import accepted
from jobs.files import identified
from profiles import contracts
from profiles.model import Kind

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from jobs.run import Context

PAGE_ACTIONS = ("opened", "started", "done", "dismissed")
ACTIONS = ("applied", *PAGE_ACTIONS)
ACT = "STRUCT<service: STRING, action: STRING, acted_on: DATE, done_on: DATE, open_until: DATE>"
# Who finished a form has handed in, no more: until the department's case says how it ended, it is in progress.
HANDED_IN_DAYS = 30
FAR = "DATE'9999-12-31'"


SEEN = "subject STRING, service STRING, action STRING, at TIMESTAMP"


def with_acts(context: "Context", kind: Kind) -> "DataFrame":
    """Files of the kind with their `acts` until the day in one more column: a file's cases and its page actions."""
    return joined(identified(context, kind), _on_page(context, kind), context.day)


def joined(files: "DataFrame", on_page: "DataFrame", day: date) -> "DataFrame":
    """Files with their ``acts``, from their cases and from page actions (columns as ``SEEN``)."""
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


def _on_page(context: "Context", kind: Kind) -> "DataFrame":
    """Rows as SEEN, from both places that know what was done on the page."""
    from pyspark.sql import functions as F

    tables, spark = context.tables, context.spark
    contract = contracts.load()["page_events"]
    seen = accepted.read(context, contract)
    shown = spark.createDataFrame([], contract.ddl) if seen is None else seen
    events = shown.select(F.col(kind).alias("subject"), "service", "action", "at")
    feedback = tables.read_or_empty("feedback", SEEN, spark).select("subject", "service", "action", "at")
    return events.unionByName(feedback)


def _page_acts(on_page: "DataFrame", day: date) -> "DataFrame":
    """Rows of subject and act."""
    from pyspark.sql import functions as F

    on = "to_date(at)"
    open_until = f"CASE WHEN action = 'done' THEN date_add({on}, {HANDED_IN_DAYS}) ELSE {on} END"
    known = F.col("subject").isNotNull() & F.col("action").isin(*PAGE_ACTIONS)
    act = f"CAST(struct(service, action, {on}, NULL, {open_until}) AS {ACT})"
    return on_page.where(known & (F.expr(on) <= F.lit(day))).select("subject", F.expr(act).alias("act"))
