"""One small town and one delivered city for the tests of all rooms; nothing here starts Spark."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from jobs.city import make
from jobs.city.town import Town, build
from tests.jobs.city.reading import Reading

DAY = date(2026, 11, 22)


@dataclass(frozen=True)
class City:
    """A delivered city: where it lies, for which day, and what `make` counted."""

    out: Path
    day: date
    counts: dict[str, int]

    def file(self, name: str) -> Path:
        """A delivered file of the day."""
        return self.out / "deliveries" / self.day.isoformat() / name


@pytest.fixture(scope="session")
def day() -> np.datetime64:
    """The day of the towns."""
    return np.datetime64(DAY, "D")


@pytest.fixture(scope="session")
def town(day: np.datetime64) -> Town:
    """Two thousand people, not yet written."""
    return build(2000, 7, day)


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A thousand people, delivered."""
    out = tmp_path_factory.mktemp("city")
    return City(out, DAY, make(1000, 11, DAY, out))


@pytest.fixture(scope="session")
def big(day: np.datetime64) -> Town:
    """Ten thousand people, not yet written."""
    return build(10_000, 7, day)


@pytest.fixture(scope="session")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """Fifteen hundred people, delivered, for reading feed by feed."""
    root = tmp_path_factory.mktemp("reading")
    return Reading(root, DAY, make(1500, 7, DAY, root))
