"""The gate job: every row accounted for, a bad feed stops alone, a rerun changes nothing."""

import csv
import gzip
import json
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stdnum.cn import ric

from jobs import gate
from jobs.run import Context
from jobs.settings import Settings
from profiles import bindings
from profiles.errors import BindingError, FeedStopped, KeyMaterialError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 3, 1)
REAL = Path(__file__).parents[3] / "shared" / "data"
PEOPLE = [body + ric.calc_check_digit(body + "0") for body in (f"310101{1950 + n % 50}0203{n:03d}" for n in range(100))]
VEHICLES = """\
feed: vehicles
supplier: testtown
name: {zh: 机动车, en: Vehicles}
path: "{day}/vehicles.csv"
columns: {person: 身份证号, plate: 号牌, registered_on: 登记日期, inspection_due: 检验有效期, as_of: {day: true}}
"""
HOUSING_FUND = """\
feed: housing_fund
supplier: testtown
name: {zh: 住房公积金, en: Housing fund}
path: "{day}/fund.parquet"
format: parquet
columns: {person: id, status: {from: st, map: {缴存: paying, 封存: frozen}}, balance: yuan, as_of: {day: true}}
"""


def deliver_vehicles(folder: Path, bad: int, header: str = "身份证号,号牌,登记日期,检验有效期") -> None:
    """A hundred rows, of which the first ``bad`` have a bad check digit."""
    (folder / DAY.isoformat()).mkdir(exist_ok=True)
    wrong = [number[:-1] + ("1" if number[-1] == "0" else "0") for number in PEOPLE[:bad]]
    rows = [f"{person},沪A{n:05d},2020-01-01,2026-06-01" for n, person in enumerate([*wrong, *PEOPLE[bad:]])]
    text = "\n".join([header, *rows]) + "\n"
    (folder / DAY.isoformat() / "vehicles.csv").write_text(text, encoding="utf-8")


def deliver_fund(folder: Path) -> None:
    rows = [{"id": person, "st": "缴存", "yuan": 1234.5} for person in PEOPLE]
    pq.write_table(pa.Table.from_pylist(rows), folder / DAY.isoformat() / "fund.parquet")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spark: "SparkSession") -> Path:
    """A supplier of two feeds, delivered clean but for three rows."""
    bound = tmp_path / "bindings" / "testtown"
    bound.mkdir(parents=True)
    (bound / "vehicles.yaml").write_text(VEHICLES, encoding="utf-8")
    (bound / "housing_fund.yaml").write_text(HOUSING_FUND, encoding="utf-8")
    monkeypatch.setattr(bindings, "FOLDER", bound.parent)
    deliver_vehicles(tmp_path, bad=3)
    deliver_fund(tmp_path)
    return tmp_path


def context(folder: Path, suppliers: str = "testtown", day: date = DAY, source: Path | None = None) -> Context:
    settings = Settings(
        lake=folder / "lake",
        source=source or folder,
        suppliers=suppliers,  # type: ignore[arg-type]
        pseudonym_key=sha256(b"pseudonym").hexdigest(),
        vault_key=sha256(b"vault").hexdigest(),
    )
    return Context(day, settings)


def accepted(town: Context, feed: str) -> int:
    return town.tables.manifest(f"accepted_{feed}").rows


def report(town: Context) -> dict[str, dict[str, object]]:
    return {row["feed"]: row.asDict() for row in town.tables.read("gate_report", town.spark).collect()}


