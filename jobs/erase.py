"""Removes subjects from every current table, the store and what waits there, and keeps them from coming back.

The tombstone is written first, so that an erasure that was killed is finished by running it again. Rows about nobody
else go, the others stay without the name; the runs before are deleted from disk. The model holds no subject, and
quarantine neither value nor pseudonym, so both stay; the audit keeps its chain and loses what it says of them.
Backups and the departments' own registers are not touched.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import TYPE_CHECKING

from jobs import accepted, audit, erased, feedback, linkages
from jobs.fresh import Refresher
from jobs.holdings import holding
from jobs.neighbours import around, sharers
from jobs.run import Context, Summary
from profiles import contracts, erasure
from profiles.errors import SettingsError
from profiles.identity import numbers
from profiles.identity.keys import pseudonym
from profiles.identity.rotation import Holding
from profiles.model import Kind
from recommender.store import Store

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# What is made of files again: rows of the subject go, and batches of fresh events as a whole.
BY_SUBJECT = ("pages",)
BY_BATCH = ("fresh",)


def erase(context: Context, asked: Mapping[str, Kind]) -> Summary:
    """Erase the subjects of these pseudonyms, each of its kind, and the records that are linked to them.

    Raises:
        StoreUnavailable: the store does not answer; run it again, what was done stays done.
        KeyMaterialError: a table is under other keys.
    """
    records = {
        link.record: asked[link.subject] for link in linkages.in_force_on(context, context.day) if link.subject in asked
    }
    going = {**asked, **records}
    gone = list(going)
    _bury(context, going)
    audit.run(context)  # what waits in the store would name them there
    near = (_named_with(context, asked) | sharers(context, asked)) - asked.keys()
    with Store(context.settings.store_url) as store:
        dropped = store.forget(gone)
        held = [table for table in context.tables.names() if _holds(table)]
        tables = sorted(held, key=lambda table: table == feedback.TABLE)  # where it was asked for: the last
        rows = 0
        for done, table in enumerate(tables):
            context.progress(f"erasing from {table}", done, len(tables))
            rows += _rewrite(context, table, gone)
        dropped += store.forget(gone)  # what was published or done meanwhile
        if near and store.writes()[1]:
            Refresher(context).refresh(around(context, {"kinship": near})).show(store)
    return Summary("erase", {"tables": len(tables), "rows": rows, "from the store": dropped}, "a tombstone stays")


def restore(context: Context, subject: str) -> Summary:
    """Take a subject's tombstone away: with the next deliveries it has a file again."""
    before = context.tables.manifest(erased.TABLE).rows if context.tables.exists(erased.TABLE) else 0
    lifted = 0
    if before:
        written = context.tables.rewrite(
            erased.TABLE, context.spark, lambda rows: rows.where(rows["subject"] != subject)
        )
        lifted = before - sum(manifest.rows for manifest in written)
    note = "" if lifted else "there was no tombstone of it"
    return Summary("erase", {"tombstones lifted": lifted}, note)


def subject_of(context: Context, kind: Kind, number: str) -> str:
    """The pseudonym of an identity number; raises SettingsError where it is none, without quoting it."""
    if reason := numbers.fault(kind, number):
        expected = "an identity number" if kind == "person" else "a credit code"
        raise SettingsError(f"What was typed is not {expected} ({reason}): type it again.")
    return pseudonym(context.keys, kind, number)


def _bury(context: Context, going: Mapping[str, Kind]) -> None:
    """Write tombstones of those who have none yet."""
    before = context.tables.read_or_empty(erased.TABLE, erased.ERASED, context.spark)
    known = {row["subject"] for row in before.select("subject").collect()}
    new = [(one, kind, context.day) for one, kind in going.items() if one not in known]
    rows = before.unionByName(context.spark.createDataFrame(new, erased.ERASED))
    context.tables.write(erased.TABLE, rows.coalesce(1), day=context.day)


def _named_with(context: Context, subjects: Iterable[str]) -> frozenset[str]:
    """Whom the subjects' files name: their pages change with them."""
    from pyspark.sql import functions as F

    near: set[str] = set()
    for table in ("person_files", "enterprise_files"):
        if context.tables.exists(table):
            files = context.tables.read(table, context.spark).where(F.col("subject").isin(list(subjects)))
            near.update(link["other"] for row in files.select("links").collect() for link in row["links"] or ())
    return frozenset(near - {None})


def _holds(table: str) -> bool:
    held = holding(table)
    if table in (erased.TABLE, "quarantine"):
        return False
    return table in (*BY_SUBJECT, *BY_BATCH) or (held is not None and bool(held.pseudonyms))


def _rewrite(context: Context, table: str, gone: list[str]) -> int:
    """Write the table without them; how many rows went."""
    if table == audit.TABLE:
        return audit.empty(context, gone)
    before = sum(manifest.rows for manifest in context.tables.manifests(table))
    if table in BY_BATCH:
        context.tables.drop(table)
        return 0
    feeds = {accepted.table(feed): contract for feed, contract in contracts.load().items()}
    held = holding(table) or Holding(("subject",))

    def change(rows: "DataFrame") -> "DataFrame":
        if table in feeds:
            return reduce(lambda left, one: erasure.without(left, feeds[table], one), gone, rows)
        return _without(rows, held, gone)

    def where(rows: "DataFrame") -> bool:
        return not rows.where(_named(held, gone)).isEmpty()

    return before - sum(one.rows for one in context.tables.rewrite(table, context.spark, change, where=where))


def _named(held: Holding, gone: list[str]) -> "Column":
    """Whether a row names any of them, in a column or in a list."""
    from pyspark.sql import Column
    from pyspark.sql import functions as F

    tests = [F.coalesce(F.col(place).isin(gone), F.lit(False)) for place in held.pseudonyms if "." not in place]
    tests += [
        F.coalesce(F.arrays_overlap(place, F.lit(gone)), F.lit(False)) for place in held.pseudonyms if "." in place
    ]
    return reduce(Column.__or__, tests)


def _without(rows: "DataFrame", held: Holding, gone: list[str]) -> "DataFrame":
    """Rows of which no column names them, and without the entries of lists that do."""
    from pyspark.sql import functions as F

    lists = _lists(held)
    own = Holding(tuple(place for place in held.pseudonyms if "." not in place))
    kept = rows.where(~_named(own, gone))

    def column(name: str) -> "Column":
        if name not in lists:
            return F.col(f"`{name}`")
        field = lists[name]
        return F.filter(name, lambda one: ~F.coalesce(one[field].isin(gone), F.lit(False))).alias(name)

    return kept.select(*[column(name) for name in kept.columns])


def _lists(held: Holding) -> Mapping[str, str]:
    """Lists whose entries name a subject, and the field that does."""
    return dict(place.split(".") for place in held.pseudonyms if "." in place)
