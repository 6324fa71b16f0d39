"""P12, the page's half: seconds from a dismissal to the answered page without it, which is the very next request.

Two processes of the API over a real store; who dismisses and who then reads use connections of their own, so that the
page mostly comes from the process that did not hear of it. Theirs is the same page twice, with nothing to hold. The
stream's half takes a city: ``python -m tests.bench.p12_fresh``.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles

import httpx

from jobs import serve
from tests.api.by_hand import Stage, set_stage
from tests.bench.clock import Figure, Sizes, compare

STORE, PORT = "redis://127.0.0.1:6428/0", 6429
PATIENCE_SECONDS = 120.0
ROUNDS = 25  # a repeat
HIDDEN = "newborn_hukou"


def run(sizes: Sizes) -> list[Figure]:
    """Seconds of both; prints how often the next request held it, and how long that took.

    Raises AssertionError where a page still showed what was dismissed, or no longer showed what was brought back.
    """
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (says, reads):
        seconds: list[float] = []

        def ours() -> None:
            for _ in range(ROUNDS):
                began = time.perf_counter()
                _act(says, "dismissed")
                held = HIDDEN not in _offered(reads)
                seconds.append(time.perf_counter() - began)
                _act(says, "restored")
                if not held or HIDDEN not in _offered(reads):
                    raise AssertionError(f"dismissal {len(seconds)} did not hold at the next request, or for good")

        def theirs() -> None:
            for _ in range(ROUNDS):
                for _ in range(4):
                    _offered(reads)

        measured = compare(ours, theirs, sizes.repeats)
    p99 = quantiles(seconds, n=100, method="inclusive")[98]
    print(
        f"P12: {len(seconds)} dismissals, each held at the next request: "
        f"p50 {median(seconds) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms until the page without it was there"
    )
    return [Figure("P12", "dismiss, read, bring back, read: over reading four times", measured, None, cost=True)]


def _act(client: httpx.Client, action: str) -> None:
    client.post("/v1/me/feedback", json={"service": HIDDEN, "action": action}).raise_for_status()


def _offered(client: httpx.Client) -> list[str]:
    told = client.get("/v1/me/home").raise_for_status().json()
    return [one["card"]["service"] for one in told["suggestions"]]


@contextmanager
def _served(folder: Path) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Two clients of the same resident, each with a connection of its own."""
    serve.start(folder / "store", STORE)
    try:
        stage = set_stage(folder / "keys", STORE)
        headers = {"Authorization": f"Bearer {stage.token(exp=int(time.time()) + 3600)}"}
        with ExitStack() as opened:
            opened.enter_context(_answering(stage))
            says, reads = (
                opened.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{PORT}", headers=headers, timeout=30))
                for _ in range(2)
            )
            yield says, reads
    finally:
        serve.stop(folder / "store")


@contextmanager
def _answering(stage: Stage) -> Iterator[None]:
    """Two processes of the API."""
    given = {**os.environ, **stage.environment(), "YIDANG_RATE_RESIDENT": "100000000/minute"}
    command = [sys.executable, "-m", "api", "serve", "--port", str(PORT), "--workers", "2"]
    with subprocess.Popen(command, env=given, stderr=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", PORT), 1):
                break
            time.sleep(0.1)
        try:
            yield
        finally:
            server.terminate()
