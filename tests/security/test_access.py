"""Nobody gets what is another's: every route against every kind of bad caller, and random pairs with a canary."""

import base64
import hmac
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from fastapi.routing import APIRoute
from joserfc import jwt
from starlette.testclient import TestClient

from api.app import create_app
from api.scopes import RESIDENT, asked, routes
from profiles.identity.keys import seal
from recommender.acting import handle
from recommender.generation import Generation
from recommender.own_file import Document, Fact, Link, OwnFile
from recommender.page import HeldDocument, Mandate, Page, encode
from recommender.store import FeedbackQueue, Store
from recommender.trace import trace_of
from tests.api.by_hand import CAFE_CODE, DAY, MOTHER, OTHER_CODE, RETIREE, Stage, packed, set_stage
from tests.recommender.past import basis, record

PAIRS = 10_000 if os.environ.get("YIDANG_PROVE") else 150
PROBLEM = {"type", "title", "status", "detail", "request_id"}

# What each writing route takes; a new one fails here until its body is named.
BODIES: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "/v1/me/feedback"): {"service": "drainage_permit", "action": "opened"},
    ("PATCH", "/v1/me/choices"): {"personalised": False},
    ("POST", "/v1/me/corrections"): {"about": "document:FOOD_PERMIT", "said": "renewed in May"},
    ("PATCH", "/v1/me/reminders/{reminder}"): {"state": "read"},
    ("PATCH", "/v1/me/vacancies/{vacancy}"): {"state": "dismissed"},
    ("POST", "/v1/me/calendar"): {},
    ("PUT", "/v1/me/tags/{tag}"): {},
    ("PUT", "/v1/me/drafts/{service}"): {"fields": {"telephone": "021-0000-0000"}},
    ("POST", "/v1/opinions"): {"kind": "idea", "said": "a calendar for two"},
}
# What stands in an address: of what, never of whom.
CROWD = Generation(DAY, 3, "cafe")
PLACES = {
    "reminder": "FOOD_PERMIT.2026-11-25",
    "service": "senior_card",
    "tag": "new_parent",
    "trace": "0" * 32,
    "vacancy": "ZP000031",
}
QUERIES = {"theme", "explain", "limit", "cursor", "audience", "q"}


@pytest.fixture
def stage(tmp_path: Path, store_url: str) -> Stage:
    return set_stage(tmp_path / "keys", store_url)


@pytest.fixture
def client(stage: Stage) -> Iterator[TestClient]:
    generous = stage.settings.model_copy(
        update={
            **dict.fromkeys(("rate_resident", "rate_batch", "rate_address"), "1000000/minute"),
            "events_seconds": 0,
        }
    )
    with TestClient(create_app(generous), follow_redirects=False) as client:
        yield client


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(stage: Stage) -> str:
    """The claims of a good token, said to need no signature."""
    body = stage.token().split(".")[1]
    return f"{part({'alg': 'none', 'typ': 'at+jwt', 'kid': stage.signing.kid})}.{body}."


def confused(stage: Stage) -> str:
    """The public key used as a shared secret."""
    head = part({"alg": "HS256", "typ": "at+jwt", "kid": stage.signing.kid})
    told = f"{head}.{stage.token().split('.')[1]}"
    digest = hmac.digest(stage.signing.as_pem(private=False), told.encode(), "sha256")
    return f"{told}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def now(stage: Stage) -> int:
    return int(stage.settings.now().timestamp())


def withdrawn(stage: Stage) -> dict[str, str]:
    """The mother's handle of her café, whose mandate has just been taken from her."""
    with Store(stage.settings.store_url) as store:
        store.refresh({stage.person(MOTHER): encode(Page("person", DAY))})
    return stage.bearer(MOTHER, **{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})


def bearing(token: Callable[[Stage], str]) -> Callable[[Stage], dict[str, str]]:
    return lambda stage: {"Authorization": f"Bearer {token(stage)}"}


Caller = Callable[[Stage], dict[str, str]]
CALLERS: dict[str, tuple[Caller, int, str]] = {
    "no token": (lambda _: {}, 401, "no-token"),
    "malformed": (bearing(lambda _: "ey.ey"), 401, "token-refused"),
    "expired": (bearing(lambda stage: stage.token(exp=now(stage) - 120)), 401, "token-refused"),
    "not yet valid": (bearing(lambda stage: stage.token(nbf=now(stage) + 600)), 401, "token-refused"),
    "wrong issuer": (bearing(lambda stage: stage.token(iss="elsewhere")), 401, "token-refused"),
    "wrong audience": (bearing(lambda stage: stage.token(aud="elsewhere")), 401, "token-refused"),
    "alg none": (bearing(unsigned), 401, "token-refused"),
    "public key as a secret": (bearing(confused), 401, "token-refused"),
    "missing scope": (bearing(lambda stage: stage.token(scope="nothing:read")), 403, "missing-scope"),
    "the handle of another person": (
        lambda stage: stage.bearer(RETIREE, **{"Acting-For": stage.handle(MOTHER, CAFE_CODE)}),
        403,
        "no-mandate",
    ),
    "an enterprise without a mandate": (
        lambda stage: stage.bearer(MOTHER, **{"Acting-For": stage.handle(MOTHER, OTHER_CODE)}),
        403,
        "no-mandate",
    ),
    "a withdrawn mandate": (withdrawn, 403, "no-mandate"),
}


