"""The job that gates every delivered feed of the day: good rows to ``accepted_<feed>``, the rest to ``quarantine``.

A feed that is missing, malformed or unfit as a whole stops alone: the others go on, what was accepted of it before
stays in force, and the job ends with one sentence per stopped feed. ``gate_report`` holds one row per feed. All are
logs with a slot per delivery (``jobs.accepted``): a day gated again replaces that day alone.
"""

import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import accepted, reports
from jobs.erased import erased
from jobs.run import Context, Summary
from jobs.session import few_rows_session
from profiles import bindings, contracts, erasure
from profiles.binding_file import Delivers
from profiles.bindings import Binding
from profiles.contracts import Contract
from profiles.errors import BindingError, CountMismatch, FeedMissing, FeedStopped
from profiles.gate import delivery, judge, sift
from profiles.gate.delivery import Delivery
from profiles.gate.expectations import door
from profiles.gate.judge import Verdict
from profiles.gate.measure import Measures, measure
from profiles.identity.keys import Keys

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Feeds are gated side by side: most are small, and the planning of one overlaps with the work of another.
SIDE_BY_SIDE = 4
QUARANTINE = (
    "feed STRING, supplier STRING, file STRING, row BIGINT, key STRING, reason STRING, "
    "failures ARRAY<STRUCT<column: STRING, value_class: STRING, reason: STRING>>, day DATE"
)
REPORT = (
    "feed STRING, suppliers ARRAY<STRING>, day DATE, state STRING, "
    "delivered BIGINT, accepted BIGINT, quarantined BIGINT, reasons MAP<STRING, BIGINT>, "
    "checks ARRAY<STRUCT<name: STRING, measured: DOUBLE, least: DOUBLE, most: DOUBLE>>, "
    "unknown_columns ARRAY<STRING>, message STRING"
)


@dataclass(frozen=True)
class Outcome:
    """What became of one feed; ``sifted`` is kept until its bad rows are written."""

    feed: str
    suppliers: tuple[str, ...]
    state: str  # accepted, stopped, missing
    message: str = ""
    measures: Measures | None = None
    verdict: Verdict | None = None
    unknown: tuple[str, ...] = ()
    sifted: "DataFrame | None" = None


def run(context: Context) -> Summary:
    """Gate the day's deliveries of the chosen suppliers.

    Raises:
        FeedStopped: at least one feed did not come in; every other feed did.
        KeyMaterialError, ContractError, BindingError: nothing was touched.
    """
    settings = context.settings
    keys = Keys.from_hex(settings.pseudonym_key, settings.vault_key, settings.key_id, demo=settings.key_id == "demo")
    agreed = contracts.load()
    bound, spoilt = bindings.load(settings.suppliers, agreed)
    due = [binding for binding in bound if binding.in_force(context.day) and binding.feed not in spoilt]
    feeds = {feed: tuple(group) for feed, group in groupby(due, key=lambda binding: binding.feed)}
    if not feeds and not spoilt:
        raise BindingError(
            f"No binding of {', '.join(settings.suppliers)} is in force on {context.day}: choose another --day, or "
            f"look at `days` in the files under {bindings.FOLDER}."
        )
    outcomes = [Outcome(feed, (), "stopped", str(error)) for feed, error in spoilt.items()]
    outcomes += _gate_all(context, feeds, agreed, keys)
    outcomes.sort(key=lambda outcome: outcome.feed)
    write_books(context, outcomes, context.day.isoformat())
    _clear_unbound(context, agreed, {*spoilt, *(binding.feed for binding in bound)})
    _forget(context, agreed)
    shown = reports.write(context, {one.feed: one.verdict for one in outcomes if one.verdict})
    return _conclude(outcomes, shown)


def _gate_all(
    context: Context, feeds: Mapping[str, Sequence[Binding]], agreed: Mapping[str, Contract], keys: Keys
) -> list[Outcome]:
    _ = context.spark  # made once, before threads ask for it
    threading.Thread(target=door.warm_up, daemon=True).start()
    gone, outcomes = erased(context), []
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        waiting = [pool.submit(_gate_feed, context, agreed[feed], group, keys, gone) for feed, group in feeds.items()]
        for done, future in enumerate(as_completed(waiting), 1):
            outcome = future.result()
            outcomes.append(outcome)
            context.progress(outcome.feed, done, len(waiting))
    return outcomes


