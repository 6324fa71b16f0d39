"""What is new on an open page comes by itself, once, and the connection ends when it must."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
import redis
from starlette.testclient import TestClient

from api.app import create_app
from api.events import told
from api.problems import Refusal
from api.tokens import LEEWAY_SECONDS
from api.watching import MOST_PER_PERSON, Watches
from recommender.acting import Subject
from recommender.choices import Feedback, Notice
from recommender.page import Page, encode
from recommender.store import HomeStore, Store
from tests.api.by_hand import CAFE_CODE, DAY, EXPIRES, MOTHER, RETIREE, Stage

TICK = 0.02
NEW = Notice("r-id-60", "ID_CARD", EXPIRES, 60, DAY)


def fields(event: bytes) -> dict[str, str]:
    lines = [line.partition(":") for line in event.decode().splitlines() if line]
    return {name: value.strip() for name, _, value in lines}


Stream = AsyncIterator[bytes]
Talk = Callable[[Watches, HomeStore], Awaitable[None]]


def talk(stage: Stage, asked: Talk) -> None:
    """Over a store of its own, with quick ticks."""

    async def run() -> None:
        store = HomeStore(stage.settings.store_url, timeout=5)
        await asked(Watches(store, tick=TICK), store)
        await store.close()

    asyncio.run(run())


def listen(watches: Watches, me: Subject, last_seen: str = "", seconds: float = 30) -> Stream:
    return told(watches, me, last_seen, time.monotonic() + seconds)


async def following(stream: Stream) -> dict[str, str]:
    """The next event, signs of life passed over."""
    async for event in stream:
        if b"event:" in event:
            return fields(event)
    return {}


def put(stage: Stage, *notices: Notice) -> None:
    with Store(stage.settings.store_url) as store:
        store.put_reminders((stage.person(MOTHER), one) for one in notices)


def test_a_new_reminder_and_a_changed_page_come_as_they_happen(stage: Stage) -> None:
    me = Subject(stage.person(MOTHER))

    async def asked(watches: Watches, store: HomeStore) -> None:
        stream = listen(watches, me)
        assert fields(await anext(stream)) == {"retry": "3000"}
        assert (await following(stream))["event"] == "ready"
        await asyncio.to_thread(put, stage, NEW)
        reminder = await following(stream)
        assert (reminder["event"], reminder["data"]) == (
            "reminder",
            '{"what":"ID_CARD","due_on":"2026-12-21","rung":60,"fired_on":"2026-11-22"}',
        )
        did = Feedback(me.shown, "person", "newborn_hukou", "dismissed", stage.settings.now())
        await store.dismiss(did, DAY)
        assert (await following(stream))["event"] == "page"

    talk(stage, asked)


def test_whoever_comes_back_is_told_once_of_what_came_meanwhile(stage: Stage) -> None:
    me = Subject(stage.person(MOTHER))

    async def asked(watches: Watches, _: HomeStore) -> None:
        first = listen(watches, me)
        mark = (await following(first))["id"]
        await first.aclose()  # type: ignore[attr-defined]
        again = Notice("r-id-30", "ID_CARD", EXPIRES, 30, DAY + timedelta(days=1))
        await asyncio.to_thread(put, stage, NEW, again)
        second = listen(watches, me, mark)
        missed = [await following(second) for _ in range(2)]
        assert [(one["event"], '"rung":60' in one["data"]) for one in missed] == [
            ("reminder", True),
            ("reminder", False),
        ]
        third = listen(watches, me, missed[-1]["id"], seconds=10 * TICK)
        assert await following(third) == {}

    talk(stage, asked)


def test_news_of_one_reach_nobody_else(stage: Stage) -> None:
    async def asked(watches: Watches, _: HomeStore) -> None:
        mine, theirs = listen(watches, Subject(stage.person(MOTHER))), listen(watches, Subject(stage.person(RETIREE)))
        for stream in (mine, theirs):
            assert (await following(stream))["event"] == "ready"
        await asyncio.to_thread(put, stage, NEW)
        assert (await following(mine))["event"] == "reminder"
        waiting = asyncio.ensure_future(following(theirs))
        await asyncio.sleep(5 * TICK)
        assert not waiting.done()
        waiting.cancel()

    talk(stage, asked)


def test_a_connection_ends_with_its_token_and_shows_signs_of_life_until_then(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.events.HEARTBEAT_SECONDS", 0.05)

    async def asked(watches: Watches, _: HomeStore) -> None:
        began = time.monotonic()
        events = [event async for event in listen(watches, Subject(stage.person(MOTHER)), seconds=2)]
        assert time.monotonic() - began >= 2
        assert [fields(event)["event"] for event in events if b"event:" in event] == ["ready"]
        assert events.count(b": \n\n") == len(events) - 2 > 3
        assert watches.count == 0

    talk(stage, asked)


def test_a_withdrawn_mandate_ends_the_connection(stage: Stage) -> None:
    acting = Subject(stage.person(MOTHER), stage.enterprise(CAFE_CODE))

    async def asked(watches: Watches, _: HomeStore) -> None:
        stream = listen(watches, acting)
        assert (await following(stream))["event"] == "ready"
        with Store(stage.settings.store_url) as store:
            store.refresh({acting.person: encode(Page("person", DAY))})
        assert await following(stream) == {}

    talk(stage, asked)


def test_a_store_that_dies_ends_every_connection_so_that_it_is_opened_again(stage: Stage) -> None:
    async def asked(watches: Watches, _: HomeStore) -> None:
        streams = [listen(watches, Subject(stage.person(who))) for who in (MOTHER, RETIREE)]
        for stream in streams:
            assert (await following(stream))["event"] == "ready"
        with redis.Redis.from_url(stage.settings.store_url) as store:
            store.delete("y:gen")
        assert [await following(stream) for stream in streams] == [{}, {}]
        assert watches.count == 0

    talk(stage, asked)


def test_nobody_may_have_more_open_than_a_few(stage: Stage) -> None:
    me = Subject(stage.person(MOTHER))

    async def asked(watches: Watches, _: HomeStore) -> None:
        streams = [listen(watches, me) for _ in range(MOST_PER_PERSON)]
        for stream in streams:
            await following(stream)
        with pytest.raises(Refusal, match="too-many-open"):
            watches.room(me)
        watches.room(Subject(stage.person(RETIREE)))
        await streams[0].aclose()  # type: ignore[attr-defined]
        watches.room(me)

    talk(stage, asked)


def test_the_route_ends_by_itself_and_is_read_by_its_owner_alone(stage: Stage) -> None:
    with TestClient(create_app(stage.settings)) as client:
        ending = stage.token(exp=int(stage.settings.now().timestamp()) - LEEWAY_SECONDS + 5)
        answer = client.get("/v1/me/events", headers={"Authorization": f"Bearer {ending}"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert [event for event in answer.text.split("\n\n") if "event: ready" in event] != []
        assert client.get("/v1/me/events").status_code == 401
