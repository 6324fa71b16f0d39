"""Reminders are marked by their owner, and a mark holds at the next request, on the home too."""

import pytest
from starlette.testclient import TestClient

from recommender.store import FeedbackQueue
from tests.api.by_hand import RETIREE, Stage
from tests.api.test_home import home

PERMIT = "HKM_PERMIT.2026-12-21"


def mark(client: TestClient, stage: Stage, **given: str) -> int:
    return client.patch(f"/v1/me/reminders/{PERMIT}", headers=stage.bearer(), json=given).status_code


def listed(client: TestClient, stage: Stage) -> list[tuple[str, str, str | None]]:
    told = client.get("/v1/me/reminders", headers=stage.bearer()).json()["reminders"]
    return [(one["id"], one["state"], one["until"]) for one in told]


def due(client: TestClient, stage: Stage) -> list[str]:
    return [item["what"] for item in home(client, stage.bearer())["due"]]  # type: ignore[attr-defined]


def test_what_falls_due_is_a_reminder_and_unread_at_first(client: TestClient, stage: Stage) -> None:
    told = client.get("/v1/me/reminders", headers=stage.bearer()).json()["reminders"]
    assert listed(client, stage) == [(PERMIT, "unread", None)]
    assert told[0]["due"] == home(client, stage.bearer())["due"][0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"state": "read"}, ["HKM_PERMIT"]),
        ({"state": "done"}, []),
        ({"state": "archived"}, []),
        ({"state": "snoozed", "until": "2026-11-30"}, []),
    ],
)
def test_a_mark_holds_at_the_next_request_and_can_be_taken_back(
    client: TestClient, stage: Stage, given: dict[str, str], shown: list[str]
) -> None:
    before = client.get("/v1/me/home", headers=stage.bearer()).headers["etag"]
    assert mark(client, stage, **given) == 200
    assert listed(client, stage) == [(PERMIT, given["state"], given.get("until"))]
    assert due(client, stage) == shown
    assert client.get("/v1/me/home", headers=stage.bearer()).headers["etag"] != before
    assert mark(client, stage, state="unread") == 200
    assert due(client, stage) == ["HKM_PERMIT"]


def test_what_was_put_off_is_back_on_its_day(client: TestClient, stage: Stage) -> None:
    mark(client, stage, state="snoozed", until="2026-11-24")
    app = client.app
    for day, shown in (("2026-11-23", []), ("2026-11-24", ["HKM_PERMIT"])):
        settings = stage.settings.model_copy(update={"day": type(stage.settings.today()).fromisoformat(day)})
        app.state.settings = settings  # type: ignore[attr-defined]
        assert due(client, stage) == shown


def test_marks_reach_the_jobs_once(client: TestClient, stage: Stage) -> None:
    assert client.patch(f"/v1/me/reminders/{PERMIT}", headers=stage.bearer(), json={"state": "read"}).json() == {
        "counted": True
    }
    mark(client, stage, state="read")
    mark(client, stage, state="snoozed", until="2026-11-30")
    with FeedbackQueue(stage.settings.store_url) as queue:
        told = [(f.action, f.about) for f in queue.read()]
    assert told == [("reminder_read", PERMIT), ("reminder_snoozed", f"{PERMIT} 2026-11-30")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"state": "snoozed"}, ""),
        ({"state": "done", "until": "2026-11-30"}, ""),
        ({"state": "snoozed", "until": "2026-11-22"}, "until"),
        ({"state": "burnt"}, "state"),
        ({"state": "read", "subject": "x"}, "subject"),
    ],
)
def test_a_mark_that_makes_no_sense_is_refused(
    client: TestClient, stage: Stage, given: dict[str, str], field: str
) -> None:
    answer = client.patch(f"/v1/me/reminders/{PERMIT}", headers=stage.bearer(), json=given)
    assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (422, [field])


def test_a_reminder_of_another_or_of_nothing_is_not_found(client: TestClient, stage: Stage) -> None:
    theirs = client.patch(f"/v1/me/reminders/{PERMIT}", headers=stage.bearer(RETIREE), json={"state": "done"})
    assert (theirs.status_code, theirs.json()["type"]) == (404, "urn:yidang:problem:unknown-reminder")
    assert due(client, stage) == ["HKM_PERMIT"]
