"""What the gate's tests share: a session that does not compile small plans, and a town's deliveries."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.feed import reading_session
from profiles import bindings, contracts
from profiles.bindings import Binding

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def quick(spark: "SparkSession") -> "SparkSession":
    """As the job uses for small feeds: expressions are evaluated, not compiled."""
    return reading_session(spark, small=True)


@pytest.fixture
def vehicles(tmp_path: Path) -> Binding:
    """A binding of the feed vehicles to ``vehicles.csv`` in the test's folder."""
    path = tmp_path / "vehicles.yaml"
    path.write_text(
        "feed: vehicles\nsupplier: testtown\nname: {zh: 机动车, en: Vehicles}\npath: vehicles.csv\n"
        "missing: [N/A]\nexpect: [备注]\n"
        "columns:\n  person: 身份证号\n  plate: 号牌\n  registered_on: 登记日期\n  inspection_due: 检验有效期\n"
        "  as_of: 更新日期\n",
        encoding="utf-8",
    )
    return bindings.read(path, contracts.load())
