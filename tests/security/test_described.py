"""The API answers as its description says, whatever comes: no failure, no ignored token, no undocumented status."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.schemas import APIOperation
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.by_hand import Stage, set_stage

CASES = 10_000 if os.environ.get("YIDANG_PROVE") else 120
WITHOUT_INPUT = {"GET /health/live", "GET /health/ready"}


@pytest.fixture
def stage(tmp_path: Path, store_url: str) -> Stage:
    return set_stage(tmp_path / "keys", store_url)


def test_whatever_comes_is_answered_as_described(stage: Stage) -> None:
    """Good and bad requests to every operation, with a token that is good for an hour."""
    generous = dict.fromkeys(("rate_resident", "rate_batch", "rate_address"), "1000000/minute")
    app = create_app(stage.settings.model_copy(update={**generous, "events_seconds": 0}))
    operations = [found.ok() for found in schemathesis.openapi.from_asgi("/v1/openapi.json", app).get_all_operations()]
    with TestClient(app) as client:
        key = client.post("/v1/me/calendar", headers=stage.bearer()).json()["address"].partition("key=")[2]
    asked = [pair for pair in product(operations, GenerationMode) if _has_input(*pair)]
    # Where there is no input, or the calendar's one good key, there is one good case.
    each = -(-CASES // (len(asked) - len(WITHOUT_INPUT) - 1))
    seen: Counter[int] = Counter()
    for operation, mode in asked:
        seen.update(_statuses(operation, mode, each, stage, key))
    print(f"{seen.total()} cases of {len(operations)} operations: {dict(sorted(seen.items()))}")
    assert seen.total() >= CASES
    assert {200, 401, 422} <= set(seen)
    assert max(seen) < 500


def _has_input(operation: APIOperation, mode: GenerationMode) -> bool:
    return mode is GenerationMode.POSITIVE or operation.label not in WITHOUT_INPUT


def _statuses(operation: APIOperation, mode: GenerationMode, most: int, stage: Stage, key: str) -> Iterator[int]:
    """The status of each answer; raises where one is not as described."""
    seen: list[int] = []
    query = {"key": key} if operation.path.endswith(".ics") and mode is GenerationMode.POSITIVE else None
    headers = _token(operation, stage)

    @settings(
        max_examples=most,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode, query=query))
    def every_answer_is_as_described(case: Case) -> None:
        answer = case.call(headers=dict(headers))
        seen.append(answer.status_code)
        # A cursor or a service that we never gave is well-formed and refused; 413 refuses as well as 422 does. What an
        # address cannot say, as an empty list, was not sent, and a request is good without it.
        unsaid = set(case.query or ()) - {name for name, _ in parse_qsl(urlsplit(answer.request.url).query, True)}
        refused = answer.status_code == 413 or unsaid
        left_out = [positive_data_acceptance, *([negative_data_rejection] if refused else [])]
        case.validate_response(answer, excluded_checks=left_out)

    every_answer_is_as_described()
    yield from seen


def _token(operation: APIOperation, stage: Stage) -> Mapping[str, str]:
    claims: dict[str, object] = {"exp": int(stage.settings.now().timestamp()) + 3600}
    if operation.path == "/metrics":
        claims |= {"resident_id": None, "scope": "metrics:read"}
    return {"Authorization": f"Bearer {stage.token(**claims)}"}


def test_every_operation_has_an_example_of_what_it_answers_and_takes(stage: Stage) -> None:
    document = create_app(stage.settings).openapi()
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answered = operation["responses"]["200"]["content"]
            assert all("example" in one for one in answered.values()), (method, path)
            if taken := operation.get("requestBody"):
                body = taken["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
                fields = schemas[body]["properties"]
                wanting = [name for name in schemas[body].get("required", fields) if "examples" not in fields[name]]
                assert wanting == [], (method, path)
            refusals = {status for status in operation["responses"] if status >= "400"}
            assert {"429", "503"} <= refusals
            assert ({"401", "403"} <= refusals) == bool(operation.get("security"))
