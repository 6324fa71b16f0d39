"""Corrections reach the list of the department whose word it is, and end when it delivers a newer word."""

import asyncio
import csv
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs import correct, feedback
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.build import enterprise_files, person_files
from profiles.errors import TableMissing
from profiles.identity.keys import Keys, seal
from recommender.acting import Subject
from recommender.choices import SAID, Feedback
from recommender.store import HomeStore
from tests.profiles.deliver import deliver

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 3, 1)
WHO, OTHER = "a" * 32, "b" * 32
KEYS = Keys.from_hex(sha256(b"pseudonym").hexdigest(), sha256(b"vault").hexdigest(), "k1")


@pytest.fixture
def context(spark: "SparkSession", tmp_lake: Tables, store_url: str) -> Context:
    settings = Settings(
        lake=tmp_lake.root,
        store_url=store_url,
        pseudonym_key=sha256(b"pseudonym").hexdigest(),
        vault_key=sha256(b"vault").hexdigest(),
    )
    return Context(DAY, settings)


def ask(context: Context, about: str, said: str, subject: str = WHO) -> None:
    async def send() -> None:
        store = HomeStore(context.settings.store_url, timeout=5)
        at = datetime(2026, 3, 1, 4, tzinfo=UTC)
        told = Feedback(subject, "person", "", "correction", at, about=about, said=seal(KEYS, subject, SAID, said))
        assert await store.correct(told, DAY, "t1")
        await store.close()

    asyncio.run(send())


def build(context: Context, resident_as_of: date) -> None:
    name = seal(KEYS, WHO, "name", "王小明")
    rows = {"residents": [{"person": WHO, "name": name, "as_of": resident_as_of}]}
    feeds = deliver(context.spark, {**rows, "enterprises": [{"enterprise": "e" * 32}]})
    context.tables.write("person_files", person_files(feeds, context.day), day=context.day)
    context.tables.write("enterprise_files", enterprise_files(feeds, context.day), day=context.day)


def pending(context: Context, subject: str = WHO) -> dict[str, date]:
    async def read() -> dict[str, date]:
        store = HomeStore(context.settings.store_url, timeout=5)
        held = await store.choices(Subject(subject))
        await store.close()
        return dict(held.corrections)

    return asyncio.run(read())


def test_a_correction_is_on_its_departments_list_until_a_newer_word_comes(context: Context, tmp_path: Path) -> None:
    ask(context, "fact:residence_division", "搬家了")
    ask(context, "document:HKM_PERMIT", "号码有误")
    feedback.run(context)
    build(context, date(2026, 2, 1))
    assert correct.run(context).counts == {"pending": 2, "answered": 0}
    [told] = correct.listed(context, "residents")
    assert (told["owner"], told["item"], told["requested_on"]) == ("公安部门", "居住地", DAY)
    assert [row["about"] for row in correct.listed(context, "公安部门")] == [told["about"]]
    assert "搬家了" not in "\n".join(correct.lines(correct.listed(context)))
    assert correct.export(context, [told], tmp_path / "list.csv") == 1
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["name"], row["said"], row["state"]) == ("王小明", "搬家了", "pending")
    assert set(pending(context)) == {"fact:residence_division", "document:HKM_PERMIT"}

    build(context, DAY)
    assert correct.run(context).counts == {"pending": 1, "answered": 1}
    assert set(pending(context)) == {"document:HKM_PERMIT"}
    assert [row["about"] for row in correct.listed(context, state=correct.ANSWERED)] == ["fact:residence_division"]


def test_a_word_of_a_feed_that_does_not_count_answers_nothing(context: Context) -> None:
    ask(context, "fact:residence_division", "搬家了")
    feedback.run(context)
    seat = {"person": WHO, "residence_division": "310101", "as_of": date(2026, 2, 1)}
    home = {"person": WHO, "property_number": "p1", "kind": "tenant", "division": "310104", "as_of": DAY}
    feeds = deliver(context.spark, {"residents": [seat], "property": [home], "enterprises": [{"enterprise": "e" * 32}]})
    context.tables.write("person_files", person_files(feeds, context.day), day=context.day)
    context.tables.write("enterprise_files", enterprise_files(feeds, context.day), day=context.day)
    assert correct.run(context).counts == {"pending": 1, "answered": 0}


def test_where_nothing_was_asked_nothing_is_listed(context: Context) -> None:
    assert correct.run(context).counts == {"pending": 0, "answered": 0}
    with pytest.raises(TableMissing, match="No correction was ever routed"):
        correct.listed(context)
    assert list(correct.lines([])) == ["Nothing is pending."]
