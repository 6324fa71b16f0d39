"""Days of deliveries: a past day reads as it did then; the late and the mended come in, the deleted stay out."""

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stdnum.cn import ric

from jobs import accepted, gate
from jobs.erased import ERASED, TABLE
from jobs.run import Context
from jobs.settings import Settings
from profiles import bindings, contracts
from profiles.errors import FeedStopped
from profiles.identity.keys import Keys, open_sealed, pseudonym

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

VEHICLES = contracts.load()["vehicles"]
PSEUDONYM_KEY, VAULT_KEY = sha256(b"pseudonym").hexdigest(), sha256(b"vault").hexdigest()
KEYS = Keys.from_hex(PSEUDONYM_KEY, VAULT_KEY, "k1")
PEOPLE = [body + ric.calc_check_digit(body + "0") for body in (f"31010119700203{n:03d}" for n in range(40))]
WHOLE = """\
feed: vehicles
supplier: testtown
name: {zh: 机动车, en: Vehicles}
path: "{day}/vehicles.csv"
columns: {person: 身份证号, plate: 号牌, registered_on: 登记日期, as_of: 更新日期}
"""
CHANGES = WHOLE + "delivers: changes\ndeletes: {column: 操作, values: [删除]}\n"


def on(day: int) -> date:
    return date(2026, 3, day)


class Town:
    """One supplier's vehicles, a day after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def context(self, day: int, **settings: object) -> Context:
        told = Settings(
            lake=self.folder / "lake",
            source=self.folder,
            suppliers="testtown",  # type: ignore[arg-type]
            pseudonym_key=PSEUDONYM_KEY,
            vault_key=VAULT_KEY,
            **settings,  # type: ignore[arg-type]
        )
        return Context(on(day), told)

    def deliver(self, day: int, *rows: str) -> Context:
        """Rows as ``0 A1 3 [删除]``: person's number, plate, day of March of the last change."""
        folder = self.folder / on(day).isoformat()
        folder.mkdir(exist_ok=True)
        lines = ["身份证号,号牌,登记日期,更新日期,操作"]
        for row in rows:
            person, plate, as_of, *action = row.split()
            number = PEOPLE[int(person)] if len(person) < 18 else person
            lines.append(f"{number},{plate},2020-01-01,2026-03-{int(as_of):02d},{''.join(action)}")
        (folder / "vehicles.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.context(day)

    def known(self, day: int) -> list[tuple[str, int]]:
        """(plate, day of March) of what is accepted, as known on the day."""
        rows = accepted.read(self.context(day), VEHICLES)
        found = [] if rows is None else rows.collect()
        return sorted((open_sealed(KEYS, row["person"], "plate", row["plate"]), row["as_of"].day) for row in found)


def town_of(folder: Path, monkeypatch: pytest.MonkeyPatch, binding: str) -> Town:
    bound = folder / "bindings" / "testtown"
    bound.mkdir(parents=True)
    (bound / "vehicles.yaml").write_text(binding, encoding="utf-8")
    monkeypatch.setattr(bindings, "FOLDER", bound.parent)
    return Town(folder)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spark: "SparkSession") -> Town:
    """Every delivery says all that there is."""
    return town_of(tmp_path, monkeypatch, WHOLE + "expect: [操作]\n")


@pytest.fixture
def changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spark: "SparkSession") -> Town:
    """Deliveries bring changes alone."""
    return town_of(tmp_path, monkeypatch, CHANGES)


def test_a_past_day_reads_as_it_did_then_whatever_came_later_and_in_which_order(town: Town) -> None:
    for day, rows in ((3, ("0 A 1", "1 B 3")), (1, ("0 A 1", "2 C 1")), (2, ("0 A 2", "3 D 2"))):
        gate.run(town.deliver(day, *rows))
    assert town.known(1) == [("A", 1), ("C", 1)]
    assert town.known(2) == [("A", 2), ("D", 2)]
    assert town.known(3) == town.known(9) == [("A", 1), ("B", 3)]


