"""GET /v1/me/home: what it says, to whom, and when it says that nothing changed."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from recommender.catalogue import load
from recommender.ledger import by_design
from recommender.page import Mandate, Page, decode, encode
from recommender.prefill import fields
from recommender.store import Store
from tests.api.by_hand import (
    CAFE_CODE,
    DAY,
    EXPIRES,
    GENERATION,
    MOTHER,
    OTHER_CODE,
    POPULAR,
    RETIREE,
    STRANGER,
    Stage,
    rows,
)

HELD = ("document:ID_CARD", "fact:name", "fact:address", "event:birth", "link:child")
ZH, EN = {"Accept-Language": "zh-CN"}, {"Accept-Language": "en-GB"}


def home(client: TestClient, headers: dict[str, str]) -> dict[str, object]:
    answer = client.get("/v1/me/home", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def services(items: object) -> list[str]:
    return [item["card"]["service"] for item in items]  # type: ignore[attr-defined]


def test_the_permit_that_expires_in_29_days_is_due_in_both_languages(client: TestClient, stage: Stage) -> None:
    chinese = home(client, stage.bearer(**ZH))["due"]
    assert [item["sentence"] for item in chinese] == ["您的往来港澳通行证将于29天后到期"]  # type: ignore[attr-defined]
    due = home(client, stage.bearer(**EN))["due"][0]  # type: ignore[index]
    assert due["sentence"] == "Your permit to Hong Kong and Macau expires in 29 days"
    assert (due["due_on"], due["days_left"], due["state"]) == (EXPIRES.isoformat(), 29, "soon")
    assert due["source"] == "Public Security Bureau"
    assert due["as_of"] == "2026-11-20"
    assert due["reminded_on"] == "2026-11-21"
    assert due["action"]["service"] == "hkm_permit_renewal"


def test_a_card_says_who_how_long_and_where_to_go_or_call_instead(client: TestClient, stage: Stage) -> None:
    card = home(client, stage.bearer(**ZH))["suggestions"][0]["card"]  # type: ignore[index]
    assert card["service"] == "newborn_medical_insurance"
    assert card["authority"] == "市医疗保障局"
    assert {type(card[name]) for name in ("minutes", "trips", "processing_days")} == {int}
    assert card["hall"]
    assert card["hours"]
    assert card["phone"]


def test_a_suggestion_says_why_on_whose_word_and_as_of_when(client: TestClient, stage: Stage) -> None:
    first = home(client, stage.bearer(**ZH))["suggestions"][0]  # type: ignore[index]
    assert first["probability"] == 0.81
    assert first["reasons"][1] == {"text": "您居住在上海市", "source": "市公安局", "as_of": "2026-11-20"}
    assert first["because"][0]["weight"] == 1.42


def test_a_suggestion_says_which_papers_need_not_be_brought_and_how_much_is_filled_in(
    client: TestClient, stage: Stage
) -> None:
    first = home(client, stage.bearer(**EN))["suggestions"][0]  # type: ignore[index]
    service = load().service("newborn_medical_insurance")
    held = [paper.name.en for paper in service.evidence if paper.satisfied_by in HELD]
    assert first["prefill"] == {
        "papers": len(service.evidence),
        "papers_held": len(held),
        "fields": len(fields(service, load())),
        "fields_filled": len([field for field in fields(service, load()) if field.filled_by in HELD]),
        "held": held,
        "bring": [p.name.en for p in service.evidence if p.satisfied_by not in HELD and not p.deferrable],
        "may_follow": [p.name.en for p in service.evidence if p.satisfied_by not in HELD and p.deferrable],
        "minutes_saved": by_design(service).minutes,
        "steps_saved": by_design(service).steps,
        "trips_saved": by_design(service).trips,
        "days_saved": by_design(service).days,
    }
    assert held


def test_nothing_is_said_of_papers_where_the_page_was_made_without(client: TestClient, stage: Stage) -> None:
    assert [one["prefill"] for one in home(client, stage.bearer(RETIREE))["suggestions"]] == [None]  # type: ignore[attr-defined]


def test_names_and_numbers_are_opened_for_their_owner_alone(client: TestClient, stage: Stage) -> None:
    mine = home(client, stage.bearer())
    assert mine["name"] == "沈知夏"
    assert [d["number"] for d in mine["documents"]] == [MOTHER, "CA0000028", "EA0000028"]  # type: ignore[attr-defined]
    theirs = home(client, stage.bearer(RETIREE))
    assert theirs["name"] == "顾长庚"
    assert MOTHER not in str(theirs)


def test_documents_are_valid_expiring_or_expired_on_the_readers_day(client: TestClient, stage: Stage) -> None:
    documents = home(client, stage.bearer())["documents"]
    states = {d["type"]: d["state"] for d in documents}  # type: ignore[attr-defined]
    assert states == {"ID_CARD": "valid", "HKM_PERMIT": "expiring", "PASSPORT": "expired"}


def test_what_is_announced_later_and_what_left_the_catalogue_is_not_shown(client: TestClient, stage: Stage) -> None:
    mine = home(client, stage.bearer())
    assert [item["what"] for item in mine["due"]] == ["HKM_PERMIT"]  # type: ignore[attr-defined]
    assert services(mine["suggestions"]) == [
        "newborn_medical_insurance",
        "childcare_subsidy",
        "newborn_hukou",
        "hkm_permit_renewal",
    ]


def test_a_duty_is_due_by_its_own_name(client: TestClient, stage: Stage) -> None:
    due = home(client, stage.bearer(RETIREE, **EN))["due"][0]  # type: ignore[index]
    assert due["sentence"] == "Your yearly pension check is due in 5 days"


def test_a_bundle_shows_what_is_done_under_way_next_and_waiting(client: TestClient, stage: Stage) -> None:
    bundle = home(client, stage.bearer())["bundles"][0]  # type: ignore[index]
    states = {step["card"]["service"]: step["state"] for step in bundle["steps"]}
    assert states["birth_registration"] == "done"
    assert states["maternity_allowance"] == "in_progress"
    assert states["newborn_hukou"] == "next"
    assert (bundle["done"], bundle["total"]) == (1, len(states))


def test_a_bundle_asks_for_each_paper_once_and_says_how_long_what_is_left_takes(
    client: TestClient, stage: Stage
) -> None:
    bundle = home(client, stage.bearer(**EN))["bundles"][0]  # type: ignore[index]
    told = [(paper["name"], paper["held"], len(paper["steps"])) for paper in bundle["papers"]]
    assert told[:2] == [("Identity card", True, 7), ("Birth certificate", True, 7)]
    names = [paper["name"] for paper in bundle["papers"]]
    assert len(set(names)) == len(names)
    assert "Employee medical insurance record" not in names, "the step that asks for it is under way"
    assert {paper["name"] for paper in bundle["papers"] if paper["may_follow"]} >= {"Bank account in your own name"}
    assert (bundle["days"], bundle["days_one_by_one"]) == (20, 64)


def with_bundle(stage: Stage, who: str, **changes: object) -> None:
    """Publish the mother's newborn bundle with these changes on somebody's page."""
    pages = {subject: decode(page) for subject, page in rows(stage)}
    [bundle] = pages[stage.person(MOTHER)].bundles
    pages[stage.person(who)] = replace(pages[stage.person(who)], bundles=(replace(bundle, **changes),))
    with Store(stage.settings.store_url) as store:
        store.publish(GENERATION, [(subject, encode(page)) for subject, page in pages.items()], POPULAR)


def test_what_the_other_parent_did_is_done_and_nothing_more_is_told_of_them(client: TestClient, stage: Stage) -> None:
    theirs = ("birth_registration", "newborn_hukou")
    with_bundle(stage, MOTHER, in_progress=("maternity_allowance", "newborn_hukou"), by_other=theirs)
    steps = home(client, stage.bearer())["bundles"][0]["steps"]  # type: ignore[index]
    told = {step["card"]["service"]: (step["state"], step["by"]) for step in steps}
    assert told["birth_registration"] == ("done", "other_parent")
    assert told["newborn_hukou"] == ("in_progress", "other_parent")
    assert told["maternity_allowance"] == ("in_progress", "")
    assert set(steps[0]) == {"card", "state", "waits_for", "opens_on", "by"}


def test_what_is_said_to_be_done_on_the_page_is_ones_own(client: TestClient, stage: Stage) -> None:
    with_bundle(stage, MOTHER, done=(), in_progress=("newborn_hukou",), by_other=("newborn_hukou",))
    client.post("/v1/me/feedback", headers=stage.bearer(), json={"service": "newborn_hukou", "action": "done"})
    steps = home(client, stage.bearer())["bundles"][0]["steps"]  # type: ignore[index]
    [hukou] = [step for step in steps if step["card"]["service"] == "newborn_hukou"]
    assert (hukou["state"], hukou["by"]) == ("done", "")


def test_a_step_that_a_firm_did_is_done_for_whoever_acts_for_it(client: TestClient, stage: Stage) -> None:
    pages = {subject: decode(page) for subject, page in rows(stage)}
    mandate = Mandate(stage.enterprise(CAFE_CODE), "上海玉兰里餐饮管理有限公司", "agent")
    retiree = stage.person(RETIREE)
    pages[retiree] = replace(pages[retiree], mandates=(mandate,))
    with Store(stage.settings.store_url) as store:
        store.publish(GENERATION, [(subject, encode(page)) for subject, page in pages.items()], POPULAR)
    acting = [stage.bearer(who, **{"Acting-For": stage.handle(who, CAFE_CODE)}) for who in (MOTHER, RETIREE)]
    client.post("/v1/me/feedback", headers=acting[0], json={"service": "drainage_permit", "action": "done"})
    for headers in acting:
        [bundle] = home(client, headers)["bundles"]  # type: ignore[misc]
        done = {step["card"]["service"] for step in bundle["steps"] if step["state"] == "done"}
        assert done == {"tax_registration", "drainage_permit"}
        assert {step["by"] for step in bundle["steps"]} == {""}
    assert home(client, stage.bearer(RETIREE))["bundles"] == []


def test_an_open_question_names_the_fact_that_would_decide(client: TestClient, stage: Stage) -> None:
    asked = home(client, stage.bearer(**EN))["questions"][0]  # type: ignore[index]
    assert asked["card"]["service"] == "public_rental_housing"
    assert len(asked["asks"]) == 1
    assert asked["holder"] == "Planning and Natural Resources Bureau"
    assert "fact:" not in asked["asks"][0]


def test_a_representative_acts_for_the_enterprise_by_its_handle(client: TestClient, stage: Stage) -> None:
    mandate = home(client, stage.bearer(**EN))["mandates"][0]  # type: ignore[index]
    assert mandate["role"] == "legal representative"
    firm = home(client, stage.bearer(**EN, **{"Acting-For": mandate["handle"]}))
    assert (firm["kind"], firm["name"]) == ("enterprise", "上海玉兰里餐饮管理有限公司")
    assert firm["acting_for"] == mandate["handle"]
    assert firm["due"][0]["sentence"] == "The enterprise's food trading permit expires in 3 days"  # type: ignore[index]
    assert firm["mandates"] == [mandate]


def test_no_answer_holds_a_pseudonym(client: TestClient, stage: Stage) -> None:
    for headers in (stage.bearer(), stage.bearer(**{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})):
        text = client.get("/v1/me/home", headers=headers).text
        assert stage.person(MOTHER) not in text
        assert stage.enterprise(CAFE_CODE) not in text


@pytest.mark.parametrize(("who", "code"), [(MOTHER, OTHER_CODE), (RETIREE, CAFE_CODE), (STRANGER, CAFE_CODE)])
def test_without_a_mandate_the_enterprise_is_refused(client: TestClient, stage: Stage, who: str, code: str) -> None:
    answer = client.get("/v1/me/home", headers=stage.bearer(who, **{"Acting-For": stage.handle(who, code)}))
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:yidang:problem:no-mandate")


def test_another_persons_handle_opens_nothing(client: TestClient, stage: Stage) -> None:
    stolen = stage.handle(MOTHER, CAFE_CODE)
    answer = client.get("/v1/me/home", headers=stage.bearer(RETIREE, **{"Acting-For": stolen}))
    assert answer.status_code == 403


@pytest.mark.parametrize("handle", ["abc", "z" * 32, "0" * 33])
def test_a_malformed_handle_is_a_bad_request(client: TestClient, stage: Stage, handle: str) -> None:
    answer = client.get("/v1/me/home", headers=stage.bearer(**{"Acting-For": handle}))
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:yidang:problem:bad-acting-for")


def test_a_mandate_withdrawn_overnight_no_longer_opens_the_enterprise(client: TestClient, stage: Stage) -> None:
    acting = stage.bearer(**{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    assert client.get("/v1/me/home", headers=acting).status_code == 200
    with Store(stage.settings.store_url) as store:
        bare = (stage.person(MOTHER), encode(Page("person", DAY)))
        others = [row for row in rows(stage) if row[0] != bare[0]]
        store.publish(type(GENERATION)(DAY, 1, "beef"), [bare, *others], POPULAR)
    assert client.get("/v1/me/home", headers=acting).status_code == 403


def test_nobody_known_gets_the_same_shape_with_what_everyone_uses(client: TestClient, stage: Stage) -> None:
    known, unknown = home(client, stage.bearer()), home(client, stage.bearer(STRANGER))
    assert list(unknown) == list(known)
    assert (unknown["known"], unknown["personalised"]) == (False, False)
    assert services(unknown["suggestions"]) == POPULAR["person"]


def test_nothing_changed_is_said_without_a_body(client: TestClient, stage: Stage) -> None:
    first = client.get("/v1/me/home", headers=stage.bearer())
    again = client.get("/v1/me/home", headers=stage.bearer(**{"If-None-Match": first.headers["etag"]}))
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"


def test_the_tag_differs_by_language_subject_choice_and_generation(client: TestClient, stage: Stage) -> None:
    def tag(headers: dict[str, str]) -> str:
        return str(client.get("/v1/me/home", headers=headers).headers["etag"])

    tags = [tag(stage.bearer(**ZH)), tag(stage.bearer(**EN)), tag(stage.bearer(RETIREE, **ZH))]
    tags.append(tag(stage.bearer(**ZH, **{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})))
    dismissed = {"service": "newborn_hukou", "action": "dismissed"}
    assert client.post("/v1/me/feedback", headers=stage.bearer(), json=dismissed).status_code == 200
    tags.append(tag(stage.bearer(**ZH)))
    with Store(stage.settings.store_url) as store:
        store.publish(type(GENERATION)(DAY + timedelta(days=1), 1, "beef"), rows(stage), POPULAR)
    tags.append(tag(stage.bearer(**ZH)))
    assert len(set(tags)) == 6


def test_what_is_likely_is_told_as_a_guess_until_it_has_run_out_and_not_without_personalisation(
    client: TestClient, stage: Stage
) -> None:
    assert home(client, stage.bearer(**EN))["likely"] == [
        {"name": "Likely to move home", "until": "2027-01-21", "because": ["New parent", "You are 30 or over"]}
    ]
    client.patch("/v1/me/choices", headers=stage.bearer(), json={"personalised": False})
    assert home(client, stage.bearer())["likely"] == []
    client.patch("/v1/me/choices", headers=stage.bearer(), json={"personalised": True})


def test_what_is_to_come_is_told_from_its_day_on_and_not_without_personalisation(
    client: TestClient, stage: Stage
) -> None:
    told = client.get("/v1/me/outlook", headers=stage.bearer(**EN))
    assert told.status_code == 200
    assert told.json() == {
        "today": "2026-11-22",
        "data_day": "2026-11-22",
        "changes": [
            {
                "day": "2027-02-20",
                "days_left": 90,
                "name": "Child starting kindergarten",
                "gained": True,
                "facts": [
                    {"name": "a child", "source": "Health Commission and Civil Affairs Bureau", "as_of": "2026-11-20"},
                    {
                        "name": "place of household registration",
                        "source": "Public Security Bureau",
                        "as_of": "2026-11-20",
                    },
                ],
            },
            {"day": "2027-11-22", "days_left": 365, "name": "New parent", "gained": False, "facts": []},
        ],
    }
    assert home(client, stage.bearer(**EN))["ahead"] == told.json()["changes"]
    again = client.get("/v1/me/outlook", headers=stage.bearer(**EN, **{"If-None-Match": told.headers["etag"]}))
    assert again.status_code == 304
    client.patch("/v1/me/choices", headers=stage.bearer(), json={"personalised": False})
    assert client.get("/v1/me/outlook", headers=stage.bearer()).json()["changes"] == []
    client.patch("/v1/me/choices", headers=stage.bearer(), json={"personalised": True})
