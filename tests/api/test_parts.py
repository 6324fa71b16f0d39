"""The home in parts: wallet, bundles, suggestions page by page, and everything at once to take away."""

from typing import Any

from starlette.testclient import TestClient

from tests.api.by_hand import CAFE_CODE, MOTHER, STRANGER, Stage
from tests.api.test_home import EN, home, services


def read(client: TestClient, path: str, headers: dict[str, str], **query: object) -> dict[str, Any]:
    answer = client.get(path, headers=headers, params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_wallet_and_bundles_are_those_of_the_home(client: TestClient, stage: Stage) -> None:
    mine = home(client, stage.bearer(**EN))
    assert read(client, "/v1/me/documents", stage.bearer(**EN)) == {
        "today": "2026-11-22",
        "data_day": "2026-11-22",
        "documents": mine["documents"],
    }
    assert read(client, "/v1/me/bundles", stage.bearer(**EN)) == {"bundles": mine["bundles"]}


def test_each_part_is_304_where_nothing_changed(client: TestClient, stage: Stage) -> None:
    for path in ("documents", "bundles", "suggestions", "reminders", "choices", "export"):
        tag = client.get(f"/v1/me/{path}", headers=stage.bearer()).headers["etag"]
        again = client.get(f"/v1/me/{path}", headers=stage.bearer(**{"If-None-Match": tag}))
        assert (path, again.status_code, again.content) == (path, 304, b"")


def test_suggestions_come_in_parts_and_each_once(client: TestClient, stage: Stage) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        told = read(client, "/v1/me/suggestions", stage.bearer(), limit=1, cursor=cursor)
        seen += services(told["suggestions"])
        if told["next"] is None:
            break
        cursor = told["next"]
    assert seen == services(home(client, stage.bearer())["suggestions"])
    assert len(seen) == 4


def test_a_cursor_of_a_list_that_changed_asks_to_begin_again(client: TestClient, stage: Stage) -> None:
    cursor = read(client, "/v1/me/suggestions", stage.bearer(), limit=1)["next"]
    client.post("/v1/me/feedback", headers=stage.bearer(), json={"service": "newborn_hukou", "action": "dismissed"})
    answer = client.get("/v1/me/suggestions", headers=stage.bearer(), params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:yidang:problem:cursor-over")
    forged = client.get("/v1/me/suggestions", headers=stage.bearer(), params={"cursor": "kq"})
    assert (forged.status_code, forged.json()["errors"][0]["field"]) == (422, "query.cursor")


def test_what_tags_add_is_said_where_it_is_asked_for(client: TestClient, stage: Stage) -> None:
    plain = read(client, "/v1/me/suggestions", stage.bearer())["suggestions"][0]
    told = read(client, "/v1/me/suggestions", stage.bearer(), explain="true")["suggestions"][0]
    assert (plain["because"], [w["weight"] for w in told["because"]]) == ([], [1.42, -0.2])
    assert plain["reasons"] == told["reasons"] != []


def test_a_theme_narrows_the_list(client: TestClient, stage: Stage) -> None:
    catalogue = client.app.state.catalogue  # type: ignore[attr-defined]
    theme = catalogue.by_id["newborn_hukou"].themes[0]
    told = services(read(client, "/v1/me/suggestions", stage.bearer(), theme=theme)["suggestions"])
    offered = services(home(client, stage.bearer())["suggestions"])
    assert told == [one for one in offered if theme in catalogue.by_id[one].themes]
    assert "newborn_hukou" in told
    assert len(told) < len(offered)
    assert read(client, "/v1/me/suggestions", stage.bearer(), theme="nothing")["suggestions"] == []


def test_an_unknown_query_field_is_refused(client: TestClient, stage: Stage) -> None:
    answer = client.get("/v1/me/suggestions", headers=stage.bearer(), params={"person": MOTHER})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.person")
    assert MOTHER not in answer.text


def test_the_export_holds_the_home_whole_with_choices_and_inbox(client: TestClient, stage: Stage) -> None:
    client.post("/v1/me/feedback", headers=stage.bearer(), json={"service": "newborn_hukou", "action": "dismissed"})
    answer = client.get("/v1/me/export", headers=stage.bearer(**EN))
    assert answer.headers["content-disposition"] == 'attachment; filename="yidang.json"'
    told = answer.json()
    assert told["home"] == home(client, stage.bearer(**EN))
    assert told["home"]["documents"][0]["source"] == "Public Security Bureau"
    assert told["choices"]["dismissed"] == {"newborn_hukou": "2026-11-22"}
    assert told["inbox"] == [{"what": "HKM_PERMIT", "due_on": "2026-12-21", "rung": 30, "fired_on": "2026-11-21"}]
    assert [one["id"] for one in told["reminders"]] == ["HKM_PERMIT.2026-12-21"]


def test_the_choices_say_how_reminders_come_and_the_export_says_the_same(client: TestClient, stage: Stage) -> None:
    first = client.get("/v1/me/choices", headers=stage.bearer())
    told = first.json()
    assert (told["channels"], told["addresses"], told["reached_by"]) == ([], {}, ["inbox"])
    assert (told["quiet"], told["unsubscribed"]) == ("21:00-08:00", [])
    wanted = {"channels": ["email", "portal"], "addresses": {"email": "shen@mail.example"}, "quiet": "22:00-07:30"}
    assert client.patch("/v1/me/choices", headers=stage.bearer(), json=wanted).status_code == 200
    etag = {"If-None-Match": first.headers["etag"]}
    told = read(client, "/v1/me/choices", stage.bearer(**etag))
    assert {name: told[name] for name in wanted} == wanted
    assert told["reached_by"] == ["email"]
    assert read(client, "/v1/me/export", stage.bearer())["choices"] == told
    acting = stage.bearer(**{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    assert read(client, "/v1/me/choices", acting)["addresses"] == {}


def test_parts_are_those_of_the_enterprise_acted_for_and_of_nobody_for_strangers(
    client: TestClient, stage: Stage
) -> None:
    acting = stage.bearer(**{"Acting-For": stage.handle(MOTHER, CAFE_CODE)})
    held = read(client, "/v1/me/documents", acting)["documents"]
    assert held[0]["type"] == "BUSINESS_LICENCE"
    nobody = stage.bearer(STRANGER)
    assert read(client, "/v1/me/documents", nobody)["documents"] == []
    assert read(client, "/v1/me/suggestions", nobody)["personalised"] is False
    assert services(read(client, "/v1/me/suggestions", nobody)["suggestions"])[0] == "id_card_renewal"
