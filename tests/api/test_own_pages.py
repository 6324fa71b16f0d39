"""A resident's own pages without a browser: what each shows, and that each form does what the API does."""

import re

import pytest
from starlette.testclient import TestClient

from profiles.identity.keys import Keys, open_sealed
from recommender.acting import Subject
from recommender.choices import SAID
from tests.api.by_hand import CAFE_CODE, MOTHER, Stage
from tests.api.test_feedback import queued
from tests.recommender.test_store import ask

OWN = ("/file", "/tags", "/readers", "/reminding", "/cases", "/erasure")


def after(visitor: TestClient, path: str, **form: str) -> str:
    """The page to which a form leads back."""
    answer = visitor.post(path, data=form)
    assert answer.status_code == 303, answer.text
    return visitor.get(answer.headers["location"]).text


def chosen(stage: Stage) -> object:
    return ask(stage.settings.store_url, lambda store: store.choices(Subject(stage.person(MOTHER))))


def test_the_home_leads_to_each_of_them(visitor: TestClient) -> None:
    home = visitor.get("/").text
    for path in (*OWN, "/export"):
        assert f'href="{path}"' in home


@pytest.mark.parametrize("path", OWN)
def test_without_a_session_each_leads_to_sign_in(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert "登录已失效，请重新登录。" in answer.text


def test_the_file_names_each_source_and_a_wrong_item_is_said_beside_it(visitor: TestClient) -> None:
    page = visitor.get("/file").text
    assert "<strong>浦东新区</strong>" in page
    assert "来源：市公安局 · 截至2026年11月20日" in page
    page = after(visitor, "/corrections", about="fact:sex", said="登记有误", back="/file")
    assert "已转交数据来源部门核实。" in page
    assert "更正申请已于2026年11月22日提交，待来源部门核实" in page
    page = after(visitor, "/corrections", about="document:ID_CARD", said="已换新证", back="/file")
    assert page.count("更正申请已于2026年11月22日提交") == 2


def test_a_link_and_an_event_are_said_to_be_wrong_and_the_department_is_told_which(
    visitor: TestClient, stage: Stage
) -> None:
    page = visitor.get("/file").text
    assert "“上海玉兰里餐饮管理有限公司”正确的情况是什么" in page
    assert "“您的孩子出生（2026年9月1日）”正确的情况是什么" in page
    form = {"about": "event:birth", "which": "您的孩子出生（2026年9月1日）", "said": "是8月31日", "back": "/file"}
    page = after(visitor, "/corrections", **form)
    assert page.count("更正申请已于2026年11月22日提交") == 1
    [told] = queued(stage)
    keys = Keys.from_hex(stage.settings.pseudonym_key, stage.settings.vault_key, stage.settings.key_id, demo=True)
    said = open_sealed(keys, told.subject, SAID, told.said)
    assert (told.about, said) == ("event:birth", "[您的孩子出生（2026年9月1日）] 是8月31日")


def test_facts_stand_in_the_order_in_which_people_read_them(visitor: TestClient) -> None:
    shown = re.findall(r'data-fact="fact:(\w+)"', visitor.get("/file").text)
    assert shown == ["name", "sex", "hukou_division", "address"]


def test_a_tag_is_deleted_and_brought_back(visitor: TestClient) -> None:
    assert "新手父母" in visitor.get("/tags").text
    page = after(visitor, "/tags", tag="new_parent", action="delete")
    assert "标签已删除，立即停用。" in page
    assert "2026年11月22日已删除" in page
    page = after(visitor, "/tags", tag="new_parent", action="restore")
    assert "标签已恢复。" in page
    assert "已删除</span>" not in page
    assert visitor.post("/tags", data={"tag": "moonwalker", "action": "delete"}).status_code == 404
    assert visitor.post("/tags", data={"tag": "new_parent", "action": "sell"}).status_code == 404


def test_who_read_the_file_is_told_in_a_sentence_each(visitor: TestClient) -> None:
    visitor.get("/file")
    page = visitor.get("/readers").text
    assert "您本人通过本网站查看了完整档案。" in page


def test_reminders_by_mail_begin_and_end_and_quiet_hours_are_kept(visitor: TestClient, stage: Stage) -> None:
    page = after(visitor, "/reminding", action="email", email=" shen@mail.example ")
    assert "提醒方式已保存，立即生效。" in page
    assert 'value="shen@mail.example"' in page
    known = chosen(stage)
    assert known.wishes.channels == ("email", "inbox")  # type: ignore[attr-defined]
    assert "shen" not in known.addresses["email"]  # type: ignore[attr-defined]
    page = after(visitor, "/reminding", action="quiet", begins="20:30", ends="09:00")
    assert 'value="20:30"' in page
    page = after(visitor, "/reminding", action="off")
    assert "只在主页显示，不再另行提醒" not in page
    after(visitor, "/reminding", action="take_back")
    after(visitor, "/reminding", action="quiet_default")
    known = chosen(stage)
    assert (known.addresses, known.wishes.quiet, known.wishes.channels) == ({}, None, ())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "form",
    [
        {"action": "email", "email": "shen@mail"},
        {"action": "email", "email": ""},
        {"action": "quiet", "begins": "20:30", "ends": "20:30"},
        {"action": "quiet", "begins": "dusk", "ends": "dawn"},
        {},
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    visitor: TestClient, stage: Stage, form: dict[str, str]
) -> None:
    before = chosen(stage)
    assert "没有保存：请检查邮箱地址或时段的写法。" in after(visitor, "/reminding", **form)
    assert chosen(stage) == before


def test_what_could_not_be_got_done_is_a_case_with_a_number_and_steps(visitor: TestClient) -> None:
    page = visitor.get("/cases", params={"service": "senior_card"}).text
    assert "1个工作日内给您回电，5个工作日内答复" in page
    assert page.index('value="senior_card"') < page.index('value="maternity_allowance"')
    assert 'href="/cases?service=senior_card"' in visitor.get("/services/senior_card").text
    page = after(visitor, "/cases", service="maternity_allowance", reason="papers", said="缺一份材料")
    assert "已受理，编号和进度见下方。" in page
    assert "编号B261122-" in page
    assert "2026年11月27日前答复" in page
    assert "缺一份材料" not in page
    again = after(visitor, "/cases", service="maternity_allowance", reason="papers")
    assert "这个事项已在处理" in again
    assert again.count("data-case=") == 1
    assert visitor.post("/cases", data={"service": "moon_visa", "reason": "papers"}).status_code == 404
    assert visitor.post("/cases", data={"service": "senior_card", "reason": "tired"}).status_code == 404


def test_all_that_is_held_is_taken_out_as_a_file(visitor: TestClient) -> None:
    answer = visitor.get("/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="yidang.json"'
    assert answer.json()["home"]["name"] == "沈知夏"
    assert answer.text.startswith('{\n  "taken_on": "2026-11-22",\n')


def test_what_is_taken_out_speaks_the_language_of_its_page(visitor: TestClient) -> None:
    visitor.post("/display", data={"language": "en"})
    assert "Your file" in visitor.get("/").text
    assert visitor.get("/export").headers["content-language"] == "en"


def test_erasing_takes_a_ticked_box_and_then_holds_at_once(visitor: TestClient) -> None:
    assert "没有删除：请先勾选确认。" in after(visitor, "/erasure")
    assert "沈知夏，您好" in visitor.get("/").text
    page = after(visitor, "/erasure", confirm="erase")
    assert "已受理：本页不再显示您的个人信息，今晚全部清除。" in page
    assert "沈知夏" not in page
    assert "目前没有共享到信息。" in visitor.get("/file").text


def test_an_enterprise_reads_its_file_and_is_not_erased_here(visitor: TestClient, stage: Stage) -> None:
    visitor.post("/acting", data={"handle": stage.handle(MOTHER, CAFE_CODE)})
    assert 'href="/erasure"' not in visitor.get("/").text
    assert "企业档案依法登记公示，不能在此删除。" in visitor.get("/erasure").text
    assert visitor.post("/erasure", data={"confirm": "erase"}).status_code == 403
    assert "<h1>企业档案</h1>" in visitor.get("/file").text
