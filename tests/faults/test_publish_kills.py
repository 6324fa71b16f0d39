"""Publishing is killed at any moment under requests: each answer is whole, of one generation, and none is an error.

Eight kills by default, five hundred with ``YIDANG_PROVE=1``; it prints how many there were and under how many requests.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import pytest
import uvloop

from recommender.generation import STARTED
from recommender.store import Store
from recommender.store.door import connected
from tests.api.by_hand import CAFE_CODE, MOTHER, Stage, set_stage

KILLS = 500 if os.environ.get("YIDANG_PROVE") else 8
REQUESTS_A_SECOND = 500
CONNECTIONS = 32
PATIENCE_SECONDS = 60.0

# A child of a warm process for each death: it publishes a generation in which everything says its number, until it
# kills itself before or after a drawn command that reaches the store.
PUBLISHERS = textwrap.dedent(
    """
    import json, os, signal, sys
    from datetime import date
    from random import Random

    import redis
    from recommender.generation import Generation
    from recommender.page import Mandate, Page, encode
    from recommender.store import Store, keep
    from tests.faults.fate import Fate

    url, mother, cafe, kills, first = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    DAY = date(2026, 11, 22)
    keep.BATCH = 2

    def pages(mark):
        yield mother, encode(Page("person", DAY, mandates=(Mandate(cafe, mark, "agent"),)))
        yield cafe, encode(Page("enterprise", DAY, mark))
        for number in range(8):
            yield f"{number:032x}", encode(Page("person", DAY))

    def publish(number, dies_at=None):
        mortal = Fate(dies_at)
        redis.Redis.execute_command = mortal(redis.Redis.execute_command)
        redis.client.Pipeline.execute = mortal(redis.client.Pipeline.execute)
        with Store(url) as store:
            store.publish(Generation(DAY, 4, f"{number:06x}"), pages(f"{number:06x}"), {"person": [], "enterprise": []})

    died = seen = 0
    store = Store(url)
    for number in range(first, first + kills):
        child = os.fork()
        if child == 0:
            publish(number, Random(number).randrange(1, 90))
            os._exit(0)
        died += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        seen += store.generation().digest == f"{number:06x}"
    publish(first + kills)
    print(json.dumps({"died": died, "seen": seen}))
    """
)


@pytest.fixture
def stage(tmp_path: Path, store_url: str) -> Stage:
    return set_stage(tmp_path / "keys", store_url)


@contextmanager
def serving(stage: Stage) -> Iterator[int]:
    """The port of an API of its own process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    given = {**os.environ, **stage.environment(), "YIDANG_RATE_RESIDENT": "100000000/minute"}
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=given, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < deadline:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


class Named(msgspec.Struct):
    """What of a mandate a reader looks at."""

    name: str


class Home(msgspec.Struct):
    """What of a home a reader looks at; reading all of it would take a core from those who answer."""

    name: str
    mandates: list[Named]


class Readers:
    """Residents who ask for the home of their enterprise, so many times a second, for as long as it is open."""

    def __init__(self, port: int, asked: bytes) -> None:
        self._port, self._asked = port, asked
        self.statuses: dict[bytes, int] = {}
        self.mixed: list[tuple[str, str]] = []
        self.marks: set[str] = set()

    async def __aenter__(self) -> "Readers":
        self._reading = [asyncio.create_task(self._read(number)) for number in range(CONNECTIONS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for one in self._reading:
            one.cancel()
        for ended in await asyncio.gather(*self._reading, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise AssertionError("a reader ended before its time") from (
                    ended if isinstance(ended, BaseException) else None
                )

    async def _read(self, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        turn = time.monotonic() + number / REQUESTS_A_SECOND
        while True:
            await asyncio.sleep(max(0.0, turn - time.monotonic()))
            turn = max(turn, time.monotonic() - 1) + CONNECTIONS / REQUESTS_A_SECOND
            writer.write(self._asked)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            self._judge(head.split(b" ", 2)[1], await reader.readexactly(length))

    def _judge(self, status: bytes, body: bytes) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == b"200":
            told = msgspec.json.decode(body, type=Home)
            self.marks.add(told.name)
            if told.name != told.mandates[0].name:
                self.mixed.append((told.name, told.mandates[0].name))


async def killed_under_requests(
    stage: Stage, port: int, publishers: list[str]
) -> tuple[dict[str, int], Readers, float]:
    """What the publishers say, what the readers saw, and how many seconds it took."""
    handle = stage.handle(MOTHER, CAFE_CODE)
    token = stage.token(exp=int(time.time()) + 3600)
    lines = ("GET /v1/me/home HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", f"Acting-For: {handle}", "", "")
    began = time.monotonic()
    async with Readers(port, "\r\n".join(lines).encode()) as readers:
        publishing = await asyncio.create_subprocess_exec(*publishers, stdout=asyncio.subprocess.PIPE)
        told, _ = await publishing.communicate()
    assert publishing.returncode == 0
    return json.loads(told), readers, time.monotonic() - began


def test_publishing_that_is_killed_at_any_moment_leaves_each_answer_whole(stage: Stage) -> None:
    url, first = stage.settings.store_url, 1
    subjects = [stage.person(MOTHER), stage.enterprise(CAFE_CODE)]
    publishers = [sys.executable, "-c", PUBLISHERS, url, *subjects, str(KILLS), str(first)]
    subprocess.run([*publishers[:-2], "0", "0"], check=True, stdout=subprocess.DEVNULL)
    with serving(stage) as port, asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        told, readers, seconds = loop.run(killed_under_requests(stage, port, publishers))
    answered = sum(readers.statuses.values())
    print(
        f"{told['died']} kills of {KILLS} publishings, {told['seen']} after the switch, under {answered} requests"
        f" ({answered / seconds:.0f}/s): {len(readers.mixed)} mixed, statuses {readers.statuses}"
    )
    assert readers.mixed == []
    assert set(readers.statuses) == {b"200"}
    assert told["died"] > KILLS / 2
    with Store(url) as store, connected(url, 5) as raw:
        newest = store.generation()
        assert newest is not None
        assert newest.digest == f"{first + KILLS:06x}"
        kept = {key.decode().split(":")[2] for key in raw.scan_iter("y:g:*")}
        assert kept == {one.decode() for one in raw.smembers(STARTED)}
        assert len(kept) == 2
