"""A night learns from the past of its own files, and says of each tag how good it is or why it is not given."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from jobs import learn
from jobs.deleted_tags import SAID
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.model import NESTED_COLUMNS, columns

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 3, 1)
PEOPLE = 1200


@pytest.fixture
def context(spark: "SparkSession", tmp_lake: Tables) -> Context:
    """People of whom every third was married a year ago and has a child within the next months, others seldom."""
    people = []
    for number in range(PEOPLE):
        events = []
        for year in range(4):
            wed = DAY - timedelta(days=5 + 365 * year + number * 7 % 300)
            happy = (number + year) % 3 == 0
            events += [("marriage", wed)] if happy else []
            born = wed + timedelta(days=60) if happy else wed - timedelta(days=100)
            events += [("birth", born)] if happy or (number + 7 * year) % 40 == 0 else []
        events = [(kind, on) for kind, on in events if on <= DAY]
        people.append((f"{number:032x}", True, date(1990, 1, 1) + timedelta(days=number), events))
    types = columns("person")
    told = (
        "subject STRING, identified BOOLEAN, birth_date DATE, happened ARRAY<STRUCT<kind: STRING, happened_on: DATE>>"
    )
    made = {"subject": "subject", "identified": "identified", "birth_date": "birth_date", "sex": "'female'"}
    events = (
        "transform(happened, e -> struct(e.kind, e.happened_on, CAST(NULL AS STRING), 'vital_events', e.happened_on))"
    )
    empty = {name: f"CAST(array() AS {types[name]})" for name in NESTED_COLUMNS}
    nothing = {name: f"CAST(NULL AS {type_})" for name, type_ in types.items()}
    asked = {**nothing, **empty, **made, "events": f"CAST({events} AS {types['events']})"}
    files = spark.createDataFrame(people, told).selectExpr(*(f"{sql} AS {name}" for name, sql in asked.items()))
    tmp_lake.write("person_files", files, day=DAY)
    firms = {name: f"CAST(NULL AS {type_})" for name, type_ in columns("enterprise").items()}
    tmp_lake.write(
        "enterprise_files", files.limit(0).selectExpr(*(f"{sql} AS {name}" for name, sql in firms.items())), day=DAY
    )
    return Context(DAY, Settings(lake=tmp_lake.root))


def test_births_after_weddings_are_foreseen_and_nothing_else_is_claimed(context: Context) -> None:
    counts = learn.run(context).counts
    folder = context.tables.path(learn.TABLE)
    cards = {card["tag"]: card for card in json.loads((folder / "cards.json").read_text())}
    birth = cards["likely_to_have_a_child"]
    assert birth["used"], birth["why"]
    assert birth["tried_on"]["auc"] > 0.8
    assert cards["likely_to_move"]["why"]["en"].startswith("it came true too seldom")
    [weights] = json.loads((folder / "weights.json").read_text())
    assert (weights["tag"], max(weights["by_tag"], key=weights["by_tag"].get)) == (
        "likely_to_have_a_child",
        "newly_wed",
    )
    told = context.tables.read("person_likely", context.spark).where("size(likely) > 0").collect()
    assert counts["persons told"] == len(told) > 0
    assert {one["id"] for row in told for one in row["likely"]} == {"likely_to_have_a_child"}
    assert all("newly_wed" in one["because"] for row in told for one in row["likely"])
    page = (folder / "cards.html").read_text()
    assert "近期可能生育" in page
    assert "http" not in page.replace("http-equiv", "")
    before = context.tables.manifest("person_likely").content_hash
    learn.run(context)
    assert context.tables.manifest("person_likely").content_hash == before
    words = [(told[0].subject, "tag_deleted", "newly_wed", datetime(2026, 2, 1, tzinfo=UTC), "1-0")]
    context.tables.write("feedback", context.spark.createDataFrame(words, SAID), day=DAY)
    assert learn.run(context).counts["persons told"] == len(told) - 1
    [one] = context.tables.read("person_likely", context.spark).where(f"subject = '{told[0].subject}'").collect()
    assert one["likely"] == []
