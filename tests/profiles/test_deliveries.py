"""What a feed says after several deliveries does not depend on the order in which they came in."""

import random
from datetime import date
from typing import TYPE_CHECKING

import pytest

from profiles.contracts import load
from profiles.deliveries import DELETED, settled

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

VEHICLES = load()["vehicles"]
ANN, BOB = "a" * 32, "b" * 32
Row = tuple[str, str, int, bool]  # person, plate, day of March in as_of, deleted


def delivery(spark: "SparkSession", *rows: Row) -> "DataFrame":
    told = [
        {"person": person, "plate": plate, "as_of": date(2026, 3, day), "registered_on": date(2020, 1, day)}
        for person, plate, day, _ in rows
    ]
    values = [
        (*(one.get(column.name) for column in VEHICLES.columns), row[3]) for one, row in zip(told, rows, strict=True)
    ]
    return spark.createDataFrame(values, f"{VEHICLES.ddl}, {DELETED} BOOLEAN")


def said(frame: "DataFrame") -> list[tuple[str, str, int]]:
    return sorted((row["person"][0], row["plate"], row["as_of"].day) for row in frame.collect())


def test_versions_are_kept_and_repeats_are_not(spark: "SparkSession") -> None:
    base = delivery(spark, (ANN, "p", 1, False), (BOB, "q", 1, False)).drop(DELETED)
    more = delivery(spark, (ANN, "p", 2, False), (BOB, "q", 1, False))
    found = settled([("2026-03-01", base), ("2026-03-02", more)], VEHICLES)
    assert said(found) == [("a", "p", 1), ("a", "p", 2), ("b", "q", 1)]
    assert found.columns == list(VEHICLES.schema)


def test_what_is_deleted_stays_deleted_until_a_newer_version_comes(spark: "SparkSession") -> None:
    base = delivery(spark, (ANN, "p", 1, False), (BOB, "q", 1, False))
    gone = delivery(spark, (ANN, "p", 3, True))
    late = delivery(spark, (ANN, "p", 2, False))
    assert said(settled([("1", base), ("2", gone), ("3", late)], VEHICLES)) == [("b", "q", 1)]
    back = delivery(spark, (ANN, "p", 4, False))
    assert said(settled([("1", base), ("2", gone), ("3", late), ("4", back)], VEHICLES)) == [
        ("a", "p", 4),
        ("b", "q", 1),
    ]


def test_a_version_delivered_anew_is_the_one_that_was_delivered_last(spark: "SparkSession") -> None:
    first = delivery(spark, (ANN, "p", 1, False))
    mended = first.selectExpr(
        *[name if name != "registered_on" else "DATE'2019-09-09' AS registered_on" for name in first.columns]
    )
    for order in ([("1", first), ("2", mended)], [("2", mended), ("1", first)]):
        assert [row["registered_on"] for row in settled(order, VEHICLES).collect()] == [date(2019, 9, 9)]


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_arrival_says_the_same(spark: "SparkSession", seed: int) -> None:
    rng = random.Random(seed)
    rows: list[Row] = [
        (rng.choice([ANN, BOB]), rng.choice("pq"), rng.randint(1, 6), rng.random() < 0.3) for _ in range(24)
    ]
    parts = [(f"2026-03-{n:02d}", delivery(spark, *dict.fromkeys(rows[n::4]))) for n in range(4)]
    expected = said(settled(parts, VEHICLES))
    assert len(expected) == len(set(expected)) > 1
    rng.shuffle(parts)
    assert said(settled([(slot, part.repartition(3)) for slot, part in parts], VEHICLES)) == expected


def test_a_column_that_the_contract_gained_is_unknown_in_older_deliveries(spark: "SparkSession") -> None:
    old = delivery(spark, (ANN, "p", 1, False)).drop("inspection_due", DELETED)
    assert settled([("1", old)], VEHICLES).collect()[0]["inspection_due"] is None
