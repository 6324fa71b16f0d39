"""The audit on disk: each read once, whole after a break, named where somebody touched it, empty of who was erased."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import redis
from typer.testing import CliRunner

from jobs import audit
from jobs.__main__ import app
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.errors import AuditBroken, TableMissing
from recommender.access import Access
from recommender.generation import ACCESSES, ANSWERING, AUDITED, answering_key
from recommender.store import Accesses, AccessQueue
from tests.jobs.night import DAY

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MOTHER, RETIREE = "a" * 32, "b" * 32


@pytest.fixture
def context(spark: "SparkSession", tmp_lake: Tables, store_url: str) -> Context:
    context = Context(DAY, Settings(lake=tmp_lake.root, store_url=store_url))
    context.__dict__["spark"] = spark
    return context


def read(context: Context, *subjects: str) -> None:
    """Somebody reads these files, in one process."""

    async def noted() -> None:
        accesses = Accesses(context.settings.store_url, timeout=5)
        for subject in subjects:
            accesses.note(Access(subject, "/v1/me/home", 1_795_000_000, "portal"))
        await accesses.close()

    asyncio.run(noted())


def test_a_chain_that_was_never_begun_is_not_called_whole(context: Context) -> None:
    with pytest.raises(TableMissing, match="`python -m jobs audit` begins one"):
        audit.verify(context)


def test_each_read_becomes_one_entry_and_leaves_the_store(context: Context) -> None:
    read(context, MOTHER, RETIREE)
    assert audit.run(context).counts == {"reads": 2, "lost": 0, "killed": 0, "entries": 2}
    read(context, MOTHER)
    done = audit.run(context)
    assert done.counts == {"reads": 1, "lost": 0, "killed": 0, "entries": 3}
    assert audit.run(context).note == done.note
    assert audit.verify(context).counts == {"entries": 3, "reads": 3, "lost": 0, "erased": 0}
    assert audit.verify(context, [done.note.removeprefix("head ")]).note == "whole"


def test_a_break_between_chain_and_store_counts_nothing_twice(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(context, MOTHER, RETIREE)
    with monkeypatch.context() as broken:
        broken.setattr(AccessQueue, "settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            audit.run(context)
    assert audit.run(context).counts == {"reads": 0, "lost": 0, "killed": 0, "entries": 2}
    assert audit.verify(context).counts["reads"] == 2


def test_what_the_api_lost_is_an_entry_with_its_number(context: Context) -> None:
    with redis.Redis.from_url(context.settings.store_url) as store:
        import msgspec

        for number in (1, 4):
            one = Access(MOTHER, "/v1/me/home", 0, "portal", process="p", number=number)
            store.rpush(ACCESSES, msgspec.msgpack.encode(one))
    assert audit.run(context).counts == {"reads": 2, "lost": 2, "killed": 0, "entries": 3}
    assert audit.verify(context).counts == {"entries": 3, "reads": 2, "lost": 2, "erased": 0}


def test_that_a_process_of_the_api_was_killed_is_an_entry_once_it_was_silent_for_an_hour(context: Context) -> None:
    async def noted_and_killed() -> None:
        accesses = Accesses(context.settings.store_url, timeout=5)
        for _ in range(3):
            accesses.note(Access(MOTHER, "/v1/me/home", 1_795_000_000, "portal"))
        await accesses.of(MOTHER)  # by then all are written

    asyncio.run(noted_and_killed())
    assert audit.run(context).counts == {"reads": 3, "lost": 0, "killed": 0, "entries": 3}
    with redis.Redis.from_url(context.settings.store_url) as store:
        [process] = store.smembers(ANSWERING)
        assert 3_500 < store.ttl(answering_key(process.decode())) <= 3_600
        store.delete(answering_key(process.decode()))  # as when its hour is over
    assert audit.run(context).counts == {"reads": 0, "lost": 0, "killed": 1, "entries": 4}
    assert audit.run(context).counts == {"reads": 0, "lost": 0, "killed": 0, "entries": 4}
    told = [json.loads(row.content) for row in context.tables.read(audit.TABLE, context.spark).collect()]
    assert told[-1] == {"process": process.decode(), "first": 4, "last": None}
    assert audit.verify(context).counts == {"entries": 4, "reads": 3, "lost": 0, "erased": 0}


def tampered(context: Context, change: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> None:
    """Change the rows of the first slot on disk, as somebody could who may write there."""
    folder: Path = context.tables.paths(audit.TABLE)[0]
    (part,) = folder.glob("*.parquet")
    table = pq.read_table(part)
    size = part.stat().st_size
    pq.write_table(pa.Table.from_pylist(change(table.to_pylist()), table.schema), part)
    manifest = folder / "_manifest.json"
    manifest.write_text(manifest.read_text().replace(f": {size}", f": {part.stat().st_size}"))


def swapped(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{**rows[0], "number": 2}, {**rows[1], "number": 1}, *rows[2:]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: [{**rows[0], "content": "{}"}, *rows[1:]], "entry 1 was changed"),
        (lambda rows: rows[1:], "entry 1 is missing"),
        (swapped, "entry 1 does not follow on the one before it"),
        (lambda rows: rows[:-1], "entry 3 is missing: the chain was known up to entry 3"),
        (lambda rows: [{**rows[0], "subject": RETIREE}, *rows[1:]], "entry 1 stands beside another subject"),
        (lambda rows: [{**rows[0], "content": None, "salt": None}, *rows[1:]], "entry 1 is empty"),
    ],
    ids=["changed", "deleted", "reordered", "cut off", "given to another", "emptied"],
)
def test_whoever_touches_the_chain_is_found_out(
    context: Context, change: Callable[[list[dict[str, object]]], list[dict[str, object]]], said: str
) -> None:
    read(context, MOTHER, RETIREE, MOTHER)
    audit.run(context)
    tampered(context, change)
    with pytest.raises(AuditBroken, match=said):
        audit.verify(context)


def test_without_the_store_a_head_kept_elsewhere_tells_that_the_end_was_cut_off(context: Context) -> None:
    read(context, MOTHER, RETIREE, MOTHER)
    head = audit.run(context).note.removeprefix("head ")
    redis.Redis.from_url(context.settings.store_url).delete(AUDITED)
    tampered(context, lambda rows: rows[:-1])
    assert audit.verify(context).counts["entries"] == 2
    with pytest.raises(AuditBroken, match="entry 3 is missing"):
        audit.verify(context, [head])


def test_an_erased_subjects_entries_keep_their_hash_and_lose_what_they_say(context: Context) -> None:
    read(context, MOTHER, RETIREE, MOTHER)
    head = audit.run(context).note.removeprefix("head ")
    assert audit.empty(context, [MOTHER]) == 2
    assert audit.empty(context, [MOTHER]) == 0
    assert audit.verify(context, [head]).counts == {"entries": 4, "reads": 3, "lost": 0, "erased": 2}
    for part in context.settings.lake.rglob("*.parquet"):
        assert MOTHER not in str(pq.read_table(part).to_pylist())
    rows = context.tables.read(audit.TABLE, context.spark).where("content IS NULL").collect()
    assert {(row["subject"], row["salt"]) for row in rows} == {(None, None)}
    read(context, RETIREE)
    assert audit.run(context).counts["entries"] == 5
    assert audit.verify(context).note == "whole"


def test_the_command_names_the_broken_entry_and_fails(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIDANG_STORE_URL", context.settings.store_url)
    read(context, MOTHER, RETIREE)
    audit.run(context)
    command = ["audit", "verify", "--lake", str(context.settings.lake)]
    whole = CliRunner().invoke(app, command)
    assert (whole.exit_code, whole.stdout.startswith("audit     entries 2 · reads 2")) == (0, True)
    tampered(context, lambda rows: rows[1:])
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 1
    assert "entry 1 is missing" in told.stderr
