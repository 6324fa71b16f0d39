"""P3: GET /v1/me/home as it is served, against FastAPI with a redis-py GET of the same bytes, and against bare uvicorn.

All three run under the same uvicorn in a process of their own, with the same store, and are asked by the same client
over as many connections; every answer has the same body, or nothing is timed.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import quantiles

import redis

from jobs import serve
from tests.api.by_hand import Stage, set_stage
from tests.bench.clock import Figure, Sizes, compare

CONNECTIONS = 64
REQUESTS = 1_000
STORE = "redis://127.0.0.1:6431/0"
PORTS = {"ours": 8741, "theirs": 8742, "bare": 8743}
KEY = "bench:home"
PATIENCE_SECONDS = 120.0


def run(sizes: Sizes) -> list[Figure]:
    """Seconds for so many homes, each against each; prints how long one takes under that load."""
    with tempfile.TemporaryDirectory() as folder:
        serve.start(Path(folder) / "store", STORE)
        try:
            stage = set_stage(Path(folder) / "keys", STORE)
            with _servers(stage):
                asked = _request(stage)
                body = asyncio.run(_load(PORTS["ours"], asked, 1))[0][1]
                with redis.Redis.from_url(STORE) as store:
                    store.set(KEY, body)
                for name, port in PORTS.items():
                    if asyncio.run(_load(port, asked, 1))[0][1] != body:
                        raise AssertionError(f"{name} answers something else: no time is worth taking")
                ours, theirs, bare = (partial(_all, port, asked) for port in PORTS.values())
                against_theirs = compare(ours, theirs, sizes.repeats)
                against_bare = compare(ours, bare, sizes.repeats)
                print(_told(asyncio.run(_load(PORTS["ours"], asked, REQUESTS))))
        finally:
            serve.stop(Path(folder) / "store")
    title = f"{REQUESTS:,} homes of {len(body):,} bytes"
    return [
        Figure("P3", f"{title} against FastAPI + redis-py GET", against_theirs, 2.0),
        Figure("P3", f"{title}: share of bare uvicorn's rate", against_bare, 0.25),
    ]


def _told(answers: list[tuple[float, bytes]]) -> str:
    cuts = quantiles((seconds for seconds, _ in answers), n=100, method="inclusive")
    return f"P3 over {CONNECTIONS} connections: p50 {cuts[49] * 1e3:.1f} ms, p99 {cuts[98] * 1e3:.1f} ms"


def _request(stage: Stage) -> bytes:
    token = stage.token(exp=int(time.time()) + 3600)
    lines = ("GET /v1/me/home HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", "Accept-Language: zh", "", "")
    return "\r\n".join(lines).encode()


def _all(port: int, asked: bytes) -> None:
    asyncio.run(_load(port, asked, REQUESTS))


async def _load(port: int, asked: bytes, requests: int) -> list[tuple[float, bytes]]:
    """(seconds, body) of each answer, over at most so many connections at once."""
    left, answers = iter(range(requests)), []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in left:
            began = time.perf_counter()
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200 "):
                raise AssertionError(f"expected 200 at port {port}, got {head[:80]!r}")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            answers.append((time.perf_counter() - began, await reader.readexactly(length)))
        writer.close()

    await asyncio.gather(*(one() for _ in range(min(CONNECTIONS, requests))))
    return answers


@contextmanager
def _servers(stage: Stage) -> Iterator[None]:
    environment = {
        **os.environ,
        **stage.environment(),
        "YIDANG_RATE_RESIDENT": "100000000/minute",
    }
    plain = ["-m", "uvicorn", "--no-access-log", "--log-level", "error", "--port"]
    commands = {
        "ours": ["-m", "api", "serve", "--port", str(PORTS["ours"])],
        "theirs": [*plain, str(PORTS["theirs"]), "tests.bench.p3_theirs:app"],
        "bare": [*plain, str(PORTS["bare"]), "tests.bench.p3_theirs:bare"],
    }
    running = [
        subprocess.Popen([sys.executable, *command], env=environment, stderr=subprocess.DEVNULL)
        for command in commands.values()
    ]
    try:
        for port in PORTS.values():
            _wait(port)
        yield
    finally:
        for server in running:
            server.terminate()
            server.wait()


def _wait(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            asyncio.run(asyncio.wait_for(_open(port), 1))
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at port {port}")


async def _open(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
