"""Vacancies stand on the home of whoever looks for work, say why, and are put away from the next request on."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from recommender.store import FeedbackQueue
from tests.api.by_hand import CAFE_CODE, DAY, MOTHER, RETIREE, Stage
from tests.api.test_home import EN, ZH, home

BARISTA, ACCOUNTANT, MANAGER = "ZP000031", "ZP000032", "ZP000033"


def listed(client: TestClient, stage: Stage, number: str = MOTHER) -> list[str]:
    answer = client.get("/v1/me/vacancies", headers=stage.bearer(number))
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["vacancies"]]


def mark(client: TestClient, stage: Stage, vacancy: str, state: str, number: str = MOTHER) -> tuple[int, object]:
    answer = client.patch(f"/v1/me/vacancies/{vacancy}", headers=stage.bearer(number), json={"state": state})
    return answer.status_code, answer.json().get("counted")


def test_a_vacancy_is_told_in_both_languages_with_why_and_by_whose_word(client: TestClient, stage: Stage) -> None:
    first = client.get("/v1/me/vacancies", headers=stage.bearer(**ZH)).json()["vacancies"][0]
    assert first == {
        "id": BARISTA,
        "title": "咖啡师",
        "employer": "玉兰里咖啡",
        "place": "浦东新区",
        "education": "学历不限",
        "wage": "月薪6000—8000元",
        "places": 2,
        "closes_on": (DAY + timedelta(days=9)).isoformat(),
        "days_left": 9,
        "because": ["工作地点在您居住的区"],
        "source": "市公共就业招聘平台",
        "as_of": "2026-11-20",
    }
    second = client.get("/v1/me/vacancies", headers=stage.bearer(**EN)).json()["vacancies"][1]
    assert (second["education"], second["wage"]) == ("Bachelor's degree or above", "Wage by agreement")
    assert second["because"] == ["It asks for the education that you have"]


def test_the_home_has_what_the_list_has_and_nothing_that_is_closed(client: TestClient, stage: Stage) -> None:
    told = client.get("/v1/me/vacancies", headers=stage.bearer()).json()
    assert [one["id"] for one in told["vacancies"]] == [BARISTA, ACCOUNTANT]
    assert home(client, stage.bearer())["vacancies"] == told["vacancies"]


@pytest.mark.parametrize("state", ["dismissed", "applied"])
def test_what_was_put_away_is_gone_at_the_next_request_counts_once_and_comes_back(
    client: TestClient, stage: Stage, state: str
) -> None:
    before = client.get("/v1/me/home", headers=stage.bearer()).headers["etag"]
    assert mark(client, stage, BARISTA, state) == (200, True)
    assert mark(client, stage, BARISTA, state) == (200, False)
    assert listed(client, stage) == [ACCOUNTANT]
    assert client.get("/v1/me/home", headers=stage.bearer()).headers["etag"] != before
    assert client.get("/v1/me/choices", headers=stage.bearer()).json()["vacancies"] == {BARISTA: DAY.isoformat()}
    assert mark(client, stage, BARISTA, "restored") == (200, True)
    assert listed(client, stage) == [BARISTA, ACCOUNTANT]
    with FeedbackQueue(stage.settings.store_url) as queue:
        told = [(one.action, one.about, one.service) for one in queue.read(10)]
    assert told == [(f"vacancy_{state}", BARISTA, ""), ("vacancy_restored", BARISTA, "")]


def test_only_what_was_offered_can_be_put_away(client: TestClient, stage: Stage) -> None:
    assert mark(client, stage, "ZP999999", "dismissed")[0] == 404
    assert mark(client, stage, BARISTA, "dismissed", RETIREE)[0] == 404
    assert mark(client, stage, BARISTA, "hired")[0] == 422
    assert listed(client, stage) == [BARISTA, ACCOUNTANT]


def test_an_enterprise_and_who_does_not_look_for_work_have_none(client: TestClient, stage: Stage) -> None:
    acting = {"Acting-For": stage.handle(MOTHER, CAFE_CODE)}
    assert listed(client, stage, RETIREE) == []
    assert client.get("/v1/me/vacancies", headers=stage.bearer(**acting)).json()["vacancies"] == []


def test_without_personalisation_or_without_the_tag_none_is_offered(client: TestClient, stage: Stage) -> None:
    client.delete("/v1/me/tags/new_graduate", headers=stage.bearer())
    assert listed(client, stage) == []
    client.put("/v1/me/tags/new_graduate", headers=stage.bearer())
    assert listed(client, stage) == [BARISTA, ACCOUNTANT]
    client.patch("/v1/me/choices", headers=stage.bearer(), json={"personalised": False})
    assert listed(client, stage) == []
    assert home(client, stage.bearer())["vacancies"] == []
