"""What Spark reads is what was delivered: every record, in order, as Python's csv module sees it."""

import csv
import gzip
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from profiles.bindings import Binding
from profiles.errors import BindingError, FeedMissing
from profiles.gate.delivery import find, read

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 3, 1)
HEADER = ["身份证号", "号牌", "登记日期", "检验有效期", "更新日期", "备注"]
RECORDS = [
    ["1", "沪A", "2020-01-01", "", "2026-01-01", "plain"],
    ["2", "沪B", "2020-01-01", "", "2026-01-01", "a, comma"],
    ["3", "沪C", "2020-01-01", "", "2026-01-01", 'a "quoted" word'],
    ["4", "沪D", "2020-01-01", "", "2026-01-01", "two\nlines"],
    ["5", "沪E", "2020-01-01", "", "2026-01-01", "a back\\slash"],
]


def deliver(folder: Path, records: list[list[str]], encoding: str = "utf-8") -> Path:
    path = folder / "vehicles.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADER, *records])
    return path


def rows(spark: "SparkSession", binding: Binding, folder: Path) -> list[tuple[object, ...]]:
    return [tuple(row) for row in read(spark, find(spark, binding, folder, DAY)).orderBy("_file", "_row").collect()]


def test_records_and_their_numbers_are_those_of_pythons_csv_module(
    quick: "SparkSession", vehicles: Binding, tmp_path: Path
) -> None:
    deliver(tmp_path, RECORDS)
    expected = [("vehicles.csv", n, False, *(cell or None for cell in r)) for n, r in enumerate(RECORDS, 1)]
    assert rows(quick, vehicles, tmp_path) == expected


def test_records_with_more_or_fewer_fields_are_malformed_and_stay(
    quick: "SparkSession", vehicles: Binding, tmp_path: Path
) -> None:
    deliver(tmp_path, [RECORDS[0], RECORDS[1][:4], [*RECORDS[2], "more"], RECORDS[3]])
    assert [row[1:3] for row in rows(quick, vehicles, tmp_path)] == [(1, False), (2, True), (3, True), (4, False)]