def _gate_feed(
    context: Context, contract: Contract, group: Sequence[Binding], keys: Keys, gone: Collection[str]
) -> Outcome:
    """One feed through the gate; what goes wrong with it becomes its outcome."""
    suppliers = tuple(sorted({binding.supplier for binding in group}))
    try:
        delivers = how_delivered(group)
        found = [delivery.find(context.spark, binding, context.settings.source, context.day) for binding in group]
        sifted, measures = sifted_rows(context, contract, found, keys, gone)
    except FeedMissing as error:
        return Outcome(contract.feed, suppliers, "missing", str(error))
    except BindingError as error:
        return Outcome(contract.feed, suppliers, "stopped", str(error))
    unknown = tuple(sorted({name for one in found for name in one.unknown}))
    snapshot, changes = all(binding.snapshot for binding in group), delivers == "changes"
    usual = None if snapshot or changes else accepted.usual_rows(context, contract.feed)
    checks = judge.suite(contract, measures, context.day, snapshot=snapshot, changes=changes, usual=usual)
    verdict = judge.judge(contract.feed, checks)
    if not verdict.passed:
        message = (
            f"{contract.feed} was stopped ({', '.join(str(binding.file) for binding in group)}): "
            f"{'; '.join(verdict.failed)}. Ask {', '.join(suppliers)} to deliver again; what was accepted before stays."
        )
        return Outcome(contract.feed, suppliers, "stopped", message, measures, verdict, unknown, sifted)
    accept(context, contract, sifted, measures, delivers, context.day.isoformat())
    return Outcome(contract.feed, suppliers, "accepted", "", measures, verdict, unknown, sifted)


def how_delivered(group: Sequence[Binding]) -> Delivers:
    """Whether the bindings of one feed bring all of it or changes; raises BindingError where they differ."""
    delivers: set[Delivers] = {binding.delivers for binding in group}
    if len(delivers) > 1:
        raise BindingError(
            f"{group[0].feed}: {', '.join(str(binding.file) for binding in group)} must all deliver whole, or all "
            "changes; correct `delivers` in one of them."
        )
    return delivers.pop()


def sifted_rows(
    context: Context, contract: Contract, found: Sequence[Delivery], keys: Keys, gone: Collection[str]
) -> "tuple[DataFrame, Measures]":
    """Every delivered row of one feed, told good from bad, and what was counted; ``gone`` are the erased subjects."""
    spark = reading_session(context.spark, small=all(one.small for one in found))
    parts = [sift.sift(delivery.read(spark, one), one, contract, keys, context.day) for one in found]
    rows = sift.union(parts)
    if gone:
        subjects = spark.createDataFrame([(subject,) for subject in sorted(gone)], "subject STRING")
        rows = erasure.withheld(rows, contract, subjects)
    bound = set.intersection(*(set(one.binding.columns) for one in found))
    return measure(sift.without_duplicates(rows, contract), contract, bound)


def reading_session(spark: "SparkSession", *, small: bool) -> "SparkSession":
    """A session of the same Spark that reads every encoding and, for small feeds, evaluates instead of compiling.

    A gate has hundreds of expressions; for a small feed compiling them to Java takes ten times as long as using them.
    """
    session = few_rows_session(spark) if small else spark.newSession()
    session.conf.set("spark.sql.legacy.javaCharsets", "true")  # departments also write GB 18030
    return session


def accept(
    context: Context, contract: Contract, sifted: "DataFrame", measures: Measures, delivers: Delivers, slot: str
) -> None:
    """Write a delivery's good rows into its slot; raises CountMismatch where rows were lost or gained."""
    extra = {"delivers": delivers, "delivered": measures.delivered}
    table, rows = accepted.table(contract.feed), sift.accepted(sifted, contract, delivers)
    manifest = context.tables.write(table, rows, day=context.day, extra=extra, slot=slot)
    if manifest.rows + measures.quarantined != measures.delivered:
        raise CountMismatch(
            f"{contract.feed}: {manifest.rows:,} accepted and {measures.quarantined:,} quarantined rows do not make "
            f"{measures.delivered:,} delivered on {context.day}. Run the gate again; if it repeats, this is our fault."
        )


