"""The link job: records joined to residents once, by evidence, and taken apart without a trace in the files."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

import pytest

from jobs import build, link
from jobs.linkages import TABLE, link_id, listed, undo
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.errors import KeyMaterialError, LinkageError
from profiles.identity.keys import Keys, pseudonym, seal
from tests.profiles.deliver import Row, deliver

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 3, 2)
NEXT = DAY + timedelta(days=1)
BORN = date(2015, 3, 12)
PSEUDONYM_KEY, VAULT_KEY = sha256(b"pseudonyms").hexdigest(), sha256(b"vault").hexdigest()
KEYS = Keys.from_hex(PSEUDONYM_KEY, VAULT_KEY, "k1")
NAMES = ("王小明", "李思琪", "张伟", "刘子涵", "陈雨桐", "杨浩然", "赵若曦", "黄天佑", "周梓萱", "吴博文")


def record(number: int) -> str:
    return pseudonym(KEYS, "person", f"XJ{number}", "school_roll")


def child(number: int) -> str:
    return f"child {number}"


def resident(person: str, name: str, birth: date, phone: str | None = None) -> Row:
    sealed = phone and seal(KEYS, person, "phone", phone)
    return {"person": person, "name": seal(KEYS, person, "name", name), "birth_date": birth, "phone": sealed}


def entry(number: int, name: str, birth: date, phone: str) -> Row:
    owner = record(number)
    return {
        "person": owner, "name": seal(KEYS, owner, "name", name), "birth_date": birth,
        "parent_phone": seal(KEYS, owner, "parent_phone", phone), "stage": "primary", "school": "某小学",
        "since": date(2022, 9, 1), "until": date(2027, 6, 30),
    }  # fmt: skip


def town() -> dict[str, list[Row]]:
    """Ten children, a parent each and a line on the roll each, of which the last is of somebody else."""
    births = [BORN + timedelta(days=37 * number) for number in range(10)]
    phones = [f"1540000000{number}" for number in range(10)]
    parents = [resident(f"parent {n}", "家长", date(1985, 1, 1), phone) for n, phone in enumerate(phones)]
    children = [resident(child(n), name, births[n]) for n, name in enumerate(NAMES)]
    rolled = [entry(n, NAMES[n], births[n], phones[n]) for n in range(9)]
    return {
        "residents": [*children, *parents],
        "kinship": [{"person": child(n), "relative": f"parent {n}", "relation": "parent"} for n in range(10)],
        "enterprises": [{"enterprise": "cafe"}],
        "schooling": [{"person": child(0), "stage": "junior", "since": date(2026, 2, 1)}],
        "school_roll": [*rolled, entry(9, "郑嘉", date(2016, 6, 6), "15499999999")],
    }  # fmt: skip


@pytest.fixture
def context(spark: "SparkSession", tmp_lake: Tables) -> Context:
    made = Context(DAY, Settings(lake=tmp_lake.root, pseudonym_key=PSEUDONYM_KEY, vault_key=VAULT_KEY))
    made.__dict__["spark"] = spark
    return made


def accept(context: Context, rows: dict[str, list[Row]], seed: int = 0) -> None:
    order = Random(seed)
    shuffled = {feed: order.sample(told, len(told)) for feed, told in rows.items()}
    for feed, frame in deliver(context.spark, shuffled).items():
        context.tables.write(
            f"accepted_{feed}", frame.repartition(1 + seed), day=context.day, slot=context.day.isoformat()
        )


def tomorrow(context: Context) -> Context:
    later = replace(context, day=NEXT)
    later.__dict__["spark"] = context.spark
    return later


def rows(context: Context, table: str) -> list[dict[str, object]]:
    found = context.tables.read(table, context.spark).collect()
    return sorted((row.asDict(recursive=True) for row in found), key=str)


def test_each_record_is_linked_to_its_resident_with_the_evidence(context: Context) -> None:
    accept(context, town())
    summary = link.run(context)
    assert summary.counts == {"records": 10, "linked": 9, "new": 9, "unclear": 0}
    found = {row["record"]: row for row in rows(context, TABLE)}
    assert {key: row["subject"] for key, row in found.items()} == {record(n): child(n) for n in range(9)}
    first = found[record(0)]
    assert (first["link_id"], first["feed"]) == (link_id("school_roll", record(0), child(0)), "school_roll")
    assert (first["action"], first["by"], first["decided_on"], first["threshold"]) == ("linked", "job", DAY, 0.99)
    assert first["evidence"] == [
        {"comparison": "name", "level": "same", "weight": 14.193063},
        {"comparison": "birth_date", "level": "same", "weight": 12.713018},
        {"comparison": "phones", "level": "a_parents", "weight": 13.135709},
    ]
    assert first["probability"] > 0.999999


def test_a_rerun_decides_nothing_anew_and_so_does_the_next_day(context: Context) -> None:
    accept(context, town())
    link.run(context)
    before = rows(context, TABLE)
    for day in (context, tomorrow(context)):
        again = link.run(day)
        assert again.counts == {"records": 10, "linked": 9, "new": 0, "unclear": 0}
        assert again.note == "unchanged"
    assert rows(context, TABLE) == before


def test_the_order_and_the_partitions_of_rows_change_nothing(context: Context, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    accept(context, town())
    link.run(context)
    other = Context(DAY, context.settings.model_copy(update={"lake": tmp_path_factory.mktemp("other")}))
    other.__dict__["spark"] = context.spark
    accept(other, town(), seed=3)
    link.run(other)
    assert other.tables.manifest(TABLE).content_hash == context.tables.manifest(TABLE).content_hash


def test_a_record_that_comes_later_is_linked_then(context: Context) -> None:
    told = town()
    late = told["school_roll"].pop(0)
    accept(context, told)
    assert link.run(context).counts["linked"] == 8
    told["school_roll"].append(late)
    accept(tomorrow(context), told)
    assert link.run(tomorrow(context)).counts == {"records": 10, "linked": 9, "new": 1, "unclear": 0}
    assert {row["record"]: row["decided_on"] for row in rows(context, TABLE)}[record(0)] == NEXT


def test_two_children_alike_are_left_to_a_person(context: Context) -> None:
    told = town()
    double = resident("double", NAMES[1], BORN + timedelta(days=37))
    told["residents"].append(double)
    told["kinship"].append({"person": "double", "relative": "parent 1", "relation": "parent"})
    accept(context, told)
    assert link.run(context).counts == {"records": 10, "linked": 8, "new": 8, "unclear": 1}


def test_undoing_a_link_restores_both_files_exactly(context: Context) -> None:
    accept(context, town())
    build.run(context)
    before = rows(context, "person_files")
    link.run(context)
    build.run(context)
    linked = {row["subject"]: row for row in rows(context, "person_files")}
    assert record(0) not in linked
    assert (linked[child(0)]["school_stage"], linked[child(1)]["school_stage"]) == ("junior", "primary")
    assert {subject for subject, file in linked.items() if not file["identified"]} == {record(9)}

    for number in range(9):
        undo(context, link_id("school_roll", record(number), child(number)), "another child", "operator")
    build.run(context)
    assert rows(context, "person_files") == before


def test_an_undone_pair_is_never_linked_again_and_the_day_before_stays_as_it_was(context: Context) -> None:
    accept(context, town())
    link.run(context)
    build.run(context)
    that_day = rows(context, "person_files")
    accept(tomorrow(context), town())
    undo(tomorrow(context), link_id("school_roll", record(0), child(0)), "", "operator")
    assert link.run(tomorrow(context)).counts == {"records": 10, "linked": 8, "new": 0, "unclear": 0}
    build.run(context)
    assert rows(context, "person_files") == that_day


def test_what_was_decided_is_only_added_to(context: Context) -> None:
    accept(context, town())
    link.run(context)
    before = rows(context, TABLE)
    undo(context, link_id("school_roll", record(2), child(2)), "a namesake", "li")
    after = rows(context, TABLE)
    (added,) = [row for row in after if row not in before]
    assert len(after) == len(before) + 1
    assert (added["action"], added["by"], added["why"]) == ("undone", "li", "a namesake")
    assert (added["record"], added["subject"]) == (record(2), child(2))


def test_an_unknown_link_and_one_undone_before_are_refused(context: Context) -> None:
    with pytest.raises(LinkageError, match="There is no link 0000"):
        undo(context, "0000", "", "operator")
    accept(context, town())
    link.run(context)
    known = link_id("school_roll", record(2), child(2))
    undo(context, known, "", "operator")
    with pytest.raises(LinkageError, match=f"Link {known} was undone on {DAY} already"):
        undo(context, known, "", "operator")


def test_links_are_listed_the_least_sure_first(context: Context) -> None:
    told = town()
    told["school_roll"][3] = entry(3, "刘子函", BORN + timedelta(days=111), "15400000003")
    accept(context, told)
    assert listed(context, 5) == [f"No link is in force on {DAY}."]
    link.run(context)
    lines = listed(context, 5)
    assert len(lines) == 5
    assert lines[0].startswith(f"{link_id('school_roll', record(3), child(3))}  school_roll  {DAY}  0.9999")
    assert lines[0].endswith("name one_slip (+4.0), birth_date same (+12.7), phones a_parents (+13.1)")


def test_without_a_roll_there_is_nothing_to_do_and_no_key_is_needed(spark: "SparkSession", tmp_lake: Tables) -> None:
    keyless = Context(DAY, Settings(lake=tmp_lake.root))
    keyless.__dict__["spark"] = spark
    assert link.run(keyless).counts == {"records": 0, "linked": 0, "new": 0, "unclear": 0}
    assert not tmp_lake.exists(TABLE)


def test_another_vault_key_links_nobody_and_says_so(context: Context) -> None:
    accept(context, town())
    other = context.settings.model_copy(update={"vault_key": sha256(b"another").hexdigest()})
    wrong = Context(DAY, other)
    wrong.__dict__["spark"] = context.spark
    with pytest.raises(KeyMaterialError, match="does not open"):
        link.run(wrong)
    assert not context.tables.exists(TABLE)


def test_no_name_phone_or_roll_number_is_in_the_table_in_clear(context: Context) -> None:
    accept(context, town())
    link.run(context)
    secrets = [text.encode() for text in (*NAMES, "15400000001", "XJ1")]
    for part in (context.settings.lake / TABLE).rglob("*"):
        assert part.is_dir() or not [secret for secret in secrets if secret in part.read_bytes()], part
