"""A rotation leaves no old pseudonym in the lake or the store, opens for its owners, and survives being killed."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
import redis as client

from jobs import build, gate, rotate
from jobs.city import make
from jobs.run import Context, Summary, run_all
from jobs.settings import Settings
from profiles.contracts import load
from profiles.errors import KeyMaterialError
from profiles.identity.keys import Keys, open_sealed, pseudonym, rotated
from recommender.choices import Feedback, Notice
from recommender.generation import choices_key, inbox_key
from recommender.reminders import rung_id
from recommender.store import Store

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 11, 22)
A, B, C, D = (sha256(name).hexdigest() for name in (b"first", b"vault", b"second", b"new vault"))
OLD, NEW = Keys.from_hex(A, B, "k1"), Keys.from_hex(f"{A},{C}", D, "k2")
LATER = NEW.pseudonym[1:]


class Killed(BaseException):
    """Stands for the end of the process."""


def quiet(summary: Summary, seconds: float) -> None:
    """Nobody reads the lines."""


def settings(lake: Path, source: Path, store_url: str, keys: Keys) -> Settings:
    given = {
        "k1": {"pseudonym_key": A, "vault_key": B, "new_pseudonym_key": f"{A},{C}", "new_vault_key": D},
        "k2": {"pseudonym_key": f"{A},{C}", "vault_key": D},
    }[keys.key_id]
    new = {"new_key_id": "k2"} if keys is OLD else {}
    return Settings(lake=lake, source=source, store_url=store_url, key_id=keys.key_id, **given, **new)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, store_server: str, spark: "SparkSession") -> Context:
    """A small city after a whole night."""
    folder = tmp_path_factory.mktemp("rotate")
    make(200, 7, DAY, folder / "city")
    context = Context(DAY, settings(folder / "lake", folder / "city", store_server.replace("/0", "/2"), OLD))
    run_all(context, quiet)
    return context


@pytest.fixture(scope="module")
def old_names(before: Context) -> frozenset[str]:
    """Everything of 32 hex digits in the lake before."""
    return frozenset(names(before.settings.lake))


@pytest.fixture(scope="module")
def mother(before: Context) -> str:
    """The old pseudonym of somebody."""
    made = json.loads((before.settings.source / "personas.json").read_text())["personas"]
    return pseudonym(OLD, "person", next(one["resident_id"] for one in made if "mother" in one["key"]))


@pytest.fixture(scope="module")
def after(before: Context, old_names: frozenset[str], mother: str) -> Context:
    """The same under new keys, after a rotation that was killed and run again."""
    store_url = before.settings.store_url
    with client.Redis.from_url(store_url) as raw:
        raw.hset(choices_key(mother), "d:senior_card", "2026-11-01")
        raw.xadd(
            "y:feedback",
            Feedback(mother, "person", "senior_card", "opened", datetime(2026, 11, 22, tzinfo=UTC)).fields(),
        )  # type: ignore[arg-type]
    with Store(store_url) as store:
        rung = rung_id(mother, "HKM_PERMIT", date(2026, 12, 21), 30)
        store.put_reminders([(mother, Notice(rung, "HKM_PERMIT", date(2026, 12, 21), 30, DAY))])
    renewed = Context(DAY, settings(before.settings.lake, before.settings.source, store_url, NEW))
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
                open_sealed(OLD, row["subject"], name, value)
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
        assert raw.exists(choices_key(mother), inbox_key(mother)) == 0
        assert raw.hgetall(choices_key(new)) == {b"d:senior_card": b"2026-11-01"}
        told = raw.hkeys(inbox_key(new))
    assert rung_id(new, "HKM_PERMIT", date(2026, 12, 21), 30).encode() in told
    said = after.tables.read("feedback", after.spark).collect()
    assert [(row["subject"], row["action"]) for row in said] == [(new, "opened")]


def test_a_reminder_told_before_is_not_told_again(after: Context) -> None:
    summaries = run_all(after, quiet, ["publish", "remind"])
    assert summaries["remind"].counts["new"] == 0
    assert summaries["remind"].counts["reached"] > 0


def test_wrong_keys_and_undeclared_tables_are_refused_before_anything_is_touched(
    after: Context, store_url: str, tmp_path: Path
) -> None:
    wrong = after.settings.model_copy(
        update={"vault_key": B, "new_key_id": "k3", "new_vault_key": sha256(b"third").hexdigest()}
    )
    with pytest.raises(KeyMaterialError, match="A sealed number does not open: it was sealed with another vault key"):
        rotate.run(Context(DAY, wrong))
    assert {after.tables.key_ids(table) for table in tables_with_keys(after)} == {frozenset({"k2"})}
    unnamed = after.settings.model_copy(update={"new_key_id": ""})
    with pytest.raises(KeyMaterialError, match="YIDANG_NEW_KEY_ID is not set"):
        rotate.run(Context(DAY, unnamed))
    unknown = Context(DAY, after.settings.model_copy(update={"lake": tmp_path, "new_key_id": "k3", "new_vault_key": B}))
    unknown.tables.write("mystery", after.spark.createDataFrame([("a" * 32,)], "subject STRING"), day=DAY)
    with pytest.raises(KeyMaterialError, match="Nobody declared where table mystery holds pseudonyms"):
        rotate.run(unknown)
