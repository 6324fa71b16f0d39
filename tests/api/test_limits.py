"""Who asks too often is told when to come back; the headers are those of the IETF draft."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api import limits
from api.app import create_app
from api.limits import Counters
from tests.api.by_hand import RETIREE, Stage


@pytest.fixture
def strict(stage: Stage) -> Iterator[TestClient]:
    few = {"rate_resident": "3/minute", "rate_batch": "5/minute", "rate_address": "4/minute"}
    with TestClient(create_app(stage.settings.model_copy(update=few)), follow_redirects=False) as client:
        yield client


def statuses(client: TestClient, headers: dict[str, str], times: int, path: str = "/v1/me/home") -> list[int]:
    return [client.get(path, headers=headers).status_code for _ in range(times)]


def test_a_resident_is_counted_and_no_other_with_them(strict: TestClient, stage: Stage) -> None:
    first = strict.get("/v1/me/home", headers=stage.bearer())
    assert first.headers["ratelimit-policy"] == '"resident";q=3;w=60'
    assert first.headers["ratelimit"].startswith('"resident";r=2;t=')
    assert statuses(strict, stage.bearer(), 3) == [200, 200, 429]
    assert statuses(strict, stage.bearer(RETIREE), 1) == [200]


def test_one_too_many_is_a_problem_with_a_time_to_come_back(strict: TestClient, stage: Stage) -> None:
    statuses(strict, stage.bearer(), 3)
    answer = strict.get("/v1/me/home", headers=stage.bearer(**{"Accept-Language": "en"}))
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit"] == f'"resident";r=0;t={answer.headers["retry-after"]}'
    told = answer.json()
    assert told["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert (told["title"], told["violated-policies"]) == ("Too many requests", ["resident"])


def test_a_batch_client_is_counted_for_all_of_its_residents(strict: TestClient, stage: Stage) -> None:
    def batch(number: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {stage.token(number, scope='home:read batch')}"}

    seen = [*statuses(strict, batch(RETIREE), 4), *statuses(strict, stage.bearer(), 1)]
    assert seen == [200] * 5
    third = stage.token(scope="home:read batch")
    assert statuses(strict, {"Authorization": f"Bearer {third}"}, 2) == [200, 429]


@pytest.mark.parametrize(
    ("headers", "path"), [({"Authorization": "Bearer ey.ey"}, "/v1/me/home"), ({}, "/health/live")]
)
def test_who_has_no_good_token_is_counted_by_address(strict: TestClient, headers: dict[str, str], path: str) -> None:
    assert statuses(strict, headers, 5, path)[-1] == 429


def test_a_resident_behind_a_busy_address_is_served(strict: TestClient, stage: Stage) -> None:
    assert statuses(strict, {}, 5)[-1] == 429
    assert statuses(strict, stage.bearer(), 1) == [200]


def test_a_page_says_that_there_were_too_many_requests(strict: TestClient, stage: Stage) -> None:
    strict.cookies.set("yidang_session", stage.token(), domain="testserver.local")
    statuses(strict, {}, 3, "/")
    answer = strict.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert "请在 Retry-After" in answer.text


def test_a_window_that_is_over_counts_from_nought_and_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(limits.time, "time", lambda: clock[0])
    counters = Counters()
    assert [counters.incr("a", 10), counters.incr("a", 10), counters.get_expiry("a")] == [1, 2, 1010.0]
    clock[0] = 1010.0
    assert (counters.get("a"), counters.incr("a", 10)) == (0, 1)
    clock[0] = 1100.0
    counters.incr("b", 10)
    assert set(counters._counts) == {"b"}
