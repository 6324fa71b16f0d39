"""A scope says which permits it cannot go without, and its exclusions say which it can."""

import pytest

from recommender import catalogue
from tagging.texts import permits


@pytest.mark.parametrize(
    ("scope", "types"),
    [
        ("餐饮服务，卷烟、雪茄烟的零售", ["FOOD_PERMIT", "TOBACCO_LICENCE"]),
        ("提供劳务派遣服务", ["LABOUR_DISPATCH_PERMIT"]),
        ("道路货物运输（普通货运）", ["ROAD_TRANSPORT_PERMIT"]),
        ("国际货物运输代理业务", []),
        ("化工产品（除危险化学品、监控化学品、烟花爆竹）", []),
        ("危险化学品经营（按许可证）", ["HAZARDOUS_CHEMICALS_PERMIT"]),
        ("医疗器械（按许可证经营）", ["MEDICAL_DEVICE_PERMIT"]),
        ("医疗器械（仅限不需医疗器械许可证的品种）", []),
        ("批发兼零售（预包装食品（含冷冻冷藏、不含熟食卤味））", ["FOOD_PERMIT"]),
        ("餐饮管理，企业管理咨询", []),
        ("图书报刊、音像制品零售", ["PUBLICATION_PERMIT"]),
        ("住宿", ["HYGIENE_PERMIT", "SPECIAL_TRADE_PERMIT"]),
        ("【依法须经批准的项目，经相关部门批准后方可开展经营活动】", []),
        ("", []),
        (None, []),
    ],
)
def test_a_scope_calls_for_its_permits(scope, types):
    assert [permit.type for permit in permits.read(scope)] == types


def test_each_permit_says_which_words_call_for_it():
    assert permits.read("销售百货，卷烟零售") == [permits.Permit("TOBACCO_LICENCE", "卷烟")]


def test_every_permit_is_a_document_that_enterprises_hold():
    known = catalogue.load().documents
    told = {type_: (name["zh"], name["en"]) for type_, name in permits.names().items()}
    assert told == {type_: (known[type_].name.zh, known[type_].name.en) for type_ in told}
    assert {known[type_].audience for type_ in told} == {"enterprise"}
