"""An opinion is taken once, sealed for whoever said it, and answered within a working day."""

from starlette.testclient import TestClient

from profiles.identity.keys import open_sealed
from recommender.choices import SAID
from recommender.store import FeedbackQueue
from tests.api.by_hand import MOTHER, RETIREE, Stage

IDEA = {"kind": "idea", "said": "Let me save a half-filled form.", "service": "senior_card"}


def test_an_opinion_is_queued_sealed_and_has_a_day_for_its_answer(client: TestClient, stage: Stage) -> None:
    answer = client.post("/v1/opinions", headers=stage.bearer(), json=IDEA)
    number = answer.json()["case"]
    # 22 November 2026 is a Sunday.
    assert answer.json() == {"counted": True, "case": number, "answer_by": "2026-11-23"}
    with FeedbackQueue(stage.settings.store_url) as queue:
        [told] = queue.read()
    assert (told.action, told.about, told.service) == ("opinion", f"{number} idea", "senior_card")
    assert "form" not in told.said
    assert open_sealed(stage.keys, stage.person(MOTHER), SAID, told.said) == IDEA["said"]


def test_the_same_opinion_sent_twice_with_its_key_counts_once_and_is_answered_alike(
    client: TestClient, stage: Stage
) -> None:
    headers = stage.bearer(**{"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'})
    first, again = (client.post("/v1/opinions", headers=headers, json=IDEA) for _ in range(2))
    assert first.json() == again.json()
    other = client.post("/v1/opinions", headers=headers, json={**IDEA, "kind": "praise"})
    assert (other.status_code, other.json()["type"]) == (422, "urn:yidang:problem:key-reused")
    with FeedbackQueue(stage.settings.store_url) as queue:
        assert len(queue.read()) == 1


def test_each_opinion_is_a_case_that_its_subject_follows(client: TestClient, stage: Stage) -> None:
    for said in ("The letters are too small.", "So are the buttons."):
        client.post("/v1/opinions", headers=stage.bearer(), json={"kind": "complaint", "said": said})
    cases = client.get("/v1/me/cases", headers=stage.bearer()).json()["cases"]
    assert [(one["name"], one["reason"], one["answer_by"]) for one in cases] == [
        ("对本平台的意见", "投诉", "2026-11-23")
    ] * 2
    assert client.get("/v1/me/cases", headers=stage.bearer(RETIREE)).json()["cases"] == []


def test_an_opinion_on_no_service_of_ours_is_not_found(client: TestClient, stage: Stage) -> None:
    assert client.post("/v1/opinions", headers=stage.bearer(), json={**IDEA, "service": "moon_visa"}).status_code == 404
