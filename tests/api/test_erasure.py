"""Whoever has the file erased is a stranger from the next request on; nobody does so by accident."""

import pytest
from starlette.testclient import TestClient

from recommender.store import FeedbackQueue
from tests.api.by_hand import CAFE_CODE, MOTHER, POPULAR, STRANGER, Stage
from tests.api.test_home import home, services
from tests.api.test_parts import read

CONFIRMED = {"Confirm": "erase"}


def erase(client: TestClient, stage: Stage, **headers: str) -> dict[str, object]:
    answer = client.delete("/v1/me/file", headers=stage.bearer(**CONFIRMED, **headers))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_from_the_next_request_on_nothing_personal_is_shown_in_the_same_shape(client: TestClient, stage: Stage) -> None:
    before = home(client, stage.bearer())
    assert erase(client, stage) == {"counted": True}
    mine, strangers = home(client, stage.bearer()), home(client, stage.bearer(STRANGER))
    assert mine.keys() == before.keys()
    assert mine == strangers
    assert services(mine["suggestions"]) == POPULAR["person"]
    for path in ("file", "tags", "export", "documents", "bundles", "outlook", "reminders"):
        told = str(read(client, f"/v1/me/{path}", stage.bearer()))
        assert not [word for word in ("沈知夏", "CA0000028", MOTHER, "玉兰") if word in told], path
    assert read(client, "/v1/me/file", stage.bearer())["known"] is False


def test_an_answer_that_was_kept_is_not_good_any_more(client: TestClient, stage: Stage) -> None:
    tag = client.get("/v1/me/home", headers=stage.bearer()).headers["etag"]
    erase(client, stage)
    assert client.get("/v1/me/home", headers=stage.bearer(**{"If-None-Match": tag})).status_code == 200


def test_it_is_queued_once_however_often_it_is_asked_for(client: TestClient, stage: Stage) -> None:
    assert [erase(client, stage)["counted"] for _ in range(3)] == [True, False, False]
    with FeedbackQueue(stage.settings.store_url) as queue:
        queued = [(one.subject, one.kind, one.action) for one in queue.read()]
    assert queued == [(stage.person(MOTHER), "person", "erasure")]


@pytest.mark.parametrize("confirm", [{}, {"Confirm": "yes"}, {"Confirm": ""}])
def test_what_is_not_confirmed_changes_nothing(client: TestClient, stage: Stage, confirm: dict[str, str]) -> None:
    answer = client.delete("/v1/me/file", headers=stage.bearer(**confirm))
    assert (answer.status_code, answer.json()["type"]) == (428, "urn:yidang:problem:unconfirmed")
    assert home(client, stage.bearer())["known"] is True


def test_an_enterprises_file_is_not_erased_by_who_acts_for_it(client: TestClient, stage: Stage) -> None:
    acting = stage.bearer(**CONFIRMED, **{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    answer = client.delete("/v1/me/file", headers=acting)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:yidang:problem:persons-alone")
    assert home(client, acting)["known"] is True
