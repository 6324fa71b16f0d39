"""Texts become typed values; what cannot be read becomes nothing, with a reason."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from profiles import contracts
from profiles.bindings import Binding, Rates, Source
from profiles.gate import parse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

RATES = Rates(date(2004, 12, 31), {"美元": 8.2765, "日元": 0.079701})
CAPITAL = {
    "168万人民币": "1680000.00",
    "858(万元人民币)": "8580000.00",
    "1,000(万元人民币)": "10000000.00",
    "9,118.6391(万元人民币)": "91186391.00",
    "50(万人民币 )": "500000.00",
    "50（万元人民币）": "500000.00",
    "30(万元)": "300000.00",
    "30(万)": "300000.00",
    "1.5亿元": "150000000.00",
    "5000元": "5000.00",
    "5000": "5000.00",
    "50万美元": "4138250.00",
    "50(万美元 )": "4138250.00",
    "1,000(万日元)": "797010.00",
    "26(万欧元)": None,
    "N": None,
    "Jean": None,
    "1.2.3万元": None,
    "-5万元": None,
    "万元": None,
}


def computed(spark: "SparkSession", texts: list[str | None], value: str) -> list[object]:
    frame = spark.createDataFrame(list(enumerate(texts)), "at INT, text STRING")
    return [row[1] for row in sorted(frame.selectExpr("at", value).collect(), key=lambda row: row[0])]


def test_capital_is_read_in_yuan_from_every_form_that_registers_write(quick: "SparkSession") -> None:
    read = computed(quick, list(CAPITAL), parse.capital("text", RATES))
    assert read == [Decimal(yuan) if yuan else None for yuan in CAPITAL.values()]


def test_a_foreign_amount_without_a_rate_is_unknown_and_not_a_fault(quick: "SparkSession") -> None:
    unconverted = computed(quick, list(CAPITAL), parse.foreign_unconverted("text", RATES))
    assert [text for text, yes in zip(CAPITAL, unconverted, strict=True) if yes] == ["26(万欧元)"]
    assert computed(quick, ["50万美元"], parse.foreign_unconverted("text", None)) == [True]


@pytest.mark.parametrize(
    ("feed", "name", "texts", "values"),
    [
        (
            "vehicles",
            "registered_on",
            [
                "2020-02-29",
                "2020/02/29",
                "20200229",
                "2020年02月29日",
                "2021-02-29",
                "2020-2-9",
                "0000-00-00",
                "soon",
                None,
            ],
            [date(2020, 2, 29)] * 4 + [None] * 5,
        ),
        (
            "page_events",
            "at",
            ["2026-03-01 08:30:00", "2026-03-01T08:30:00", "2026/03/01 08:30:00", "2026-03-01 25:00:00", "yesterday"],
            ["2026-03-01 08:30:00"] * 3 + [None] * 2,
        ),
        ("ratings", "stars", ["5", "5.0", "-1", "five", "5.5", "99999999999"], [5, 5, -1, None, None, None]),
        ("housing_fund", "balance", ["1,234.56", "0", "12元", "1e3"], [Decimal("1234.56"), Decimal(0), None, None]),
    ],
)
def test_dates_times_and_numbers(
    quick: "SparkSession", vehicles: Binding, feed: str, name: str, texts: list[str | None], values: list[object]
) -> None:
    column = contracts.load()[feed].column(name)
    read = parse.value(column, Source(columns=("x",)), vehicles, "text")
    shown = f"CAST({read} AS STRING)" if column.type == "timestamp" else read
    assert computed(quick, texts, shown) == values


def test_a_map_refuses_what_it_does_not_know_unless_told_to_keep_it(quick: "SparkSession", vehicles: Binding) -> None:
    column = contracts.load()["residents"].column("sex")
    strict = Source(columns=("性别",), map={"男": "male", "女": "female", "未知": None})
    texts: list[str | None] = ["男", "女", "未知", "其他", " 男 ", "N/A", ""]

    def read(source: Source) -> str:
        delivered = parse.text(source, vehicles, {"性别": parse.trimmed("text")}, date(2026, 3, 1))
        return parse.value(column, source, vehicles, delivered)

    assert computed(quick, texts, read(strict)) == ["male", "female", None, None, "male", None, None]
    kept = replace(strict, keep_unmapped=True)
    assert computed(quick, texts, read(kept)) == ["male", "female", None, "其他", "male", None, None]


def test_values_from_several_columns_are_joined_and_missing_where_one_is(
    quick: "SparkSession", vehicles: Binding
) -> None:
    frame = quick.createDataFrame([(1, "12 Elm St", "60647"), (2, "N/A", "60647")], "at INT, a STRING, b STRING")
    joined = parse.text(Source(columns=("x", "y")), vehicles, {"x": "a", "y": "b"}, date(2026, 3, 1))
    assert [row[0] for row in frame.orderBy("at").selectExpr(joined).collect()] == ["12 Elm St|60647", None]


def test_a_value_class_says_what_a_text_looks_like_and_not_what_it_is(quick: "SparkSession") -> None:
    texts = ["11010519491231002X", "20200101", "abc", "人民路1号", "a-b", "\ufffd\ufffd", None]
    assert computed(quick, texts, parse.value_class("text")) == [
        "18 characters, letters and digits",
        "8 characters, digits",
        "3 characters, letters",
        "5 characters, Chinese",
        "3 characters, mixed signs",
        "2 characters, garbled",
        "empty",
    ]
