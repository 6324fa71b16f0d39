"""What every answer is wrapped in: compressed where it pays, shared with named portals alone, and never held up."""

import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
import uvicorn
from starlette.testclient import TestClient

from api import headers, serving
from api.app import create_app
from tests.api.by_hand import Stage

PORTAL = "https://portal.example"


@pytest.fixture
def port(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where a uvicorn answers as it does in service, but for shorter patience."""
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(headers, "BODY_SECONDS", 0.3)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_app(stage.settings), port=port, log_level="warning", **serving.ANSWERING)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield port
    server.should_exit = True
    thread.join(10)


def said(port: int, request: bytes) -> bytes:
    """All that comes back before the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(request)
        told = b""
        while part := line.recv(65536):
            told += part
    return told


def test_half_a_head_is_not_waited_for(port: int) -> None:
    assert said(port, b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ") == b""


def test_a_body_that_does_not_come_is_408(port: int, stage: Stage) -> None:
    head = f"POST /v1/me/feedback HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {stage.token()}\r\n"
    told = said(port, head.encode() + b"Connection: close\r\nContent-Length: 60\r\n\r\n{")
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"urn:yidang:problem:too-slow" in told
    assert b"\r\nserver:" not in told.lower()


def test_who_is_in_time_is_answered_and_may_ask_again(port: int) -> None:
    line = HTTPConnection("127.0.0.1", port, timeout=10)
    line.connect()
    line.auto_open = 0  # a line that was cut stays cut
    for _ in range(2):
        time.sleep(0.2)
        line.request("GET", "/health/live")
        with line.getresponse() as answer:
            assert (answer.status, answer.read()) == (200, b'{"status":"alive","generation":null}')
    line.close()


def test_a_large_answer_is_compressed_for_whoever_reads_that(client: TestClient, stage: Stage) -> None:
    packed = client.get("/v1/me/home", headers=stage.bearer(**{"Accept-Encoding": "gzip"}))
    plain = client.get("/v1/me/home", headers=stage.bearer(**{"Accept-Encoding": "identity"}))
    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert packed.json() == plain.json()
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    small = client.get("/health/live", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in small.headers


def test_another_origin_gets_nothing_unless_it_is_named(client: TestClient, stage: Stage) -> None:
    answer = client.get("/v1/me/home", headers=stage.bearer(Origin=PORTAL))
    assert "access-control-allow-origin" not in answer.headers
    named = stage.settings.model_copy(update={"cors_origins": (PORTAL,)})
    with TestClient(create_app(named)) as shared:
        allowed = shared.get("/v1/me/home", headers=stage.bearer(Origin=PORTAL)).headers
        assert allowed["access-control-allow-origin"] == PORTAL
        assert "access-control-allow-credentials" not in allowed
        other = shared.get("/v1/me/home", headers=stage.bearer(Origin="https://evil.example")).headers
        assert "access-control-allow-origin" not in other
        asked = {"Origin": PORTAL, "Access-Control-Request-Method": "GET"}
        before = shared.options("/v1/me/home", headers={**asked, "Access-Control-Request-Headers": "authorization"})
        assert before.status_code == 200
