"""The pages without a browser: every form works as a plain POST, and nothing on them comes from elsewhere."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.words import speaker, words
from api.problems import Refusal
from profiles.errors import CatalogueError, SettingsError
from recommender.store import FeedbackQueue
from tests.api.by_hand import CAFE_CODE, MOTHER, OTHER_CODE, STRANGER, Stage

HERE = Path(__file__).resolve().parents[2] / "api" / "pages"


def test_the_sign_in_page_says_that_its_people_are_made_up(client: TestClient) -> None:
    page = client.get("/", headers={"Accept-Language": "zh"}).text
    assert "演示环境：人物、企业和数据均为虚构。" in page
    assert "沈知夏" in page
    assert MOTHER not in page


def test_without_the_demo_nobody_can_sign_in_here(stage: Stage) -> None:
    plain = stage.settings.model_copy(update={"demo_personas": None, "demo_signing_key": None})
    with TestClient(create_app(plain), follow_redirects=False) as client:
        assert client.post("/sign-in", data={"persona": "mother"}).status_code == 401
        page = client.get("/").text
    assert "请从市政务服务门户登录" in page
    assert "沈知夏" not in page


def test_the_session_cookie_is_out_of_scripts_reach_and_bound_to_the_site(client: TestClient) -> None:
    cookie = client.post("/sign-in", data={"persona": "mother"}).headers.get_list("set-cookie")[0]
    assert cookie.startswith("yidang_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_the_home_shows_the_reminder_the_suggestions_and_the_day_of_the_data(visitor: TestClient) -> None:
    page = visitor.get("/").text
    assert "沈知夏，您好" in page
    assert "您的往来港澳通行证将于29天后到期" in page
    assert "新生儿参加城乡居民医保" in page
    assert "数据截至2026年11月22日" in page
    assert page.count('data-service="hkm_permit_renewal"') == 0, "what is due is not offered a second time"


def test_a_card_says_how_many_steps_it_takes_and_saves_and_an_event_asks_for_a_paper_once(visitor: TestClient) -> None:
    page = visitor.get("/").text
    hukou = page.partition('data-service="newborn_hukou"')[2].partition("</article>")[0]
    assert "<li>1个环节</li>" in hukou
    assert "<li>少4个环节</li>" in hukou
    event = page.partition('data-bundle="newborn"')[2].partition("</article>")[0]
    assert "材料清单（每样只交一次）" in event
    assert event.count("出生医学证明 <span") == 1
    assert "7项共用" in event
    assert "余下各项并联办理，约20个工作日办结（逐项办理约64个）" in event


def test_dismissing_and_undoing_work_as_plain_forms(visitor: TestClient) -> None:
    answer = visitor.post("/feedback", data={"service": "newborn_hukou", "action": "dismissed"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    after = visitor.get("/").text
    assert 'data-service="newborn_hukou"' not in after
    assert "“新生儿户口登记”不再显示。" in after
    assert "“新生儿户口登记”不再显示。" not in visitor.get("/").text, "the note is said once"
    visitor.post("/feedback", data={"service": "newborn_hukou", "action": "restored"})
    assert 'data-service="newborn_hukou"' in visitor.get("/").text


def test_personalisation_is_switched_off_and_on(visitor: TestClient) -> None:
    visitor.post("/personalisation", data={"on": "no"})
    off = visitor.get("/").text
    assert "大家常办" in off
    assert "为什么推荐给我" not in off
    assert "您的往来港澳通行证将于29天后到期" in off
    visitor.post("/personalisation", data={"on": "yes"})
    assert "为什么推荐给我" in visitor.get("/").text


def test_the_representative_switches_to_the_enterprise_and_back(visitor: TestClient, stage: Stage) -> None:
    visitor.post("/acting", data={"handle": stage.handle(MOTHER, CAFE_CODE)})
    firm = visitor.get("/").text
    assert "<h1>上海玉兰里餐饮管理有限公司</h1>" in firm
    assert "贵单位的食品经营许可证将于3天后到期" in firm
    visitor.post("/acting", data={"handle": ""})
    assert "沈知夏，您好" in visitor.get("/").text


def test_a_handle_without_a_mandate_leads_back_to_oneself(visitor: TestClient, stage: Stage) -> None:
    visitor.post("/acting", data={"handle": stage.handle(MOTHER, OTHER_CODE)})
    assert visitor.get("/").status_code == 303
    page = visitor.get("/").text
    assert "沈知夏，您好" in page
    assert "该企业的授权已不存在" in page


def test_language_and_size_are_kept_by_the_browser(visitor: TestClient) -> None:
    visitor.post("/display", data={"language": "en", "back": "/"})
    visitor.post("/display", data={"size": "large", "back": "/services/senior_card"})
    page = visitor.get("/").text
    assert '<html lang="en-GB" class="large">' in page
    assert "Your permit to Hong Kong and Macau expires in 29 days" in page


def test_a_form_leads_back_to_this_site_only(visitor: TestClient) -> None:
    for elsewhere in ("https://example.org/", "//example.org", "/services/../x", "/services/a?b=c"):
        assert visitor.post("/display", data={"size": "large", "back": elsewhere}).headers["location"] == "/"
    kept = visitor.post("/display", data={"size": "large", "back": "/services/senior_card"})
    assert kept.headers["location"] == "/services/senior_card"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
@pytest.mark.parametrize(
    "path",
    ["/feedback", "/personalisation", "/acting", "/sign-out", "/display", "/sign-in", "/corrections", "/tags",
     "/reminding", "/cases", "/erasure"],
)  # fmt: skip
def test_a_form_on_another_site_changes_nothing(visitor: TestClient, path: str, headers: dict[str, str]) -> None:
    data = {"service": "newborn_hukou", "action": "dismissed", "on": "no", "persona": "mother"}
    assert visitor.post(path, data=data, headers=headers).status_code == 403
    assert 'data-service="newborn_hukou"' in visitor.get("/").text


@pytest.mark.parametrize(
    "path", ["/feedback", "/personalisation", "/corrections", "/tags", "/reminding", "/cases", "/erasure"]
)
def test_a_form_without_a_session_leads_to_sign_in(client: TestClient, path: str) -> None:
    answer = client.post(path, data={"service": "newborn_hukou", "action": "dismissed", "said": "x"})
    assert answer.status_code == 401
    assert "登录已失效，请重新登录。" in answer.text


def test_an_expired_session_is_dropped_and_leads_to_sign_in(client: TestClient, stage: Stage) -> None:
    client.cookies.set("yidang_session", stage.token(exp=1), domain="testserver.local")
    answer = client.get("/")
    assert answer.status_code == 401
    assert "登录已失效，请重新登录。" in answer.text
    assert 'yidang_session=""' in str(answer.headers.get_list("set-cookie"))


def test_signing_out_ends_the_session(visitor: TestClient) -> None:
    visitor.post("/sign-out")
    assert "选择一位虚构人物登录" in visitor.get("/").text


def test_somebody_unknown_is_told_so_and_gets_what_everyone_uses(client: TestClient) -> None:
    client.post("/sign-in", data={"persona": "stranger"})
    page = client.get("/", headers={"Accept-Language": "en"}).text
    assert "No department has shared anything about you yet." in page
    assert "Most used services" in page
    assert STRANGER not in page


def test_a_guide_says_what_is_asked_for_and_notes_the_opening(visitor: TestClient, stage: Stage) -> None:
    page = visitor.get("/services/hkm_permit_renewal").text
    assert "居民身份证" in page
    assert "设定依据" in page
    started = visitor.post("/feedback", data={"service": "hkm_permit_renewal", "action": "started"})
    assert started.headers["location"] == "/services/hkm_permit_renewal"
    with FeedbackQueue(stage.settings.store_url) as queue:
        assert [f.action for f in queue.read()] == ["opened", "started"]


def test_a_guide_is_open_to_everyone(client: TestClient) -> None:
    assert "登录后办理" in client.get("/services/senior_card").text
    assert client.get("/services/moon_visa", headers={"Accept": "text/html"}).status_code == 404


def test_what_a_subject_is_called_is_escaped(visitor: TestClient) -> None:
    page = visitor.get("/services/<script>alert(1)</script>", headers={"Accept": "text/html"}).text
    assert "<script>alert" not in page


def test_nothing_on_a_page_comes_from_another_host_or_is_inline() -> None:
    for file in [*HERE.rglob("*.html"), *HERE.rglob("*.css"), *HERE.rglob("*.js"), *HERE.rglob("*.svg")]:
        text = file.read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"(https?:)?//[a-z0-9]", text), file.name
        assert not re.search(r"\sstyle=|\son[a-z]+=|<script>|<style", text), file.name


def test_every_word_is_there_in_both_languages_with_the_same_fillings() -> None:
    def fillings(said: object) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", str(said if isinstance(said, str) else dict(said).get("other", ""))))  # type: ignore[call-overload]

    for key, said in words().items():
        assert fillings(said["zh"]) == fillings(said["en"]) or key == "due_days", key
    assert speaker("en")("fact_trips", n=2) == "2 trips"


def test_a_word_without_one_of_the_languages_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text("hello: {zh: 您好}")
    with pytest.raises(CatalogueError, match=r"words\.yaml, hello: expected zh and en"):
        words(tmp_path / "words.yaml")


@pytest.mark.parametrize(("name", "content"), [("demo_personas", "{"), ("demo_signing_key", '{"kty": "EC"}')])
def test_demo_files_that_are_not_what_they_should_be_stop_the_start(
    stage: Stage, tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / "broken.json").write_text(content)
    with pytest.raises(SettingsError, match=f"YIDANG_{name.upper()}"):
        create_app(stage.settings.model_copy(update={name: tmp_path / "broken.json"}))


def test_a_refusal_is_named_not_quoted() -> None:
    from api.problems import NO_MANDATE

    assert str(Refusal(NO_MANDATE)) == "no-mandate"
