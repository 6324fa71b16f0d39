"""The order, the partitioning and the repetition of rows never change a file."""

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from profiles.build import enterprise_files, person_files
from tests.profiles.deliver import DAY, deliver
from tests.profiles.test_build import BEFORE, QUARTER
from tests.profiles.test_build_enterprise import STREET

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from jobs.tables import Tables


def _hash(spark: "SparkSession", lake: "Tables", rows: dict[str, list[dict[str, object]]], seed: int, day: date) -> str:
    order = Random(seed)
    shuffled = {feed: order.sample(told * 2, len(told) * 2) if seed else told for feed, told in rows.items()}
    feeds = {feed: frame.repartition(1 + seed % 3) for feed, frame in deliver(spark, shuffled).items()}
    build = enterprise_files if rows is STREET else person_files
    return lake.write("files", build(feeds, day), day=day).content_hash


@pytest.mark.parametrize("rows", [QUARTER, STREET], ids=["persons", "enterprises"])
def test_shuffled_repeated_and_repartitioned_rows_give_the_same_files(
    spark: "SparkSession", tmp_lake: "Tables", rows: dict[str, list[dict[str, object]]]
) -> None:
    assert _hash(spark, tmp_lake, rows, 0, DAY) == _hash(spark, tmp_lake, rows, 5, DAY)


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
    then = _hash(spark, tmp_lake, known, 0, past)
    assert _hash(spark, tmp_lake, QUARTER, 0, past) == then
