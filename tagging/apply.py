"""Tags onto files, for millions of them, in native Spark columns; it reads and writes no table.

``files`` has the columns of ``profiles.model`` and a DATE column ``as_of``: the day to answer for. Every distinct
leaf of all rules is answered once per file; what is asked of tags that hold is asked of no other.

Spark compiles a projection, but interprets whatever a lambda walks and says. So what lambdas walk is made in the
projection before theirs, and is named twice after it, or Spark would put both into one again.
"""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.model import Kind
from tagging.asked import HELD, Asked
from tagging.evidence import entries, found
from tagging.outlook import many
from tagging.registry import Registry
from tagging.rules import Atom, to_spark
from tagging.rules.spark import NAMES

# Columns of our own on the way, by names that no file has.
_KNOWN, _NAMES, _EARNED, _STRETCHES, _AHEAD = "_known", "_names", "_earned", "_stretches", "_ahead"

_STRETCH = f"CASE WHEN t.steps IS NOT NULL THEN {many.stretch('t.steps', 'as_of')} END"
_TAG = (
    f"named_struct('id', t.id, 'since', greatest(t.first, {_STRETCHES}[place].since),"
    f" 'until', least(t.last, {_STRETCHES}[place].until),"
    f" 'clauses', t.told.clause, 'evidence', {found('array_distinct(flatten(t.told.reads))', _KNOWN, _NAMES)})"
)


def apply_tags(files: DataFrame, registry: Registry, kind: Kind) -> DataFrame:
    """(subject, as_of, tags): each tag with its stretch, its satisfied clauses and the facts behind them.

    ``tags`` is ``ARRAY<STRUCT<id: STRING, since: DATE, until: DATE, clauses: ARRAY<STRING>, evidence:
    ARRAY<STRUCT<reads: STRING, source: STRING, as_of: DATE>>>>``, by id; a file without tags keeps its row with an
    empty array.

    ``since`` and ``until`` are the first and the last day of the unbroken stretch around ``as_of`` on which the rule
    is true of the file as it is now. A tag does not begin before its own first day, and where nothing in the file
    begins it, it begins then. ``until`` is NULL where no date of the file or the tag ends it. ``clauses`` are those
    alternatives of the rule that hold, as rule text.
    """
    asked = Asked(registry, kind)
    earned = _answered(files, asked).select(
        "subject", "as_of", F.expr(asked.earned).alias(_EARNED), F.expr(entries(asked.reads)).alias(_KNOWN)
    )
    kept = f"CASE WHEN size({_EARNED}) > 0 THEN filter({_EARNED}, t -> t IS NOT NULL) ELSE {_EARNED} END"
    return (
        earned.select("subject", "as_of", F.expr(kept).alias(_EARNED), _KNOWN, F.col(f"{_KNOWN}.reads").alias(_NAMES))
        .select("*", F.expr(f"transform({_EARNED}, t -> {_STRETCH})").alias(_STRETCHES))
        .select("subject", "as_of", F.expr(f"transform({_EARNED}, (t, place) -> {_TAG})").alias("tags"))
    )


def outlook(files: DataFrame, registry: Registry, kind: Kind, months: int) -> DataFrame:
    """(subject, as_of, tag, day, change): what each file gains and loses within so many months after its day.

    ``change`` is ``gained`` or ``lost``, from ``day`` on; a file in which nothing turns has no row.
    """
    asked = Asked(registry, kind)
    turned = many.changes("t.id", "t.held", "t.steps")
    turning = f"CASE WHEN size({_AHEAD}) > 0 THEN filter({_AHEAD}, t -> size(t.steps) > 0) ELSE {_AHEAD} END"
    return (
        _answered(files, asked)
        .select("subject", "as_of", F.expr(asked.ahead(f"add_months(as_of, {months})")).alias(_AHEAD))
        .select("subject", "as_of", F.expr(f"inline(flatten(transform({turning}, t -> {turned})))"))
    )


def tag_ids(files: DataFrame, registry: Registry, kind: Kind) -> DataFrame:
    """``files`` with a column ``tags``: the ids of the tags that hold, ``ARRAY<STRING>`` by id."""
    asked = Asked(registry, kind)
    ids = f"array_remove({asked.ids}, '')"
    return _answered(files, asked).select(*files.columns, F.expr(ids).alias("tags"))


def _answered(files: DataFrame, asked: Asked) -> DataFrame:
    """The files with the names in their lists, and with the answers to every leaf."""
    named = files.select("*", *(F.expr(path).alias(column) for column, path in NAMES.items()))
    return named.select("*", F.expr(asked.held).alias(HELD))


def truths(files: DataFrame, atoms: Sequence[Atom]) -> DataFrame:
    """``files`` with a column ``truths``: per atom 0 for no, 1 for yes, 2 for unknown, ``ARRAY<TINYINT>``."""
    answers = ", ".join(f"coalesce(CAST({to_spark(atom)} AS TINYINT), 2Y)" for atom in atoms)
    return files.select("*", F.expr(f"CAST(array({answers}) AS ARRAY<TINYINT>)").alias("truths"))
