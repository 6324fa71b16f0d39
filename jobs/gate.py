"""The job that gates every delivered feed of the day: good rows to ``accepted_<feed>``, the rest to ``quarantine``.

A feed that is missing, malformed or unfit as a whole stops alone: the others go on, what was accepted of it before
stays in force, and the job ends with one line per stopped feed. ``gate_report`` holds one row per feed. All are
logs with a slot per delivery (``jobs.accepted``): a day gated again replaces that day alone.
"""

import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from jobs import accepted, books, reports
from jobs.books import Outcome, rows_of
from jobs.erased import erased
from jobs.feed import accept, how_delivered, sifted_rows
from jobs.run import Context, Summary
from profiles import bindings, contracts
from profiles.bindings import Binding
from profiles.contracts import Contract
from profiles.errors import BindingError, FeedMissing, FeedStopped
from profiles.gate import delivery, judge
from profiles.gate.expectations import door
from profiles.gate.measure import Measures

# Feeds are gated side by side: most are small, and the planning of one overlaps with the work of another.
SIDE_BY_SIDE = 4


def run(context: Context) -> Summary:
    """Gate the day's deliveries of the chosen suppliers.

    Raises:
        FeedStopped: at least one feed did not come in; every other feed did.
        KeyMaterialError, ContractError, BindingError: nothing was touched.
    """
    settings, agreed = context.settings, contracts.load()
    _ = context.keys  # looked at before anything is read
    bound, spoilt = bindings.load(settings.suppliers, agreed)
    due = [binding for binding in bound if binding.in_force(context.day) and binding.feed not in spoilt]
    feeds = {feed: tuple(group) for feed, group in groupby(due, key=lambda binding: binding.feed)}
    if not feeds and not spoilt:
        raise BindingError(
            f"No binding of {', '.join(settings.suppliers)} is in force on {context.day}: choose another --day, or "
            f"look at `days` in the files under {bindings.FOLDER}."
        )
    outcomes = [Outcome(feed, (), "stopped", str(error)) for feed, error in spoilt.items()]
    outcomes += _gate_all(context, feeds, agreed)
    outcomes.sort(key=lambda outcome: outcome.feed)
    books.write(context, outcomes, context.day.isoformat())
    _clear_unbound(context, agreed, {*spoilt, *(binding.feed for binding in bound)})
    _forget(context, agreed)
    shown = reports.write(context, {one.feed: one.verdict for one in outcomes if one.verdict})
    return _conclude(outcomes, shown, settings.source)


def _gate_all(
    context: Context, feeds: Mapping[str, Sequence[Binding]], agreed: Mapping[str, Contract]
) -> list[Outcome]:
    _ = context.spark  # made once, before threads ask for it
    threading.Thread(target=door.warm_up, daemon=True).start()
    gone, outcomes = erased(context), []
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        waiting = [pool.submit(_gate_feed, context, agreed[feed], group, gone) for feed, group in feeds.items()]
        for done, future in enumerate(as_completed(waiting), 1):
            outcome = future.result()
            outcomes.append(outcome)
            context.progress(f"gated {outcome.feed}", done, len(waiting))  # a feed and a job may share a name
    return outcomes


def _gate_feed(context: Context, contract: Contract, group: Sequence[Binding], gone: Collection[str]) -> Outcome:
    """One feed through the gate; what goes wrong with it becomes its outcome."""
    suppliers = tuple(sorted({binding.supplier for binding in group}))
    try:
        delivers = how_delivered(group)
        found = [delivery.find(context.spark, binding, context.settings.source, context.day) for binding in group]
        sifted, measures = sifted_rows(context, contract, found, gone)
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


def _clear_unbound(context: Context, agreed: Mapping[str, Contract], bound: Collection[str]) -> None:
    """Empty what suppliers who are no longer chosen left behind: files hold the chosen suppliers' rows alone."""
    for feed, contract in agreed.items():
        if feed not in bound and accepted.deliveries(context, feed):
            nothing = context.spark.createDataFrame([], contract.ddl)
            slot = context.day.isoformat()
            context.tables.write(accepted.table(feed), nothing, day=context.day, slot=slot)


def _forget(context: Context, agreed: Mapping[str, Contract]) -> None:
    """Let go of deliveries that no day within the kept ones needs, and of what is kept by the day."""
    since = context.day - timedelta(days=context.settings.kept_days)
    for feed in agreed:
        _drop(context, accepted.table(feed), accepted.needed_from(context, feed, since))
    for book in ("quarantine", "gate_report", "fresh"):
        _drop(context, book, since.isoformat())


def _drop(context: Context, log: str, before: str) -> None:
    if any(manifest.slot < before for manifest in context.tables.manifests(log)):
        context.tables.drop(log, keep=lambda manifest: manifest.slot >= before)


def _conclude(outcomes: Sequence[Outcome], shown: Path, source: Path) -> Summary:
    stopped = [outcome for outcome in outcomes if outcome.state != "accepted"]
    if stopped:
        others = len(outcomes) - len(stopped)
        why = [outcome.message for outcome in stopped] if source.is_dir() else [_no_folder(source)]
        raise FeedStopped(
            f"{len(stopped)} of {len(outcomes)} feeds did not come in, the other {others} did."
            + "".join(f"\n- {one}" for one in why)
            + f"\nAll of it is shown in {shown}."
        )
    measured = [outcome.measures for outcome in outcomes if outcome.measures]
    counts = {"feeds": len(outcomes), **rows_of(measured)}
    return Summary("gate", counts, _note(outcomes, measured, shown))


def _no_folder(source: Path) -> str:
    return (
        f"There is no folder {source}. Mount it, or name another by --source or YIDANG_SOURCE, and run the gate again; "
        "what was accepted before stays in force."
    )


def _note(outcomes: Sequence[Outcome], measured: Sequence[Measures], shown: Path) -> str:
    reasons: Counter[str] = Counter()
    for measures in measured:
        reasons.update(measures.reasons)
    said = ", ".join(f"{reason} {count:,}" for reason, count in sorted(reasons.items()))
    unknown = [f"{outcome.feed}.{name}" for outcome in outcomes for name in outcome.unknown]
    parts = (f"why: {said}", f"columns nobody bound: {', '.join(unknown)}", f"see {shown}")
    return " · ".join(part for part, there in zip(parts, (said, unknown, True), strict=True) if there)
