"""A correction is pending from the next request on, sealed on its way, and reaches the jobs once."""

import pytest
from starlette.testclient import TestClient

from profiles.identity.keys import Keys, open_sealed
from recommender.choices import SAID
from tests.api.by_hand import CAFE_CODE, DAY, MOTHER, RETIREE, Stage
from tests.api.test_feedback import queued
from tests.api.test_home import home

SENTENCE = "今年五月已迁到静安区。"


def test_a_correction_is_pending_at_the_next_request_and_its_words_are_sealed(client: TestClient, stage: Stage) -> None:
    body = {"about": "fact:residence_division", "said": SENTENCE}
    answer = client.post("/v1/me/corrections", headers=stage.bearer(), json=body)
    assert (answer.status_code, answer.json()) == (200, {"counted": True})
    assert home(client, stage.bearer())["corrections"] == [
        {"about": "fact:residence_division", "name": "居住地", "source": "市公安局", "requested_on": DAY.isoformat()}
    ]
    assert home(client, stage.bearer(RETIREE))["corrections"] == []
    [told] = queued(stage)
    assert (told.subject, told.action, told.about) == (stage.person(MOTHER), "correction", "fact:residence_division")
    assert SENTENCE not in repr(told)
    keys = Keys.from_hex(stage.settings.pseudonym_key, stage.settings.vault_key, stage.settings.key_id, demo=True)
    assert open_sealed(keys, told.subject, SAID, told.said) == SENTENCE


def test_a_correction_repeated_with_one_key_counts_once(client: TestClient, stage: Stage) -> None:
    headers = stage.bearer(**{"Idempotency-Key": "0123456789abcdef"})
    body = {"about": "document:HKM_PERMIT", "said": SENTENCE}
    answers = [client.post("/v1/me/corrections", headers=headers, json=body).json() for _ in range(2)]
    assert answers == [{"counted": True}, {"counted": True}]
    assert len(queued(stage)) == 1


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"about": "fact:capital_yuan", "said": "x"}, 404, "unknown-item"),
        ({"about": "document:FOOD_PERMIT", "said": "x"}, 404, "unknown-item"),
        ({"about": "fact:residence_division", "said": ""}, 422, "bad-request"),
        ({"about": "fact:residence_division", "said": "x" * 501}, 422, "bad-request"),
        ({"about": "residence", "said": "x"}, 422, "bad-request"),
    ],
)
def test_what_cannot_be_corrected_is_refused(
    client: TestClient, stage: Stage, body: dict[str, str], status: int, kind: str
) -> None:
    answer = client.post("/v1/me/corrections", headers=stage.bearer(), json=body)
    assert answer.status_code == status
    assert answer.json()["type"].endswith(kind)
    assert queued(stage) == []


def test_an_enterprise_is_corrected_under_a_mandate_alone(client: TestClient, stage: Stage) -> None:
    body = {"about": "fact:scope", "said": SENTENCE}
    acting = stage.bearer(**{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    assert client.post("/v1/me/corrections", headers=acting, json=body).json() == {"counted": True}
    [told] = queued(stage)
    assert (told.kind, told.about) == ("enterprise", "fact:scope")
    other = stage.bearer(RETIREE, **{"Acting-For": stage.handle(RETIREE, CAFE_CODE)})
    assert client.post("/v1/me/corrections", headers=other, json=body).status_code == 403


def test_the_form_on_the_page_does_the_same(client: TestClient, stage: Stage) -> None:
    client.headers["Accept-Language"] = "zh-CN"
    client.post("/sign-in", data={"persona": "mother"})
    assert '<option value="document:HKM_PERMIT">往来港澳通行证</option>' in client.get("/").text
    sent = client.post("/corrections", data={"about": "document:HKM_PERMIT", "said": SENTENCE})
    assert sent.status_code == 303
    page = client.get("/").text
    assert "已转交数据来源部门核实。" in page
    assert "待市公安局核实" in page
    assert SENTENCE not in page
    assert len(queued(stage)) == 1
