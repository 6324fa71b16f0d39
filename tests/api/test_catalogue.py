"""The catalogue is public, comes in parts, and changes only with its version, the day and the language."""

from starlette.testclient import TestClient

from recommender.catalogue import load
from tests.api.by_hand import DAY
from tests.api.test_home import EN


def test_every_service_in_force_comes_once_in_the_order_of_ids(client: TestClient) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        told = client.get("/v1/catalogue", params={"limit": 100, "cursor": cursor}).json()
        seen += [card["service"] for card in told["services"]]
        cursor = told["next"]
    assert seen == [service.id for service in load().services if service.in_force(DAY)]
    assert told["version"] == load().version


def test_audience_and_theme_narrow_it(client: TestClient) -> None:
    theme = load().by_id["annual_report_filing"].themes[0]
    told = client.get("/v1/catalogue", params={"audience": "enterprise", "theme": theme, "limit": 100}).json()
    found = {card["service"] for card in told["services"]}
    assert "annual_report_filing" in found
    assert {(load().by_id[one].audience, theme in load().by_id[one].themes) for one in found} == {("enterprise", True)}


def test_a_cursor_goes_with_its_own_question(client: TestClient) -> None:
    cursor = client.get("/v1/catalogue", params={"limit": 1}).json()["next"]
    assert client.get("/v1/catalogue", params={"cursor": cursor, "audience": "person"}).status_code == 410


def test_a_guide_says_what_is_asked_for(client: TestClient) -> None:
    told = client.get("/v1/services/hkm_permit_renewal", headers=EN).json()
    assert told["card"]["service"] == "hkm_permit_renewal"
    assert "Identity card" in [paper["name"] for paper in told["papers"]]
    assert told["legal_basis"].startswith("《")
    missing = client.get("/v1/services/moon_visa")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:yidang:problem:unknown-service")


def test_a_guide_says_when_in_the_year_one_may_apply(client: TestClient) -> None:
    exam = client.get("/v1/services/adult_higher_education_exam", headers=EN).json()
    assert exam["window"] == {"opens_on": "2027-08-25", "closes_on": "2027-09-30"}
    assert client.get("/v1/services/senior_card", headers=EN).json()["window"] is None
    page = client.get("/services/adult_higher_education_exam", headers=EN).text
    assert "25 August 2027 to 30 September 2027" in page
    assert "When to apply" not in client.get("/services/senior_card", headers=EN).text


def test_both_are_304_where_nothing_changed_and_another_in_another_language(client: TestClient) -> None:
    for path in ("/v1/catalogue", "/v1/services/senior_card"):
        first = client.get(path, headers=EN)
        assert first.headers["cache-control"] == "public, max-age=300"
        assert client.get(path, headers={**EN, "If-None-Match": first.headers["etag"]}).status_code == 304
        assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 200
