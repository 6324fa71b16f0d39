"""Who looks for work is offered what is open and within reach, and nobody else is offered anything."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs import vacancies
from jobs.feedback import TABLE as FEEDBACK
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.identity.keys import pseudonym
from recommender.acting import Subject
from recommender.store import HomeStore
from recommender.vacancies.terms import policy
from tests.jobs.night import DAY, KEYS, Night

if TYPE_CHECKING:
    from pyspark.sql import Row, SparkSession


@pytest.fixture
def offered(night: Night) -> "dict[str, Row]":
    rows = night.context.tables.read(vacancies.TABLE, night.context.spark).collect()
    return {row.subject: row for row in rows}


def test_the_night_offers_to_those_with_a_tag_of_the_audience_and_to_nobody_else(
    night: Night, offered: "dict[str, Row]"
) -> None:
    tags = night.context.tables.read("person_tags", night.context.spark).collect()
    seeking = {row.subject: {tag.id for tag in row.tags} & set(policy().audience) for row in tags}
    files = night.context.tables.read("person_files", night.context.spark)
    alive = {row.subject for row in files.where("identified AND died_on IS NULL").collect()}
    wanted = {subject: own for subject, own in seeking.items() if own and subject in alive}
    assert {subject: set(row.seeks) for subject, row in offered.items()} == wanted
    assert len(wanted) > 5


def test_what_is_offered_is_open_within_reach_and_not_applied_for(night: Night, offered: "dict[str, Row]") -> None:
    told = {row["岗位编号"]: row for row in night.rows("vacancies")}
    applied = {
        (pseudonym(KEYS, "person", row["求职者身份号码"]), row["岗位编号"]) for row in night.rows("job_applications")
    }
    files = night.context.tables.read("person_files", night.context.spark).select("subject", "education").collect()
    education = {row.subject: row.education or "" for row in files}
    count = 0
    for subject, row in offered.items():
        for one in row.vacancies:
            count += 1
            assert told[one.id]["发布日期"] <= DAY.isoformat() <= told[one.id]["截止日期"]
            assert policy().level(one.education) <= policy().level(education[subject])
            assert (subject, one.id) not in applied
        assert len(row.vacancies) <= policy().places
    assert count > 20


def test_what_was_offered_is_on_the_page(
    night: Night, offered: "dict[str, Row]", store_url: str, tmp_path: Path
) -> None:
    copied = night.copied(tmp_path, store_url)
    subject, row = next((subject, row) for subject, row in sorted(offered.items()) if row.vacancies)

    async def home() -> tuple[tuple[str, ...], list[str]]:
        store = HomeStore(copied.context.settings.store_url, timeout=30)
        stored = await store.home(Subject(subject))
        await store.close()
        assert stored is not None
        assert stored.shown is not None
        return stored.shown.seeks, [one.id for one in stored.shown.vacancies]

    assert asyncio.run(home()) == (tuple(row.seeks), [one.id for one in row.vacancies])


def test_what_is_put_away_on_the_page_is_not_offered_again_and_a_rerun_gives_the_same(
    night: Night, offered: "dict[str, Row]", store_url: str, tmp_path: Path
) -> None:
    context = night.copied(tmp_path, store_url).context
    before = context.tables.manifest(vacancies.TABLE).content_hash
    vacancies.run(context)
    assert context.tables.manifest(vacancies.TABLE).content_hash == before
    subject, row = next((subject, row) for subject, row in sorted(offered.items()) if len(row.vacancies) > 1)
    gone, back = row.vacancies[0].id, row.vacancies[1].id
    said = [
        (subject, "vacancy_dismissed", gone, datetime(2026, 11, 20, tzinfo=UTC), "1-0"),
        (subject, "vacancy_applied", back, datetime(2026, 11, 20, tzinfo=UTC), "1-1"),
        (subject, "vacancy_restored", back, datetime(2026, 11, 21, tzinfo=UTC), "1-2"),
    ]
    context.tables.write(FEEDBACK, context.spark.createDataFrame(said, vacancies.SAID), day=DAY)
    vacancies.run(context)
    again = vacancies.told(context, [subject])[subject]["vacancies"]
    assert gone not in [one["id"] for one in again]
    assert back in [one["id"] for one in again]


def test_the_card_says_how_many_applications_there_were_to_try_weights_on(night: Night) -> None:
    card = json.loads((night.context.tables.path(vacancies.MODEL) / "card.json").read_text())
    assert card["learned"] is False
    assert 0 < card["tried"] < policy().least_tried
    assert night.summaries["vacancies"].note == f"declared weights: {card['tried']:.0f} applications to try others on"


def test_without_the_feeds_everybody_is_offered_nothing(night: Night, spark: "SparkSession", tmp_path: Path) -> None:
    lake = Tables(tmp_path / "lake")
    for table in ("person_files", "person_tags"):
        lake.write(table, night.context.tables.read(table, spark), day=DAY)
    context = Context(DAY, Settings(lake=lake.root))
    context.__dict__["spark"] = spark
    summary = vacancies.run(context)
    assert summary.counts["open"] == 0
    assert {len(row.vacancies) for row in lake.read(vacancies.TABLE, spark).collect()} == {0}
