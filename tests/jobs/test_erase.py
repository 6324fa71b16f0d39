"""Erasing: gone from every table, the store and the disk, kept out by a tombstone; everybody else stays."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import redis as client

from jobs import erase, erasures
from jobs.feedback import FEEDBACK
from jobs.run import run_all
from profiles.errors import SettingsError
from profiles.identity.keys import pseudonym
from recommender.choices import Feedback
from recommender.generation import choices_key, feedback_key, once_key, shard_of
from recommender.store import Store
from tests.jobs.night import DAY, KEYS, Night

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="module")
def town(night: Night, tmp_path_factory: pytest.TempPathFactory, store_server: str) -> Night:
    """A copy of the night with a store of its own."""
    return night.copied(tmp_path_factory.mktemp("erased"), f"{store_server.rpartition('/')[0]}/6")


def a_parent(town: Night) -> str:
    """The pseudonym of somebody with a child, a job and a page."""
    files = town.context.tables.read("person_files", town.context.spark)
    kinds = "transform(links, l -> l.kind)"
    tied = (
        f"array_contains({kinds}, 'child') AND array_contains({kinds}, 'employer') AND identified AND died_on IS NULL"
    )
    return str(files.where(tied).orderBy("subject").first()["subject"])  # type: ignore[index]


def mentions(lake: Path, subject: str) -> set[str]:
    """The tables of which any run on disk, in force or not, holds the pseudonym."""
    return {part.relative_to(lake).parts[0] for part in lake.rglob("*.parquet") if subject.encode() in unpacked(part)}


def unpacked(part: Path) -> bytes:
    """The values of a file as they lie in memory: texts and bytes as they are."""
    rows, sink = pq.read_table(part), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return sink.getvalue().to_pybytes()


def test_one_run_removes_a_subject_everywhere_and_a_tombstone_keeps_it_out(town: Night, spark: "SparkSession") -> None:
    context, who = town.context, a_parent(town)
    did = [
        (
            "1-1",
            who,
            "person",
            "newborn_registration",
            "opened",
            None,
            None,
            None,
            datetime(2026, 11, 1, tzinfo=UTC),
            DAY,
            "",
        )
    ]
    context.tables.write("feedback", spark.createDataFrame(did, FEEDBACK), day=DAY)
    raw = client.Redis.from_url(context.settings.store_url)
    raw.hset(choices_key(who), "l", "en")
    for opener in (who, "f" * 32):
        opened = Feedback(opener, "person", "newborn_registration", "opened", datetime(2026, 11, 2, tzinfo=UTC))
        raw.xadd(feedback_key(shard_of(opener)), opened.fields())  # type: ignore[arg-type]
    raw.set(once_key(who, "once"), "1")
    files = context.tables.read("person_files", spark)
    before = files.count()
    child = next(
        link["other"]
        for row in files.where(f"subject = '{who}'").collect()
        for link in row["links"]
        if link["kind"] == "child"
    )
    held = mentions(context.settings.lake, who)
    assert {"accepted_residents", "accepted_kinship", "person_files", "enterprise_files", "pages", "feedback"} <= held
    done = erase.erase(context, {who: "person"})
    assert done.counts["from the store"] >= 4
    assert mentions(context.settings.lake, who) == {"erased"}
    assert [key for key in raw.scan_iter("*") if who in key.decode()] == []
    assert not raw.xlen(feedback_key(shard_of(who)))
    assert [fields[b"subject"] for _, fields in raw.xrange(feedback_key("f"))] == [b"f" * 32]
    with Store(context.settings.store_url) as store:
        assert store.page(who) is None
        assert store.page(child) is not None
    files = context.tables.read("person_files", spark)
    assert files.count() == before - 1
    assert child in {row["subject"] for row in files.select("subject").collect()}
    run_all(context, lambda *_: None, ("gate", "link", "build", "tag", "rank", "publish", "remind"))
    assert mentions(context.settings.lake, who) == {"erased"}
    told = context.tables.read("quarantine", spark).where("reason = 'erased_subject'")
    assert told.count() > 0
    assert told.where("key IS NOT NULL").count() == 0
    again = erase.erase(context, {who: "person"})
    assert (again.counts["rows"], again.counts["from the store"]) == (0, 0)


def test_a_lifted_tombstone_lets_the_subject_come_in_again(town: Night, spark: "SparkSession") -> None:
    gone = town.context.tables.read("erased", spark).first()
    assert gone is not None
    assert erase.restore(town.context, gone["subject"]).counts == {"tombstones lifted": 1}
    assert erase.restore(town.context, gone["subject"]).note == "there was no tombstone of it"
    run_all(town.context, lambda *_: None, ("gate", "build"))
    back = town.context.tables.read("person_files", spark).where(f"subject = '{gone['subject']}'")
    assert back.count() == 1


def test_who_asked_on_their_page_is_erased_by_the_next_run_and_nobody_else(town: Night, spark: "SparkSession") -> None:
    context, who = town.context, a_parent(town)
    asked = Feedback(who, "person", "", "erasure", datetime(2026, 11, 22, 2, tzinfo=UTC))
    with client.Redis.from_url(context.settings.store_url) as store:
        store.xadd(feedback_key(shard_of(who)), asked.fields())  # type: ignore[arg-type]
        store.hset(choices_key(who), "e", DAY.isoformat())
    before = context.tables.manifest("erased").rows
    files = context.tables.read("person_files", spark).count()
    done: dict[str, int] = {}
    run_all(context, lambda summary, _: done.update(summary.counts), ("feedback", "erasures"))
    assert done["erased"] == 1
    assert mentions(context.settings.lake, who) == {"erased"}
    assert context.tables.manifest("erased").rows == before + 1
    assert context.tables.read("person_files", spark).count() == files - 1
    assert erasures.run(context).counts == {"erased": 0}


def test_a_number_that_is_none_is_refused_without_quoting_it(town: Night) -> None:
    number = town.rows("residents")[0]["公民身份号码"]
    assert erase.subject_of(town.context, "person", number) == pseudonym(KEYS, "person", number)
    with pytest.raises(SettingsError, match=r"not an identity number \(wrong_length\): type it again") as error:
        erase.subject_of(town.context, "person", "12345")
    assert "12345" not in str(error.value)
