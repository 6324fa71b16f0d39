"""Keeps an erased subject out: what becomes of rows that name one; it reads no table.

A row that is nothing without the erased subject goes: on arrival to quarantine, without even its key. Where the row
is about somebody else too and its contract lets the column be empty (the representative of an enterprise, the other
parent of a child), it stays without the name.
"""

from collections.abc import Mapping
from functools import reduce

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.contracts import Contract

REASON = "erased_subject"


def withheld(sifted: DataFrame, contract: Contract, erased: DataFrame) -> DataFrame:
    """Sifted rows, of which those that are nothing without an erased subject fail as ``erased_subject``.

    Args:
        erased: ``subject``, each once; small enough to be sent to every worker.
    """
    marked = sifted
    for name in _naming(contract):
        marks = F.broadcast(erased.select(F.col("subject").alias(f"_gone_{name}")))
        marked = marked.join(marks, on=F.col(f"`{name}`") == F.col(f"_gone_{name}"), how="left")
    gone = {name: F.col(f"_gone_{name}").isNotNull() for name in _naming(contract)}
    goes = _goes(contract, gone)
    failure = F.struct(
        F.lit("").alias("column"), F.lit("a subject").alias("value_class"), F.lit(REASON).alias("reason")
    )
    instead = {
        **{name: F.when(~gone[name], F.col(f"`{name}`")) for name in gone},
        "_key": F.when(~goes, F.col("_key")),
        "_failures": F.when(goes, F.array(failure)).otherwise(F.col("_failures")),
    }
    return marked.select(*[instead.get(name, F.col(f"`{name}`")).alias(name) for name in sifted.columns])


def without(rows: DataFrame, contract: Contract, subject: str) -> DataFrame:
    """Accepted rows without the subject."""
    gone = {name: F.col(f"`{name}`").eqNullSafe(F.lit(subject)) for name in _naming(contract)}
    kept = rows.where(~_goes(contract, gone))
    emptied = {name: F.when(~gone[name], F.col(f"`{name}`")) for name in gone}
    return kept.select(*[emptied.get(name, F.col(f"`{name}`")).alias(name) for name in rows.columns])


def _naming(contract: Contract) -> tuple[str, ...]:
    """The columns that name a subject by its pseudonym."""
    return tuple(column.name for column in contract.columns if column.identifies)


def _goes(contract: Contract, gone: Mapping[str, SparkColumn]) -> SparkColumn:
    """Whether a row cannot stay: a column that must be filled would be empty, or nobody else is named."""
    required = [gone[name] for name in gone if contract.column(name).required]
    others = [F.col(f"`{name}`").isNotNull() & ~gone[name] for name in gone]
    named = reduce(SparkColumn.__or__, gone.values(), F.lit(False))
    return reduce(SparkColumn.__or__, required, named & ~reduce(SparkColumn.__or__, others, F.lit(False)))
