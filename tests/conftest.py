"""Fixtures that every test may use: one Spark session, one real store server, an empty lake."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis as client
from hypothesis import settings

from jobs import serve
from jobs.session import SHORT_RUNS, spark_session
from jobs.settings import Settings
from jobs.tables import Tables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A process that shares the tests has no main file, which Spark's connect client takes for a doctest, and exits.
if not hasattr(sys.modules["__main__"], "__file__"):
    sys.modules["__main__"].__file__ = __file__

# A busy machine is no fault of what is tested: nothing is timed here.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Where several processes share the tests, what takes minutes begins first. One process spends the night that tests of
# jobs start from, the others meanwhile test what needs none.
FIRST = (
    "jobs/test_whole_path.py", "security", "faults", "properties", "tagging/outlook", "jobs/test_erase.py", "jobs",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What comes first in FIRST first; what is not in it last."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(here).as_posix()
        return next((place for place, first in enumerate(FIRST) if path.startswith(first)), len(FIRST))

    items.sort(key=place)


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
    """The address of a real store server that this run started."""
    folder = tmp_path_factory.mktemp("store")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{probe.getsockname()[1]}/0"
    serve.start(folder, url)
    yield url
    serve.stop(folder)


@pytest.fixture
def store_url(store_server: str) -> str:
    """The address of a real, empty store."""
    with client.Redis.from_url(store_server) as store:
        store.flushall()
    return store_server
