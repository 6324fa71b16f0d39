"""Accepted rows for tests, by the contracts: name what matters, the rest is filled in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from profiles.contracts import load

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DAY = date(2026, 3, 1)
Row = Mapping[str, object]

# What every row of a feed has where a test does not say otherwise.
_FILLED: Mapping[str, Row] = {
    "residents": {
        "name": "sealed name", "sex": "female", "birth_date": date(1990, 1, 1), "hukou_division": "310101",
        "residence_division": "310101",
    },
    "documents": {"status": "valid", "issued_on": date(2020, 1, 1)},
    "permits": {"status": "valid"},
    "enterprises": {"name": "一家公司", "founded_on": date(2020, 1, 1), "status": "active"},
    "cases": {"applied_on": date(2026, 1, 1)},
}  # fmt: skip


def deliver(spark: "SparkSession", rows: Mapping[str, Sequence[Row]]) -> "dict[str, DataFrame]":
    """Feed → frame in the contract's columns; ``as_of`` is ``DAY`` where a row does not say."""
    return {feed: _frame(spark, feed, told) for feed, told in rows.items()}


def _frame(spark: "SparkSession", feed: str, rows: Sequence[Row]) -> "DataFrame":
    contract = load()[feed]
    names = [column.name for column in contract.columns]
    filled = [{"as_of": DAY, **_FILLED.get(feed, {}), **row} for row in rows]
    for row in filled:
        unknown = row.keys() - {*names, "as_of"}
        assert not unknown, f"{feed} has no column {unknown}"
    return spark.createDataFrame([tuple(row.get(name) for name in names) for row in filled], contract.ddl)
