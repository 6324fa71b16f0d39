"""What a feed says after several deliveries: the last word on each version of a row; it reads no table.

A delivery is whole, and then says all that there is, or it brings changes: new versions of rows, and marks of rows
deleted upstream. What counts is decided by the rows and by which delivery brought them, never by the order in which
they came in: a version that arrives late, twice or after its own deletion changes nothing.
"""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from profiles.contracts import Contract

DELETED = "_deleted"
SLOT = "_slot"


def settled(deliveries: Sequence[tuple[str, DataFrame]], contract: Contract) -> DataFrame:
    """The rows in force, in the contract's columns, of a whole delivery and the changes after it.

    Args:
        deliveries: slot and rows of each, in any order; rows have the contract's columns, and ``_deleted`` where
            their supplier marks deletions. For one version (the contract's key) the greatest slot has the last word.
    """
    frames = [_with_slot(slot, rows, contract) for slot, rows in deliveries]
    names = [f"`{column.name}`" for column in contract.columns]
    if len(frames) == 1:
        return frames[0].where(f"NOT {DELETED}").select(*names)
    together = reduce(DataFrame.unionByName, frames)
    version = Window.partitionBy(*[F.col(f"`{name}`") for name in contract.key])
    last = F.row_number().over(version.orderBy(F.col(SLOT).desc(), F.col(DELETED).desc(), F.xxhash64(*names)))
    said = together.withColumn("_place", last).where("_place = 1")
    return _without_deleted(said, contract).select(*names)


def _with_slot(slot: str, rows: DataFrame, contract: Contract) -> DataFrame:
    brought = set(rows.columns)
    marked = DELETED if DELETED in brought else "FALSE"
    # A column that the contract gained since the delivery is unknown in its rows.
    columns = [
        f"CAST({f'`{name}`' if name in brought else 'NULL'} AS {kind}) AS `{name}`"
        for name, kind in contract.schema.items()
    ]
    return rows.selectExpr(f"'{slot}' AS {SLOT}", f"{marked} AS {DELETED}", *columns)


def _without_deleted(said: DataFrame, contract: Contract) -> DataFrame:
    """Rows of which no deletion is known that is as new or newer."""
    if "as_of" not in contract.key:
        return said.where(f"NOT {DELETED}")
    rest = Window.partitionBy(*[F.col(f"`{name}`") for name in contract.key if name != "as_of"])
    deleted_on = F.max(F.when(F.col(DELETED), F.col("as_of"))).over(rest)
    return said.withColumn("_deleted_on", deleted_on).where("_deleted_on IS NULL OR as_of > _deleted_on")