def test_every_row_is_accepted_or_in_quarantine(town: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    run = replace(context(town), progress=lambda what, done, total: seen.append((what, done, total)))
    summary = gate.run(run)
    assert summary.counts == {"feeds": 2, "delivered": 200, "accepted": 197, "quarantined": 3}
    assert summary.note == f"why: bad_check_digit 3 · see {run.tables.path('operators') / 'index.html'}"
    assert (accepted(run, "vehicles"), accepted(run, "housing_fund")) == (97, 100)
    quarantine = run.tables.read("quarantine", run.spark)
    assert [row["row"] for row in quarantine.orderBy("row").collect()] == [1, 2, 3]
    assert sorted((done, total) for _, done, total in seen) == [(1, 2), (2, 2)]
    line = report(run)["vehicles"]
    assert (line["state"], line["delivered"], line["accepted"], line["quarantined"]) == ("accepted", 100, 97, 3)


def test_no_raw_number_or_plate_is_written(town: Path) -> None:
    run = context(town)
    gate.run(run)
    for table in ("accepted_vehicles", "accepted_housing_fund", "quarantine", "gate_report"):
        text = json.dumps(
            [row.asDict(recursive=True) for row in run.tables.read(table, run.spark).collect()], default=str
        )
        assert not [person for person in PEOPLE if person in text or person[:-1] in text]
        assert "沪A" not in text


def test_a_rerun_changes_no_content(town: Path) -> None:
    tables = ("accepted_vehicles", "accepted_housing_fund", "quarantine", "gate_report")
    run = context(town)
    gate.run(run)
    first = {table: run.tables.manifest(table) for table in tables}
    gate.run(run)
    assert {table: run.tables.manifest(table) for table in tables} == first


def test_a_missing_feed_stops_alone_and_says_what_to_do(town: Path) -> None:
    (town / DAY.isoformat() / "fund.parquet").unlink()
    run = context(town)
    with pytest.raises(FeedStopped) as error:
        gate.run(run)
    said = str(error.value)
    assert said.startswith(
        "1 of 2 feeds did not come in, the other 1 did.\n- housing_fund was not delivered for 2026-03-01"
    )
    assert "housing_fund.yaml expects" in said
    assert accepted(run, "vehicles") == 97
    assert report(run)["housing_fund"]["state"] == "missing"


def test_a_missing_folder_is_said_once_and_not_for_every_feed(town: Path) -> None:
    run = context(town)
    gate.run(run)
    before = run.tables.manifest("accepted_vehicles")
    away = town.parent / "away"
    with pytest.raises(FeedStopped) as error:
        gate.run(context(town, source=away))
    first, why, shown = str(error.value).split("\n")
    assert first == "2 of 2 feeds did not come in, the other 0 did."
    assert why.startswith(f"- There is no folder {away}. Mount it")
    assert shown.startswith("All of it is shown in ")
    assert run.tables.manifest("accepted_vehicles") == before


def test_an_unfit_feed_keeps_what_was_accepted_before(town: Path) -> None:
    run = context(town)
    gate.run(run)
    before = run.tables.manifest("accepted_vehicles")
    deliver_vehicles(town, bad=30)
    with pytest.raises(FeedStopped, match=r"share quarantined: 30\.0%, at most 10\.0% allowed"):
        gate.run(run)
    assert run.tables.manifest("accepted_vehicles") == before
    line = report(run)["vehicles"]
    assert (line["state"], line["delivered"], line["accepted"], line["quarantined"]) == ("stopped", 100, 0, 30)
    assert run.tables.manifest("quarantine").rows == 30


def test_a_feed_with_another_header_stops_alone(town: Path) -> None:
    deliver_vehicles(town, bad=0, header="身份证号,号牌号码,登记日期,检验有效期")
    run = context(town)
    with pytest.raises(FeedStopped, match=r"has no column '号牌'.*Did you mean '号牌号码'\?"):
        gate.run(run)
    assert accepted(run, "housing_fund") == 100
    assert not run.tables.exists("accepted_vehicles")


def test_a_file_that_breaks_off_stops_its_feed_alone(town: Path) -> None:
    path = bindings.FOLDER / "testtown" / "vehicles.yaml"
    path.write_text(VEHICLES.replace("vehicles.csv", "vehicles.csv.gz"), encoding="utf-8")
    rows = "".join(f"{PEOPLE[n % 100]},沪A{n:05d},2020-01-01,2026-06-01\n" for n in range(20_000))
    packed = gzip.compress(f"身份证号,号牌,登记日期,检验有效期\n{rows}".encode())
    (town / DAY.isoformat() / "vehicles.csv.gz").write_bytes(packed[: len(packed) // 2])
    run = context(town)
    with pytest.raises(FeedStopped, match="A delivered file of vehicles breaks off or is damaged") as error:
        gate.run(run)
    assert "沪A" not in str(error.value)
    assert accepted(run, "housing_fund") == 100
    assert not run.tables.exists("accepted_vehicles")


def test_a_malformed_binding_stops_its_feed_alone(town: Path) -> None:
    (bindings.FOLDER / "testtown" / "vehicles-2.yaml").write_text("feed: [", encoding="utf-8")
    run = context(town)
    with pytest.raises(FeedStopped, match=r"vehicles-2\.yaml, line 1, is not YAML"):
        gate.run(run)
    assert accepted(run, "housing_fund") == 100
    assert not run.tables.exists("accepted_vehicles")


def test_a_feed_that_no_chosen_supplier_binds_is_emptied(town: Path) -> None:
    run = context(town)
    gate.run(run)
    (bindings.FOLDER / "testtown" / "vehicles.yaml").unlink()
    gate.run(run)
    assert (accepted(run, "vehicles"), accepted(run, "housing_fund")) == (0, 100)


def test_columns_that_nobody_bound_are_named_in_the_summary(town: Path) -> None:
    deliver_vehicles(town, bad=0, header="身份证号,号牌,登记日期,检验有效期")
    path = town / DAY.isoformat() / "vehicles.csv"
    path.write_text(
        "\n".join(f"{line},颜色" for line in path.read_text(encoding="utf-8").splitlines()), encoding="utf-8"
    )
    assert gate.run(context(town)).note.startswith("columns nobody bound: vehicles.颜色 · see ")


def test_nothing_runs_without_keys_of_its_own(town: Path) -> None:
    bare = Context(DAY, Settings(lake=town / "lake", source=town, suppliers="testtown"))  # type: ignore[arg-type]
    with pytest.raises(KeyMaterialError, match="pseudonym_key is not set"):
        gate.run(bare)
    assert not (town / "lake").exists()


@pytest.mark.skipif(not REAL.exists(), reason="the shared real data are not on this machine")
def test_shanghais_register_and_chicagos_licences_are_accounted_for_row_by_row(
    tmp_path: Path, spark: "SparkSession"
) -> None:
    run = context(tmp_path, "shanghai,chicago", date(2020, 9, 15), REAL)
    delivered = {}
    for feed, name in (
        ("enterprises", "enterprises_shanghai/enterprises"),
        ("permits", "licences_chicago/licences_2020-09"),
    ):
        with gzip.open(REAL / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            delivered[feed] = sum(1 for _ in csv.reader(file)) - 1
    assert delivered == {"enterprises": 74_837, "permits": 62_600}
    gate.run(run)
    books = {feed: (line["delivered"], line["accepted"], line["reasons"]) for feed, line in report(run).items()}
    assert books == {
        "enterprises": (74_837, 74_791, {"malformed_row": 3, "shifted_columns": 43}),
        "permits": (62_600, 61_266, {"missing": 1_332, "not_a_date": 2}),
    }
    capital = run.tables.read("accepted_enterprises", run.spark).selectExpr("count(capital_yuan)", "sum(capital_yuan)")
    assert capital.collect()[0][0] == 74_791 - 9_555  # the rest are N/A


def test_a_day_on_which_no_binding_is_in_force_is_told(tmp_path: Path, spark: "SparkSession") -> None:
    with pytest.raises(BindingError, match="No binding of chicago is in force on 2019-01-01"):
        gate.run(context(tmp_path, "chicago", date(2019, 1, 1)))
