"""Fresh events by Spark Structured Streaming: what lands is gated, and the pages it touches are made anew in seconds.

Each micro-batch goes through the night's own gate into a slot of its own of the accepted logs, as changes since the
night's delivery. The files and pages of those it touches are then made again and put into the generation that
readers see. The night's run stays the truth: its whole deliveries take the place of the changes before them.

A batch that is repeated after a crash fills the same slot. When a generation was published meanwhile, everyone whom
fresh events touched is made again in it. It writes no table but the logs, the books, ``fresh`` and ``traces``.
"""

import json
import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from jobs import books, traces
from jobs.batch import gated, pending, warm_up
from jobs.fresh import Fresh, Refresher
from jobs.landing import folder, landed_path, written_from_messages
from jobs.locks import in_use
from jobs.neighbours import around
from jobs.run import Context, Summary
from profiles import bindings, contracts
from profiles.bindings import Binding
from recommender.store import Store

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.streaming.query import StreamingQuery

TABLE = "fresh"
MOST_ROUNDS = 10  # of warming up
STILL_FASTER = 0.9  # of the quickest round before: as long as rounds are below it, another one pays
POLL = "200 milliseconds"
LANDED = "path STRING, modificationTime TIMESTAMP, length BIGINT, content BINARY"

Report = Callable[[Summary, float], None]


@dataclass(frozen=True)
class Landing:
    """Where fresh events come from, and where Spark remembers which it has seen."""

    folder: Path
    checkpoint: Path


def start(context: Context, landing: Landing, day: Callable[[], date], report: Report) -> "Following":
    """Begin to follow the landing folder.

    Args:
        day: the civil date, asked for at every batch.
        report: told of every batch that brought anything.

    Raises:
        TableMissing: no night has run yet.
    """
    bound, _ = bindings.load(context.settings.suppliers, contracts.load())
    for binding in bound:
        folder(landing.folder, binding).mkdir(parents=True, exist_ok=True)
    batches = _Batches(context, landing, bound, day, report)
    batches.begin()
    query = (
        _source(context, landing)
        .writeStream.foreachBatch(batches.take)
        .option("checkpointLocation", str(landing.checkpoint.absolute()))
        .trigger(processingTime=POLL)
        .start()
    )
    return Following(query, batches)


@dataclass(frozen=True)
class Following:
    """A landing folder that is followed until somebody stops it."""

    query: "StreamingQuery"
    batches: "_Batches"

    def stop(self) -> None:
        """End after the batch at hand, and let go of what was held for speed."""
        self.query.stop()
        self.batches.let_go()


def _source(context: Context, landing: Landing) -> "DataFrame":
    """Landed files by their path, or a broker's messages where the settings name one (untried: its jar is not here)."""
    settings = context.settings
    reader = context.spark.readStream.options(**settings.stream_options)
    if settings.stream_format == "files":
        files = reader.format("binaryFile").schema(LANDED).option("recursiveFileLookup", "true")
        return files.load(str(landing.folder.absolute())).select("path")
    return reader.format(settings.stream_format).load().selectExpr("topic", "CAST(value AS STRING) AS value")


