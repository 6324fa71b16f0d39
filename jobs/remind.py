"""Plans what every subject is reminded of on the day, writes it down, fills inboxes and outbox; it decides nothing.

Reads the two file tables, what was planned on earlier days, what channels said of it and what subjects chose. Writes
the log ``reminders``, a slot per day. A message's notices go into the inbox and the message into the outbox in one
step, where ``deliver`` finds it; without delivery (YIDANG_DELIVERY) the inbox is all. What no channel got a receipt for
goes to ``unreached``, the list that people work. What is sent, when, and why not, is the rule of
``recommender.sending``.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pyarrow as pa

from jobs import receipts
from jobs.files import identified
from jobs.run import Context, Summary
from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from recommender.catalogue import Catalogue
from recommender.choices import Choices, Notice
from recommender.delivery.outgoing import Outgoing
from recommender.eligibility import Matcher, families
from recommender.escalation import Receipt
from recommender.hours import SHANGHAI
from recommender.reminders import Rung, rung_id
from recommender.reminding import COLUMNS, NOTHING_INSTEAD, Heard, falls_due, reminded
from recommender.sending import SENT, Planned, in_order
from recommender.store import Outbox, Returns, Store
from tagging import registry as registries
from tagging.apply import truths
from tagging.rules import YES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE, UNREACHED = "reminders", "unreached"
LAYOUT = "3"  # of REMINDERS; slots of an earlier one are let go of
REMINDERS = (
    "rung_id STRING, subject STRING, kind STRING, what STRING, due_on DATE, rung INT, fires_on DATE, published BOOLEAN,"
    " service STRING, thing STRING, last BOOLEAN, reminder STRING, state STRING, reason STRING, at TIMESTAMP,"
    " until DATE, message STRING, channels ARRAY<STRING>, day DATE"
)
# What was planned this long ago and went nowhere is old news; people follow it up from ``unreached``.
FILED_DAYS = 7
_AT = pa.timestamp("us", tz="Asia/Shanghai")
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
        ("thing", pa.string()),
        ("last", pa.bool_()),
        ("reminder", pa.string()),
        ("state", pa.string()),
        ("reason", pa.string()),
        ("at", _AT),
        ("until", pa.date32()),
        ("message", pa.string()),
        ("channels", pa.list_(pa.string())),
        ("day", pa.date32()),
    ]
)
# Numbers and issuers stay behind: a reminder needs neither.
_NEEDED = {
    "documents": (
        "transform(documents, d -> named_struct('type', d.type, 'issued_on', d.issued_on, 'expires_on', d.expires_on,"
        " 'status', d.status)) AS documents"
    ),
    "cases": (
        "transform(cases, c -> named_struct('service', c.service, 'status', c.status, 'applied_on', c.applied_on,"
        " 'finished_on', c.finished_on)) AS cases"
    ),
}
# What is told of on the day that it happened alone: the log says it already.
_AS_BEFORE = ("sent", "arrived")
_COUNTED = {"messages": ("send",), "held": ("held", "muted"), "called off": ("superseded", "cancelled")}

Batches = Iterator[pa.RecordBatch]


def run(context: Context) -> Summary:
    """Write the day's slot of ``reminders`` and the list ``unreached``, and put what is sent into the inboxes.

    Raises:
        TableMissing: the files were not built.
        StoreUnavailable: the store does not answer. Before it said what subjects chose nothing is planned; after that
            the tables are written, and a rerun fills inboxes and outbox.
    """
    from pyspark.sql import Observation
    from pyspark.sql import functions as F

    catalogue = catalogues.load()
    _let_go(context)
    seen = Observation()
    url = context.settings.store_url
    with Store(url) as store, Outbox(url) as outbox, Returns(url) as returns:
        receipts.drain(context, returns)
        heard = _heard(context, store)
        context.progress("planning reminders", 0, 3)
        parts = [plans(context, kind, catalogue, heard) for kind in KINDS]
        planned = reduce(lambda one, other: one.unionByName(other), parts).observe(seen, *_counts())
        news = planned.where(~F.col("state").isin(*_AS_BEFORE))
        about = {"catalogue": catalogue.version, "layout": LAYOUT}
        written = context.tables.write(TABLE, news, day=context.day, extra=about, slot=context.day.isoformat())
        context.progress("listing what nobody received", 1, 3)
        unanswered = context.tables.read(TABLE, context.spark, written.run).where("state = 'unanswered'")
        listed = context.tables.write(UNREACHED, unanswered.coalesce(1), day=context.day)
        context.progress("inboxes", 2, 3)
        known = store.put_reminders(_flat(_messages(context, catalogue, still_to_go=False)))
        new, filed = outbox.file(_messages(context, catalogue, still_to_go=True))
    context.progress("inboxes", 3, 3)
    counts = {**{name: int(seen.get[name] or 0) for name in ("reached", *_COUNTED)}, "unreached": listed.rows}
    estimated = int(seen.get["estimated"] or 0)
    note = f"{estimated:,} were counted in working days of a year whose calendar is not published yet"
    waits = {"to be sent": filed} if context.settings.delivery != "off" else {}
    return Summary("remind", {**counts, "new": known + new, **waits}, note if estimated else "")


def plans(context: Context, kind: Kind, catalogue: Catalogue, heard: "DataFrame") -> "DataFrame":
    """Rows of REMINDERS for every file of a kind that has reached a rung, or had one held."""
    from pyspark.sql import functions as F

    matcher = due_matcher(catalogue, kind, context.day)
    files = identified(context, kind)
    columns = [_NEEDED.get(column, column) for column in COLUMNS[kind]]
    if matcher.atoms:
        files = truths(files.withColumn("as_of", F.lit(context.day)), matcher.atoms)
        columns.append("truths")
    joined = files.selectExpr(*columns).join(heard, on="subject", how="left")
    return joined.mapInArrow(_mapper(kind, context.day, catalogue, matcher), REMINDERS)


def due_matcher(catalogue: Catalogue, kind: Kind, day: date) -> Matcher:
    """A matcher of the services of one kind that have a window or see to what falls due in the place of another."""
    families_due = (own for own in families(catalogue.services).values() if falls_due(own, catalogue))
    services = tuple(service for own in families_due for service in own)
    due = msgspec.structs.replace(catalogue, services=services, bundles=())
    return Matcher(due, kind, registries.load().rules(kind), day=day)


def _heard(context: Context, store: Store) -> "DataFrame":
    """(subject, earlier, receipts, chosen): what was planned before the day, what channels said, what was chosen."""
    from pyspark.sql import functions as F

    spark, before = context.spark, F.col("day") < F.lit(context.day)
    log = context.tables.read_or_empty(TABLE, REMINDERS, spark).where(before)
    said = context.tables.read_or_empty(receipts.TABLE, receipts.RECEIPTS, spark)
    row = F.struct("day", *(name for name in _ARROW.names if name not in ("day", "subject", "kind", "rung_id")))
    earlier = log.groupBy("subject").agg(F.array_sort(F.collect_list(row)).alias("earlier"))
    answers = said.groupBy("subject").agg(
        F.array_sort(F.collect_list(F.struct("message", "channel", "status", "at"))).alias("receipts")
    )
    chosen = spark.createDataFrame(list(store.chosen()), "subject STRING, chosen MAP<STRING, STRING>")
    return earlier.join(answers, on="subject", how="left").join(chosen, on="subject", how="outer")


def _mapper(kind: Kind, day: date, catalogue: Catalogue, matcher: Matcher) -> Callable[[Batches], Batches]:
    """Plans inside Spark's workers, a batch at a time."""

    def planned(batches: Batches) -> Batches:
        for batch in batches:
            answers = _answers(batch, matcher)
            rows = [
                _row(one, file["subject"], kind, day)
                for file, (eligible, own) in zip(batch.to_pylist(), answers, strict=True)
                for one in reminded(file, kind, day, catalogue, eligible=eligible, instead=own, heard=_heard_of(file))
            ]
            yield pa.RecordBatch.from_pylist(rows, schema=_ARROW)

    return planned


