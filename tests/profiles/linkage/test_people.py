"""Whom linkage compares, as known on a day, and how it is opened: in memory, with the key that sealed it."""

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from profiles.errors import KeyMaterialError
from profiles.identity.keys import Keys, seal
from profiles.linkage import people
from profiles.linkage.opened import opened_records, opened_residents
from profiles.linkage.terms import load
from tests.profiles.deliver import DAY, Row, deliver

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TERMS = load()["school_roll"]
KEYS = Keys.for_demo()
OLD, LATER = date(2025, 9, 1), date(2026, 3, 2)
CHILD, ELDER, BABY = date(2015, 3, 1), date(2000, 2, 28), date(2024, 3, 2)


def resident(person: str, name: str, birth: date, phone: str = "", as_of: date = DAY) -> Row:
    sealed = seal(KEYS, person, "phone", phone) if phone else None
    name = seal(KEYS, person, "name", name)
    return {"person": person, "name": name, "birth_date": birth, "phone": sealed, "as_of": as_of}


def entry(person: str, name: str, birth: date, phone: str = "", as_of: date = DAY) -> Row:
    return {
        "person": person, "name": seal(KEYS, person, "name", name), "birth_date": birth,
        "parent_phone": seal(KEYS, person, "parent_phone", phone) if phone else None,
        "stage": "primary", "since": OLD, "as_of": as_of,
    }  # fmt: skip


TOWN: dict[str, list[Row]] = {
    "residents": [
        resident("mother", "王丽", date(1988, 1, 1), "15400000001", OLD),
        resident("mother", "王丽", date(1988, 1, 1), "15400000002"),
        resident("father", "李强", date(1987, 1, 1), "15400000003"),
        resident("child", "李小明", CHILD),
        resident("elder", "李大明", ELDER),
        resident("baby", "李小小", BABY),
    ],
    "kinship": [
        {"person": "child", "relative": "mother", "relation": "parent"},
        {"person": "mother", "relative": "child", "relation": "child"},
        {"person": "mother", "relative": "father", "relation": "spouse"},
    ],
    "vital_events": [
        {"event_id": "1", "kind": "birth", "person": "father", "other": "child", "happened_on": CHILD},
        {"event_id": "2", "kind": "birth", "person": "father", "other": "elder", "happened_on": ELDER, "as_of": OLD},
        {"event_id": "2", "kind": "birth", "person": "mother", "other": "elder", "happened_on": ELDER},
    ],
    "school_roll": [
        entry("row", "李小明", CHILD, "15400000001", OLD),
        entry("row", "李晓明", CHILD, as_of=DAY),
        entry("row", "李小红", CHILD, as_of=LATER),
    ],
}


def test_residents_of_school_age_come_with_their_parents_newest_phones(spark: "SparkSession") -> None:
    found = people.residents(deliver(spark, TOWN), TERMS, DAY)
    assert found is not None
    opened = opened_residents(found.toArrow(), KEYS).to_pylist()
    assert [(one["id"], one["name"], one["birth_date"], one["phones"]) for one in opened] == [
        ("child", "李小明", "20150301", ["15400000002", "15400000003"]),
    ]
    day_before = people.residents(deliver(spark, TOWN), TERMS, date(2026, 2, 27))
    assert day_before is not None
    assert day_before.count() == 0, "nobody of school age was known before"


def test_the_first_and_the_last_age_are_included(spark: "SparkSession") -> None:
    born = {"a": date(2024, 3, 1), "b": date(2024, 3, 2), "c": date(2000, 3, 2), "d": date(2000, 3, 1)}
    found = people.residents(
        deliver(spark, {"residents": [{"person": name, "birth_date": day} for name, day in born.items()]}), TERMS, DAY
    )
    assert found is not None
    assert sorted(row.id for row in found.collect()) == ["a", "c"]


@pytest.mark.parametrize(("day", "name", "phones"), [(OLD, "李小明", ["15400000001"]), (DAY, "李晓明", None)])
def test_a_record_is_its_newest_row_known_on_the_day(
    spark: "SparkSession", day: date, name: str, phones: list[str] | None
) -> None:
    found = people.records(deliver(spark, TOWN), TERMS, day)
    assert found is not None
    (one,) = opened_records(found.toArrow(), TERMS, KEYS).to_pylist()
    assert (one["id"], one["name"], one["phones"]) == ("row", name, phones)


def test_what_was_not_delivered_is_nobody(spark: "SparkSession") -> None:
    assert people.records({}, TERMS, DAY) is None
    assert people.residents({}, TERMS, DAY) is None
    alone = people.residents(deliver(spark, {"residents": TOWN["residents"]}), TERMS, DAY)
    assert alone is not None
    assert {one["id"]: one["phones"] for one in opened_residents(alone.toArrow(), KEYS).to_pylist()} == {"child": None}


def test_another_vault_key_opens_nothing_and_says_so(spark: "SparkSession") -> None:
    other = Keys.from_hex(sha256(b"one").hexdigest(), sha256(b"two").hexdigest(), "other")
    found = people.records(deliver(spark, TOWN), TERMS, DAY)
    assert found is not None
    with pytest.raises(KeyMaterialError, match="A sealed name does not open") as error:
        opened_records(found.toArrow(), TERMS, other)
    assert "李" not in str(error.value)
