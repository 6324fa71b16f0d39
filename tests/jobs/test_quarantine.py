"""Quarantine is listed, counted and exported without Spark, and never says a value."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from jobs import quarantine
from jobs.books import QUARANTINE
from jobs.tables import Tables
from profiles.errors import ContractError, SettingsError, TableMissing

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLD, DAY = date(2026, 2, 28), date(2026, 3, 1)
BAD_DATE = ("registered_on", "2 characters, Chinese", "not_a_date")


def row(feed: str, number: int, *failures: tuple[str, str, str], day: date = DAY) -> tuple[object, ...]:
    return (feed, "town", f"{day}/{feed}.csv", number, f"{number:032x}", failures[0][2], list(failures), day)


@pytest.fixture
def tables(tmp_lake: Tables, spark: "SparkSession") -> Tables:
    """Two gated days."""
    repeated = ("", "repeated key", "duplicate_key")
    missing = ("plate", "empty", "missing")
    days = {
        OLD: [row("vehicles", 7, repeated, day=OLD)],
        DAY: [row("vehicles", 9, BAD_DATE, missing), row("vehicles", 2, missing), row("cases", 5, missing)],
    }
    for day, bad in days.items():
        tmp_lake.write("quarantine", spark.createDataFrame(bad, QUARANTINE), day=day, slot=day.isoformat())
    return tmp_lake


def test_the_newest_day_is_listed_by_feed_and_row(tables: Tables) -> None:
    assert list(quarantine.listed(quarantine.rows(tables), 2)) == [
        "feed      supplier  file                     row  key                               reason   failures",
        f"cases     town      2026-03-01/cases.csv     5    {5:032x}  missing  plate: empty (missing)",
        f"vehicles  town      2026-03-01/vehicles.csv  2    {2:032x}  missing  plate: empty (missing)",
        "2 of 3 rows; row 1 is the first one after the file's header",
    ]


def test_a_day_a_feed_and_a_reason_can_be_chosen(tables: Tables) -> None:
    assert quarantine.rows(tables, OLD)["row"].to_pylist() == [7]
    assert quarantine.rows(tables, DAY, "vehicles")["row"].to_pylist() == [2, 9]
    assert quarantine.rows(tables, DAY, "vehicles", "not_a_date")["row"].to_pylist() == [9]


def test_rows_are_counted_by_feed_and_reason(tables: Tables) -> None:
    assert list(quarantine.counted(quarantine.rows(tables, feed="vehicles"))) == [
        "feed      reason      rows",
        "vehicles  missing     1",
        "vehicles  not_a_date  1",
    ]


def test_an_export_holds_every_failure(tables: Tables, tmp_path: Path) -> None:
    found = quarantine.rows(tables, reason="not_a_date")
    quarantine.export(found, tmp_path / "bad.csv")
    assert (tmp_path / "bad.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "feed,supplier,file,row,key,reason,failures,day",
        (
            f'vehicles,town,2026-03-01/vehicles.csv,9,{9:032x},not_a_date,"registered_on: 2 characters, Chinese '
            '(not_a_date); plate: empty (missing)",2026-03-01'
        ),
    ]
    quarantine.export(found, tmp_path / "bad.parquet")
    assert pq.read_table(tmp_path / "bad.parquet").to_pylist() == found.to_pylist()


def test_what_cannot_be_is_told(tables: Tables, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"There is no feed 'vehicals'\. Did you mean 'vehicles'\?"):
        quarantine.rows(tables, feed="vehicals")
    with pytest.raises(SettingsError, match=r"bad\.xls is neither \.csv nor \.parquet"):
        quarantine.export(quarantine.rows(tables), tmp_path / "bad.xls")
    with pytest.raises(TableMissing, match=r"knows of 2 days from 2026-02-28 to 2026-03-01"):
        quarantine.rows(tables, date(2026, 3, 2))
    with pytest.raises(TableMissing, match="There is no table quarantine"):
        quarantine.rows(Tables(tmp_path))
