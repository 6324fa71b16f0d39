"""A made-up city's roll is linked with few slips missed and next to none wrong.

``YIDANG_PROVE=1`` measures more and greater cities and prints what it finds.
"""

import os

import numpy as np
import pytest

from jobs.city.town import build
from tests.profiles.linkage.measure import DAY, decided, measured

PROVE = bool(os.environ.get("YIDANG_PROVE"))
CITIES = [(3000, 7), (20_000, 1), (20_000, 2), (50_000, 3)] if PROVE else [(3000, 7)]


@pytest.mark.parametrize(("people", "seed"), CITIES)
def test_precision_is_99_and_recall_95_in_a_hundred(people: int, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    town = build(people, seed, np.datetime64(DAY))
    found = measured(town, decided(town))
    if PROVE:
        with capsys.disabled():
            print(f"\ncity of {people:,}, seed {seed}: {found}")
    assert found.precision >= 0.99
    assert found.recall >= 0.95
    assert found.true > people / 20