@pytest.mark.parametrize("place", range(6))
def test_records_that_an_open_quote_swallowed_are_counted_as_malformed(
    quick: "SparkSession", vehicles: Binding, tmp_path: Path, place: int
) -> None:
    plain = [[cell.replace(",", "").replace('"', "").replace("\n", "") for cell in record] for record in RECORDS]
    plain[1][place] = f'"{plain[1][place]}'
    lines = [",".join(record) for record in (HEADER, *plain)]
    (tmp_path / "vehicles.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = rows(quick, vehicles, tmp_path)
    assert [row[1:3] for row in found] == [(1, False), *[(2, True)] * 4]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_other_encodings_are_read(quick: "SparkSession", vehicles: Binding, tmp_path: Path, encoding: str) -> None:
    deliver(tmp_path, RECORDS[:1], encoding)
    binding = replace(vehicles, encoding="utf-8" if encoding == "utf-8-sig" else encoding)
    assert rows(quick, binding, tmp_path)[0][3:5] == ("1", "沪A")


def test_the_wrong_encoding_is_told(quick: "SparkSession", vehicles: Binding, tmp_path: Path) -> None:
    deliver(tmp_path, RECORDS, "gb18030")
    with pytest.raises(BindingError, match=r"vehicles\.csv cannot be read as utf-8.*options\.encoding"):
        find(quick, vehicles, tmp_path, DAY)


def test_bytes_that_are_no_text_are_marked_and_cost_no_other_row(
    quick: "SparkSession", vehicles: Binding, tmp_path: Path
) -> None:
    path = deliver(tmp_path, RECORDS[:2])
    path.write_bytes(path.read_bytes().replace("沪A".encode(), "沪A".encode("gb18030")))
    assert [row[4] for row in rows(quick, vehicles, tmp_path)] == ["\ufffd\ufffdA", "沪B"]


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", gzip.compress(b"plain", mtime=0)])
def test_what_is_no_parquet_is_told(quick: "SparkSession", vehicles: Binding, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v.parquet").write_bytes(content)
    with pytest.raises(BindingError, match=r"v\.parquet cannot be read as parquet"):
        find(quick, replace(vehicles, path="v.parquet", format="parquet"), tmp_path, DAY)


def test_plain_text_under_a_packed_name_is_told(quick: "SparkSession", vehicles: Binding, tmp_path: Path) -> None:
    deliver(tmp_path, RECORDS).rename(tmp_path / "vehicles.csv.gz")
    with pytest.raises(BindingError, match=r"vehicles\.csv\.gz cannot be read as utf-8"):
        find(quick, replace(vehicles, path="vehicles.csv.gz"), tmp_path, DAY)


def test_compressed_files_and_several_files_keep_their_own_numbers(
    quick: "SparkSession", vehicles: Binding, tmp_path: Path
) -> None:
    whole = deliver(tmp_path, RECORDS)
    for name in ("vehicles-1.csv.gz", "vehicles-2.csv.gz"):
        (tmp_path / name).write_bytes(gzip.compress(whole.read_bytes()))
    found = rows(quick, replace(vehicles, path="vehicles-*.csv.gz"), tmp_path)
    assert [row[:2] for row in found] == [(f"vehicles-{n}.csv.gz", at) for n in (1, 2) for at in range(1, 6)]


def test_json_and_parquet_are_read_as_text(quick: "SparkSession", vehicles: Binding, tmp_path: Path) -> None:
    records = [dict(zip(HEADER, record, strict=True)) for record in RECORDS]
    (tmp_path / "v.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    table = pa.Table.from_pylist([{**record, "登记日期": date(2020, 1, 1)} for record in records])
    pq.write_table(table, tmp_path / "v.parquet")
    as_json = read(quick, find(quick, replace(vehicles, path="v.json", format="json"), tmp_path, DAY))
    as_parquet = read(quick, find(quick, replace(vehicles, path="v.parquet", format="parquet"), tmp_path, DAY))
    plates, days = [record[1] for record in RECORDS], ["2020-01-01"] * 5
    json_header = sorted(HEADER)  # Spark sorts what it finds in JSON
    at = {name: f"c{json_header.index(name)}" for name in HEADER}
    got = as_json.orderBy("_row").select("_row", at["号牌"], at["登记日期"]).collect()
    assert [tuple(row) for row in got] == list(zip(range(1, 6), plates, days, strict=True))
    got = as_parquet.orderBy("_row").select("_row", "c1", "c2").collect()
    assert [tuple(row) for row in got] == list(zip(range(1, 6), plates, days, strict=True))


def test_a_missing_feed_names_binding_path_day_and_what_to_do(
    quick: "SparkSession", vehicles: Binding, tmp_path: Path
) -> None:
    with pytest.raises(FeedMissing) as error:
        find(quick, vehicles, tmp_path, DAY)
    said = str(error.value)
    assert "vehicles was not delivered for 2026-03-01" in said
    assert f"{tmp_path / 'vehicles.yaml'} expects {tmp_path / 'vehicles.csv'}" in said
    assert "run the gate again" in said


def test_an_absent_column_names_file_binding_and_the_nearest_name(
    quick: "SparkSession", vehicles: Binding, tmp_path: Path
) -> None:
    path = deliver(tmp_path, RECORDS)
    path.write_text(path.read_text(encoding="utf-8").replace("号牌", "号牌号码", 1), encoding="utf-8")
    with pytest.raises(BindingError) as error:
        find(quick, vehicles, tmp_path, DAY)
    assert f"{path} has no column '号牌', which {tmp_path / 'vehicles.yaml'} binds. Did you mean '号牌号码'?" in str(
        error.value
    )


def test_a_first_line_that_is_no_header_is_not_quoted(quick: "SparkSession", vehicles: Binding, tmp_path: Path) -> None:
    (tmp_path / "vehicles.csv").write_text("11010519491231002X,沪A1,2020-05-06,,2026-01-01\n", encoding="utf-8")
    with pytest.raises(BindingError, match=r"It has: 5 names that nobody knows; is it a header\?") as error:
        find(quick, vehicles, tmp_path, DAY)
    assert "沪A1" not in str(error.value)
    assert "11010519491231002X" not in str(error.value)


def test_an_empty_file_is_told(quick: "SparkSession", vehicles: Binding, tmp_path: Path) -> None:
    (tmp_path / "vehicles.csv").write_bytes(b"")
    with pytest.raises(BindingError, match="nothing, not even a header"):
        find(quick, vehicles, tmp_path, DAY)


def test_columns_that_nobody_told_of_are_named(quick: "SparkSession", vehicles: Binding, tmp_path: Path) -> None:
    path = deliver(tmp_path, RECORDS)
    path.write_text(path.read_text(encoding="utf-8").replace("备注", "颜色", 1), encoding="utf-8")
    assert find(quick, vehicles, tmp_path, DAY).unknown == ("颜色",)
