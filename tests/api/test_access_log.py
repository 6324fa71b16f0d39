"""Who read a file is noted behind every answer, and its owner is told in plain words."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from api.accessed import WHAT
from api.app import create_app
from api.scopes import RESIDENT, asked, routes
from recommender.access import Access
from recommender.generation import ACCESSES
from recommender.store import Accesses, AccessQueue
from tests.api.by_hand import CAFE_CODE, MOTHER, RETIREE, STRANGER, Stage
from tests.api.test_home import EN
from tests.security.test_access import PLACES

LOG = "/v1/me/access-log"


def log(client: TestClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = client.get(LOG, headers=headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["reads"])


def noted(stage: Stage) -> list[Access]:
    with AccessQueue(stage.settings.store_url) as queue:
        return queue.oldest(1000)


def test_the_owner_reads_at_the_next_request_who_read_what_and_when(client: TestClient, stage: Stage) -> None:
    client.get("/v1/me/home", headers=stage.bearer())
    client.get("/v1/services/senior_card/prefill", headers=stage.bearer())
    told = log(client, stage.bearer(**EN))
    assert [one["sentence"] for one in told] == [
        "You read a form filled in through portal",
        "You read the page through portal",
    ]
    assert {(one["who"], one["name"], one["client"]) for one in told} == {("you", "", "portal")}
    assert told[0]["at"][-6:] == "+08:00"
    assert log(client, stage.bearer())[1]["sentence"] == "您本人通过portal查看了个人主页"
    assert log(client, stage.bearer(RETIREE)) == []


def test_every_route_that_reads_a_file_leaves_an_entry_in_words(client: TestClient, stage: Stage) -> None:
    answered = []
    client.cookies.set("yidang_session", stage.token(), domain="testserver.local")
    for route in routes(client.app.routes):  # type: ignore[attr-defined]
        if isinstance(route, APIRoute) and asked(route) & set(RESIDENT) and route.methods == {"GET"}:
            path = route.path.format(**PLACES)
            if route.path in ("/readers", LOG):
                continue
            missing = (
                "{trace}" in route.path
            )  # no list of the stage has a trace; to look for one is a read all the same
            assert client.get(path, headers=stage.bearer()).status_code == (404 if missing else 200)
            answered.append(route.path)
    log(client, stage.bearer())
    assert [one.what for one in noted(stage)] == answered
    assert set(answered) < set(WHAT)


def test_the_page_and_a_calendar_are_reads_too(client: TestClient, stage: Stage) -> None:
    address = client.post("/v1/me/calendar", headers=stage.bearer()).json()["address"]
    assert client.get(address).status_code == 200
    client.cookies.set("yidang_session", stage.token(), domain="testserver.local")
    assert client.get("/").status_code == 200
    told = log(client, stage.bearer(**EN))
    assert [(one["what"], one["client"]) for one in told] == [("the page", "portal"), ("the calendar", "calendar")]


def test_a_proxy_and_a_batch_client_are_named_as_what_they_are(client: TestClient, stage: Stage) -> None:
    proxy = {"Authorization": f"Bearer {stage.token(act={'sub': 'care-home'})}"}
    carer = {"Authorization": f"Bearer {stage.token(act={'sub': 'x', 'resident_id': RETIREE})}"}
    batch = {"Authorization": f"Bearer {stage.token(scope='home:read batch', client_id='district')}"}
    for headers in (proxy, carer, batch):
        assert client.get("/v1/me/home", headers=headers).status_code == 200
    by_batch, by_carer, by_proxy = log(client, stage.bearer(**EN))
    assert (by_proxy["who"], by_proxy["name"]) == ("proxy", "care-home")
    assert by_proxy["sentence"] == "care-home, acting for you, read the page through portal"
    assert (by_carer["who"], by_carer["name"][:9]) == ("proxy", "resident.")
    assert (by_batch["who"], by_batch["sentence"]) == ("batch", "A batch service read the page through district")


def test_who_acts_for_an_enterprise_stands_in_its_log_and_not_in_their_own(client: TestClient, stage: Stage) -> None:
    acting = stage.bearer(**EN, **{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    client.get("/v1/me/home", headers=acting)
    assert log(client, stage.bearer()) == []
    assert [one["who"] for one in log(client, acting)] == ["you"]
    (one,) = noted(stage)
    assert (one.subject, one.reader[:9]) == (stage.enterprise(CAFE_CODE), "resident.")
    assert stage.person(MOTHER) not in str(one)
    by_another = Access(
        one.subject, "/v1/me/file", one.at, "portal", reader="resident.0123456789abcdef", process="p", number=1
    )

    async def note() -> None:
        other = Accesses(stage.settings.store_url, timeout=5)
        other.note(by_another)
        await other.close()

    asyncio.run(note())
    newest = log(client, acting)[0]
    assert (newest["who"], newest["name"], newest["what"]) == ("mandate", "resident.0123456789abcdef", "the whole file")


def test_nothing_is_noted_where_nothing_is_known_or_nothing_may_be_read(client: TestClient, stage: Stage) -> None:
    assert client.get("/v1/me/home", headers=stage.bearer(STRANGER)).status_code == 200
    refused = stage.bearer(RETIREE, **{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    assert client.get("/v1/me/home", headers=refused).status_code == 403
    assert client.get(LOG, headers=refused).status_code == 403
    log(client, stage.bearer())
    assert noted(stage) == []


@pytest.fixture
def client(stage: Stage) -> Iterator[TestClient]:
    """Of an app whose connections for events end at once."""
    with TestClient(create_app(stage.settings.model_copy(update={"events_seconds": 0}))) as client:
        yield client


@pytest.fixture
def readonly(stage: Stage) -> Iterator[redis.Redis]:
    """The store, taking no writes."""
    store = redis.Redis.from_url(stage.settings.store_url)
    store.config_set("min-replicas-to-write", 1)
    yield store
    store.config_set("min-replicas-to-write", 0)


def test_reads_wait_while_the_store_takes_no_writes_and_what_is_lost_is_counted(
    stage: Stage, readonly: redis.Redis
) -> None:
    async def many() -> tuple[int, int]:
        accesses = Accesses(stage.settings.store_url, timeout=5, most=3)
        for _ in range(5):
            accesses.note(Access(stage.person(MOTHER), "/v1/me/home", 0, "portal"))
        await asyncio.sleep(0.05)
        waiting = accesses.waiting
        await asyncio.to_thread(readonly.config_set, "min-replicas-to-write", 0)
        assert len(await accesses.of(stage.person(MOTHER))) == 3
        await accesses.close()
        return waiting, accesses.lost

    assert asyncio.run(many()) == (3, 2)
    assert [one.number for one in noted(stage)] == [1, 2, 3, 6]  # 6 says that the process ended, and so that 5 was


def test_no_answer_waits_for_the_note_of_its_read(stage: Stage, readonly: redis.Redis) -> None:
    with TestClient(create_app(stage.settings)) as client:
        assert client.get("/v1/me/home", headers=stage.bearer()).status_code == 200
        machine = {"Authorization": f"Bearer {stage.token(resident_id=None, scope='metrics:read')}"}
        told = client.get("/metrics", headers=machine).text
        assert "yidang_accesses_waiting 1.0" in told
        assert "yidang_accesses_lost 0.0" in told
        assert readonly.llen(ACCESSES) == 0
        readonly.config_set("min-replicas-to-write", 0)
    assert [one.what for one in noted(stage)] == ["/v1/me/home", ""]
