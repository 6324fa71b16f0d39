"""What a subject does holds at the next request, is counted once, and reaches the jobs."""

import pytest
from starlette.testclient import TestClient

from recommender.choices import Feedback
from recommender.store import FeedbackQueue
from tests.api.by_hand import CAFE_CODE, DAY, MOTHER, POPULAR, RETIREE, Stage
from tests.api.test_home import home, services


def post(client: TestClient, headers: dict[str, str], **body: object) -> dict[str, object]:
    answer = client.post("/v1/me/feedback", headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def queued(stage: Stage) -> list[Feedback]:
    with FeedbackQueue(stage.settings.store_url) as queue:
        return queue.read()


def test_a_dismissed_service_is_gone_at_the_next_request_and_counted_once(client: TestClient, stage: Stage) -> None:
    assert post(client, stage.bearer(), service="newborn_hukou", action="dismissed") == {"counted": True}
    assert post(client, stage.bearer(), service="newborn_hukou", action="dismissed") == {"counted": False}
    mine = home(client, stage.bearer())
    assert "newborn_hukou" not in services(mine["suggestions"])
    assert mine["dismissed"] == [{"service": "newborn_hukou", "name": "新生儿户口登记", "since": DAY.isoformat()}]
    assert [(f.subject, f.service, f.action) for f in queued(stage)] == [
        (stage.person(MOTHER), "newborn_hukou", "dismissed")
    ]


def test_a_restored_service_is_back(client: TestClient, stage: Stage) -> None:
    post(client, stage.bearer(), service="newborn_hukou", action="dismissed")
    assert post(client, stage.bearer(), service="newborn_hukou", action="restored") == {"counted": True}
    assert "newborn_hukou" in services(home(client, stage.bearer())["suggestions"])


def test_what_is_said_to_be_done_leaves_the_list_the_due_items_and_advances_the_bundle(
    client: TestClient, stage: Stage
) -> None:
    post(client, stage.bearer(), service="newborn_hukou", action="done")
    post(client, stage.bearer(), service="hkm_permit_renewal", action="done")
    mine = home(client, stage.bearer())
    assert services(mine["suggestions"]) == ["newborn_medical_insurance", "childcare_subsidy"]
    assert mine["due"] == []
    assert mine["bundles"][0]["done"] == 2  # type: ignore[index]


def test_one_subjects_choices_touch_no_other(client: TestClient, stage: Stage) -> None:
    acting = stage.bearer(**{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    post(client, acting, service="drainage_permit", action="dismissed")
    post(client, stage.bearer(RETIREE), service="senior_card", action="dismissed")
    assert services(home(client, acting)["suggestions"]) == ["signboard_filing"]
    assert home(client, stage.bearer())["dismissed"] == []
    assert [f.kind for f in queued(stage)] == ["enterprise", "person"]


def test_the_same_idempotency_key_counts_once(client: TestClient, stage: Stage) -> None:
    headers = stage.bearer(**{"Idempotency-Key": "0123456789abcdef"})
    for _ in range(2):
        assert post(client, headers, service="senior_card", action="opened") == {"counted": True}
    assert len(queued(stage)) == 1


@pytest.mark.parametrize("key", ['"0123456789abcdef"', "0123456789abcdef"])
def test_a_key_used_for_another_request_is_refused(client: TestClient, stage: Stage, key: str) -> None:
    headers = stage.bearer(**{"Idempotency-Key": key})
    post(client, headers, service="senior_card", action="dismissed")
    other = {"service": "senior_card", "action": "restored"}
    answer = client.post("/v1/me/feedback", headers=headers, json=other)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:yidang:problem:key-reused")
    elsewhere = client.patch("/v1/me/choices", headers=headers, json={"personalised": False})
    assert elsewhere.status_code == 422
    assert [f.action for f in queued(stage)] == ["dismissed"]


def test_a_repeat_is_told_what_the_first_was_told(client: TestClient, stage: Stage) -> None:
    post(client, stage.bearer(), service="senior_card", action="dismissed")
    headers = stage.bearer(**{"Idempotency-Key": "0123456789abcdef"})
    body = {"service": "senior_card", "action": "dismissed"}
    assert [post(client, headers, **body) for _ in range(2)] == [{"counted": False}] * 2


def test_a_rating_carries_its_stars_to_the_jobs(client: TestClient, stage: Stage) -> None:
    post(client, stage.bearer(), service="senior_card", action="rated", stars=2)
    assert [(f.action, f.stars) for f in queued(stage)] == [("rated", 2)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"service": "senior_card", "action": "eaten"}, "action"),
        ({"service": "senior_card"}, "action"),
        ({"service": "../etc", "action": "opened"}, "service"),
        ({"service": "senior_card", "action": "rated", "stars": 6}, "stars"),
        ({"service": "senior_card", "action": "opened", "subject": "someone"}, "subject"),
    ],
)
def test_a_body_that_is_not_as_described_names_the_field_and_not_its_value(
    client: TestClient, stage: Stage, body: dict[str, object], field: str
) -> None:
    answer = client.post("/v1/me/feedback", headers=stage.bearer(), json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:yidang:problem:bad-request")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert queued(stage) == []


@pytest.mark.parametrize("body", [{"action": "rated"}, {"action": "opened", "stars": 5}])
def test_stars_come_with_a_rating_and_with_nothing_else(
    client: TestClient, stage: Stage, body: dict[str, object]
) -> None:
    answer = client.post("/v1/me/feedback", headers=stage.bearer(), json={"service": "senior_card", **body})
    said = {"field": "", "message": "stars go with the action rated, and with it alone"}
    assert (answer.status_code, answer.json()["errors"], queued(stage)) == (422, [said], [])


def test_a_service_that_nobody_offers_is_not_found(client: TestClient, stage: Stage) -> None:
    answer = client.post("/v1/me/feedback", headers=stage.bearer(), json={"service": "moon_visa", "action": "opened"})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:yidang:problem:unknown-service")


def test_acting_without_a_mandate_changes_nothing(client: TestClient, stage: Stage) -> None:
    acting = stage.bearer(RETIREE, **{"Acting-For": stage.handle(RETIREE, CAFE_CODE)})
    body = {"service": "drainage_permit", "action": "dismissed"}
    assert client.post("/v1/me/feedback", headers=acting, json=body).status_code == 403
    assert client.patch("/v1/me/choices", headers=acting, json={"personalised": False}).status_code == 403
    assert queued(stage) == []


def test_personalisation_off_gives_the_same_shape_without_anything_drawn_from_tags(
    client: TestClient, stage: Stage
) -> None:
    before = home(client, stage.bearer())
    answer = client.patch("/v1/me/choices", headers=stage.bearer(), json={"personalised": False})
    assert answer.json() == {"counted": True}
    off = home(client, stage.bearer())
    assert list(off) == list(before)
    assert services(off["suggestions"]) == POPULAR["person"]
    assert {(s["probability"], tuple(s["reasons"]), tuple(s["because"])) for s in off["suggestions"]} == {  # type: ignore[attr-defined]
        (None, (), ())
    }
    assert (off["bundles"], off["questions"]) == ([], [])
    assert off["due"] == before["due"]
    assert off["documents"] == before["documents"]
    client.patch("/v1/me/choices", headers=stage.bearer(), json={"personalised": True})
    assert home(client, stage.bearer()) == before


def test_a_chosen_language_holds_where_the_request_asks_for_none(client: TestClient, stage: Stage) -> None:
    client.patch("/v1/me/choices", headers=stage.bearer(), json={"locale": "en"})
    client.headers.pop("accept-language", None)
    assert home(client, stage.bearer())["locale"] == "en"
    assert home(client, stage.bearer(**{"Accept-Language": "zh"}))["locale"] == "zh"
