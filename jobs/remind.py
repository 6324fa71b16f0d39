"""Finds which rung of its ladder every expiring document and recurring duty has reached, and fills inboxes.

Reads the two file tables, writes the table ``reminders``, then puts each rung into its subject's inbox once, by its
id. It decides nothing itself: when a rung is reached, and when it stops, is ``recommender.reminders``' rule.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jobs.files import identified
from jobs.run import Context, Summary
from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from recommender.catalogue import Catalogue
from recommender.choices import Notice
from recommender.duties import COLUMNS, documents_of, duties_of
from recommender.reminders import rungs
from recommender.store import Store

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE = "reminders"
REMINDERS = (
    "rung_id STRING, subject STRING, kind STRING, what STRING, due_on DATE, rung INT, fires_on DATE, published BOOLEAN,"
    " service STRING, day DATE"
)
_ARROW = pa.schema(
    [
        ("rung_id", pa.string()),
        ("subject", pa.string()),
        ("kind", pa.string()),
        ("what", pa.string()),
        ("due_on", pa.date32()),
        ("rung", pa.int32()),
        ("fires_on", pa.date32()),
        ("published", pa.bool_()),
        ("service", pa.string()),
        ("day", pa.date32()),
    ]
)
# Numbers and issuers stay behind: a reminder needs neither.
_DATES_OF_DOCUMENTS = (
    "transform(documents, d -> named_struct('type', d.type, 'issued_on', d.issued_on, 'expires_on', d.expires_on,"
    " 'status', d.status)) AS documents"
)

Batches = Iterator[pa.RecordBatch]


def run(context: Context) -> Summary:
    """Write ``reminders`` for the context's day and put what is new into the inboxes.

    Raises:
        TableMissing: the files were not built.
        StoreUnavailable: the store does not answer; the table is written, and a rerun delivers the rest once.
    """
    catalogue = catalogues.load()
    parts = [reminders(_files(context, kind), kind, context.day, catalogue) for kind in KINDS]
    frame = reduce(lambda one, other: one.unionByName(other), parts)
    context.progress("rungs reached", 0, 2)
    written = context.tables.write(TABLE, frame, day=context.day, extra={"catalogue": catalogue.version})
    context.progress("inboxes", 1, 2)
    reached = context.tables.read(TABLE, context.spark)
    with Store(context.settings.store_url) as store:
        new = store.put_reminders((row["subject"], notice(row.asDict())) for row in reached.toLocalIterator())
    context.progress("inboxes", 2, 2)
    guessed = reached.filter("NOT published").count()
    note = f"{guessed:,} fall in a year whose calendar is not published yet" if guessed else ""
    return Summary("remind", {"reached": written.rows, "new": new}, note)


def reminders(files: "DataFrame", kind: Kind, day: date, catalogue: Catalogue) -> "DataFrame":
    """The rungs that the subjects of ``files`` (columns as ``_files`` selects) have reached on ``day``."""
    return files.mapInArrow(_mapper(kind, day, catalogue.version), REMINDERS)


def _mapper(kind: Kind, day: date, version: str) -> Callable[[Batches], Batches]:
    def reached(batches: Batches) -> Batches:
        catalogue = catalogues.load()
        if catalogue.version != version:
            raise RuntimeError(
                f"the driver has catalogue {version}, this worker {catalogue.version}: deploy them alike"
            )
        for batch in batches:
            rows = [row for file in batch.to_pylist() for row in reached_rungs(file, kind, day, catalogue)]
            yield pa.RecordBatch.from_pylist(rows, schema=_ARROW)

    return reached


def reached_rungs(
    file: Mapping[str, object], kind: Kind, day: date, catalogue: Catalogue
) -> Iterator[dict[str, object]]:
    """Rows of REMINDERS for one file."""
    subject = str(file["subject"])
    for rung in rungs(subject, documents_of(file), duties_of(file, kind, day, catalogue), day, catalogue):
        yield {
            "rung_id": rung.id,
            "subject": subject,
            "kind": kind,
            "what": rung.what,
            "due_on": rung.due_on,
            "rung": rung.step,
            "fires_on": rung.fires_on,
            "published": rung.published,
            "service": rung.service,
            "day": day,
        }


def _files(context: Context, kind: Kind) -> "DataFrame":
    columns = [_DATES_OF_DOCUMENTS if column == "documents" else column for column in ("subject", *COLUMNS[kind])]
    return identified(context, kind).selectExpr(*columns)


def notice(row: Mapping[str, Any]) -> Notice:
    """What a row of REMINDERS puts into the inbox."""
    return Notice(
        id=row["rung_id"],
        what=row["what"],
        due_on=row["due_on"],
        rung=row["rung"],
        fired_on=row["day"],
        service=row["service"],
    )
