"""Links in force put the resident in the record's place, on the day asked for and in linked feeds alone."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from profiles.linkage.aliases import aliased, in_force
from tests.profiles.deliver import DAY, deliver

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

NEXT, AFTER = DAY + timedelta(days=1), DAY + timedelta(days=2)
DECISIONS = [
    ("1", "school_roll", "row", "child", "linked", DAY),
    ("2", "school_roll", "wrong", "elder", "linked", DAY),
    ("2", "school_roll", "wrong", "elder", "undone", NEXT),
    ("3", "school_roll", "wrong", "baby", "linked", AFTER),
]


def decisions(spark: "SparkSession") -> "DataFrame":
    columns = "link_id STRING, feed STRING, record STRING, subject STRING, action STRING, decided_on DATE"
    return spark.createDataFrame(DECISIONS, columns)


def pairs(spark: "SparkSession", day: date) -> set[tuple[str, str]]:
    return {(row.record, row.subject) for row in in_force(decisions(spark), day).collect()}


def test_a_link_is_in_force_from_its_day_until_it_is_undone(spark: "SparkSession") -> None:
    assert pairs(spark, DAY - timedelta(days=1)) == set()
    assert pairs(spark, DAY) == {("row", "child"), ("wrong", "elder")}
    assert pairs(spark, NEXT) == {("row", "child")}
    assert pairs(spark, AFTER) == {("row", "child"), ("wrong", "baby")}


def test_a_linked_row_names_the_resident_and_is_else_as_it_was(spark: "SparkSession") -> None:
    rows = [{"person": name, "name": "sealed", "stage": "primary", "since": DAY} for name in ("row", "wrong", "other")]
    feeds = deliver(spark, {"school_roll": rows, "schooling": [{"person": "row", "stage": "primary", "since": DAY}]})
    found = aliased(feeds, in_force(decisions(spark), NEXT))
    assert sorted(row.person for row in found["school_roll"].collect()) == ["child", "other", "wrong"]
    assert found["school_roll"].schema == feeds["school_roll"].schema
    assert {row.stage for row in found["school_roll"].collect()} == {"primary"}
    assert found["schooling"] is feeds["schooling"]
