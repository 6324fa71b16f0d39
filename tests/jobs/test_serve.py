"""The demo's store server: started once, found again, kept over a crash, and stopped."""

import os
import signal
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import redis

from jobs import serve
from jobs.demo import Demo, show
from profiles.errors import SettingsError, StoreUnavailable


@pytest.fixture
def url() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "store"
    serve.stop(tmp_path / "store")


def test_a_server_is_started_once_and_stopped(folder: Path, url: str) -> None:
    assert not serve.ping(url)
    pid = serve.start(folder, url)
    assert pid is not None
    assert serve.ping(url)
    assert serve.start(folder, url) is None
    assert serve.running(folder)
    assert not serve.running(folder.parent / "another")
    assert serve.stop(folder)
    assert not serve.ping(url)
    assert not serve.running(folder)
    assert not serve.stop(folder)


def test_what_was_written_survives_a_kill(folder: Path, url: str) -> None:
    pid = serve.start(folder, url)
    assert pid is not None
    with redis.Redis.from_url(url) as store:
        store.config_set("appendfsync", "always")
        store.set("kept", "yes")
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    serve.start(folder, url)
    with redis.Redis.from_url(url) as store:
        assert store.get("kept") == b"yes"


def test_a_store_elsewhere_is_never_started_here(folder: Path) -> None:
    with pytest.raises(SettingsError, match="YIDANG_STORE_URL"):
        serve.start(folder, "redis://192.0.2.1:1/0")


def test_a_server_that_does_not_come_up_names_its_log(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "server_program", lambda: "/bin/false")
    with pytest.raises(StoreUnavailable, match=r"store\.log"):
        serve.start(folder, url)


def test_another_process_that_got_the_number_is_left_alone(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / serve.PID_FILE).write_text(f"{os.getpid()}\n")
    assert serve.stop(folder) is False


def test_a_demo_writes_into_no_store_but_its_own(folder: Path, url: str) -> None:
    assert serve.start(folder, url) is not None
    port = int(url.rpartition(":")[2].removesuffix("/0"))
    other = Demo(200, 7, date(2026, 11, 22), 8000, port, folder.parent / "other")
    with pytest.raises(SettingsError, match=f"is not this demo's.*--store-port {port + 1}"):
        show(other, lambda *_: None, lambda *_: None)
