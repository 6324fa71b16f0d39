"""Why a list was as it was is told to its owner for some generations, and to nobody else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from recommender.generation import Generation
from recommender.page import decode, encode
from recommender.store import Store
from recommender.trace import trace_of
from tests.api.by_hand import CAFE_CODE, DAY, GENERATION, MOTHER, POPULAR, RETIREE, Stage, rows
from tests.api.test_home import EN
from tests.recommender.past import basis, record

LATER = [Generation(DAY + timedelta(days=days), 1, "1a7e") for days in (1, 2, 3)]


@pytest.fixture
def store(stage: Stage) -> Iterator[Store]:
    with Store(stage.settings.store_url) as store:
        yield store


def publish(stage: Stage, store: Store, generation: Generation) -> str:
    """Publish everyone's pages, with the mother's list and what it was made from; its trace."""
    made_by = basis(generation.day)
    mother, made_from = stage.person(MOTHER), record(made_by)
    trace = trace_of(mother, made_from)
    pages = [
        (who, encode(replace(decode(page), trace=bytes.fromhex(trace))) if who == mother else page)
        for who, page in rows(stage)
    ]
    store.trace([(mother, made_from)], {made_by.id: made_by.save()}, generation)
    store.publish(generation, pages, POPULAR)
    return trace


def why(client: TestClient, headers: dict[str, str], trace: str) -> Any:
    return client.get(f"/v1/me/suggestions/{trace}/why", headers=headers)


def test_a_list_names_its_trace_and_its_owner_is_told_what_it_was_made_of(
    client: TestClient, stage: Stage, store: Store
) -> None:
    publish(stage, store, GENERATION)
    trace = client.get("/v1/me/suggestions", headers=stage.bearer()).json()["trace"]
    assert client.get("/v1/me/home", headers=stage.bearer()).json()["trace"] == trace
    told = why(client, stage.bearer(**EN), trace).json()
    places = told.pop("places")
    assert told == {
        "trace": trace,
        "generation": GENERATION.text,
        "day": DAY.isoformat(),
        "model": "2026-11-22.001",
        "registry": "registry",
        "catalogue": "catalogue",
        "tags": ["New parent", "Licensed driver"],
        "may_have": ["hkm_permit_renewal", "newborn_hukou", "passport_renewal"],
        "not_yet": [{"service": "senior_card", "name": "Get your senior citizen card", "reason": "earlier_step"}],
    }
    assert [(place["service"], place["score"]) for place in places] == [
        ("newborn_hukou", 0.5),
        ("hkm_permit_renewal", 1.375),
        ("passport_renewal", 1.0),
    ]
    assert places[1]["base"] + sum(one["weight"] for one in places[1]["added"]) == places[1]["score"]
    assert places[1]["added"][0] == {"tag": "New parent and Licensed driver", "weight": 0.5}
    assert (places[0]["through"] != "", places[1]["through"]) == (True, "")


def test_a_list_is_told_as_it_was_after_two_newer_generations_and_no_longer_after_a_third(
    client: TestClient, stage: Stage, store: Store
) -> None:
    trace = publish(stage, store, GENERATION)
    at_first = why(client, stage.bearer(), trace).json()
    for generation in LATER[:2]:
        newer = publish(stage, store, generation)
        assert newer != trace
        assert why(client, stage.bearer(), newer).json()["generation"] == generation.text
    assert why(client, stage.bearer(), trace).json() == at_first
    publish(stage, store, LATER[2])
    assert why(client, stage.bearer(), trace).status_code == 404
    assert why(client, stage.bearer(), newer).status_code == 200


def test_the_trace_of_another_is_not_there_just_as_one_that_never_was(
    client: TestClient, stage: Stage, store: Store
) -> None:
    trace = publish(stage, store, GENERATION)
    acting = stage.bearer(MOTHER, **{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    answers = [
        why(client, stage.bearer(RETIREE), trace),
        why(client, acting, trace),
        why(client, stage.bearer(), "0" * 32),
    ]
    shapes = {
        (answer.status_code, answer.json()["type"], answer.json()["detail"], tuple(sorted(answer.json())))
        for answer in answers
    }
    assert {(status, kind) for status, kind, *_ in shapes} == {(404, "urn:yidang:problem:unknown-trace")}
    assert len(shapes) == 1


def test_without_personalisation_no_trace_is_named_and_past_lists_are_still_explained(
    client: TestClient, stage: Stage, store: Store
) -> None:
    trace = publish(stage, store, GENERATION)
    client.patch("/v1/me/choices", headers=stage.bearer(), json={"personalised": False})
    assert client.get("/v1/me/suggestions", headers=stage.bearer()).json()["trace"] == ""
    assert why(client, stage.bearer(), trace).status_code == 200


def test_who_is_forgotten_has_no_past_lists(client: TestClient, stage: Stage, store: Store) -> None:
    trace = publish(stage, store, GENERATION)
    store.forget([stage.person(RETIREE)])
    assert why(client, stage.bearer(), trace).status_code == 200
    store.forget([stage.person(MOTHER)])
    assert why(client, stage.bearer(), trace).status_code == 404
