"""Counts how far subjects come with each service on the page, from being shown it to handing it in; it names nobody.

Everybody counts once per service and step. Times are from the first start to the first handing in after it. What fewer
than ten subjects did is not told.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from jobs.acts import on_page
from jobs.run import Context
from profiles.model import KINDS

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

STEPS = ("shown", "opened", "started", "done")
DAYS = 90
FEWEST = 10  # subjects
ALL = "all services"


class Funnel(NamedTuple):
    """How many subjects came to each step with a service, and the median minutes from start to handing in."""

    service: str
    shown: int
    opened: int
    started: int
    done: int
    timed: int  # of those who started and handed in, whose time is known
    minutes: float | None

    @property
    def line(self) -> str:
        """As it is printed.

        >>> Funnel("senior_card", 0, 120, 31, 20, 9, 4.0).line
        'senior_card                                     -      120       31       20         -'
        """
        counts = (self.shown, self.opened, self.started, self.done)
        told = [f"{count:,}" if count >= FEWEST else "-" for count in counts]
        minutes = f"{self.minutes:,.0f}" if self.minutes is not None and self.timed >= FEWEST else "-"
        return f"{self.service:<40}{''.join(f'{one:>9}' for one in told)}{minutes:>10}"


def lines(context: Context, days: int = DAYS) -> Iterator[str]:
    """A line per service that somebody began within so many days until the context's day, the most begun first."""
    yield f"{'':<40}{''.join(f'{step:>9}' for step in STEPS)}{'minutes':>10}"
    for one in funnels(context, days):
        yield one.line
    yield f"{days} days to {context.day}; subjects, each once; minutes: median from start to done; -: under {FEWEST}"


def funnels(context: Context, days: int = DAYS) -> list[Funnel]:
    """Of every service at least one step of which was taken by as many as are told of, and of all together."""
    from pyspark.sql import functions as F

    page = reduce(lambda one, other: one.unionByName(other), [on_page(context, kind) for kind in KINDS])
    taken = _steps(page, context, days).localCheckpoint()
    by_service = taken.groupBy("service").agg(*_counted()).collect()
    together = taken.withColumn("service", F.lit(ALL)).groupBy("service").agg(*_counted()).collect()
    found = [Funnel(**row.asDict()) for row in by_service]
    told = [one for one in found if max(one.shown, one.opened, one.started, one.done) >= FEWEST]
    ordered = sorted(told, key=lambda one: (-one.started, -one.opened, -one.shown, one.service))
    return [*ordered, *(Funnel(**row.asDict()) for row in together)]


def _steps(page: "DataFrame", context: Context, days: int) -> "DataFrame":
    """(subject, service, a time per step): the first time, and of done the first after the first start if any."""
    from pyspark.sql import functions as F

    since = context.day - timedelta(days=days)
    known = F.col("subject").isNotNull() & F.col("action").isin(*STEPS)
    within = (F.to_date("at") > F.lit(since)) & (F.to_date("at") <= F.lit(context.day))
    own = page.where(known & within)
    started = own.where(F.col("action") == "started").groupBy("subject", "service").agg(F.min("at").alias("began"))
    handed_in = F.when((F.col("action") == "done") & (F.col("at") >= F.col("began")), F.col("at"))
    first = [F.min(F.when(F.col("action") == step, F.col("at"))).alias(step) for step in STEPS]
    return (
        own.join(started, on=["subject", "service"], how="left")
        .groupBy("subject", "service")
        .agg(*first, F.min(handed_in).alias("handed_in"))
    )


def _counted() -> list["Column"]:
    from pyspark.sql import functions as F

    seconds = F.unix_timestamp("handed_in") - F.unix_timestamp("started")
    minutes = F.expr("percentile(unix_timestamp(handed_in) - unix_timestamp(started), 0.5)") / 60
    return [*(F.count(step).alias(step) for step in STEPS), F.count(seconds).alias("timed"), minutes.alias("minutes")]