class _Batches:
    """What is done with each micro-batch."""

    def __init__(
        self, context: Context, landing: Landing, bound: Sequence[Binding], day: Callable[[], date], report: Report
    ) -> None:
        self._context, self._landing, self._bound = context, landing, bound
        self._day, self._report = day, report
        self._refresher: Refresher | None = None
        self._writes = ("", 0)
        self._empty: set[Path] = set()

    def begin(self) -> None:
        """Bring the pages up to what landed before, and be quick from the first event on."""
        with in_use(self._context.tables.root):
            self._catch_up()
            self._warm_up()

    def take(self, batch: "DataFrame", number: int) -> None:
        """One micro-batch: gate what landed, then make anew whom it touches."""
        started = time.monotonic()
        with in_use(self._context.tables.root):
            self._turn_the_day()
            self._catch_up()
            self._take(self._files(batch, number), number, started)

    def let_go(self) -> None:
        """Forget what is the same for every batch of a generation; it is made again when it is needed."""
        if self._refresher is not None:
            self._refresher.close()
            self._refresher = None

    def _take(self, files: Sequence[Path], number: int, started: float) -> None:
        if files:
            slot = self._slot(number)
            found = gated(self._context, self._landing.folder.absolute(), files, self._bound, slot)
            fresh = self._refresh(found.touched, slot)
            # After the pages: nobody waits for the books, and a batch that breaks off before is taken again.
            if found.outcomes:
                books.write(self._context, found.outcomes, slot)
            traces.keep_fresh(self._context, slot, fresh, self._writes[0])
            summary = Summary("stream", {**found.counts, "pages": len(fresh.pages)}, " · ".join(found.notes))
            self._report(summary, time.monotonic() - started)

    def _catch_up(self) -> None:
        """Where a generation was published since the last look, put everyone touched since the night into it again."""
        with Store(self._context.settings.store_url) as store:
            writes = store.writes()
        if writes != self._writes:
            self.let_go()
            self._refresh(pending(self._context), None)
            self._writes = writes

    def _warm_up(self) -> None:
        """Gate what the night brought and make somebody's page until that gets no faster: the first times are slow."""
        quickest = math.inf
        for _ in range(MOST_ROUNDS):
            started = time.monotonic()
            warm_up(self._context, self._bound)
            self._refresh({"documents": _anybody(self._context)}, None)
            if (seconds := time.monotonic() - started) > STILL_FASTER * quickest:
                return
            quickest = seconds

    def _turn_the_day(self) -> None:
        if self._day() != self._context.day:
            self._context = replace(self._context, day=self._day())
            self._writes = ("", 0)

    def _slot(self, number: int) -> str:
        """The slot of a batch; the checkpoint's name is in it, so that a new checkpoint overwrites no earlier batch."""
        return f"{self._context.day.isoformat()}~{_name_of(self._landing.checkpoint)}-{number:06d}"

    def _files(self, batch: "DataFrame", number: int) -> list[Path]:
        rows = batch.collect()
        if "path" in batch.columns:
            return [*(landed_path(row["path"]) for row in rows), *self._new_empty()]
        return written_from_messages(self._landing.folder, rows, f"{_name_of(self._landing.checkpoint)}-{number:06d}")

    def _new_empty(self) -> list[Path]:
        """Landed files without a byte, each told once: Spark passes over them without a word."""
        landed = self._landing.folder.absolute().glob("*/*/[!._]*")
        empty = {file for file in landed if file.is_file() and not file.stat().st_size}
        new = sorted(empty - self._empty)
        self._empty |= empty
        return new

    def _refresh(self, touched: Mapping[str, Collection[str]], slot: str | None) -> Fresh:
        """Make anew whom rows touch, show it, and keep what was made under the batch's slot."""
        if self._refresher is None:
            self._refresher = Refresher(self._context)
        fresh = self._refresher.refresh(around(self._context, touched))
        with Store(self._context.settings.store_url) as store:
            fresh.show(store)
        if slot:
            made = {f"{kind}_files.parquet": _parquet(files) for kind, files in fresh.files.items() if files.num_rows}
            self._context.tables.write_files(TABLE, made, day=self._context.day, slot=slot)
        return fresh


def _anybody(context: Context) -> frozenset[str]:
    """One subject who has a file; raises TableMissing where nobody has."""
    folder = context.tables.path("person_files")
    for part in context.tables.manifest("person_files").files:
        for batch in pq.ParquetFile(folder / part).iter_batches(1, columns=["subject"]):
            return frozenset(batch["subject"].to_pylist())
    return frozenset()


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue())


def _name_of(checkpoint: Path) -> str:
    """Eight hex digits that name a checkpoint: Spark writes the query's own id into it when it begins."""
    told = json.loads((checkpoint / "metadata").read_text())
    return str(told["id"])[:8]
