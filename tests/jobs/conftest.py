"""What tests of jobs share: a small city whose first night is over."""

import os
from typing import TYPE_CHECKING

import pytest

from jobs.locks import one_writer
from tests.jobs.night import DONE, Night, found, spend

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, spark: "SparkSession", store_server: str) -> Night:
    """A city after its first night, spent once for all processes that share the tests; who changes it takes a copy."""
    own, url = tmp_path_factory.getbasetemp(), f"{store_server.rpartition('/')[0]}/5"
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "night"
    with one_writer(folder):
        return found(folder, url) if (folder / DONE).exists() else spend(folder, url)
