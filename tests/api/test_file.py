"""The file, its tags and the forms that it fills in, for its owner and nobody else."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from recommender.own_file import Fact, OwnFile
from recommender.store import FeedbackQueue, Store
from tests.api.by_hand import CAFE_CODE, MOTHER, POPULAR, STRANGER, Stage, packed
from tests.api.test_home import EN, home, services
from tests.api.test_parts import read

BUREAU = "Public Security Bureau"


def fact(told: dict[str, Any], about: str) -> dict[str, Any]:
    return next(one for one in told["facts"] if one["about"] == about)


def test_the_file_says_what_is_held_on_whose_word_and_until_when(client: TestClient, stage: Stage) -> None:
    mine = read(client, "/v1/me/file", stage.bearer(**EN))
    assert fact(mine, "fact:address")["value"] == "浦东新区玉兰路8号"
    assert fact(mine, "fact:hukou_division") == {
        "about": "fact:hukou_division",
        "name": "place of household registration",
        "value": "310115",
        "text": "Pudong",
        "source": BUREAU,
        "as_of": "2026-11-20",
        "valid_from": "2016-05-09",
        "valid_until": None,
        "sensitivity": "for public authorities alone",
        "correction": None,
    }
    assert [one["type"] for one in mine["documents"]] == ["ID_CARD", "HKM_PERMIT", "PASSPORT"]
    assert [(one["name"], one["enterprise"]) for one in mine["links"]] == [
        ("a child", ""),
        ("a mandate to act for an enterprise", "上海玉兰里餐饮管理有限公司"),
    ]
    assert [one["name"] for one in mine["events"]] == ["A child of yours was born", "You moved"]
    assert [(one["service"], one["status"]) for one in mine["cases"]] == [("maternity_allowance", "in progress")]


def test_a_correction_is_pending_beside_its_fact(client: TestClient, stage: Stage) -> None:
    body = {"about": "fact:sex", "said": "I am not a woman."}
    assert client.post("/v1/me/corrections", headers=stage.bearer(), json=body).json() == {"counted": True}
    mine = read(client, "/v1/me/file", stage.bearer(**EN))
    assert fact(mine, "fact:sex")["correction"] == "2026-11-22"
    assert [one["about"] for one in mine["corrections"]] == ["fact:sex"]


def test_a_strangers_file_has_the_same_shape_and_nothing_in_it(client: TestClient, stage: Stage) -> None:
    mine, theirs = (read(client, "/v1/me/file", stage.bearer(who)) for who in (MOTHER, STRANGER))
    assert mine.keys() == theirs.keys()
    assert (theirs["known"], theirs["facts"], theirs["documents"], theirs["links"]) == (False, [], [], [])


def test_who_acts_for_an_enterprise_reads_its_file_and_not_their_own(client: TestClient, stage: Stage) -> None:
    acting = stage.bearer(**EN, **{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    told = read(client, "/v1/me/file", acting)
    assert [(one["about"], one["text"]) for one in told["facts"]] == [("fact:industry", "catering")]
    assert "沈知夏" not in str(told)


def test_a_fresh_event_changes_the_etag_within_a_generation(client: TestClient, stage: Stage) -> None:
    tags = [client.get(path, headers=stage.bearer()).headers["etag"] for path in ("/v1/me/file", "/v1/me/home")]
    fresh = OwnFile(facts=(Fact("sex", "residents", "male"),))
    with Store(stage.settings.store_url) as store:
        store.refresh({}, {stage.person(MOTHER): packed(fresh)})
    known = {"If-None-Match": ", ".join(tags)}
    assert client.get("/v1/me/file", headers=stage.bearer(**known)).status_code == 200
    assert client.get("/v1/me/home", headers=stage.bearer(**known)).status_code == 304


def test_a_form_is_filled_in_with_value_source_and_grade_and_says_what_is_left(
    client: TestClient, stage: Stage
) -> None:
    told = read(client, "/v1/services/hkm_permit_renewal/prefill", stage.bearer(**EN))
    fields = {one["filled_by"]: one for one in told["fields"]}
    assert fields["fact:sex"] == {
        "name": "Sex",
        "filled_by": "fact:sex",
        "value": "female",
        "text": "female",
        "source": BUREAU,
        "as_of": "2026-11-20",
        "grade": "A",
    }
    assert fields["fact:name"]["value"] == "沈知夏"
    assert fields["document:ID_CARD"]["value"] == MOTHER
    assert fields["fact:phone"]["value"] is None
    assert {"Telephone", "How you want to receive the result"} <= set(told["ask"])
    papers = {one["name"]: one for one in told["papers"]}
    assert told["papers_saved"] == sum(one["held"] for one in papers.values())
    assert all(one["grade"] in ("A", "B") for one in papers.values() if one["held"])


def test_a_form_of_a_stranger_is_all_to_be_asked(client: TestClient, stage: Stage) -> None:
    told = read(client, "/v1/services/senior_card/prefill", stage.bearer(STRANGER, **EN))
    assert [one["name"] for one in told["fields"]] == told["ask"]
    assert told["papers_saved"] == 0


@pytest.mark.parametrize(
    ("service", "problem"), [("drainage_permit", "other-audience"), ("no_such_service", "unknown-service")]
)
def test_a_form_of_no_person_is_refused(client: TestClient, stage: Stage, service: str, problem: str) -> None:
    answer = client.get(f"/v1/services/{service}/prefill", headers=stage.bearer())
    assert (answer.status_code, answer.json()["type"]) == (404, f"urn:yidang:problem:{problem}")


def test_every_tag_says_since_when_and_why(client: TestClient, stage: Stage) -> None:
    told = {one["id"]: one for one in read(client, "/v1/me/tags", stage.bearer(**EN))["tags"]}
    assert told["new_parent"] == {
        "id": "new_parent",
        "name": "New parent",
        "family": "Life events",
        "since": "2026-09-01",
        "until": "2027-09-01",
        "reasons": ["You have a child aged 0 or over and under 1"],
        "facts": [{"name": "a child", "source": "Health Commission and Civil Affairs Bureau", "as_of": "2026-11-20"}],
        "deleted_on": None,
    }
    assert list(told) == ["just_moved", "local_resident", "new_parent"]


def test_the_first_day_of_a_rule_is_not_told_as_the_day_since_when_it_holds(client: TestClient, stage: Stage) -> None:
    [told] = [one for one in read(client, "/v1/me/tags", stage.bearer())["tags"] if one["id"] == "local_resident"]
    assert told["since"] is None


def test_a_deleted_tag_orders_and_explains_nothing_from_the_next_request_on(client: TestClient, stage: Stage) -> None:
    before = home(client, stage.bearer(**EN))
    assert client.delete("/v1/me/tags/new_parent", headers=stage.bearer()).json() == {"counted": True}
    assert client.delete("/v1/me/tags/new_parent", headers=stage.bearer()).json() == {"counted": False}
    mine = home(client, stage.bearer(**EN))
    assert services(before["suggestions"])[0] == "newborn_medical_insurance"
    assert services(mine["suggestions"]) == [
        "newborn_medical_insurance",
        "hkm_permit_renewal",
        "childcare_subsidy",
        "newborn_hukou",
    ]
    assert "New parent" not in str([one["because"] for one in mine["suggestions"]])  # type: ignore[attr-defined]
    assert "New parent" not in str(mine["likely"]) + str(mine["ahead"])
    told = {one["id"]: one for one in read(client, "/v1/me/tags", stage.bearer(**EN))["tags"]}
    assert told["new_parent"]["deleted_on"] == "2026-11-22"


def test_a_tag_brought_back_is_used_again_and_one_that_is_no_longer_earned_can_be(
    client: TestClient, stage: Stage
) -> None:
    before = home(client, stage.bearer())
    for tag in ("new_parent", "senior_60"):
        client.delete(f"/v1/me/tags/{tag}", headers=stage.bearer())
    told = [one["id"] for one in read(client, "/v1/me/tags", stage.bearer())["tags"]]
    assert told == ["just_moved", "local_resident", "new_parent", "senior_60"]
    for tag in ("new_parent", "senior_60"):
        assert client.put(f"/v1/me/tags/{tag}", headers=stage.bearer()).json() == {"counted": True}
    assert home(client, stage.bearer()) == before
    with FeedbackQueue(stage.settings.store_url) as queue:
        queued = [(one.action, one.about) for one in queue.read()]
    assert queued == [
        ("tag_deleted", "new_parent"),
        ("tag_deleted", "senior_60"),
        ("tag_restored", "new_parent"),
        ("tag_restored", "senior_60"),
    ]


@pytest.mark.parametrize("tag", ["no_such_tag", "catering"])
def test_a_tag_of_no_person_is_refused(client: TestClient, stage: Stage, tag: str) -> None:
    answer = client.delete(f"/v1/me/tags/{tag}", headers=stage.bearer())
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:yidang:problem:unknown-tag")


def test_the_export_holds_file_and_tags(client: TestClient, stage: Stage) -> None:
    taken = read(client, "/v1/me/export", stage.bearer())
    assert taken["file"] == read(client, "/v1/me/file", stage.bearer())
    assert taken["tags"] == read(client, "/v1/me/tags", stage.bearer())


def test_without_personalisation_the_file_is_still_the_owners(client: TestClient, stage: Stage) -> None:
    client.patch("/v1/me/choices", headers=stage.bearer(), json={"personalised": False})
    assert services(home(client, stage.bearer())["suggestions"]) == POPULAR["person"]
    assert read(client, "/v1/me/file", stage.bearer())["known"] is True
