"""Job titles are read as an official would, and left unread where nothing sure can be said."""

import pytest

from tagging.texts import titles
from tagging.texts.titles import Occupation, stripped


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("会计", "2-06-03-00"),
        ("急聘保安（包吃住，月入6000+）", "4-07-05-01"),
        ("Java开发工程师", "2-02-10-03"),
        ("奶茶店员", "4-03-02-10"),
        ("网约车司机", "4-02-02-01"),
        ("蓝天物流有限公司招聘货车司机", "4-02-02-02"),
        ("氩弧焊工", "6-18-02-04"),
        ("后厨 双休 五险一金", "4-03-02-01"),
        ("洗碗工", "4-03-02-05"),
        ("室内设计师", "4-08-08-07"),
        ("视频剪辑师", "2-09-03-06"),
        ("房产经纪人", "4-06-02-01"),
        ("招聘专员", "4-07-03-08"),
        ("ＣＮＣ操作工", "6-18-01-07"),
    ],
)
def test_a_clear_title_has_its_occupation(title, code):
    (read,) = titles.read([title])
    assert read.code == code
    assert 0.5 <= read.confidence <= 1


@pytest.mark.parametrize(
    "title", [None, "", "   ", "🎉🎉🎉", "asdf", "Senior Manager", "双休", "5000-8000元", "\x00\ud800"]
)
def test_nothing_is_said_of_what_says_nothing(title):
    (read,) = titles.read([title])
    assert read.code is None
    assert read.confidence < 0.5


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("招聘专员", "招聘专员"),
        ("高薪诚聘销售经理+双休", "销售经理"),
        ("伟晨物流有限公司招聘理货员", "理货员"),
        ("【急招】电工/月薪8k", "急招 电工"),
        ("客服​专员（不加班）", "客服专员"),
    ],
)
def test_what_an_advertisement_adds_is_stripped(title, bare):
    assert stripped(title) == bare


def test_a_title_reads_the_same_alone_and_among_thousands():
    asked = ["会计", "保安", "奶茶店员", "销售", ""] * 500
    assert titles.read(asked)[:5] == titles.read(["会计", "保安", "奶茶店员", "销售", ""])


def test_marks_that_nobody_sees_and_wide_letters_change_nothing():
    plain, odd = titles.read(["java开发工程师", "Ｊａｖａ\u200b开\u202e发工程师\ufe0f"])
    assert plain == odd


def test_a_text_without_an_end_is_read_by_its_beginning():
    assert titles.read(["保安" + "，" * 100_000])[0].code == "4-07-05-01"


def test_no_title_at_all_is_no_reading():
    assert titles.read([]) == []
    assert titles.read([None]) == [Occupation(None, 0.0)]