def write_books(context: Context, outcomes: Sequence[Outcome], slot: str) -> None:
    """The quarantine and the report of one slot."""
    judged = [(one.feed, one.sifted, one.measures) for one in outcomes if one.sifted is not None and one.measures]
    bad = [sift.quarantined(sifted, feed, context.day) for feed, sifted, measures in judged if measures.quarantined]
    frame = sift.union(bad) if bad else context.spark.createDataFrame([], QUARANTINE)
    written = context.tables.write("quarantine", frame.coalesce(1), day=context.day, slot=slot)
    expected = sum(measures.quarantined for _, _, measures in judged)
    if written.rows != expected:
        raise CountMismatch(
            f"{written.rows:,} rows stand in quarantine instead of {expected:,}. Run the gate again for {context.day}."
        )
    report = context.spark.createDataFrame([_report_row(context, outcome) for outcome in outcomes], REPORT)
    context.tables.write("gate_report", report.coalesce(1), day=context.day, slot=slot)


def _report_row(context: Context, outcome: Outcome) -> tuple[object, ...]:
    measures, checks = outcome.measures, outcome.verdict.checks if outcome.verdict else ()
    taken = outcome.state == "accepted"
    return (
        outcome.feed,
        list(outcome.suppliers),
        context.day,
        outcome.state,
        measures.delivered if measures else 0,
        measures.accepted if measures and taken else 0,
        measures.quarantined if measures else 0,
        dict(measures.reasons) if measures else {},
        [(check.name, float(check.measured), check.least, check.most) for check in checks],
        list(outcome.unknown),
        outcome.message,
    )


def _clear_unbound(context: Context, agreed: Mapping[str, Contract], bound: Collection[str]) -> None:
    """Empty what suppliers who are no longer chosen left behind: files hold the chosen suppliers' rows alone."""
    for feed, contract in agreed.items():
        if feed not in bound and accepted.deliveries(context, feed):
            nothing = context.spark.createDataFrame([], contract.ddl)
            slot = context.day.isoformat()
            context.tables.write(accepted.table(feed), nothing, day=context.day, slot=slot)


def _forget(context: Context, agreed: Mapping[str, Contract]) -> None:
    """Let go of deliveries that no day within the kept ones needs, and of the books of days before."""
    since = context.day - timedelta(days=context.settings.kept_days)
    for feed in agreed:
        _drop(context, accepted.table(feed), accepted.needed_from(context, feed, since))
    for book in ("quarantine", "gate_report"):
        _drop(context, book, since.isoformat())


def _drop(context: Context, log: str, before: str) -> None:
    if any(manifest.slot < before for manifest in context.tables.manifests(log)):
        context.tables.drop(log, keep=lambda manifest: manifest.slot >= before)


def _conclude(outcomes: Sequence[Outcome], shown: Path) -> Summary:
    stopped = [outcome for outcome in outcomes if outcome.state != "accepted"]
    if stopped:
        others = len(outcomes) - len(stopped)
        raise FeedStopped(
            f"{len(stopped)} of {len(outcomes)} feeds did not come in, the other {others} did. "
            + " ".join(outcome.message for outcome in stopped)
            + f" All of it is shown in {shown}."
        )
    measured = [outcome.measures for outcome in outcomes if outcome.measures]
    counts = {"feeds": len(outcomes), **rows_of(measured)}
    return Summary("gate", counts, _note(outcomes, measured, shown))


def rows_of(measured: Sequence[Measures]) -> dict[str, int]:
    """How many rows were delivered, accepted and quarantined, all feeds together."""
    return {
        "delivered": sum(measures.delivered for measures in measured),
        "accepted": sum(measures.accepted for measures in measured),
        "quarantined": sum(measures.quarantined for measures in measured),
    }


def _note(outcomes: Sequence[Outcome], measured: Sequence[Measures], shown: Path) -> str:
    reasons: Counter[str] = Counter()
    for measures in measured:
        reasons.update(measures.reasons)
    said = ", ".join(f"{reason} {count:,}" for reason, count in sorted(reasons.items()))
    unknown = [f"{outcome.feed}.{name}" for outcome in outcomes for name in outcome.unknown]
    parts = (f"why: {said}", f"columns nobody bound: {', '.join(unknown)}", f"see {shown}")
    return " · ".join(part for part, there in zip(parts, (said, unknown, True), strict=True) if there)
