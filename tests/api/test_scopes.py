"""Every route says who may call it; one that does not stops the start."""

from collections.abc import Callable
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Security
from starlette.testclient import TestClient

from api import scopes
from api.app import create_app
from api.auth import anyone, me
from profiles.errors import SettingsError
from recommender.acting import Subject
from tests.api.by_hand import MOTHER, RETIREE, Stage

Route = Callable[..., object]


async def forgets() -> None: ...


async def asks_for_what_nobody_grants(_: Annotated[Subject, Security(me, scopes=["all:read"])]) -> None: ...


async def is_public_and_asks(_: Annotated[Subject, Security(me, scopes=["home:read"])]) -> None: ...


@pytest.mark.parametrize(
    ("route", "public"), [(forgets, False), (asks_for_what_nobody_grants, False), (is_public_and_asks, True)]
)
def test_a_route_that_does_not_say_who_may_call_it_stops_the_start(route: Route, public: bool) -> None:
    app = FastAPI(openapi_url=None)
    app.get("/v1/new", dependencies=[Depends(anyone)] if public else [])(route)
    with pytest.raises(SettingsError, match="The route /v1/new must say either which scope it asks for"):
        scopes.refuse_undeclared(app, anyone)


def test_whatever_else_is_mounted_stops_the_start() -> None:
    app = FastAPI(openapi_url=None)
    app.mount("/admin", FastAPI())
    with pytest.raises(SettingsError, match="The route /admin must say either"):
        scopes.refuse_undeclared(app, anyone)


def test_routes_of_the_app_are_declared_and_found(stage: Stage) -> None:
    app = create_app(stage.settings)
    paths = {str(getattr(route, "path", "")) for route in scopes.routes(app.routes)}
    assert {"/v1/me/home", "/v1/me/feedback", "/health/live", "/", "/services/{service}"} <= paths


def test_a_token_opens_only_what_its_scope_names(client: TestClient, stage: Stage) -> None:
    header = {"Authorization": f"Bearer {stage.token(scope='home:read')}", "Accept-Language": "en"}
    assert client.get("/v1/me/home", headers=header).status_code == 200
    answer = client.patch("/v1/me/choices", headers=header, json={"personalised": False})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:yidang:problem:missing-scope")
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="choices:write"'


def test_a_session_opens_only_what_its_scope_names(client: TestClient, stage: Stage) -> None:
    client.cookies.set("yidang_session", stage.token(scope="home:read"), domain="testserver.local")
    assert client.get("/").status_code == 200
    answer = client.post("/feedback", data={"service": "newborn_hukou", "action": "dismissed"})
    assert answer.status_code == 403
    assert "访问令牌不含此操作所需的授权范围" in answer.text
    assert client.get("/services/senior_card").status_code == 200, "a guide is public"


def test_a_machine_is_nobody_to_read_of(client: TestClient, stage: Stage) -> None:
    token = stage.token(resident_id=None, scope="home:read metrics:read")
    answer = client.get("/v1/me/home", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:yidang:problem:token-refused")


@pytest.mark.parametrize(
    ("act", "by"),
    [
        (None, "portal"),
        ({"sub": "hall-counter-12"}, "portal hall-counter-12"),
        ({"sub": "hall", "act": {"sub": "portal"}}, "portal hall"),
    ],
)
def test_who_acts_is_recorded_with_what_was_done(
    client: TestClient, stage: Stage, act: dict[str, object] | None, by: str
) -> None:
    header = {"Authorization": f"Bearer {stage.token(act=act)}"}
    client.post("/v1/me/feedback", headers=header, json={"service": "senior_card", "action": "opened"})
    assert recorded(stage) == [by]


def test_a_resident_who_acts_for_another_is_recorded_and_not_named(client: TestClient, stage: Stage) -> None:
    for act in ({"resident_id": RETIREE}, {"resident_id": RETIREE}, {"resident_id": MOTHER}):
        header = {"Authorization": f"Bearer {stage.token(act=act)}"}
        client.post("/v1/me/feedback", headers=header, json={"service": "senior_card", "action": "opened"})
    first, again, other = recorded(stage)
    assert first == again != other
    assert first.startswith("portal resident.")
    assert stage.person(RETIREE)[:16] not in first


def recorded(stage: Stage) -> list[str]:
    from recommender.store import FeedbackQueue

    with FeedbackQueue(stage.settings.store_url) as queue:
        return [given.by for given in queue.read()]
