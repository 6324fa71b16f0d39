"""Households in files: how many they are and what each is to the head, on the day, by the newest word."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from profiles.build import person_files
from tests.profiles.deliver import DAY, Row, deliver

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLD, LATER = date(2020, 1, 1), date(2026, 3, 2)


def member(person: str, household: str, relation: str, **more: object) -> Row:
    return {"person": person, "household": household, "relation": relation, "since": OLD, **more}


ROWS: dict[str, list[Row]] = {
    "residents": [{"person": "stranger"}],
    "households": [
        member("mother", "one", "head"),
        member("father", "one", "spouse", as_of=OLD),
        member("father", "one", "spouse"),
        member("child", "one", "child"),
        member("son", "one", "child", as_of=OLD),
        # Moved out on his own; the old household's row says until when.
        member("son", "one", "child", until=date(2025, 12, 31)),
        member("son", "two", "head", since=date(2026, 1, 1)),
        member("baby", "one", "child", as_of=LATER),
        # Called a child of the head until a correction.
        member("aunt", "one", "child", as_of=OLD),
        member("aunt", "one", "other"),
    ],
}

File = dict[str, Any]


@pytest.fixture(scope="module")
def files(spark: "SparkSession") -> dict[str, File]:
    found = person_files(deliver(spark, ROWS), DAY).collect()
    return {row["subject"]: row.asDict(recursive=True) for row in found}


def test_members_of_the_day_are_counted_and_named_by_their_place(files: dict[str, File]) -> None:
    assert {subject: (file["household_size"], file["household_role"]) for subject, file in files.items()} == {
        "mother": (4, "head"), "father": (4, "spouse"), "child": (4, "child"), "aunt": (4, "other"),
        "son": (1, "head"), "stranger": (None, None),
    }  # fmt: skip


def test_what_was_before_is_kept_as_a_fact_that_is_no_more(files: dict[str, File]) -> None:
    told = [
        (one["value"], one["valid_until"], one["in_force"])
        for one in files["son"]["facts"]
        if one["name"] == "household_role"
    ]
    assert told == [("head", None, True), ("child", date(2025, 12, 31), False)]
    aunt = [(one["value"], one["in_force"]) for one in files["aunt"]["facts"] if one["name"] == "household_role"]
    assert aunt == [("other", True), ("child", False)]
    owner = {(one["source"], one["owner"], one["sensitivity"], one["sealed"]) for one in files["aunt"]["facts"]}
    assert owner == {("households", "公安部门", "internal", False)}


def test_the_day_before_the_move_has_the_son_at_home(spark: "SparkSession") -> None:
    before = [row for row in ROWS["households"] if row.get("as_of") == OLD]
    files = {row.subject: row for row in person_files(deliver(spark, {"households": before}), OLD).collect()}
    assert {subject: file.household_size for subject, file in files.items()} == {"father": 3, "son": 3, "aunt": 3}


def test_no_number_of_a_household_is_in_a_file(files: dict[str, File]) -> None:
    assert not [file for file in files.values() if "'one'" in str(file)]
