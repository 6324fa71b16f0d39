"""A bad row is told by column, value class and reason; a good one comes out typed, pseudonymised and sealed."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from profiles import contracts
from profiles.bindings import Binding, Source
from profiles.gate import sift
from profiles.gate.delivery import find, read
from profiles.identity.keys import Keys, open_sealed, pseudonym

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DAY = date(2026, 3, 1)
KEYS = Keys.for_demo()
HEADER = "身份证号,号牌,登记日期,检验有效期,更新日期"
PERSON = "11010519491231002X"
VEHICLES = contracts.load()["vehicles"]


def sifted(spark: "SparkSession", binding: Binding, folder: Path, lines: list[str]) -> "DataFrame":
    (folder / "vehicles.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    delivery = find(spark, binding, folder, DAY)
    rows = sift.sift(read(spark, delivery), delivery, VEHICLES, KEYS, DAY)
    return sift.without_duplicates(rows, VEHICLES).localCheckpoint()


def failures(frame: "DataFrame") -> dict[int, list[tuple[str, str, str]]]:
    rows = frame.filter("size(_failures) > 0").select("_row", "_failures").collect()
    return {row["_row"]: [tuple(failure) for failure in row["_failures"]] for row in rows}


def test_a_good_row_is_typed_pseudonymised_and_sealed(quick: "SparkSession", vehicles: Binding, tmp_path: Path) -> None:
    line = "110105491231002 , 沪A12345,2020年05月06日,N/A,20260101"
    row = sift.accepted(sifted(quick, vehicles, tmp_path, [line]), VEHICLES).collect()[0]
    owner = pseudonym(KEYS, "person", PERSON)
    assert row["person"] == owner
    assert open_sealed(KEYS, owner, "plate", row["plate"]) == "沪A12345"
    assert (row["registered_on"], row["inspection_due"], row["as_of"]) == (date(2020, 5, 6), None, date(2026, 1, 1))


def test_every_kind_of_bad_row_has_its_reason(quick: "SparkSession", vehicles: Binding, tmp_path: Path) -> None:
    lines = [
        f"{PERSON},沪A1,2020-05-06,2026-05-06,2026-01-01",
        "110105194912310021,沪A2,2020-05-06,,2026-01-01",
        ",沪A3,2020-05-06,,2026-01-01",
        f"{PERSON},,2020-05-06,,2026-01-01",
        f"{PERSON},沪A4,2020-13-06,,2026-01-01",
        f"{PERSON},沪A5,2020-05-06,next year,2026-01-01",
        f"{PERSON},沪A6,2020-05-06",
        f"{PERSON},\ufffd\ufffd,2020-05-06,,2026-01-01",
        f"沪A7,小型汽车,{PERSON},2026-05-06,2026-01-01",
        "12345,沪A8,soon,,2026-01-01",
        f"{PERSON},沪\0A,2020-05-06,,2026-01-01",
        f"{PERSON},沪A9,2020-05-06,,2026-03-02",
    ]
    assert failures(sifted(quick, vehicles, tmp_path, lines)) == {
        2: [("person", "18 characters, digits", "bad_check_digit")],
        3: [("person", "empty", "missing")],
        4: [("plate", "empty", "missing")],
        5: [("registered_on", "10 characters, mixed signs", "not_a_date")],
        6: [("inspection_due", "9 characters, mixed signs", "not_a_date")],
        7: [("", "another number of fields", "malformed_row")],
        8: [("plate", "2 characters, garbled", "garbled_text")],
        9: [
            ("", "several columns", "shifted_columns"),
            ("person", "3 characters, Chinese", "wrong_length"),
            ("registered_on", "18 characters, letters and digits", "not_a_date"),
        ],
        10: [
            ("person", "5 characters, digits", "wrong_length"),
            ("registered_on", "4 characters, letters", "not_a_date"),
        ],
        11: [("plate", "3 characters, garbled", "garbled_text")],
        12: [("as_of", "10 characters, mixed signs", "in_the_future")],
    }


def test_what_a_snapshot_or_a_binding_dates_may_lie_ahead(
    quick: "SparkSession", vehicles: Binding, tmp_path: Path
) -> None:
    line = f"{PERSON},沪A9,2020-05-06,,2026-03-02"
    dated = replace(vehicles, columns={**vehicles.columns, "as_of": Source(constant="2026-03-15")})
    for binding in (replace(vehicles, snapshot=True), dated):
        assert failures(sifted(quick, binding, tmp_path, [line])) == {}


def test_of_rows_with_one_key_one_stays_whatever_the_order(
    quick: "SparkSession", vehicles: Binding, tmp_path: Path
) -> None:
    lines = [f"{PERSON},沪A{n % 4},2020-05-0{n % 3 + 1},,2026-01-01" for n in range(12)]
    seen = set()
    for seed in range(4):
        random.Random(seed).shuffle(lines)
        frame = sifted(quick, vehicles, tmp_path, lines)
        assert {tuple(f) for fs in failures(frame).values() for f in fs} == {("", "repeated key", "duplicate_key")}
        rows = sift.accepted(frame, VEHICLES).collect()
        assert len(rows) == 4
        seen.add(frozenset(tuple(row) for row in rows))
    assert len(seen) == 1


def test_a_bad_row_keeps_no_good_one_out(quick: "SparkSession", vehicles: Binding, tmp_path: Path) -> None:
    lines = [f"{PERSON},沪A1,never,,2026-01-01", f"{PERSON},沪A1,2020-05-06,,2026-01-01"]
    assert set(failures(sifted(quick, vehicles, tmp_path, lines))) == {1}


def test_quarantine_says_where_and_what_without_a_value(
    quick: "SparkSession", vehicles: Binding, tmp_path: Path
) -> None:
    lines = ["110105194912310021,沪A2,2020-05-06,,2026-01-01"]
    row = (
        sift.quarantined(sifted(quick, vehicles, tmp_path, lines), "vehicles", DAY).collect()[0].asDict(recursive=True)
    )
    key = row.pop("key")
    assert row == {
        "feed": "vehicles",
        "supplier": "testtown",
        "file": "vehicles.csv",
        "row": 1,
        "reason": "bad_check_digit",
        "failures": [{"column": "person", "value_class": "18 characters, digits", "reason": "bad_check_digit"}],
        "day": DAY,
    }
    assert len(key) == 32


def test_rules_that_span_columns_are_told_by_name(quick: "SparkSession", tmp_path: Path) -> None:
    from profiles import bindings

    (tmp_path / "cases.yaml").write_text(
        "feed: cases\nsupplier: testtown\nname: {zh: 办件, en: Cases}\npath: cases.csv\ncolumns:\n"
        "  case_id: id\n  person: p\n  enterprise: e\n  service: s\n  status: st\n  applied_on: a\n  finished_on: f\n"
        "  as_of: {day: true}\n",
        encoding="utf-8",
    )
    (tmp_path / "cases.csv").write_text(
        "id,p,e,s,st,a,f\n"
        f"1,{PERSON},,pension_check,done,2026-01-01,2026-01-02\n"
        f"2,{PERSON},913101011324142057,pension_check,done,2026-01-01,\n"
        "3,,,pension_check,done,2026-01-01,\n"
        f"4,{PERSON},,pension_check,lost,2026-01-05,2026-01-02\n",
        encoding="utf-8",
    )
    contract = contracts.load()["cases"]
    delivery = find(quick, bindings.read(tmp_path / "cases.yaml", contracts.load()), tmp_path, DAY)
    frame = sift.sift(read(quick, delivery), delivery, contract, KEYS, DAY)
    assert failures(frame) == {
        2: [("", "several columns", "exactly_one_subject")],
        3: [("", "several columns", "exactly_one_subject")],
        4: [("status", "4 characters, letters", "not_allowed"), ("", "several columns", "applied_before_finished")],
    }
