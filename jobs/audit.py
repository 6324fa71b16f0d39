"""Keeps who read whose file, as a chain in which no entry can be changed, taken out or moved unseen; it shows nobody.

The API notes every read in the store; here each becomes an entry of the table ``audit``, once, and only then leaves
the store. What the API is known to have lost becomes an entry too, and so does the end of a process of it that was
killed, after which nobody knows whether it had noted more. The pseudonym stands beside the chained content, which holds
a mark of it alone, so that keys can be rotated; an erased subject's entries lose content and pseudonym and keep their
hash. The head that is printed is worth keeping elsewhere: with it, ``verify`` sees whatever was cut off.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow.parquet as pq

from jobs.run import Context, Summary
from profiles.errors import AuditBroken, StoreUnavailable, TableMissing
from recommender.access import Access, Lost, sorted_out
from recommender.chain import ERASED, LOST, READ, Entry, Head, broken, chained
from recommender.store import AccessQueue

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE = "audit"
AUDIT = "number BIGINT, kind STRING, subject STRING, content STRING, salt STRING, digest STRING, hash STRING"
BATCH = 50_000

Told = tuple[str, str | None, dict[str, object]]  # (kind, subject, content)


def run(context: Context) -> Summary:
    """Move what waits in the store into the chain.

    A store that does not answer is no reason to stop the day's other jobs: what waits there waits on.
    """
    taken = lost = 0
    try:
        with AccessQueue(context.settings.store_url) as queue:
            killed = queue.killed()  # before their last reads are taken, which are thereby all that will come
            while found := queue.oldest(BATCH):
                sort = sorted_out(found, _known(context)[1])
                head = _append(context, _told(sort.new, sort.lost, context.settings.key_id), sort.last)
                queue.settle(len(found), head)
                taken, lost = taken + len(sort.new), lost + sum(one.count for one in sort.lost)
            if killed:
                sort = sorted_out([], _known(context)[1], killed)
                head = _append(context, _told([], sort.lost, context.settings.key_id), sort.last)
                queue.settle(0, head, killed)
    except StoreUnavailable as away:
        return Summary("audit", {"reads": taken, "lost": lost}, f"left in the store: {away}")
    head = _known(context)[0]
    counts = {"reads": taken, "lost": lost, "killed": len(killed), "entries": head.number}
    return Summary("audit", counts, f"head {head.text}")


def verify(context: Context, known: Sequence[str] = ()) -> Summary:
    """Walk the chain from its first entry; ``known`` are heads that were printed before.

    Raises:
        AuditBroken: it is not whole; the message names the first entry at which it is not.
        TableMissing: there is no chain yet.
    """
    if not context.tables.exists(TABLE):
        raise TableMissing(
            f"There is no audit in {context.tables.root}. `python -m jobs audit` begins one with the first read "
            "that it takes in; if one should be there, --lake or YIDANG_LAKE names another folder."
        )
    entries = list(_entries(context))
    heads = [Head.parse(text) for text in known]
    try:
        with AccessQueue(context.settings.store_url) as queue:
            heads += queue.heads()
        note = ""
    except StoreUnavailable as away:
        note = f"without the head that the store knows: {away}"
    fault = broken((entry for entry, _ in entries), heads) or _mismarked(context, entries)
    if fault:
        raise AuditBroken(f"The audit in {context.tables.root} is not whole: {fault}. Keep what is there as evidence.")
    lost = sum(_count(entry) for entry, _ in entries if entry.kind == LOST)
    empty = sum(entry.content is None for entry, _ in entries)
    reads = sum(entry.kind == READ for entry, _ in entries)
    return Summary("audit", {"entries": len(entries), "reads": reads, "lost": lost, "erased": empty}, note or "whole")


def empty(context: Context, gone: Sequence[str]) -> int:
    """Take the content of erased subjects' entries away for good and chain that it was done; how many there were."""
    from pyspark.sql import functions as F

    if not context.tables.exists(TABLE):
        return 0
    theirs = context.tables.read(TABLE, context.spark).where(F.col("subject").isin(list(gone)))
    count = theirs.count()
    if not count:
        return 0
    # Before, so that no chain has entries that are empty for no reason.
    _append(context, [(ERASED, None, {"emptied": count})], _known(context)[1])

    def emptied(rows: "DataFrame") -> "DataFrame":
        named = F.coalesce(F.col("subject").isin(list(gone)), F.lit(False))
        kept = {name: F.when(~named, F.col(name)).alias(name) for name in ("subject", "content", "salt")}
        return rows.select(*[kept.get(name, F.col(name)) for name in rows.columns])

    context.tables.rewrite(TABLE, context.spark, emptied)
    return count


def _told(reads: Sequence[Access], lost: Sequence[Lost], key_id: str) -> Iterator[Told]:
    for gap in lost:
        yield LOST, None, msgspec.to_builtins(gap)
    for one in reads:
        content = msgspec.to_builtins(msgspec.structs.asdict(one.shown()))
        yield READ, one.subject, {**content, "of": _mark(one.process, one.number, one.subject), "key": key_id}


def _append(context: Context, told: Iterator[Told] | Sequence[Told], last: Mapping[str, int]) -> Head:
    listed = list(told)
    before, _ = _known(context)
    entries = list(chained(before, ((kind, content) for kind, _, content in listed)))
    rows = [
        (one.number, one.kind, subject, one.content, one.salt, one.digest, one.hash)
        for one, (_, subject, _) in zip(entries, listed, strict=True)
    ]
    if not entries:
        return before
    head = Head(entries[-1].number, entries[-1].hash)
    frame = context.spark.createDataFrame(rows, AUDIT).coalesce(1)
    extra = {"head": head.text, "last": dict(last)}
    context.tables.write(TABLE, frame, day=context.day, extra=extra, slot=f"{before.number + 1:015d}")
    return head


def _known(context: Context) -> tuple[Head, dict[str, int]]:
    """The chain's head and the last number of each process that may still be answering."""
    if not context.tables.exists(TABLE):
        return Head(), {}
    extra: Mapping[str, Any] = context.tables.manifest(TABLE).extra
    return Head.parse(extra["head"]), dict(extra["last"])


def _entries(context: Context) -> Iterator[tuple[Entry, str | None]]:
    """Every entry with its subject, by number."""
    rows = [row for folder in context.tables.paths(TABLE) for row in pq.read_table(folder).to_pylist()]
    for row in sorted(rows, key=lambda row: int(row["number"])):
        subject = row.pop("subject")
        yield Entry(**row), subject


def _mismarked(context: Context, entries: Sequence[tuple[Entry, str | None]]) -> str:
    """Whether an entry stands beside a pseudonym that it was not made for; under earlier keys nobody can tell."""
    for entry, subject in entries:
        if entry.kind != READ or entry.content is None:
            continue
        content = msgspec.json.decode(entry.content)
        if content["key"] == context.settings.key_id and content["of"] != _mark(
            content["process"], content["number"], subject or ""
        ):
            return f"entry {entry.number} stands beside another subject than it was made for"
    return ""


def _count(entry: Entry) -> int:
    return msgspec.json.decode(entry.content, type=Lost).count if entry.content else 0


def _mark(process: str, number: int, subject: str) -> str:
    return blake2b(subject.encode(), key=f"{process}{number}".encode(), digest_size=16).hexdigest()
