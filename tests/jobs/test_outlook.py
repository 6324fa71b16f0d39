"""The outlook job: tags gained and lost in two years, the same again on a rerun, refused on another registry's tags."""

from datetime import date

import pytest
from pyspark.sql import SparkSession

from jobs import outlook, tag
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.errors import ModelMismatch, TableMissing
from tagging.outlook.one import OneFile
from tagging.registry import load
from tests.tagging.sample import DAY, file, spark_files

ROWS = [
    file("p", identified=True, birth_date="1967-02-28", sex="female", residence_division="310101"),
    file("dead", identified=True, birth_date="1967-02-28", died_on="2020-01-01"),
    file("record", identified=False, birth_date="1967-02-28"),
]


@pytest.fixture
def context(spark: SparkSession, tmp_lake: Tables) -> Context:
    context = Context(DAY, Settings(lake=tmp_lake.root))
    for kind, rows in (("person", ROWS), ("enterprise", [file("e", industry="6210")])):
        tmp_lake.write(f"{kind}_files", spark_files(spark, rows, kind).drop("as_of"), day=DAY)
    return context


def test_the_living_and_known_alone_have_an_outlook_and_a_rerun_is_the_same(context):
    with pytest.raises(TableMissing, match="person_tags"):
        outlook.run(context)
    tag.run(context)
    summary = outlook.run(context)
    rows = context.tables.read("person_outlook", context.spark).collect()
    assert {(row.subject, row.as_of) for row in rows} == {("p", DAY)}
    assert ("senior_60", date(2027, 2, 28), "gained") in {(row.tag, row.day, row.change) for row in rows}
    changes = OneFile(load(), "person").outlook(ROWS[0], date(2027, 7, 1))
    assert sorted((row.day, row.tag, row.change) for row in rows) == [(c.day, c.tag, c.change) for c in changes]
    assert summary.counts["person changes"] == len(rows)
    manifest = context.tables.manifest("person_outlook")
    assert manifest.extra["registry"] == load().version
    assert outlook.run(context).note == "unchanged"
    assert context.tables.manifest("person_outlook").run == manifest.run


def test_tags_of_another_registry_or_another_day_are_refused(context):
    tag.run(context)
    tags = context.tables.read("person_tags", context.spark)
    context.tables.write("person_tags", tags, day=DAY, extra={"registry": "older"})
    with pytest.raises(
        ModelMismatch, match=r"person_tags was made of 2025-07-01 from registry older, not of .* run tag"
    ):
        outlook.run(context)
