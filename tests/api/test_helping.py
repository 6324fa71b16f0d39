"""Who could not get a thing done, or rated it badly, has a case with a number, a date and an answer."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from profiles.identity.keys import open_sealed, seal
from recommender.choices import SAID
from recommender.helping import FIELD, Help
from recommender.store import Store
from tests.api.by_hand import DAY, MOTHER, RETIREE, Stage
from tests.api.test_feedback import post, queued
from tests.api.test_home import EN
from tests.api.test_parts import read

STUCK = {"service": "senior_card", "action": "stuck", "reason": "papers", "said": "我的户口本丢了"}


def cases(client: TestClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    return list(read(client, "/v1/me/cases", headers)["cases"])


def test_who_is_stuck_is_told_a_number_and_a_day_and_sees_the_case_at_the_next_request(
    client: TestClient, stage: Stage
) -> None:
    told = post(client, stage.bearer(), **STUCK)
    assert (told["counted"], told["answer_by"]) == (True, "2026-11-27")  # five working days from a Sunday on
    (mine,) = cases(client, stage.bearer(**EN))
    assert mine == {
        "number": told["case"],
        "service": "senior_card",
        "name": "Get your senior citizen card",
        "reason": "I lack a paper and want to hand it in later",
        "opened_on": "2026-11-22",
        "answer_by": "2026-11-27",
        "late": False,
        "steps": [
            {"name": "call back", "due_on": "2026-11-23", "done_on": None},
            {"name": "reply", "due_on": "2026-11-27", "done_on": None},
        ],
        "reply": "",
        "closed_on": None,
    }
    assert cases(client, stage.bearer(RETIREE)) == []


def test_the_jobs_are_told_number_reason_and_what_was_written_sealed(client: TestClient, stage: Stage) -> None:
    number = post(client, stage.bearer(), **STUCK)["case"]
    (one,) = queued(stage)
    assert (one.action, one.service, one.about) == ("stuck", "senior_card", f"{number} papers")
    assert open_sealed(stage.keys, stage.person(MOTHER), SAID, one.said) == "我的户口本丢了"


def test_who_is_stuck_again_is_told_the_case_that_is_open(client: TestClient, stage: Stage) -> None:
    first = post(client, stage.bearer(), **STUCK)
    again = post(client, stage.bearer(), **{**STUCK, "reason": "refused"})
    assert again == {**first, "counted": False}
    other = post(client, stage.bearer(), **{**STUCK, "service": "passport_renewal"})
    assert (other["counted"], other["case"] == first["case"]) == (True, False)
    assert len(cases(client, stage.bearer())) == 2


def test_a_request_that_is_repeated_with_its_key_opens_one_case(client: TestClient, stage: Stage) -> None:
    keyed = stage.bearer(**{"Idempotency-Key": "0123456789abcdef"})
    assert post(client, keyed, **STUCK) == post(client, keyed, **STUCK)
    assert len(queued(stage)) == len(cases(client, stage.bearer())) == 1


@pytest.mark.parametrize(("stars", "opens"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_bad_rating_opens_a_case_of_four_steps(client: TestClient, stage: Stage, stars: int, opens: bool) -> None:
    told = post(client, stage.bearer(), service="senior_card", action="rated", stars=stars)
    assert ("case" in told) == opens
    assert [(one.action, one.stars) for one in queued(stage)] == [("rated", stars)]
    if opens:
        (mine,) = cases(client, stage.bearer(**EN))
        assert [step["name"] for step in mine["steps"]] == ["call back", "verify", "mend", "reply"]
        assert told["answer_by"] == mine["answer_by"] == "2026-12-11"


def test_a_reply_is_read_by_its_subject_alone(client: TestClient, stage: Stage) -> None:
    number, me = str(post(client, stage.bearer(), **STUCK)["case"]), stage.person(MOTHER)
    reply = seal(stage.keys, me, FIELD, "请带身份证到窗口，户口本可后补。")
    answered = Help(DAY, "stuck", "senior_card", "papers", {"call_back": DAY, "reply": DAY}, reply, DAY)
    with Store(stage.settings.store_url) as store:
        store.tell_cases([(me, number, answered)])
    (mine,) = cases(client, stage.bearer())
    assert (mine["reply"], mine["closed_on"]) == ("请带身份证到窗口，户口本可后补。", "2026-11-22")
    assert read(client, "/v1/me/export", stage.bearer())["help"] == [mine]


@pytest.mark.parametrize(
    "body",
    [
        {"service": "senior_card", "action": "stuck"},
        {"service": "senior_card", "action": "stuck", "reason": "bored"},
        {"service": "senior_card", "action": "opened", "reason": "papers"},
        {"service": "senior_card", "action": "opened", "stars": 1},
        {"service": "senior_card", "action": "rated", "stars": 5, "said": "好"},
        {"service": "senior_card", "action": "stuck", "reason": "papers", "said": ""},
    ],
)
def test_what_goes_together_must_come_together(client: TestClient, stage: Stage, body: dict[str, object]) -> None:
    answer = client.post("/v1/me/feedback", headers=stage.bearer(), json=body)
    assert (answer.status_code, queued(stage)) == (422, [])
