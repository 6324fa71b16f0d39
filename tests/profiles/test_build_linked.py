"""Files of linked and unlinked records: a link adds facts and overwrites none, and undone it leaves no trace."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from profiles.build import person_files
from profiles.linkage.aliases import aliased
from tests.profiles.deliver import DAY, Row, deliver

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

GRADUATES = date(2030, 6, 30)
ROLLED: Row = {"name": "sealed", "birth_date": date(2015, 3, 1), "stage": "primary", "school": "某小学",
               "since": date(2024, 9, 1), "until": GRADUATES}  # fmt: skip
TOWN: dict[str, list[Row]] = {
    "residents": [{"person": "pupil"}, {"person": "other"}],
    "schooling": [{"person": "pupil", "stage": "junior", "school": "某中学", "since": date(2025, 9, 1)}],
    "school_roll": [{"person": "row", **ROLLED}, {"person": "row 2", **ROLLED}, {"person": "row 3", **ROLLED}],
    "page_events": [{"event_id": "1", "person": "visitor", "action": "opened", "at": datetime(2026, 2, 1, tzinfo=UTC)}],
}
LINKS = [("school_roll", "row", "pupil"), ("school_roll", "row 2", "other")]

File = dict[str, Any]


def files(spark: "SparkSession", links: list[tuple[str, str, str]]) -> dict[str, File]:
    made = spark.createDataFrame(links, "feed STRING, record STRING, subject STRING")
    found = person_files(aliased(deliver(spark, TOWN), made), DAY).collect()
    return {row["subject"]: row.asDict(recursive=True) for row in found}


@pytest.fixture(scope="module")
def before(spark: "SparkSession") -> dict[str, File]:
    return files(spark, [])


@pytest.fixture(scope="module")
def linked(spark: "SparkSession") -> dict[str, File]:
    return files(spark, LINKS)


def school(file: File) -> list[tuple[object, ...]]:
    return [
        (one["name"], one["value"], one["source"], one["in_force"])
        for one in file["facts"]
        if one["name"].startswith("school")
    ]


def test_a_record_that_is_nobodys_yet_has_a_provisional_file(before: dict[str, File]) -> None:
    assert {subject: file["identified"] for subject, file in before.items()} == {
        "pupil": True, "other": True, "visitor": True, "row": False, "row 2": False, "row 3": False,
    }  # fmt: skip
    assert (before["row"]["school_stage"], before["row"]["graduates_on"]) == ("primary", GRADUATES)
    assert before["row"]["birth_date"] is None


def test_a_link_moves_the_records_facts_to_the_resident(linked: dict[str, File]) -> None:
    assert {subject: file["identified"] for subject, file in linked.items()} == {
        "pupil": True, "other": True, "visitor": True, "row 3": False,
    }  # fmt: skip
    assert (linked["other"]["school_stage"], linked["other"]["graduates_on"]) == ("primary", GRADUATES)
    assert school(linked["other"]) == [
        ("school", "某小学", "school_roll", True),
        ("school_stage", "primary", "school_roll", True),
    ]


def test_a_link_never_overwrites_a_fact(before: dict[str, File], linked: dict[str, File]) -> None:
    assert linked["pupil"]["school_stage"] == "junior"
    assert school(linked["pupil"]) == [
        ("school", "某中学", "schooling", True),
        ("school", "某小学", "school_roll", False),
        ("school_stage", "junior", "schooling", True),
        ("school_stage", "primary", "school_roll", False),
    ]
    assert [one for one in linked["pupil"]["facts"] if one["source"] != "school_roll"] == before["pupil"]["facts"]


def test_names_birth_dates_and_phones_of_the_roll_stay_out_of_files(linked: dict[str, File]) -> None:
    told = {one["name"] for file in linked.values() for one in file["facts"] if one["source"] == "school_roll"}
    assert told == {"school_stage", "school", "graduates_on"}


def test_undone_links_leave_both_files_as_they_were(spark: "SparkSession", before: dict[str, File]) -> None:
    assert files(spark, []) == before
    assert files(spark, LINKS[:1]) != before
