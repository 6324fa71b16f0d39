"""What an operator looks at in the morning: every feed, what stopped first, and pages that load nothing."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs import books, contracts, reports
from jobs.books import REPORT, FeedDay, Measured
from jobs.tables import Tables
from profiles.contracts import load
from profiles.errors import TableMissing
from profiles.model import NESTED_COLUMNS, PERSON_COLUMNS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 3, 1)
AGE = Measured("days since the newest row", 3.0, None, 45.0)
TOO_MANY = Measured("share quarantined", 0.3, None, 0.1)
CLEAN = FeedDay("cases", ("town",), "accepted", 1200, 1199, 1, {"missing": 1}, (AGE,), (), "")
STOPPED = FeedDay(
    feed="vehicles",
    suppliers=("town",),
    state="stopped",
    delivered=100,
    accepted=0,
    quarantined=30,
    reasons={"bad_check_digit": 26, "missing": 4},
    checks=(AGE, TOO_MANY),
    unknown_columns=("颜色",),
    message="vehicles was stopped: <share> quarantined.",
)


class Outline(HTMLParser):
    """What a reader who does not see the page would be told of it."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.inner_links: set[str] = set()
        self.tables = self.captions = 0
        self.unscoped = 0
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if str(given.get("href", "")).startswith("#"):
            self.inner_links.add(str(given["href"])[1:])
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self.unscoped += tag == "th" and "scope" not in given


def accessible(page: bytes) -> None:
    """Headings skip no level, tables have captions, headers scopes, links a target, and nothing is loaded."""
    told = Outline(page)
    assert page.startswith(b"<!doctype html>\n<html lang=")
    assert told.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(told.headings, told.headings[1:], strict=False))
    assert (told.captions, told.unscoped) == (told.tables, 0)
    assert len(set(told.ids)) == len(told.ids)
    assert told.inner_links <= set(told.ids)
    assert not re.findall(rb"<script|<link|<img|<iframe|https?:|@import|url\(|\son\w+=", page)


def text(page: bytes) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.decode(), flags=re.DOTALL).split())


def test_the_operators_page_says_first_what_stopped_and_why() -> None:
    page = reports.operators_page([CLEAN, STOPPED], DAY)
    accessible(page)
    said = text(page)
    assert "需要处理：1 类数据今日未接收" in said
    assert said.index("vehicles was stopped: &lt;share&gt; quarantined.") < said.index("各类数据 Feeds")
    assert "交付行数 rows delivered 1,300" in said
    assert "share quarantined: 30.0%, ≤ 10.0%" in said
    assert "未对接的列 columns nobody bound 颜色" in said
    assert b'<a href="validations/vehicles.html">1 / 2</a>' in page


def test_a_day_on_which_all_came_in_has_nothing_to_act_on() -> None:
    assert "需要处理" not in text(reports.operators_page([CLEAN], DAY))


def test_reasons_are_counted_over_all_feeds_the_most_frequent_first() -> None:
    assert [(one.reason, one.rows, one.feeds) for one in reports.reasons([CLEAN, STOPPED])] == [
        ("bad_check_digit", 26, (("vehicles", 26),)),
        ("missing", 5, (("vehicles", 4), ("cases", 1))),
    ]


def test_the_list_names_every_feed_element_owner_and_supplier() -> None:
    page = contracts.sharing_list([CLEAN, STOPPED], DAY, ["city", "shanghai", "chicago"])
    accessible(page)
    said = text(page)
    for contract in load().values():
        assert f'id="{contract.feed}"'.encode() in page
        assert contract.owner.zh in said
        assert all(column.title.zh in said for column in contract.columns)
    assert "交付 100 行，接收 0 行，隔离 30 行。" in said
    assert "deliveries/{day}/vehicles.csv" in said
    assert all(name in said for name in (*PERSON_COLUMNS, *NESTED_COLUMNS))


def test_without_a_lake_the_list_says_that_it_knows_no_quality() -> None:
    said = text(contracts.sharing_list([], None, ["city"]))
    assert "未附质量情况" in said
    assert "已接收" not in said


def test_the_report_of_a_day_is_read_without_spark(tmp_lake: Tables, spark: "SparkSession") -> None:
    checks = [("share quarantined", 0.3, None, 0.1)]
    rows = [("vehicles", ["town"], DAY, "stopped", 100, 0, 30, {"missing": 30}, checks, ["颜色"], "said")]
    tmp_lake.write("gate_report", spark.createDataFrame(rows, REPORT), day=DAY, slot="2026-03-01")
    fresh = [("cases", ["town"], DAY, "accepted", 1, 1, 0, {}, [], [], "")]
    tmp_lake.write("gate_report", spark.createDataFrame(fresh, REPORT), day=DAY, slot="2026-03-01~a-000001")
    assert books.newest_day(tmp_lake, "gate_report") == DAY
    expected = FeedDay("vehicles", ("town",), "stopped", 100, 0, 30, {"missing": 30}, (TOO_MANY,), ("颜色",), "said")
    assert books.report(tmp_lake, DAY) == (expected,)
    with pytest.raises(TableMissing, match="Nothing was gated on 2026-03-02"):
        books.report(tmp_lake, date(2026, 3, 2))


def test_the_list_is_published_with_the_newest_quality(tmp_lake: Tables, tmp_path: Path, spark: "SparkSession") -> None:
    rows = [("vehicles", ["town"], DAY, "accepted", 100, 93, 7, {"missing": 7}, [], [], "")]
    tmp_lake.write("gate_report", spark.createDataFrame(rows, REPORT), day=DAY, slot="2026-03-01")
    where = contracts.publish(tmp_path / "list", tmp_lake.root)
    assert where == tmp_path / "list" / "sharing.html"
    assert "交付 100 行，接收 93 行，隔离 7 行。" in text(where.read_bytes())
