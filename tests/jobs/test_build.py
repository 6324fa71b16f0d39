"""The build job: accepted tables in, two tables of files out, the same again on a rerun."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from jobs import build, rebuild
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
    assert context.tables.manifest("person_files").extra == {"file_version": 5, "feeds": ["enterprises", "residents"]}
    persons = context.tables.read("person_files", context.spark).collect()
    assert {row.subject: [link.other for link in row.links] for row in persons} == {"owner": ["cafe"], "neighbour": []}
    again = build.run(context)
    assert (summary.note, again.note) == ("", "unchanged")


def test_a_past_day_is_built_again_as_it_was_whatever_came_since(context: Context, tmp_path: Path) -> None:
    accepted(context, residents=[{"person": "owner"}], enterprises=REGISTER)
    build.run(context)
    later = Context(DAY + timedelta(days=1), context.settings)
    for feed, frame in deliver(context.spark, {"residents": [{"person": "owner"}, {"person": "late"}]}).items():
        slot = later.day.isoformat()
        context.tables.write(f"accepted_{feed}", frame, day=later.day, slot=slot)
    assert build.run(later).counts["persons"] == 2
    again = rebuild.rebuild(context, tmp_path / "past")
    assert (again.counts["persons"], again.note) == (1, f"the same content as on {DAY}")
    assert context.tables.manifest("person_files").rows == 2
    before = rebuild.rebuild(Context(DAY + timedelta(days=2), context.settings), tmp_path / "future")
    assert before.note == f"nothing was built on {DAY + timedelta(days=2)} to compare with"
    context.tables.rewrite("accepted_residents", context.spark, lambda rows: rows.where("person <> 'late'"))
    gone = rebuild.rebuild(later, tmp_path / "later")
    assert gone.note == f"differs from {later.day}: person_files had 2 rows"


def test_a_feed_of_which_no_row_was_accepted_says_nothing(context: Context) -> None:
    accepted(context, enterprises=REGISTER, employment=[], permits=[])
    build.run(context)
    (cafe,) = context.tables.read("enterprise_files", context.spark).collect()
    assert (cafe.employees, cafe.documents) == (None, None)


def test_without_anything_accepted_the_job_says_what_to_run_and_writes_nothing(context: Context) -> None:
    with pytest.raises(FeedMissing, match="jobs gate"):
        build.run(context)
    assert not context.tables.exists("person_files")
