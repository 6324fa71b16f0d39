"""The tag job: files in, tag tables out, the same again on a rerun."""

from datetime import date

import pytest
from pyspark.sql import SparkSession

from jobs import tag
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.errors import TableMissing
from tagging.registry import load
from tests.tagging.sample import DAY, file, spark_files


@pytest.fixture
def context(spark: SparkSession, tmp_lake: Tables) -> Context:
    return Context(DAY, Settings(lake=tmp_lake.root))


def written(context: Context, kind, *rows):
    rows = [{"identified": True, **row} for row in rows] if kind == "person" else rows
    context.tables.write(f"{kind}_files", spark_files(context.spark, rows, kind).drop("as_of"), day=context.day)


def test_each_file_gets_its_tags_with_their_evidence_and_the_registrys_version(context):
    source = {"name": "birth_date", "source": "residents", "as_of": date(2025, 6, 1), "in_force": True}
    # Its papers are unknown, so that nothing is known to be lacking.
    written(context, "person", file("p", birth_date="1962-01-01", documents=None, facts=[source]), file("q"))
    written(context, "enterprise", file("e", industry="6210"))

    summary = tag.run(context)

    registry = load()
    persons = context.tables.read("person_tags", context.spark).collect()
    assert {row.subject: [each.id for each in row.tags] for row in persons} == {"p": ["senior_60"], "q": []}
    (evidence,) = next(row for row in persons if row.subject == "p").tags[0].evidence
    assert tuple(evidence) == ("fact:birth_date", "residents", date(2025, 6, 1))
    assert {row.as_of for row in persons} == {DAY}
    enterprises = context.tables.read("enterprise_tags", context.spark).collect()
    assert [[each.id for each in row.tags] for row in enterprises] == [["catering"]]
    assert context.tables.manifest("person_tags").extra == {"registry": registry.version}
    assert summary.counts == {
        "tags": len(registry.tags),
        "persons": 2,
        "person_tags": 1,
        "enterprises": 1,
        "enterprise_tags": 1,
    }


def test_a_rerun_of_the_day_changes_nothing(context):
    written(context, "person", file("p", birth_date="1960-01-01"))
    written(context, "enterprise")
    first = tag.run(context)
    before = context.tables.manifest("person_tags").content_hash
    again = tag.run(context)
    assert (first.note, again.note) == ("", "unchanged")
    assert again.counts == first.counts
    assert context.tables.manifest("person_tags").content_hash == before


def test_without_files_it_says_which_job_to_run(context):
    with pytest.raises(TableMissing, match="person_files"):
        tag.run(context)