def _answers(batch: pa.RecordBatch, matcher: Matcher) -> list[tuple[tuple[str, ...], Mapping[str, str]]]:
    """Per file the services that it may apply for, and what its own division has in the place of general ones."""
    if not matcher.atoms:
        return [((), NOTHING_INSTEAD)] * len(batch)
    flat = batch["truths"].flatten().to_numpy(zero_copy_only=False).astype(np.int8)
    truths_of = flat.reshape(len(batch), len(matcher.atoms))
    names = np.array(matcher.services, dtype=object)
    eligible = (tuple(names[row]) for row in matcher.eligible(truths_of) == YES)
    return list(zip(eligible, map(matcher.stand_ins, truths_of), strict=True))


def _heard_of(file: Mapping[str, Any]) -> Heard:
    earlier = tuple(_planned(row, file["subject"]) for row in file["earlier"] or ())
    said = tuple(Receipt(r["message"], r["channel"], r["status"], r["at"]) for r in file["receipts"] or ())
    return Heard(Choices.from_fields(dict(file["chosen"] or ())), earlier, said)


def _planned(row: Mapping[str, Any], subject: str) -> Planned:
    """What ``_row`` wrote, under the id that the subject's pseudonym gives it today."""
    rung = Rung(
        id=rung_id(subject, row["what"], row["due_on"], row["rung"]),
        what=row["what"],
        due_on=row["due_on"],
        step=row["rung"],
        fires_on=row["fires_on"],
        service=row["service"],
        published=row["published"],
        thing=row["thing"],
        last=row["last"],
        reminder=row["reminder"],
    )
    sent = (row["at"], row["until"], row.get("message") or "", tuple(row["channels"]))
    return Planned(rung, row["state"], row["reason"], *sent)


