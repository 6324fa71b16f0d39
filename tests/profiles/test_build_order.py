"""Ties are settled and past days rebuilt the same way round; tests/properties/test_order.py shuffles rows."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from profiles.build import person_files
from tests.profiles.deliver import DAY, deliver
from tests.profiles.test_build import BEFORE, QUARTER

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from jobs.tables import Tables


def _hash(spark: "SparkSession", lake: "Tables", rows: dict[str, list[dict[str, object]]], day: date) -> str:
    return lake.write("files", person_files(deliver(spark, rows), day), day=day).content_hash


def test_two_versions_of_the_same_date_are_settled_the_same_way_round(spark: "SparkSession") -> None:
    rows = [{"person": "p", "education": "bachelor"}, {"person": "p", "education": "master"}]
    told = {
        person_files(deliver(spark, {"residents": order}), DAY).collect()[0]["education"]
        for order in (rows, rows[::-1])
    }
    assert told == {"master"}


def test_a_past_day_is_rebuilt_without_what_came_later(spark: "SparkSession", tmp_lake: "Tables") -> None:
    past = DAY - timedelta(days=20)
    known = {
        feed: [row for row in told if row.get("as_of") in (date(2024, 1, 1), BEFORE)] for feed, told in QUARTER.items()
    }
    then = _hash(spark, tmp_lake, known, past)
    assert _hash(spark, tmp_lake, QUARTER, past) == then
