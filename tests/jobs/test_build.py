"""The build job: accepted tables in, two tables of files out, the same again on a rerun."""

from datetime import date

import pytest
from pyspark.sql import SparkSession

from jobs import build
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.errors import FeedMissing
from tests.profiles.deliver import DAY, Row, deliver

REGISTER: list[Row] = [{"enterprise": "cafe", "legal_representative": "owner", "as_of": date(2025, 1, 1)}]


@pytest.fixture
def context(spark: SparkSession, tmp_lake: Tables) -> Context:
    return Context(DAY, Settings(lake=tmp_lake.root))


def accepted(context: Context, **rows: list[Row]) -> None:
    for feed, frame in deliver(context.spark, rows).items():
        context.tables.write(f"accepted_{feed}", frame, day=context.day)


def test_files_are_written_and_counted_and_a_rerun_changes_nothing(context: Context) -> None:
    accepted(context, residents=[{"person": "owner"}, {"person": "neighbour"}], enterprises=REGISTER)

    summary = build.run(context)

    assert summary.counts == {"feeds": 2, "rows": 3, "persons": 2, "enterprises": 1}
    assert context.tables.manifest("person_files").extra == {"file_version": 3, "feeds": ["enterprises", "residents"]}
    persons = context.tables.read("person_files", context.spark).collect()
    assert {row.subject: [link.other for link in row.links] for row in persons} == {"owner": ["cafe"], "neighbour": []}
    again = build.run(context)
    assert (summary.note, again.note) == ("", "unchanged")


def test_a_feed_of_which_no_row_was_accepted_says_nothing(context: Context) -> None:
    accepted(context, enterprises=REGISTER, employment=[], permits=[])
    build.run(context)
    (cafe,) = context.tables.read("enterprise_files", context.spark).collect()
    assert (cafe.employees, cafe.documents) == (None, None)


def test_without_anything_accepted_the_job_says_what_to_run_and_writes_nothing(context: Context) -> None:
    with pytest.raises(FeedMissing, match="jobs gate"):
        build.run(context)
    assert not context.tables.exists("person_files")
