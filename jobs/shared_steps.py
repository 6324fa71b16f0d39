"""Brings together those who may share steps of a bundle, for whole tables and for a few files; it holds no rule.

Whom an event of the last year joins, both parents of a child and couples, stand side by side in Spark's workers, where
``recommender.shared_steps`` says what one did for the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jobs.acts import ACT, ACTIONS, joined, on_page
from jobs.files import identified, living
from jobs.run import Context
from recommender.bundles import BUNDLE_REMEMBERS_DAYS
from recommender.catalogue import Catalogue
from recommender.shared_steps import COUNTED, EVENT_OF, LINK_OF, SharedStep, Shares, among, shares

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

STEPS = "ARRAY<STRUCT<bundle: STRING, service: STRING, acted_on: DATE, done_on: DATE, open_until: DATE>>"
_STEPS = pa.list_(
    pa.struct(
        [(name, pa.string()) for name in ("bundle", "service")]
        + [(name, pa.date32()) for name in ("acted_on", "done_on", "open_until")]
    )
)
# What a party is known by, and what of it is looked at.
PARTY = ("subject", "events", "links", "acts", "kept_apart")
SAID = "subject STRING, action STRING, at TIMESTAMP, entry STRING"
APPLIED = ACTIONS[0]
OFF, ON, ERASURE = "personalisation_off", "personalisation_on", "erasure"


def shared(context: Context, catalogue: Catalogue) -> "DataFrame":
    """(subject, shared): for each living person the steps that another did for both, of those who have any."""
    from pyspark.sql import functions as F

    told = shares(catalogue.bundles, catalogue.services)
    files = living(identified(context, "person").withColumn("as_of", F.lit(context.day)), "person")
    parties = files.where(f"size({_joining(context.day)}) > 0").select("subject", "events", "links", "cases")
    theirs = on_page(context, "person").join(parties.select("subject"), on="subject", how="left_semi")
    acted = joined(parties, theirs, context.day).join(kept_apart(context, context.spark), on="subject", how="left")
    known = acted.selectExpr("subject", *_looked_at(told), "coalesce(kept_apart, FALSE) AS kept_apart")
    met = known.withColumn("point", F.explode(F.expr(_joining(context.day)))).groupBy("point")
    groups = met.agg(F.collect_set(F.struct(*PARTY)).alias("parties")).where("size(parties) > 1").select("parties")
    found = groups.mapInArrow(_mapper(told, context.day), f"subject STRING, shared {STEPS}")
    once = F.array_sort(F.array_distinct(F.flatten(F.collect_list("shared"))))
    return found.groupBy("subject").agg(once.alias("shared"))


def of_few(parties: Sequence[Mapping[str, Any]], catalogue: Catalogue, day: date) -> dict[str, list[dict[str, Any]]]:
    """As ``shared``, of a handful of parties that are at hand."""
    found = among(parties, shares(catalogue.bundles, catalogue.services), day)
    return {subject: [_row(step) for step in steps] for subject, steps in found.items()}


def with_them(files: pa.Table, steps: Mapping[str, Sequence[Mapping[str, Any]]]) -> pa.Table:
    """Files with the column ``shared``, and with those steps among their acts, as ``with_theirs`` does it in Spark."""
    own = [steps.get(subject, []) for subject in files["subject"].to_pylist()]
    place, acts = files.schema.get_field_index("acts"), files["acts"].to_pylist()
    both = [
        [*(mine or ()), *({**{n: v for n, v in one.items() if n != "bundle"}, "action": APPLIED} for one in theirs)]
        for mine, theirs in zip(acts, own, strict=True)
    ]
    told = files.set_column(place, "acts", pa.array(both, files.schema.field("acts").type))
    return told.append_column("shared", pa.array(own, _STEPS))


def kept_apart(context: Context, spark: "SparkSession") -> "DataFrame":
    """(subject, kept_apart): who turned personalisation off, or asked to be erased; nothing is told of them."""
    from pyspark.sql import functions as F

    said = context.tables.read_or_empty("feedback", SAID, spark).where(F.col("action").isin(OFF, ON, ERASURE))
    last = said.groupBy("subject").agg(
        F.max_by(F.when(F.col("action") != ERASURE, F.col("action")), F.struct("at", "entry")).alias("word"),
        F.max(F.col("action") == ERASURE).alias("going"),
    )
    return last.selectExpr("subject", f"going OR coalesce(word = '{OFF}', FALSE) AS kept_apart")


def with_theirs(acts: str = "acts") -> str:
    """SQL for a file's acts and, where ``shared`` was joined, those of another that are done for both."""
    act = f"CAST(struct(s.service, '{APPLIED}', s.acted_on, s.done_on, s.open_until) AS {ACT})"
    return f"concat({acts}, transform(coalesce(shared, CAST(array() AS {STEPS})), s -> {act}))"


def _joining(day: date) -> str:
    """SQL: a name for each event of the last year by which those meet who have it in common."""
    first = day - timedelta(days=BUNDLE_REMEMBERS_DAYS)
    recent = f"e.other IS NOT NULL AND e.happened_on BETWEEN DATE'{first}' AND DATE'{day}'"
    kinds = ", ".join(f"'{kind}'" for kind in EVENT_OF.values())
    pair = "array_join(array_sort(array(subject, e.other)), '+')"
    name = f"IF(e.kind = '{EVENT_OF['parents']}', e.other, {pair})"
    return f"array_distinct(transform(filter(events, e -> e.kind IN ({kinds}) AND {recent}), e -> {name}))"


def _looked_at(told: Sequence[Shares]) -> list[str]:
    """SQL of only what the rule looks at."""
    wanted = {
        "events": ("kind", set(EVENT_OF.values())),
        "links": ("kind", set(LINK_OF.values())),
        "acts": ("service", {service for one in told for service in one.services}),
    }
    lists = {name: f"filter({name}, one -> one.{of} IN ({_quoted(names)}))" for name, (of, names) in wanted.items()}
    lists["acts"] = f"filter({lists['acts']}, one -> one.action IN ({_quoted(COUNTED)}))"
    return [f"{sql} AS {name}" for name, sql in lists.items()]


def _quoted(names: Sequence[str] | set[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names)) or "NULL"


def _mapper(told: Sequence[Shares], day: date) -> Any:
    def in_worker(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            found = [pair for group in batch["parties"].to_pylist() for pair in among(group, told, day).items()]
            steps = [[_row(step) for step in own] for _, own in found]
            subjects = pa.array([subject for subject, _ in found], pa.string())
            yield pa.RecordBatch.from_arrays([subjects, pa.array(steps, _STEPS)], names=["subject", "shared"])

    return in_worker


def _row(step: SharedStep) -> dict[str, Any]:
    return {name: getattr(step, name) for name in ("bundle", "service", "acted_on", "done_on", "open_until")}
