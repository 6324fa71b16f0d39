from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs import remind
from jobs.run import Context
from jobs.settings import Settings
from profiles.errors import StoreUnavailable, TableMissing
from profiles.model import KINDS, Kind, columns
from recommender.reminders import rung_id
from recommender.store import Store

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 11, 22)
TRAVELLER, RENEWED, RETIREE, DEAD, CAFE = ("a" * 32, "b" * 32, "c" * 32, "d" * 32, "e" * 32)

File = Mapping[str, object]


def document(type_: str, expires_on: date, issued_on: date = date(2016, 12, 21)) -> File:
    return {"type": type_, "number": "sealed", "issued_on": issued_on, "expires_on": expires_on, "status": "valid"}


PERSONS: tuple[File, ...] = (
    {"subject": TRAVELLER, "documents": [document("HKM_PERMIT", date(2026, 12, 21))]},
    {
        "subject": RENEWED,
        "documents": [
            document("HKM_PERMIT", date(2026, 12, 21)),
            document("HKM_PERMIT", date(2036, 11, 1), date(2026, 11, 2)),
        ],
    },
    {"subject": RETIREE, "pension_status": "receiving", "pension_checked_on": date(2025, 11, 25), "documents": []},
    {"subject": DEAD, "died_on": date(2026, 1, 1), "documents": [document("ID_CARD", date(2026, 12, 1))]},
)
ENTERPRISES: tuple[File, ...] = (
    {"subject": CAFE, "enterprise_status": "active", "documents": [document("FOOD_PERMIT", date(2026, 12, 5))]},
)


def lake(context: Context, kind: Kind, files: tuple[File, ...]) -> None:
    """The file table of a kind with these files; what they do not name is unknown."""
    schema = ", ".join(f"{name} {type_}" for name, type_ in columns(kind).items())
    keys = (
        "type",
        "number",
        "issuer",
        "issuer_region",
        "issued_on",
        "expires_on",
        "status",
        "source",
        "as_of",
        "state",
        "recognised",
    )
    rows = []
    for file in files:
        held = file.get("documents")
        listed = [tuple(map(one.get, keys)) for one in held] if isinstance(held, list) else None
        full = {"identified": True, **file, "documents": listed}
        rows.append(tuple(full.get(name) for name in columns(kind)))
    context.tables.write(f"{kind}_files", context.spark.createDataFrame(rows, schema), day=DAY)


@pytest.fixture
def context(tmp_path: Path, store_url: str, spark: "SparkSession") -> Context:
    made = Context(DAY, Settings(lake=tmp_path / "lake", store_url=store_url))
    lake(made, "person", PERSONS)
    lake(made, "enterprise", ENTERPRISES)
    return made


def on(context: Context, day: date) -> Context:
    return Context(day, context.settings)


def test_every_rung_reached_is_written_and_put_into_its_inbox(context: Context) -> None:
    summary = remind.run(context)
    assert dict(summary.counts) == {"reached": 3, "new": 3}
    rows = context.tables.read("reminders", context.spark).orderBy("subject").collect()
    assert [(row.subject, row.kind, row.what, row.due_on, row.rung, row.fires_on, row.service) for row in rows] == [
        (TRAVELLER, "person", "HKM_PERMIT", date(2026, 12, 21), 30, date(2026, 11, 20), "hkm_permit_renewal"),
        (RETIREE, "person", "pension_check", date(2026, 11, 25), 7, date(2026, 11, 18), "pension_check"),
        (CAFE, "enterprise", "FOOD_PERMIT", date(2026, 12, 5), 30, date(2026, 11, 5), "food_permit_renewal"),
    ]
    assert {row.day for row in rows} == {DAY}
    assert rows[0].rung_id == rung_id(TRAVELLER, "HKM_PERMIT", date(2026, 12, 21), 30)


def test_a_second_run_of_the_day_changes_nothing_and_delivers_nothing(context: Context) -> None:
    remind.run(context)
    before = context.tables.manifest("reminders").content_hash
    assert remind.run(context).counts["new"] == 0
    assert context.tables.manifest("reminders").content_hash == before


def test_the_next_day_delivers_only_the_next_rung(context: Context) -> None:
    remind.run(context)
    assert dict(remind.run(on(context, date(2026, 11, 24))).counts) == {"reached": 3, "new": 0}
    # On its last day the pension check is reminded of once more.
    assert dict(remind.run(on(context, date(2026, 11, 25))).counts) == {"reached": 3, "new": 1}


def test_a_dead_store_is_named_after_the_table_is_written(context: Context, tmp_path: Path) -> None:
    dead = Context(DAY, Settings(lake=context.settings.lake, store_url="redis://127.0.0.1:9/0"))
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:9"):
        remind.run(dead)
    assert context.tables.manifest("reminders").rows == 3
    assert remind.run(context).counts["new"] == 3


def test_files_that_were_never_built_are_asked_for(tmp_path: Path, store_url: str, spark: "SparkSession") -> None:
    with pytest.raises(TableMissing, match="person_files"):
        remind.run(Context(DAY, Settings(lake=tmp_path / "none", store_url=store_url)))


def test_an_empty_city_is_reminded_of_nothing(tmp_path: Path, store_url: str, spark: "SparkSession") -> None:
    empty = Context(DAY, Settings(lake=tmp_path / "lake", store_url=store_url))
    for kind in KINDS:
        lake(empty, kind, ())
    assert dict(remind.run(empty).counts) == {"reached": 0, "new": 0}


def test_an_inbox_says_nothing_twice(context: Context) -> None:
    remind.run(context)
    with Store(context.settings.store_url) as store:
        rows = context.tables.read("reminders", context.spark).collect()
        assert store.put_reminders((row.subject, remind.notice(row.asDict())) for row in rows) == 0