def test_changes_add_up_and_what_is_deleted_stays_deleted(changing: Town) -> None:
    gate.run(changing.deliver(1, "0 A 1", "1 B 1"))
    gate.run(changing.deliver(3, "0 A 3 删除"))
    gate.run(changing.deliver(4, "0 A 2", "2 C 4"))  # late: older than its own deletion
    assert [changing.known(day) for day in (1, 3, 4)] == [[("A", 1), ("B", 1)], [("B", 1)], [("B", 1), ("C", 4)]]
    gate.run(changing.deliver(2, "1 B 2"))  # a whole day late
    assert changing.known(4) == [("B", 1), ("B", 2), ("C", 4)]
    assert changing.known(1) == [("A", 1), ("B", 1)]
    assert gate.run(changing.deliver(5)).counts == {"feeds": 1, "delivered": 0, "accepted": 0, "quarantined": 0}


def test_a_deleted_row_needs_a_sound_key_and_nothing_else(changing: Town) -> None:
    rows = [f"{n} P{n} 1" for n in range(30)]
    gate.run(changing.deliver(1, *rows))
    run = changing.deliver(2, *rows, "1 P1 2 删除", "310101197002030009 P2 2 删除")
    path = run.settings.source / "2026-03-02" / "vehicles.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(",2020-01-01,2026-03-02", ",,2026-03-02"), encoding="utf-8"
    )
    counts = gate.run(run).counts
    assert (counts["delivered"], counts["quarantined"]) == (32, 1)
    assert ("P1", 1) not in changing.known(2)
    assert ("P2", 1) in changing.known(2)


def test_a_row_in_quarantine_comes_in_when_it_is_delivered_mended(changing: Town) -> None:
    rows = [f"{n} P{n} 1" for n in range(30)]
    counts = gate.run(changing.deliver(1, *rows, "310101197002030009 Q 1")).counts
    assert (counts["accepted"], counts["quarantined"]) == (30, 1)
    counts = gate.run(changing.deliver(2, "31 Q 1")).counts
    assert (counts["accepted"], counts["quarantined"]) == (1, 0)
    assert ("Q", 1) in changing.known(2)
    books = changing.context(2).tables.read("quarantine", changing.context(2).spark).collect()
    assert [(row["day"].day, row["reason"]) for row in books] == [(1, "bad_check_digit")]


def test_a_feed_that_shrinks_too_much_is_stopped_and_yesterdays_rows_stay(town: Town) -> None:
    rows = [f"{n} P{n} 1" for n in range(40)]
    for day in (1, 2, 3):
        gate.run(town.deliver(day, *rows))
    with pytest.raises(FeedStopped, match=r"share lacking of the usual rows: 32\.5%, at most 30\.0% allowed"):
        gate.run(town.deliver(4, *rows[:27]))
    assert len(town.known(4)) == 40
    gate.run(town.deliver(4, *rows[:28]))
    assert len(town.known(4)) == 28


def test_an_erased_subject_does_not_come_back_and_every_row_is_accounted_for(town: Town, spark: "SparkSession") -> None:
    run = town.deliver(1, "0 A 1", *(f"{n} P{n} 1" for n in range(1, 31)))
    gone = pseudonym(KEYS, "person", PEOPLE[0])
    run.tables.write(TABLE, spark.createDataFrame([(gone, "person", on(1))], ERASED), day=on(1))
    summary = gate.run(run)
    assert summary.counts == {"feeds": 1, "delivered": 31, "accepted": 30, "quarantined": 1}
    assert summary.note.startswith("why: erased_subject 1 · see ")
    row = run.tables.read("quarantine", spark).collect()[0]
    assert (row["row"], row["key"], row["reason"]) == (1, None, "erased_subject")
    assert ("A", 1) not in town.known(1)


def test_deliveries_that_no_kept_day_needs_are_let_go(town: Town) -> None:
    for day in (1, 2, 3, 4):
        gate.run(town.deliver(day, "0 A 1"))
    run = town.context(5, kept_days=2)
    town.deliver(5, "0 A 1")
    gate.run(run)
    assert [one.slot[-2:] for one in run.tables.manifests("accepted_vehicles")] == ["03", "04", "05"]
    assert [one.slot[-2:] for one in run.tables.manifests("quarantine")] == ["03", "04", "05"]
    assert on(5) - timedelta(days=2) == on(3)
