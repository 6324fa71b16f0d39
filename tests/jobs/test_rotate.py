"""A rotation leaves no old pseudonym in the lake or the store, opens for its owners, and survives being killed."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pyarrow.parquet as pq
import pytest
import redis as client

from jobs import build, feedback, gate, rotate
from jobs.run import Context, Summary, run_all
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.contracts import load
from profiles.errors import KeyMaterialError
from profiles.identity.keys import Keys, open_sealed, pseudonym, rotated, seal
from recommender.choices import DRAFT, SAID, Feedback, Notice
from recommender.generation import choices_key, drafts_key, feedback_key, inbox_key, shard_of
from recommender.reminders import rung_id
from recommender.store import Store
from tests.jobs.night import DAY, KEYS, Night

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SECOND, VAULT, OTHER = (sha256(name).hexdigest() for name in (b"second", b"new vault", b"another vault"))
NEW = Keys((*KEYS.pseudonym, bytes.fromhex(SECOND)), bytes.fromhex(VAULT), "k2")
LATER = NEW.pseudonym[1:]
AT = datetime(2026, 11, 22, tzinfo=UTC)


class Killed(BaseException):
    """Stands for the end of the process."""


def quiet(summary: Summary, seconds: float) -> None:
    """Nobody reads the lines."""


@pytest.fixture(scope="module")
def before(night: Night, tmp_path_factory: pytest.TempPathFactory, store_server: str) -> Context:
    """A city after its first night, and what its keys shall become."""
    copy = night.copied(tmp_path_factory.mktemp("rotate"), store_server.replace("/0", "/2")).context
    new = {
        "new_pseudonym_key": f"{copy.settings.pseudonym_key},{SECOND}",
        "new_vault_key": VAULT,
        "new_key_id": "k2",
    }
    return Context(DAY, copy.settings.model_copy(update=new))


@pytest.fixture(scope="module")
def old_names(before: Context) -> frozenset[str]:
    """Everything of 32 hex digits in the lake before, but for the traces of lists: they name nobody, and stay."""
    traces = {row["trace"] for row in before.tables.read("traces", before.spark).select("trace").collect()}
    assert traces
    return frozenset(names(before.settings.lake)) - traces


@pytest.fixture(scope="module")
def mother(before: Context) -> str:
    """The old pseudonym of somebody."""
    made = json.loads((before.settings.source / "personas.json").read_text())["personas"]
    return pseudonym(KEYS, "person", next(one["resident_id"] for one in made if "mother" in one["key"]))


@pytest.fixture(scope="module")
def after(before: Context, old_names: frozenset[str], mother: str) -> Context:
    """The same under new keys, after a rotation that was killed and run again."""
    store_url = before.settings.store_url
    with client.Redis.from_url(store_url) as raw:
        raw.hset(choices_key(mother), "d:senior_card", "2026-11-01")
        raw.hset(drafts_key(mother), "senior_card", f"2026-11-01 {seal(KEYS, mother, DRAFT, 'half filled')}")
        for did in (
            Feedback(mother, "person", "senior_card", "opened", AT),
            Feedback(
                mother, "person", "", "correction", AT, about="fact:name", said=seal(KEYS, mother, SAID, "王小明")
            ),
        ):
            raw.xadd(feedback_key(shard_of(mother)), did.fields())  # type: ignore[arg-type]
    with Store(store_url) as store:
        rung = rung_id(mother, "HKM_PERMIT", date(2026, 12, 21), 30)
        store.put_reminders([(mother, Notice(rung, "HKM_PERMIT", date(2026, 12, 21), 30, DAY))])
    given = before.settings
    new = {"pseudonym_key": given.new_pseudonym_key, "vault_key": given.new_vault_key, "key_id": "k2", "new_key_id": ""}
    renewed = Context(DAY, given.model_copy(update=new))
    turned, due = [], list(tables_with_keys(before))
    with pytest.MonkeyPatch.context() as patch:
        turn = rotate._turn

        def killed_half_way(context: Context, rotation: object, table: str) -> None:
            if len(turned) == 12:
                raise Killed
            turned.append(table)
            turn(context, rotation, table)  # type: ignore[arg-type]

        patch.setattr(rotate, "_turn", killed_half_way)
        with pytest.raises(Killed):
            rotate.run(before)
    for context in (before, renewed):
        with pytest.raises(KeyMaterialError, match="was made under key"):
            build.run(context)
    done = rotate.run(before)
    assert done.counts["tables"] + 12 == len(due) > 30
    assert rotate.run(before).note == "nothing was left to turn"
    with client.Redis.from_url(store_url) as raw:
        left = b" ".join(raw.scan_iter("*"))
    assert not [name for name in old_names if name.encode() in left or bytes.fromhex(name) in left]
    assert b"y:g" not in left
    return renewed


def tables_with_keys(context: Context) -> Iterator[str]:
    return (table for table in context.tables.names() if table not in rotate.WITHOUT)


def names(lake: Path) -> Iterator[str]:
    """Everything of 32 hex digits in any file of the lake."""
    for path in lake.rglob("*"):
        if path.suffix == ".parquet":
            said = "".join(str(row) for row in pq.read_table(path).to_pylist())
        elif path.is_file():
            said = path.read_bytes().decode("latin-1")
        else:
            continue
        yield from re.findall(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", said)


def test_no_old_pseudonym_is_left_in_the_lake(after: Context, old_names: frozenset[str], mother: str) -> None:
    assert mother in old_names
    left = set(names(after.settings.lake))
    assert len(left) > 250
    assert left & old_names == set()
    assert {table: after.tables.key_ids(table) for table in tables_with_keys(after)} == {
        table: {"k2"} for table in tables_with_keys(after)
    }


def test_every_owner_opens_what_is_sealed_with_the_new_keys_alone(after: Context) -> None:
    opened = 0
    for row in after.tables.read("person_files", after.spark).select("subject", "facts", "documents").collect():
        hidden = [(fact["name"], fact["value"]) for fact in row["facts"] if fact["sealed"]]
        hidden += [("number", one["number"]) for one in row["documents"] or [] if one["number"]]
        for name, value in hidden:
            assert open_sealed(NEW, row["subject"], name, value)
            with pytest.raises(KeyMaterialError):
                open_sealed(KEYS, row["subject"], name, value)
            opened += 1
    assert opened > 400


def test_the_next_delivery_meets_the_subjects_of_the_turned_lake(after: Context) -> None:
    """Gated under the new keys, the same delivery is what the rotation had made of it, row by row."""
    turned = {table: after.tables.manifest(table) for table in after.tables.names() if table.startswith("accepted_")}
    quarantine = after.tables.manifest("quarantine")
    gate.run(after)
    assert len(turned) == len(load())
    assert {table: after.tables.manifest(table) for table in turned} == turned
    assert after.tables.manifest("quarantine") == quarantine


def test_files_built_anew_are_about_the_same_subjects(after: Context) -> None:
    def subjects() -> list[str]:
        return sorted(row["subject"] for row in after.tables.read("person_files", after.spark).collect())

    turned = subjects()
    build.run(after)
    assert subjects() == turned


def test_choices_inbox_and_waiting_feedback_are_the_new_pseudonyms(after: Context, mother: str) -> None:
    new = rotated(LATER, mother)
    with client.Redis.from_url(after.settings.store_url) as raw:
        assert raw.exists(choices_key(mother), inbox_key(mother), drafts_key(mother)) == 0
        assert raw.hgetall(choices_key(new)) == {b"d:senior_card": b"2026-11-01"}
        told = raw.hkeys(inbox_key(new))
        draft = cast("bytes", raw.hget(drafts_key(new), "senior_card")).decode().removeprefix("2026-11-01 ")
    assert open_sealed(NEW, new, DRAFT, draft) == "half filled"
    assert rung_id(new, "HKM_PERMIT", date(2026, 12, 21), 30).encode() in told
    opened, corrected = after.tables.read("feedback", after.spark).orderBy("entry").collect()
    assert [(row["subject"], row["action"]) for row in (opened, corrected)] == [(new, "opened"), (new, "correction")]
    assert open_sealed(NEW, new, SAID, corrected["said"]) == "王小明"


def test_a_reminder_told_before_is_not_told_again(after: Context) -> None:
    summaries = run_all(after, quiet, ["publish", "remind"])
    assert summaries["remind"].counts["new"] == 0
    assert summaries["remind"].counts["reached"] > 0


def test_another_vault_key_alone_leaves_everyone_by_the_name_they_had(
    spark: "SparkSession", tmp_lake: Tables, store_url: str
) -> None:
    given = {"pseudonym_key": KEYS.pseudonym[0].hex(), "vault_key": KEYS.vault.hex(), "key_id": "k1"}
    settings = Settings(lake=tmp_lake.root, store_url=store_url, new_vault_key=VAULT, new_key_id="k2", **given)  # type: ignore[arg-type]
    context = Context(DAY, settings)
    who, notice = "a" * 32, Notice("r1", "HKM_PERMIT", DAY, 30, DAY)
    said = Feedback(who, "person", "", "correction", AT, about="fact:name", said=seal(KEYS, who, SAID, "王小明"))
    context.tables.write("feedback", spark.createDataFrame([], feedback.FEEDBACK), day=DAY)
    context.tables.write_files("fresh", {"a": b"made again"}, day=DAY)
    with Store(store_url) as store, client.Redis.from_url(store_url) as raw:
        store.put_reminders([(who, notice)])
        raw.xadd(feedback_key(shard_of(who)), said.fields())  # type: ignore[arg-type]
        assert rotate.run(context).counts == {"tables": 2, "choices and inboxes": 0}
        assert raw.hkeys(inbox_key(who)) == [b"r1"]
    assert context.tables.names() == ("feedback",)
    (row,) = Tables(tmp_lake.root, "k2").read("feedback", spark).collect()
    assert (row["subject"], open_sealed(Keys(KEYS.pseudonym, NEW.vault, "k2"), who, SAID, row["said"])) == (
        who,
        "王小明",
    )
    context.tables.write_files("fresh", {"a": b"made again"}, day=DAY)
    assert rotate.run(context).counts == {"tables": 0, "choices and inboxes": 0}


def test_wrong_keys_and_undeclared_tables_are_refused_before_anything_is_touched(
    after: Context, store_url: str, tmp_path: Path
) -> None:
    wrong = after.settings.model_copy(
        update={"vault_key": OTHER, "new_key_id": "k3", "new_vault_key": sha256(b"third").hexdigest()}
    )
    with pytest.raises(KeyMaterialError, match=r"The keys that are set are not those that .* knows as k2"):
        rotate.run(Context(DAY, wrong))
    assert {after.tables.key_ids(table) for table in tables_with_keys(after)} == {frozenset({"k2"})}
    unnamed = after.settings.model_copy(update={"new_key_id": ""})
    with pytest.raises(KeyMaterialError, match="YIDANG_NEW_KEY_ID is not set"):
        rotate.run(Context(DAY, unnamed))
    unknown = Context(
        DAY, after.settings.model_copy(update={"lake": tmp_path, "new_key_id": "k3", "new_vault_key": OTHER})
    )
    unknown.tables.write("mystery", after.spark.createDataFrame([("a" * 32,)], "subject STRING"), day=DAY)
    with pytest.raises(KeyMaterialError, match="Nobody declared where table mystery holds pseudonyms"):
        rotate.run(unknown)
