"""Scopes are read into a main trade and side trades, by what is done to which goods."""

import pytest

from tagging.texts import trades
from tagging.texts.scope import Clause, clauses, needs_approval

APPROVAL = "【依法须经批准的项目，经相关部门批准后方可开展经营活动】"


@pytest.mark.parametrize(
    ("name", "scope", "main"),
    [
        ("上海某某餐饮有限公司", "餐饮服务。" + APPROVAL, "6210"),
        ("上海某某钢铁贸易有限公司", "钢材、金属材料的批发", "5164"),
        ("上海某某软件有限公司", "计算机软件开发，计算机系统集成", "6513"),
        ("上海某某劳务服务有限公司", "劳务派遣，劳务服务", "7263"),
        ("上海某某房地产开发有限公司", "房地产开发经营，自有房屋租赁", "7010"),
        ("上海某某物业管理有限公司", "物业管理，室内装潢", "7020"),
        ("上海某某建筑装饰有限公司", "室内装潢，销售建材", "5011"),
        ("上海某某监理有限公司", "工程监理", "7482"),
        ("上海某某旅行社有限公司", "国内旅游，入境旅游", "7291"),
        ("上海某某大药房", "药品零售", "5251"),
        ("上海某某国际货运代理有限公司", "国际货物运输代理业务，包括订舱、报关", "5821"),
        ("上海某某阀门厂", "阀门制造、加工", "3443"),
    ],
)
def test_a_clear_scope_has_its_main_trade(name, scope, main):
    (read,) = trades.read([name], [scope])
    assert (read[0].industry, read[0].main) == (main, True)
    assert [trade.main for trade in read[1:]] == [False] * (len(read) - 1)


def test_what_is_done_beside_the_main_trade_is_a_side_trade():
    (read,) = trades.read(["上海某某物业管理有限公司"], ["物业管理；餐饮服务；广告设计"])
    assert [(trade.industry, trade.main) for trade in read] == [("7020", True), ("6210", False), ("7259", False)]
    assert sum(trade.confidence for trade in read) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    "scope", [None, "", "。。。", "asdfghjk", "办理母公司有关业务", "🎈" * 50, "\ud800\x00", APPROVAL]
)
def test_nothing_is_said_of_a_scope_that_names_no_trade(scope):
    assert trades.read([""], [scope]) == [[]]


def test_goods_are_sold_in_bulk_sold_over_the_counter_or_made_as_the_clause_says():
    asked = ["服装的批发", "服装零售", "服装的生产、加工", "销售服装"]
    assert [trades.read([""], [scope])[0][0].industry for scope in asked] == ["5132", "5232", "18", "5132"]


def test_a_factory_makes_what_its_scope_only_lists():
    assert trades.read(["上海某某五金厂"], ["五金冲件"])[0][0].industry == "33"
    assert trades.read(["上海某某五金商贸有限公司"], ["五金冲件，五金工具"])[0][0].industry[:2] == "51"


def test_what_is_excluded_names_no_trade():
    said = clauses("化工产品（除危险化学品、烟花爆竹）的销售，除餐饮服务以外")
    assert [clause.text for clause in said] == ["化工产品的销售"]


def test_a_deed_holds_for_the_goods_beside_it():
    assert clauses("销售钢材、木材；服装、鞋帽的制造") == [
        Clause("销售钢材", "sell"),
        Clause("木材", "sell"),
        Clause("服装", "make"),
        Clause("鞋帽的制造", "make"),
    ]


def test_the_sentence_of_approval_is_known_and_names_no_trade():
    assert needs_approval("餐饮服务。" + APPROVAL)
    assert not needs_approval("商务咨询")
    assert clauses(APPROVAL) == []


def test_a_scope_reads_the_same_alone_and_among_others():
    names, scopes = ["甲厂", "乙饭店", ""], ["五金冲件", "餐饮", "经营各类商品，水果批发"]
    together = trades.read(names * 700, scopes * 700)
    assert together[:3] == [trades.read([name], [scope])[0] for name, scope in zip(names, scopes, strict=True)]
    assert together[-3:] == together[:3]
