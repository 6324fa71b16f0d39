"""Anyone finds a service by a sentence, in both languages, on the page and by the API; nobody is told of it."""

import pytest
from starlette.testclient import TestClient

SAID = "我是本市居民，我要去港澳"


def test_a_sentence_finds_cards_and_bundles_in_the_readers_language(client: TestClient) -> None:
    found = client.get("/v1/search", params={"q": "I want to open a restaurant"}, headers={"Accept-Language": "en"})
    assert (found.status_code, found.headers["cache-control"]) == (200, "no-store")
    first = found.json()["bundles"][0]
    assert first["id"] == "open_a_restaurant"
    assert "food_permit_application" in [card["service"] for card in first["services"]]
    services = client.get("/v1/search", params={"q": SAID, "audience": "person"}).json()["services"]
    assert "hkm_permit_renewal" in [card["service"] for card in services[:5]]


@pytest.mark.parametrize(
    "asked", [{}, {"q": ""}, {"q": "a" * 101}, {"q": "a", "audience": "all"}, {"q": "a", "me": "b"}]
)
def test_what_is_no_sentence_is_refused(client: TestClient, asked: dict[str, str]) -> None:
    assert client.get("/v1/search", params=asked).status_code == 422


def test_the_page_leads_to_guides_with_and_without_a_sign_in(client: TestClient, visitor: TestClient) -> None:
    page = visitor.get("/search", params={"q": SAID}).text
    assert "“我是本市居民，我要去港澳”的查找结果" in page
    assert '<a href="/services/hkm_permit_renewal">' in page
    client.cookies.clear()
    assert '<a href="/services/hkm_permit_renewal">' in client.get("/search", params={"q": SAID}).text


def test_what_was_typed_is_shown_as_text_and_nothing_found_is_said(client: TestClient) -> None:
    page = client.get("/search", params={"q": "<script>魑魅魍魉</script>"}, headers={"Accept-Language": "zh"}).text
    assert "没有找到。请换个说法" in page
    assert "<script>魑魅" not in page
    assert client.get("/search", params={"q": "a" * 5_000}).status_code == 200


def test_the_search_stands_on_every_page(visitor: TestClient) -> None:
    for path in ("/", "/file", "/cases", "/services/hkm_permit_renewal"):
        assert 'action="/search"' in visitor.get(path).text
