"""The app around its routes: a dead store, limits, headers, descriptions, and what importing it loads."""

import subprocess
import sys
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from recommender.store import Store
from tests.api.by_hand import GENERATION, Stage

PROBLEM = {"type", "title", "status", "detail", "request_id"}


@pytest.fixture
def orphan(stage: Stage) -> TestClient:
    """A client of an app whose store is gone."""
    gone = stage.settings.model_copy(update={"store_url": "redis://127.0.0.1:1/0"})
    return TestClient(create_app(gone), raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/me/home", None),
        ("GET", "/v1/me/outlook", None),
        ("POST", "/v1/me/feedback", {"service": "senior_card", "action": "dismissed"}),
        ("PATCH", "/v1/me/choices", {"personalised": False}),
        ("GET", "/health/ready", None),
    ],
)
def test_a_dead_store_is_503_with_a_time_to_come_back(
    orphan: TestClient, stage: Stage, method: str, path: str, body: dict[str, object] | None
) -> None:
    answer = orphan.request(method, path, headers=stage.bearer(**{"Accept-Language": "en"}), json=body)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == PROBLEM
    assert answer.json()["detail"] == "Nothing was changed. Please try again in a moment."


def test_a_dead_store_gives_browsers_a_page_that_says_so(orphan: TestClient, stage: Stage) -> None:
    orphan.cookies.set("yidang_session", stage.token())
    answer = orphan.get("/", headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "系统暂时繁忙。您的信息都在，请过一会儿再点“重新加载”。" in answer.text
    assert '<a class="button primary" href="/">重新加载</a>' in answer.text


def test_whose_form_was_not_taken_is_told_that_nothing_was_saved(orphan: TestClient, stage: Stage) -> None:
    orphan.cookies.set("yidang_session", stage.token())
    answer = orphan.post("/corrections", data={"about": "fact:sex", "said": "x"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert "what you just did was not saved" in answer.text
    assert "Try again" not in answer.text


def test_an_empty_store_is_503_and_says_in_the_log_what_to_run(
    client: TestClient, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(stage.settings.store_url) as store:
        store._client.flushall()
    assert client.get("/v1/me/home", headers=stage.bearer()).status_code == 503
    assert "run `python -m jobs publish --day D`" in caplog.text


def test_the_process_lives_even_without_a_store(orphan: TestClient) -> None:
    assert orphan.get("/health/live").json() == {"status": "alive", "generation": None}


def test_ready_names_the_generation(client: TestClient) -> None:
    assert client.get("/health/ready").json() == {"status": "ready", "generation": GENERATION.text}


@pytest.mark.parametrize("path", ["/nowhere", "/v1/me/nowhere", "/v1/nowhere"])
def test_an_address_that_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, set(answer.json())) == (404, PROBLEM)


def test_a_browser_gets_a_page_where_there_is_nothing(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_another_method_is_a_problem(client: TestClient, stage: Stage) -> None:
    answer = client.put("/v1/me/home", headers=stage.bearer())
    assert (answer.status_code, set(answer.json())) == (405, PROBLEM)


def test_a_body_over_8_kb_is_refused_before_anyone_reads_it(client: TestClient, stage: Stage) -> None:
    answer = client.post("/v1/me/feedback", headers=stage.bearer(), content=b"x" * 8193)
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:yidang:problem:too-large")
    streamed = client.post("/v1/me/feedback", headers=stage.bearer(), content=(b"x" * 1000 for _ in range(20)))
    assert streamed.status_code == 413


def test_an_unexpected_failure_says_its_request_id_and_nothing_else(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(stage.settings)

    class Broken:
        def home(self, *_: object) -> None:
            raise RuntimeError("secret of a subject")

    app.state.join = Broken()
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/v1/me/home", headers=stage.bearer())
    assert (answer.status_code, set(answer.json())) == (500, PROBLEM)
    assert "secret of a subject" not in answer.text + caplog.text
    assert answer.headers["x-request-id"] in caplog.text


@pytest.mark.parametrize("path", ["/", "/v1/me/home", "/health/live", "/static/page.css", "/nowhere"])
def test_every_answer_carries_the_security_headers_and_a_request_id(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert len(headers["x-request-id"]) == 32
    assert "access-control-allow-origin" not in headers


def test_a_callers_request_id_is_kept_where_it_is_harmless(client: TestClient) -> None:
    kept = client.get("/health/live", headers={"X-Request-Id": "portal-0123456789"})
    assert kept.headers["x-request-id"] == "portal-0123456789"
    forged = client.get("/health/live", headers={"X-Request-Id": "a\tb injected"})
    assert forged.headers["x-request-id"] != "a\tb injected"


def test_the_description_covers_what_is_answered(client: TestClient, stage: Stage) -> None:
    """Every field of a real home stands in the OpenAPI description, and every described field is there."""
    described = client.get("/v1/openapi.json").json()
    known = described["components"]["schemas"]
    answer = client.get("/v1/me/home", headers=stage.bearer()).json()
    assert described["openapi"].startswith("3.1")
    _same_fields(answer, known["Home"], known)


def _same_fields(value: Any, schema: dict[str, Any], known: dict[str, Any]) -> None:
    if "$ref" in schema:
        schema = known[schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        matching = [one for one in schema["anyOf"] if (one.get("type") == "null") == (value is None)]
        schema = matching[0]
        if "$ref" in schema:
            schema = known[schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, dict):
        assert set(value) == set(schema["properties"])
        for name, inner in value.items():
            _same_fields(inner, schema["properties"][name], known)
    if isinstance(value, list):
        assert schema["type"] == "array"
        for inner in value:
            _same_fields(inner, schema["items"], known)


def test_routes_under_me_are_described_with_the_scope_that_they_ask_for(client: TestClient) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    assert paths["/v1/me/home"]["get"]["security"] == [{"token": ["home:read"]}]
    assert paths["/v1/me/feedback"]["post"]["security"] == [{"token": ["feedback:write"]}]
    assert "security" not in paths["/health/live"]["get"]


def test_the_shape_of_an_answer_is_written_once(client: TestClient) -> None:
    shapes = client.get("/v1/openapi.json").json()["components"]["schemas"]
    assert {"Home", "Card", "Suggestion", "Due", "Receipt", "Health"} <= set(shapes)


def test_importing_the_api_loads_no_engine() -> None:
    """Nor does it need any setting."""
    heavy = "'pyspark','lightfm','sklearn','great_expectations','duckdb','sqlglot','scipy','pandas'"
    code = f"import sys, api.app; print(sorted({{{heavy}}} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_an_unexpected_failure_gives_browsers_a_page(stage: Stage) -> None:
    app = create_app(stage.settings)
    app.state.join = None
    with TestClient(app) as client:
        client.cookies.set("yidang_session", stage.token(), domain="testserver.local")
        answer = client.get("/", headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text


def test_no_representation_of_the_settings_shows_a_key(stage: Stage) -> None:
    assert stage.settings.pseudonym_key not in repr(stage)
    assert stage.settings.vault_key not in repr(stage.settings)


def test_the_language_of_an_apology_can_be_changed_too(orphan: TestClient, stage: Stage) -> None:
    orphan.cookies.set("yidang_session", stage.token(), domain="testserver.local")
    orphan.post("/display", data={"language": "en"}, follow_redirects=False)
    assert "This page cannot be shown just now" in orphan.get("/").text
