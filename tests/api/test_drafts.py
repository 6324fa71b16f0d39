"""A half-filled form is kept for its owner alone, sealed, until it is dropped, erased or long forgotten."""

from datetime import timedelta

import pytest
import redis
from starlette.testclient import TestClient

from api.app import create_app
from recommender.generation import drafts_key
from recommender.store.drafts import KEPT_DAYS, MOST_DRAFTS
from tests.api.by_hand import CAFE_CODE, DAY, MOTHER, OTHER_CODE, RETIREE, Stage
from tests.api.test_home import EN

FORM = "/v1/me/drafts/hkm_permit_renewal"
FIELDS = {"telephone": "021-0000-0000", "delivery": "邮寄"}


def keep(client: TestClient, headers: dict[str, str], path: str = FORM, **fields: str) -> int:
    return client.put(path, headers=headers, json={"fields": fields or FIELDS}).status_code


def kept(client: TestClient, headers: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    answer = client.get("/v1/me/drafts", headers=headers)
    assert answer.status_code == 200, answer.text
    return [(one["service"], one["fields"]) for one in answer.json()["drafts"]]


def test_a_form_is_kept_as_it_was_left_and_a_later_one_takes_its_place(client: TestClient, stage: Stage) -> None:
    assert keep(client, stage.bearer()) == 200
    assert client.get("/v1/me/drafts", headers=stage.bearer(**EN)).json() == {
        "today": "2026-11-22",
        "drafts": [
            {
                "service": "hkm_permit_renewal",
                "name": "Renew your permit to Hong Kong and Macau",
                "saved_on": "2026-11-22",
                "kept_until": "2027-02-20",
                "fields": FIELDS,
            }
        ],
    }
    keep(client, stage.bearer(), delivery="自取")
    assert kept(client, stage.bearer()) == [("hkm_permit_renewal", {"delivery": "自取"})]
    assert kept(client, stage.bearer(RETIREE)) == []


def test_what_is_kept_is_sealed_and_goes_by_itself(client: TestClient, stage: Stage) -> None:
    keep(client, stage.bearer())
    with redis.Redis.from_url(stage.settings.store_url) as raw:
        key = drafts_key(stage.person(MOTHER))
        text = raw.hget(key, "hkm_permit_renewal")
        assert isinstance(text, bytes)
        assert b"021" not in text
        assert text.startswith(b"2026-11-22 ")
        left = raw.ttl(key)
    assert timedelta(days=KEPT_DAYS) < timedelta(seconds=int(str(left))) <= timedelta(days=KEPT_DAYS + 1)


@pytest.mark.parametrize(("days", "there"), [(KEPT_DAYS, True), (KEPT_DAYS + 1, False)])
def test_a_form_that_is_long_forgotten_is_not_shown_though_another_was_kept_later(
    stage: Stage, client: TestClient, days: int, there: bool
) -> None:
    keep(client, stage.bearer())
    later = stage.settings.model_copy(update={"day": DAY + timedelta(days=days)})
    with TestClient(create_app(later)) as other:
        answer = other.get("/v1/me/drafts", headers=stage.bearer())
    assert bool(answer.json()["drafts"]) == there


def test_one_is_dropped_and_the_others_stay(client: TestClient, stage: Stage) -> None:
    keep(client, stage.bearer())
    keep(client, stage.bearer(), "/v1/me/drafts/passport_renewal")
    assert client.delete(FORM, headers=stage.bearer()).json() == {"counted": True}
    assert client.delete(FORM, headers=stage.bearer()).json() == {"counted": False}
    assert [service for service, _ in kept(client, stage.bearer())] == ["passport_renewal"]


def test_so_many_are_kept_and_no_more_but_one_of_them_may_change(client: TestClient, stage: Stage) -> None:
    persons = [s.id for s in client.app.state.catalogue.services if s.audience == "person"]  # type: ignore[attr-defined]
    paths = [f"/v1/me/drafts/{service}" for service in persons[: MOST_DRAFTS + 1]]
    assert [keep(client, stage.bearer(), path) for path in paths] == [200] * MOST_DRAFTS + [409]
    assert keep(client, stage.bearer(), paths[0], delivery="自取") == 200
    assert len(kept(client, stage.bearer())) == MOST_DRAFTS


def test_an_enterprises_forms_are_those_of_whoever_may_act_for_it(client: TestClient, stage: Stage) -> None:
    acting = stage.bearer(**{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    assert keep(client, acting, "/v1/me/drafts/annual_report_filing") == 200
    assert [service for service, _ in kept(client, acting)] == ["annual_report_filing"]
    assert kept(client, stage.bearer()) == []
    stranger = stage.bearer(**{"Acting-For": stage.handle(MOTHER, OTHER_CODE)})
    answers = (client.get("/v1/me/drafts", headers=stranger), client.delete(FORM, headers=stranger))
    assert [answer.status_code for answer in answers] == [403, 403]
    assert keep(client, stranger, "/v1/me/drafts/annual_report_filing") == 403


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/v1/me/drafts/moon_visa", FIELDS, 404),
        ("/v1/me/drafts/annual_report_filing", FIELDS, 404),
        (FORM, {"telephone": "1" * 501}, 422),
        (FORM, {}, 422),
        (FORM, {"telephone": 21}, 422),
        (FORM, {f"field_{number}": "" for number in range(101)}, 422),
        (FORM, {f"field_{number}": "1" * 400 for number in range(30)}, 413),
    ],
)
def test_what_is_no_form_of_theirs_is_refused(
    client: TestClient, stage: Stage, path: str, fields: dict[str, object], status: int
) -> None:
    assert client.put(path, headers=stage.bearer(), json={"fields": fields}).status_code == status
    assert kept(client, stage.bearer()) == []


def test_forms_are_taken_out_and_erased_with_everything_else(client: TestClient, stage: Stage) -> None:
    keep(client, stage.bearer())
    first = client.get("/v1/me/export", headers=stage.bearer())
    assert [one["fields"] for one in first.json()["drafts"]] == [FIELDS]
    keep(client, stage.bearer(), delivery="自取")
    again = client.get("/v1/me/export", headers=stage.bearer(**{"If-None-Match": first.headers["etag"]}))
    assert [one["fields"] for one in again.json()["drafts"]] == [{"delivery": "自取"}]
    assert client.delete("/v1/me/file", headers=stage.bearer(Confirm="erase")).json() == {"counted": True}
    assert kept(client, stage.bearer()) == []


def test_a_form_that_was_sealed_under_other_keys_is_left_out_and_stops_nothing(
    client: TestClient, stage: Stage
) -> None:
    keep(client, stage.bearer())
    with redis.Redis.from_url(stage.settings.store_url) as raw:
        foreign = "2026-11-22 c2VhbGVkIGJ5IG90aGVyIGtleXMgaW4gdGhlIHBhc3Q="
        raw.hset(drafts_key(stage.person(MOTHER)), "passport_renewal", foreign)
    assert kept(client, stage.bearer()) == [("hkm_permit_renewal", FIELDS)]
    taken = client.get("/v1/me/export", headers=stage.bearer())
    assert [one["service"] for one in taken.json()["drafts"]] == ["hkm_permit_renewal"]


def test_reading_them_is_noted(client: TestClient, stage: Stage) -> None:
    keep(client, stage.bearer())
    kept(client, stage.bearer(**EN))
    reads = client.get("/v1/me/access-log", headers=stage.bearer(**EN)).json()["reads"]
    assert [one["what"] for one in reads] == ["half-filled forms"]
