"""A published stage and a client of the app over it; the store is a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.by_hand import Stage, set_stage


@pytest.fixture
def stage(tmp_path: Path, store_url: str) -> Stage:
    return set_stage(tmp_path / "keys", store_url)


@pytest.fixture
def client(stage: Stage) -> Iterator[TestClient]:
    with TestClient(create_app(stage.settings), base_url="http://testserver", follow_redirects=False) as client:
        yield client


@pytest.fixture
def visitor(client: TestClient) -> TestClient:
    """Signed in as the new mother, in Chinese."""
    client.headers["Accept-Language"] = "zh-CN"
    assert client.post("/sign-in", data={"persona": "mother"}).status_code == 303
    return client
