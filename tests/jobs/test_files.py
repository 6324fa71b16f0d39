"""What jobs read of the files: nobody whom no identity number names."""

from pathlib import Path
from typing import TYPE_CHECKING

from jobs.files import identified
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from tests.tagging.sample import DAY, file, spark_files

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JOBS = Path(__file__).parents[2] / "jobs"


def test_provisional_files_are_left_out(spark: "SparkSession", tmp_lake: Tables) -> None:
    context = Context(DAY, Settings(lake=tmp_lake.root))
    people = [file("known", identified=True), file("row", identified=False), file("nobody said")]
    tmp_lake.write("person_files", spark_files(spark, people, "person"), day=DAY)
    tmp_lake.write("enterprise_files", spark_files(spark, [file("cafe")], "enterprise"), day=DAY)
    assert [row.subject for row in identified(context, "person").collect()] == ["known"]
    assert [row.subject for row in identified(context, "enterprise").collect()] == ["cafe"]


def test_no_job_reads_files_past_this_door() -> None:
    readers = {path.name for path in JOBS.glob("*.py") if 'read(f"{kind}_files"' in path.read_text()}
    assert readers == {"files.py"}
