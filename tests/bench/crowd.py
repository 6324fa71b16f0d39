"""A crowd of made-up persons as accepted rows, made natively in Spark so that millions take seconds; it checks nothing.

Every person has as many rows as asked, dealt to the feeds in turn; what the values mean does not matter to speed.
"""

import re
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F

from jobs import accepted
from jobs.run import Context
from jobs.session import spark_session
from jobs.settings import Settings
from profiles.contracts import SQL_TYPES, Column, load

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DAY = date(2026, 11, 22)
# Ten rows a person: two documents, two relatives, and one of everything else.
FEEDS = (
    "residents", "documents", "kinship", "social_insurance", "employment", "documents", "kinship", "housing_fund",
    "medical_insurance", "cases",
)  # fmt: skip
PEOPLE_OF_A_FIRM = 10
_SAMPLES = {"type": "HKM_PERMIT", "service": "hkm_permit_renewal", "occupation": "2-02-10-03"}


def session(memory: str) -> "SparkSession":
    """Two cores and the memory given, set for long runs."""
    return spark_session(Settings(spark_master="local[2]", driver_memory=memory))


def settings(folder: Path, memory: str) -> Settings:
    """Settings of a run over a crowd, with keys of its own."""
    return Settings(
        lake=folder / "lake",
        spark_master="local[2]",
        driver_memory=memory,
        pseudonym_key="5a" * 32,
        vault_key="a5" * 32,
    )


def crowd(spark: "SparkSession", persons: int, rows: int) -> "dict[str, DataFrame]":
    """Feed -> accepted rows in the contract's columns, ``rows`` in all."""
    each = max(1, rows // persons)
    turns: dict[str, list[int]] = {}
    for turn in range(each):
        turns.setdefault(FEEDS[turn % len(FEEDS)], []).append(turn)
    return {feed: _feed(spark, feed, persons, of) for feed, of in turns.items()}


def settle(context: Context, persons: int, rows: int) -> int:
    """Writes the crowd as the gate would have, and counts its rows."""
    extra = {"delivers": "whole", "key_id": context.settings.key_id}
    written = 0
    for feed, frame in crowd(context.spark, persons, rows).items():
        slot = context.day.isoformat()
        made = context.tables.write(accepted.table(feed), frame, day=context.day, extra=extra, slot=slot)
        written += made.rows
    return written


def scratch() -> "tempfile.TemporaryDirectory[str]":
    """A folder that goes when the benchmark ends."""
    return tempfile.TemporaryDirectory(prefix="bench-")


def most_held(pid: int) -> int:
    """Kilobytes of memory that a process held at most."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0


def _feed(spark: "SparkSession", feed: str, persons: int, turns: list[int]) -> "DataFrame":
    contract = load()[feed]
    row, person = F.col("id"), F.col("id") % persons
    values = {column.name: _value(column, row, person, persons) for column in contract.columns}
    values["as_of"] = F.date_sub(F.lit(DAY), (row % 40).cast("int"))
    if feed == "cases":
        values["enterprise"] = F.lit(None).cast("string")
    columns = [values[column.name].cast(SQL_TYPES[column.type]).alias(column.name) for column in contract.columns]
    return spark.range(persons * len(turns)).select(*columns)


def _value(column: Column, row: SparkColumn, person: SparkColumn, persons: int) -> SparkColumn:
    if column.identifies:
        firm = F.floor(person / PEOPLE_OF_A_FIRM)
        whose = {"person": person, "relative": (person + 1) % persons}.get(column.name, firm)
        return F.substring(F.sha2(F.concat(F.lit(column.identifies), whose.cast("string")), 256), 1, 32)
    if column.allowed:
        return F.element_at(F.array(*map(F.lit, column.allowed)), (row % len(column.allowed) + 1).cast("int"))
    match column.type:
        case "date":
            ahead = column.name in ("expires_on", "until", "insured_until", "finished_on")
            return (F.date_add if ahead else F.date_sub)(F.lit(DAY), (row % 9_000 + 40).cast("int"))
        case "integer" | "decimal":
            return row % 400
        case _:
            if column.sealed:
                return F.concat(F.sha2(row.cast("string"), 256), F.lit(column.name))
            same = _SAMPLES.get(column.name, "310101" if column.pattern else "")
            return F.lit(same) if same else F.concat(F.lit(column.name), row.cast("string"))