def _row(one: Planned, subject: str, kind: Kind, day: date) -> dict[str, object]:
    """A row of REMINDERS."""
    rung = one.rung
    return {
        "rung_id": rung.id,
        "subject": subject,
        "kind": kind,
        "what": rung.what,
        "due_on": rung.due_on,
        "rung": rung.step,
        "fires_on": rung.fires_on,
        "published": rung.published,
        "service": rung.service,
        "thing": rung.thing,
        "last": rung.last,
        "reminder": rung.reminder,
        "state": one.state,
        "reason": one.reason,
        "at": one.at,
        "until": one.until,
        "message": one.message or None,
        "channels": list(one.channels),
        "day": day,
    }


def _counts() -> "list[Any]":
    """How many rungs were reached, and how many of them are in which states."""
    from pyspark.sql import functions as F

    ended = F.col("state").isin(*_COUNTED["called off"])
    counted = {name: F.col("state").isin(*states) for name, states in _COUNTED.items()}
    counted = {"reached": ~ended, "estimated": ~ended & ~F.col("published"), **counted}
    return [F.sum(F.when(where, 1).otherwise(0)).alias(name) for name, where in counted.items()]


Message = tuple[Outgoing, dict[str, Notice]]


def _messages(context: Context, catalogue: Catalogue, *, still_to_go: bool) -> Iterator[Message]:
    """What the log says is to be told until the day and is in sight, with a notice per rung.

    ``still_to_go`` is what was planned lately and no channel said anything of, where delivery is on. The rest is for
    the inbox alone: a store that is new has to be told it as well.
    """
    from pyspark.sql import functions as F

    in_sight = context.day - timedelta(days=catalogue.ladder.overdue_days)
    states = ", ".join(f"'{state}'" for state in sorted(SENT))
    rows = context.tables.read(TABLE, context.spark).where(
        f"state IN ({states}) AND due_on >= DATE'{in_sight}' AND day <= DATE'{context.day}'"
    )
    lately = context.day - timedelta(days=FILED_DAYS)
    said = context.tables.read_or_empty(receipts.TABLE, receipts.RECEIPTS, context.spark)
    said = said.select("message", F.lit(True).alias("said")).distinct()
    goes = f"said IS NULL AND day > DATE'{lately}'" if context.settings.delivery != "off" else "false"
    wanted = rows.join(said, on="message", how="left").where(goes if still_to_go else f"NOT ({goes})")
    one = F.collect_list(
        F.struct(*(name for name in _ARROW.names if name not in ("subject", "kind", "message", "day")))
    )
    for row in wanted.groupBy("subject", "kind", "message", "day").agg(one.alias("rungs")).toLocalIterator():
        yield _message(row.asDict(recursive=True))


def _message(row: Mapping[str, Any]) -> Message:
    """The message of rows that ``_row`` wrote, under the ids that the subject's pseudonym gives its rungs today."""
    planned = [_planned(rung, row["subject"]) for rung in row["rungs"]]
    at = min(one.at.astimezone(SHANGHAI) for one in planned if one.at is not None)
    rungs = in_order(one.rung for one in planned)
    told = {rung.id: Notice(rung.id, rung.what, rung.due_on, rung.step, at.date(), rung.service) for rung in rungs}
    return Outgoing(row["message"], row["subject"], row["kind"], row["day"], at, rungs), told


def _flat(messages: Iterator[Message]) -> Iterator[tuple[str, Notice]]:
    """The notices of messages, each with its subject."""
    for message, told in messages:
        for notice in told.values():
            yield message.subject, notice


def _let_go(context: Context) -> None:
    """Drop what is older than anything that can still be asked about."""
    oldest = (context.day - timedelta(days=context.settings.kept_days)).isoformat()
    context.tables.drop(TABLE, lambda slot: slot.day >= oldest and slot.extra.get("layout") == LAYOUT)
