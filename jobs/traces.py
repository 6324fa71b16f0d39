"""Keeps what each generation's lists were made from, and plays any of them again; it ranks nothing anew for the page.

The table ``traces`` has a slot per generation and per batch of fresh events, and ``bases`` what all lists of a day had
in common.
"""

from collections.abc import Iterator

import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs import bases
from jobs.fresh import Fresh
from jobs.run import Context
from profiles.errors import TraceUnknown
from recommender.basis import Basis
from recommender.generation import Generation
from recommender.replay import Replayed, replay
from recommender.store import Store
from recommender.trace import decode, trace_of

TABLE = "traces"
RECORDS = "subject STRING, trace STRING, record BINARY"


def keep(context: Context, generation: Generation, store: Store) -> int:
    """Keep the records behind the day's pages under the generation that shows them; how many there are."""
    slot = f"{context.day.isoformat()}~{generation.digest}"
    told = {"generation": generation.text}
    pages = context.tables.read("pages", context.spark).where("record IS NOT NULL")
    rows = pages.select("subject", "trace", "record")
    written = context.tables.write(TABLE, rows, day=context.day, extra=told, slot=slot)
    bases.forget(context, TABLE)
    return store.trace(_rows(context, written.run), dict(bases.kept(context)), generation)


def keep_fresh(context: Context, slot: str, fresh: Fresh, generation: str) -> None:
    """Keep the records of lists that fresh events changed, in the batch's own slot."""
    for basis in fresh.bases:
        bases.keep(context, basis)
    rows = [(subject, trace_of(subject, record), record) for subject, record in sorted(fresh.records.items())]
    if rows:
        frame = context.spark.createDataFrame(rows, RECORDS).coalesce(1)
        context.tables.write(TABLE, frame, day=context.day, extra={"generation": generation}, slot=slot)


def replayed(context: Context, trace: str) -> tuple[str, Replayed]:
    """The generation that showed the list of that trace, and the list, made again.

    Raises:
        TraceUnknown: no list that is kept has that trace.
    """
    for run in reversed(context.tables.manifests(TABLE)):
        folder = context.tables.run_path(TABLE, run.run)
        for part in run.files:
            found = pq.read_table(folder / part, columns=["record"], filters=pc.field("trace") == trace)
            if found.num_rows:
                record = decode(found["record"][0].as_py())
                basis = Basis.load(dict(bases.kept(context))[record.basis])
                return str(run.extra["generation"]), replay(basis, record)
    raise TraceUnknown(
        f"No list of the last {bases.KEPT_DAYS} days in {context.tables.root} has the trace {trace[:40]!r}: "
        "copy it whole from the answer that named it."
    )


def lines(generation: str, found: Replayed) -> Iterator[str]:
    """What ``python -m jobs replay`` prints."""
    made = found.made
    yield f"generation {generation} · day {made.day} · {made.kind}"
    yield f"model {made.model} · registry {made.registry} · catalogue {made.catalogue}"
    yield f"tags: {', '.join(found.tags) or 'none'}"
    yield f"may have: {', '.join(found.may_have) or 'nothing'}"
    for number, place in enumerate(found.places, 1):
        through = f" · next step of {place.through}" if place.through else ""
        yield f"{number:>2} {place.service}: {place.score:+.6f} ({place.probability:.1%}){through}"
        parts = [f"itself {place.base:+.6f}", *(f"{name} {added:+.6f}" for name, added in place.added)]
        yield f"   = {' · '.join(parts)}"
    if found.waits:
        yield f"not yet, earlier_step: {', '.join(found.waits)}"
    yield "the same list came out again" if found.faithful else "ANOTHER list came out: this release ranks otherwise"


def _rows(context: Context, run: str) -> Iterator[tuple[str, bytes]]:
    """The records as written, a batch in memory at a time."""
    for part in sorted(context.tables.run_path(TABLE, run).glob("*.parquet")):
        for batch in pq.ParquetFile(part).iter_batches(columns=["subject", "record"]):
            yield from zip(batch["subject"].to_pylist(), batch["record"].to_pylist(), strict=True)
