"""What tests of jobs share: a small city whose first night is over."""

from typing import TYPE_CHECKING

import pytest

from tests.jobs.night import Night, spend

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, spark: "SparkSession", store_server: str) -> Night:
    """A city after its first night; a test that changes it takes a copy."""
    return spend(tmp_path_factory.mktemp("night"), f"{store_server.rpartition('/')[0]}/5")
