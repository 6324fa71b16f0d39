"""A preference is what the rows say and what is usual, each by its weight."""

import numpy as np
import pytest

from recommender.regression import preference

# Of 400,000 the better one had the feature three times in four: so many that no doubt of slopes is left.
APART, COUNTS = np.array([[1.0], [-1.0]]), np.array([3e5, 1e5])


@pytest.mark.parametrize(
    ("odds", "say", "expected"),
    [
        (9.0, 0.0, 3 / 1),
        (1.0, 4e5, (3 + 2) / (1 + 2)),
        # As many more of which nine in ten have it: 2.7 and 0.9 for it, 0.3 and 0.1 against.
        (9.0, 4e5, (3 + 2.7 + 0.9) / (1 + 0.3 + 0.1)),
        (9.0, 4e11, 9 / 1),
    ],
)
def test_the_usual_slopes_count_as_so_many_more_rows(odds: float, say: float, expected: float) -> None:
    found = preference(APART, COUNTS, np.array([np.log(odds)]), say)
    assert found[0] == pytest.approx(np.log(expected), abs=0.002)


def test_of_few_rows_a_slope_that_little_speaks_for_stays_near_nothing() -> None:
    few, many = (preference(APART, COUNTS / shrunk, np.array([0.0]), 0.0)[0] for shrunk in (1e5, 1e4))
    assert (few, many) == (pytest.approx(0.091, abs=0.001), pytest.approx(0.505, abs=0.001))


def test_how_often_a_row_was_drawn_changes_nothing_but_its_weight() -> None:
    usual = np.array([0.5, -0.2])
    apart, counts = np.array([[1.0, 2.0], [-1.0, 0.5], [0.25, -1.0]]), np.array([2.0, 1.0, 1.0])
    twice = preference(np.repeat(apart, 2, axis=0), np.repeat(counts, 2) / 2, usual, 30.0)
    assert twice == pytest.approx(preference(apart, counts, usual, 30.0), abs=1e-4)