@pytest.mark.parametrize("name", CALLERS)
def test_every_route_of_a_subject_refuses(client: TestClient, stage: Stage, name: str) -> None:
    caller, status, kind = CALLERS[name]
    headers, tried = caller(stage), 0
    for method, path, body in calls(client):
        answer = client.request(method, path, headers=headers, json=body)
        assert (method, path, answer.status_code) == (method, path, status), answer.text
        assert (set(answer.json()), answer.json()["type"]) == (PROBLEM, f"urn:yidang:problem:{kind}")
        assert answer.headers["content-type"] == "application/problem+json"
        tried += 1
    assert tried >= len(BODIES) + 2
    with FeedbackQueue(stage.settings.store_url) as queue:
        assert queue.read() == []


def calls(client: TestClient) -> Iterator[tuple[str, str, dict[str, object] | None]]:
    """Every call on a resident's behalf, with a good body where it takes one."""
    for route in routes(client.app.routes):  # type: ignore[attr-defined]
        if isinstance(route, APIRoute) and asked(route) & set(RESIDENT) and route.path.startswith("/v1/"):
            for method in sorted(route.methods or ()):
                body = None if method in ("GET", "DELETE") else BODIES[method, route.path]
                yield method, route.path.format(**PLACES), body


def test_no_route_names_a_subject_in_its_address(client: TestClient) -> None:
    """Path and query say what is asked for, never of whom."""
    document = client.get("/v1/openapi.json").json()
    calls = [call for methods in document["paths"].values() for call in methods.values()]
    placed = [(p["in"], p["name"]) for call in calls for p in call.get("parameters", [])]
    assert {name for where, name in placed if where == "query"} == QUERIES
    assert {name for where, name in placed if where == "path"} == set(PLACES)
    assert {part for path in document["paths"] for part in path.split("/") if "{" in part} == {
        f"{{{name}}}" for name in PLACES
    }


def test_random_pairs_of_residents_see_nothing_of_each_other(client: TestClient, stage: Stage) -> None:
    random, people = Random(7), 200
    numbers = [f"31019919700101{n:04d}" for n in range(people)]
    persons = [stage.person(number) for number in numbers]
    firms = [stage.enterprise(f"91310199MA2H{n:06d}") for n in range(people)]
    canaries = [f"雀{n:04d}雀" for n in range(people)]
    pages = [*pages_with(stage, persons, firms, canaries)]
    with Store(stage.settings.store_url) as store:
        store.trace([(person, record(basis())) for person in persons], {basis().id: basis().save()}, CROWD)
        store.publish(CROWD, pages, {}, files_with(stage, persons, firms, canaries))
    traces = [trace_of(person, record(basis())) for person in persons]
    tokens = [stage.token(number, exp=now(stage) + 3600) for number in numbers]
    tags: dict[int, str] = {}
    reads = [path for method, path, _ in calls(client) if method == "GET"]
    for _ in range(PAIRS):
        one, other = random.sample(range(people), 2)
        headers = {"Authorization": f"Bearer {tokens[one]}", "If-None-Match": tags.get(other, '""')}
        if firm := random.choice(("", handle(persons[other], firms[other]), handle(persons[one], firms[other]))):
            headers["Acting-For"] = firm
        path = random.choice(reads).replace(PLACES["trace"], traces[other])
        answer = client.get(path, headers=headers)
        assert answer.status_code == (403 if firm else 404 if traces[other] in path else 200), answer.text
        assert canaries[other] not in answer.text + str(answer.headers)
        if not firm:
            tags[one] = answer.headers.get("etag", '""')
    print(f"{PAIRS} random pairs over {len(reads)} routes, none leaked")


def pages_with(stage: Stage, persons: list[str], firms: list[str], canaries: list[str]) -> Iterator[tuple[str, bytes]]:
    """A page per person and enterprise, each with its canary in every text of its own."""
    for person, firm, canary in zip(persons, firms, canaries, strict=True):
        held = HeldDocument("ID_CARD", seal(stage.keys, person, "number", canary), canary)
        name = seal(stage.keys, person, "name", canary)
        yield person, encode(Page("person", DAY, name, documents=(held,), mandates=(Mandate(firm, canary, "agent"),)))
        yield firm, encode(Page("enterprise", DAY, canary, documents=(HeldDocument("BUSINESS_LICENCE", canary),)))


def files_with(stage: Stage, persons: list[str], firms: list[str], canaries: list[str]) -> Iterator[tuple[str, bytes]]:
    """A file per person and enterprise, each with its canary."""
    for person, firm, canary in zip(persons, firms, canaries, strict=True):
        name = Fact("name", "residents", seal(stage.keys, person, "name", canary), DAY, sealed=True)
        card = Document("ID_CARD", "documents", seal(stage.keys, person, "number", canary))
        yield (
            person,
            packed(OwnFile(facts=(name,), documents=(card,), links=(Link("mandate", "mandates", name=canary),))),
        )
        yield firm, packed(OwnFile(facts=(Fact("scope", "enterprises", canary, DAY),)))


def test_a_good_token_signed_for_one_is_not_good_for_two(client: TestClient, stage: Stage) -> None:
    """The payload of one and the signature of another make nothing."""
    head, _, signature = stage.token(MOTHER).split(".")
    mixed = f"{head}.{stage.token(RETIREE).split('.')[1]}.{signature}"
    assert client.get("/v1/me/home", headers={"Authorization": f"Bearer {mixed}"}).status_code == 401
    assert jwt.decode(stage.token(MOTHER), stage.signing, algorithms=["ES256"]).claims["resident_id"] == MOTHER
