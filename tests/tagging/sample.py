"""Files as tests write them, and how both engines answer rules about them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from profiles.model import Kind, columns
from tagging.files import duckdb_rows, to_json
from tagging.registry import Registry, load
from tagging.rules import UNKNOWN, Atom, Rule, to_duckdb, to_spark
from tagging.tag import Tag

DAY = date(2025, 7, 1)

Answers = npt.NDArray[np.int32]

# What the city's whole file looks like where nothing is listed.
NOTHING: dict[str, object] = {"facts": [], "documents": [], "links": [], "events": [], "cases": []}


def file(subject: str = "a", as_of: date = DAY, **given: object) -> dict[str, object]:
    """A file with empty lists and unknown facts but for what is given."""
    return {"subject": subject, "as_of": as_of, **NOTHING, **given}


def tag(
    name: str, rule: str, kind: Kind = "person", valid_from: date = date(2000, 1, 1), valid_until: date | None = None
) -> Tag:
    """A tag like the first of the registry, but for what is given."""
    like = load().tags[0]
    return replace(like, id=name, kind=kind, rule=rule, valid_from=valid_from, valid_until=valid_until, examples=())


def registry(*tags: Tag) -> Registry:
    """A registry of these tags."""
    return Registry(tuple(sorted(tags, key=lambda each: each.id)), "test")


def spark_files(spark: SparkSession, rows: Sequence[Mapping[str, object]], kind: Kind) -> DataFrame:
    """The rows as Spark sees files, ``as_of`` among them."""
    fields = {**columns(kind), "as_of": "DATE"}
    schema = "ARRAY<STRUCT<" + ", ".join(f"{name}: {type_}" for name, type_ in fields.items()) + ">>"
    said = spark.createDataFrame([(to_json(rows, kind),)], "said STRING")
    return said.select(F.explode(F.from_json("said", schema)).alias("row")).select("row.*")


def answered(files: DataFrame, asked: Sequence[Rule | Atom]) -> Answers:
    """0, 1 or 2 per row and rule, int32[files, rules], in one query of Spark's."""
    spelt = [F.expr(f"coalesce(CAST({to_spark(each)} AS INT), {UNKNOWN})") for each in asked]
    told = files.select(*(one.alias(f"r{place}") for place, one in enumerate(spelt))).toArrow()
    return np.stack([column.to_numpy() for column in told.columns], axis=1)


def said_by_duckdb(connection: duckdb.DuckDBPyConnection, rows: str, asked: Sequence[Rule | Atom]) -> Answers:
    """The same of the table or query ``rows``, by DuckDB."""
    spelt = (f"coalesce(CAST({to_duckdb(each)} AS INT), {UNKNOWN})" for each in asked)
    told = connection.execute(f"SELECT {', '.join(spelt)} FROM {rows}").fetchall()  # noqa: S608
    return np.array(told, dtype=np.int32)


def spark_answers(
    spark: SparkSession, rows: Sequence[Mapping[str, object]], kind: Kind, asked: Sequence[Rule | Atom]
) -> list[list[int]]:
    """The answers about these rows as lists."""
    return answered(spark_files(spark, rows, kind), asked).tolist()


def duckdb_answers(rows: Sequence[Mapping[str, object]], kind: Kind, asked: Sequence[Rule | Atom]) -> list[list[int]]:
    """The same by DuckDB."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE files AS {duckdb_rows(kind)}", [to_json(rows, kind)])
        return said_by_duckdb(connection, "files", asked).tolist()
