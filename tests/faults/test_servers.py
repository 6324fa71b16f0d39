"""The whole path through a cluster, a service that sentinels hold, and TLS, with Valkey and with Redis."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from api.app import create_app
from profiles.errors import SettingsError, StoreUnavailable
from recommender.access import Access
from recommender.acting import Subject
from recommender.choices import Feedback
from recommender.generation import Generation
from recommender.store import Accesses, AccessQueue, FeedbackQueue, HomeStore, Outbox, Returns, Store
from recommender.store.door import connected
from recommender.store.outbox import Dead, Settled
from tests.api.by_hand import CAFE_CODE, DAY, GENERATION, MOTHER, POPULAR, RETIREE, Stage, files, rows, set_stage
from tests.api.test_home import home, services
from tests.recommender.past import basis, record
from tests.recommender.test_outbox import CARD, CHECK, OTHER, PERMIT, SUBJECT, Renamed, message, noticed, said
from tests.servers import PROGRAMS, Watched, cluster, sealed, watched

AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
REMINDER = "HKM_PERMIT.2026-12-21"


@pytest.fixture(params=PROGRAMS, scope="module")
def program(request: pytest.FixtureRequest) -> str:
    found = PROGRAMS[request.param]
    if found is None:
        pytest.skip(f"there is no {request.param}-server on this machine (Debian: apt-get install redis-server)")
    return found


@pytest.fixture(scope="module")
def cluster_of_three(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(program, tmp_path_factory.mktemp("cluster")) as url:
        yield url


@pytest.fixture
def clustered(cluster_of_three: str) -> str:
    """The address of a cluster that is empty."""
    with connected(cluster_of_three, 5) as client:
        client.flushall()
    return cluster_of_three


def walk(stage: Stage) -> None:
    """What a subject, their portal and the jobs do with the store, from the first page to the erasure."""
    with TestClient(create_app(stage.settings)) as client:
        mine = stage.bearer(MOTHER)
        acting = stage.bearer(MOTHER, **{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
        assert home(client, mine)["name"] == "沈知夏"
        assert home(client, acting)["name"] == "上海玉兰里餐饮管理有限公司"
        assert client.patch("/v1/me/choices", headers=mine, json={"locale": "en"}).status_code == 200
        hidden = {"service": "newborn_hukou", "action": "dismissed"}
        for _ in range(2):  # a repeat is told what the first was told
            sent = client.post("/v1/me/feedback", headers={**mine, "Idempotency-Key": "a" * 20}, json=hidden)
            assert sent.json() == {"counted": True}
        assert "newborn_hukou" not in services(home(client, mine)["suggestions"])
        for state, due in (("read", ["HKM_PERMIT"]), ("done", [])):
            marked = client.patch(f"/v1/me/reminders/{REMINDER}", headers=mine, json={"state": state})
            assert marked.json() == {"counted": True}
            assert [item["what"] for item in home(client, mine)["due"]] == due  # type: ignore[attr-defined]
        assert len(client.get("/v1/me/access-log", headers=mine).json()["reads"]) > 3
        assert client.delete("/v1/me/file", headers={**mine, "Confirm": "erase"}).json() == {"counted": True}
        assert home(client, mine)["known"] is False
    with Store(stage.settings.store_url) as store, FeedbackQueue(stage.settings.store_url) as queue:
        told = queue.read()
        assert [one.action for one in told] == ["dismissed", "reminder_read", "reminder_done", "erasure"]
        queue.settle([one.entry for one in told])
        assert queue.read() == []
        assert [subject for subject, _ in store.chosen()] == [stage.person(MOTHER)]
        assert store.forget([stage.person(MOTHER)]) > 4
        assert list(store.chosen()) == []
        assert store.page(stage.person(MOTHER)) is None
        assert store.page(stage.person(RETIREE)) is not None


def test_a_cluster_is_walked_from_the_first_page_to_the_erasure(clustered: str, tmp_path: Path) -> None:
    walk(set_stage(tmp_path / "keys", clustered))


def test_a_cluster_takes_what_jobs_write_beside_pages(clustered: str, tmp_path: Path) -> None:
    stage = set_stage(tmp_path / "keys", clustered)
    mother, retiree = stage.person(MOTHER), stage.person(RETIREE)
    with Store(clustered) as store:
        made_by, later = basis(DAY), [Generation(DAY + timedelta(days=days), 9, "1a7e") for days in range(1, 5)]
        for generation in later:
            store.trace(
                [(mother, record(made_by)), (retiree, record(made_by))], {made_by.id: made_by.save()}, generation
            )
            assert store.publish(generation, rows(stage), POPULAR, files(stage)) == 4
        store.refresh(dict(rows(stage)), dict(files(stage)))
        assert store.writes() == (later[-1].text, 1)
    asyncio.run(noted(clustered, mother))
    with AccessQueue(clustered) as queue:
        assert [one.subject for one in queue.oldest(10)] == [mother, ""]
        assert list(queue.heads()) == []


async def noted(url: str, subject: str) -> None:
    """A read of a file, noted; its owner sees it."""
    accesses = Accesses(url, timeout=5)
    accesses.note(Access(subject, "/v1/me/home", 0, "portal"))
    assert [one.what for one in await accesses.of(subject)] == ["/v1/me/home"]
    await accesses.close()


def test_a_cluster_keeps_messages_until_they_are_sent_and_under_new_names(clustered: str) -> None:
    with Outbox(clustered, "one") as outbox, Returns(clustered) as returns, Store(clustered) as store:
        assert outbox.file([noticed(message(PERMIT, CARD)), noticed(replace(message(CHECK), subject=OTHER))]) == (3, 2)
        for ticket in list(outbox.tickets(10)):
            taken = outbox.take(ticket)
            assert taken is not None
            assert outbox.counts(ticket, "2026-48", 3)
            dead = Dead(taken, "email", "smtp_550", AT)
            assert outbox.settle(ticket, Settled(taken, AT, (said("email", "failed"),), dead=dead))
        assert outbox.wake(AT) == 2
        returns.settle(returns.receipts())
        assert outbox.waiting() == {"now": 2, "later": 0, "dead": 2}
        assert sum(returns.requeue(name) for name, _ in list(returns.dead())) == 2
        later = "f" + SUBJECT[1:]
        assert [store.rename([(SUBJECT, later)], Renamed()) for _ in range(2)] == [1, 0]
        outbox.wake(AT)
        taken_on = {ticket.subject for ticket in outbox.tickets(10) if outbox.take(ticket)}
        assert taken_on == {later, OTHER}


def test_a_service_of_sentinels_is_walked_and_loses_nothing_when_its_master_dies(program: str, tmp_path: Path) -> None:
    with watched(program, tmp_path / "servers") as servers:
        stage = set_stage(tmp_path / "keys", servers.url)
        asyncio.run(survive(stage, servers))
        walk(stage)


async def survive(stage: Stage, servers: Watched) -> None:
    """The same client reads and writes before and after, and what was chosen before holds."""
    mother, store = stage.person(MOTHER), HomeStore(servers.url, timeout=5)
    did = Feedback(mother, "person", "senior_card", "opened", AT)
    assert await store.delete_tag(did, DAY) is True
    servers.written()
    servers.fail_over()
    found = await store.home(Subject(mother))
    assert found is not None
    assert found.generation == GENERATION
    assert await store.restore_tag(did) is True
    await store.close()
    with FeedbackQueue(servers.url) as queue:
        queue.settle([one.entry for one in queue.read()])


def test_a_server_that_speaks_tls_is_walked_where_its_authority_is_named_and_refused_where_it_is_not(
    tmp_path: Path,
) -> None:
    program = PROGRAMS["redis"]
    if program is None:
        pytest.skip("there is no redis-server with TLS on this machine (Debian: apt-get install redis-server)")
    with sealed(program, tmp_path / "servers") as (url, authority):
        walk(set_stage(tmp_path / "keys", f"{url}?ssl_ca_certs={authority}"))
        with pytest.raises(StoreUnavailable, match="does not answer"), Store(url) as unvouched:
            unvouched.generation()
        with pytest.raises(StoreUnavailable, match="does not answer"), Store(url.replace("rediss", "redis")) as open_:
            open_.generation()


@pytest.mark.parametrize(
    "url", ["redis+sentinel://127.0.0.1:26379", "redis+ring://127.0.0.1", "redis+cluster://", "http+cluster://one"]
)
def test_an_address_that_names_no_store_says_what_was_expected(url: str) -> None:
    with pytest.raises(SettingsError, match=r"YIDANG_STORE_URL names no store .*: expected redis://host:6379/0"):
        Store(url)


def test_a_cluster_that_is_away_is_named() -> None:
    with pytest.raises(StoreUnavailable, match=r"The store at 127\.0\.0\.1:1 does not answer"):
        Store("redis+cluster://:secret@127.0.0.1:1")
