"""The calendar feed: read by its address alone, re-read to the same events, and dead once revoked."""

from datetime import date, timedelta

import icalendar
import pytest
from starlette.testclient import TestClient

from api.settings import ApiSettings
from recommender.page import Page, encode
from recommender.store import Store
from tests.api.by_hand import CAFE_CODE, DAY, EXPIRES, MOTHER, OTHER_CODE, Stage


def made(client: TestClient, headers: dict[str, str]) -> str:
    answer = client.post("/v1/me/calendar", headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["address"])


def events(content: bytes) -> list[tuple[str, str, date, date]]:
    parsed = icalendar.Calendar.from_ical(content)
    return [(str(e["UID"]), str(e["SUMMARY"]), e.start, e.end) for e in parsed.events]


def test_the_feed_re_parses_to_the_same_events(client: TestClient, stage: Stage) -> None:
    answer = client.get(made(client, stage.bearer()), headers={"Accept-Language": "en"})
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = events(answer.content)
    assert [one[1:] for one in found] == [
        ("Last day: permit to Hong Kong and Macau", EXPIRES, EXPIRES + timedelta(days=1))
    ]
    assert events(icalendar.Calendar.from_ical(answer.content).to_ical()) == found
    assert MOTHER not in answer.text
    assert stage.person(MOTHER) not in answer.text


def test_the_feed_is_the_same_from_request_to_request(client: TestClient, stage: Stage) -> None:
    address = made(client, stage.bearer())
    assert client.get(address).content == client.get(address).content


def test_a_new_address_ends_the_one_before_and_revoking_ends_it_too(client: TestClient, stage: Stage) -> None:
    first = made(client, stage.bearer())
    second = made(client, stage.bearer())
    assert (client.get(first).status_code, client.get(second).status_code) == (401, 200)
    assert client.delete("/v1/me/calendar", headers=stage.bearer()).json() == {"counted": True}
    assert client.get(second).json()["type"] == "urn:yidang:problem:token-refused"
    assert client.delete("/v1/me/calendar", headers=stage.bearer()).json() == {"counted": False}


@pytest.mark.parametrize("key", ["", "?key=", "?key=abc", "?key=" + "A" * 200, "?key=%F0%9F%92%A5"])
def test_without_a_good_key_nothing_is_read(client: TestClient, stage: Stage, key: str) -> None:
    answer = client.get("/v1/me/calendar.ics" + key, headers=stage.bearer())
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_opens_no_other_route(client: TestClient, stage: Stage) -> None:
    key = made(client, stage.bearer()).partition("key=")[2]
    assert client.get("/v1/me/home", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert client.get("/v1/me/home", params={"key": key}).status_code == 401


def test_the_calendar_of_an_enterprise_ends_with_the_mandate(client: TestClient, stage: Stage) -> None:
    acting = stage.bearer(**{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    address = made(client, acting)
    assert [one[1] for one in events(client.get(address).content)] == ["食品经营许可证：最后一天"]
    with Store(stage.settings.store_url) as store:
        store.refresh({stage.person(MOTHER): encode(Page("person", DAY))})
    assert client.get(address).status_code == 403
    other = stage.bearer(**{"Acting-For": stage.handle(MOTHER, OTHER_CODE)})
    assert client.post("/v1/me/calendar", headers=other).status_code == 403


def test_who_is_forgotten_has_no_calendar(client: TestClient, stage: Stage) -> None:
    address = made(client, stage.bearer())
    with Store(stage.settings.store_url) as store:
        store.forget([stage.person(MOTHER)])
    assert client.get(address).status_code == 401


def test_nothing_of_an_address_is_logged(client: TestClient, stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    address = made(client, stage.bearer())
    client.get(address)
    assert "'route': '/v1/me/calendar.ics', 'status': 200" in caplog.text
    assert address.partition("key=")[2] not in caplog.text
    assert isinstance(stage.settings, ApiSettings)
