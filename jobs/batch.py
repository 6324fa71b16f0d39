"""Gates the files of one micro-batch by the night's contracts, into a slot of their own; it makes no page.

A file is small, so shares say nothing: each row is judged, and a file as a whole only by its columns. A file that
cannot be read is named in the report and stays where it landed; what could be read of the others comes in.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from jobs import accepted
from jobs.books import Outcome, rows_of
from jobs.erased import erased
from jobs.feed import accept, sifted_rows
from jobs.landing import by_folder
from jobs.run import Context
from profiles import contracts
from profiles.bindings import Binding
from profiles.errors import BindingError, FeedMissing
from profiles.gate import delivery
from profiles.gate.delivery import Delivery


@dataclass(frozen=True)
class Gated:
    """What became of a batch: rows counted, feed → subjects that its accepted rows name, sentences about refusals."""

    counts: Mapping[str, int]
    touched: Mapping[str, frozenset[str]]
    notes: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


def gated(context: Context, landing: Path, files: Sequence[Path], bound: Sequence[Binding], slot: str) -> Gated:
    """Gate the files into ``slot``; the books are left to be written. Raises CountMismatch, KeyMaterialError."""
    deliveries, outcomes, notes = _found(context, landing, files, bound)
    for feed, found in deliveries.items():
        outcomes.append(_gate_feed(context, feed, found, slot))
    measured = [outcome.measures for outcome in outcomes if outcome.measures]
    counts = {"files": len(files), **rows_of(measured)}
    touched = {feed: named(context, feed, [slot]) for feed in deliveries}
    return Gated(counts, touched, tuple(notes), tuple(sorted(outcomes, key=lambda outcome: outcome.feed)))


def warm_up(context: Context, bound: Sequence[Binding]) -> None:
    """Judge the smallest of the night's deliveries once more and keep nothing of it; nothing where none is left."""
    found = []
    for binding in bound:
        with suppress(FeedMissing, BindingError):
            found.append(delivery.find(context.spark, binding, context.settings.source, context.day))
    if found:
        smallest = min(found, key=lambda one: sum(file.stat().st_size for file in one.files))
        sifted_rows(context, contracts.load()[smallest.binding.feed], [smallest], frozenset())


def named(context: Context, feed: str, slots: Sequence[str]) -> frozenset[str]:
    """The subjects that rows in some slots of a feed's log name, read without Spark."""
    naming = [column.name for column in contracts.load()[feed].columns if column.identifies]
    found: set[str] = set()
    for manifest in context.tables.manifests(accepted.table(feed)):
        if manifest.slot in slots:
            folder = context.tables.run_path(accepted.table(feed), manifest.run)
            for part in manifest.files:
                for column in pq.read_table(folder / part, columns=naming).columns:
                    found.update(column.to_pylist())
    return frozenset(found - {None})


def pending(context: Context) -> dict[str, frozenset[str]]:
    """Feed → subjects that changes since the last whole delivery name and no night has built yet."""
    night = context.day.isoformat()
    found = {}
    for feed in contracts.load():
        fresh = [one.slot for one in accepted.deliveries(context, feed, fresh=True) if one.slot > night]
        if fresh:
            found[feed] = named(context, feed, fresh)
    return found


def _found(
    context: Context, landing: Path, files: Sequence[Path], bound: Sequence[Binding]
) -> tuple[dict[str, list[Delivery]], list[Outcome], list[str]]:
    """Readable files by feed, and for the others an outcome of their feed, if they have one, and a sentence."""
    deliveries: dict[str, list[Delivery]] = {}
    outcomes, notes = [], []
    for file in files:
        binding = None
        try:
            binding = by_folder(landing, file, bound)
            found = delivery.of(context.spark, binding, landing, [file])
            deliveries.setdefault(binding.feed, []).append(found)
        except BindingError as error:
            notes.append(str(error))
            if binding:
                outcomes.append(Outcome(binding.feed, (binding.supplier,), "stopped", str(error)))
    return deliveries, outcomes, notes


def _gate_feed(context: Context, feed: str, found: Sequence[Delivery], slot: str) -> Outcome:
    contract = contracts.load()[feed]
    sifted, measures = sifted_rows(context, contract, found, erased(context))
    accept(context, contract, sifted, measures, "changes", slot)
    suppliers = tuple(sorted({one.binding.supplier for one in found}))
    unknown = tuple(sorted({name for one in found for name in one.unknown}))
    return Outcome(feed, suppliers, "accepted", "", measures, None, unknown, sifted)
