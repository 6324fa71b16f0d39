"""A trial tells what a reader counts by hand on a window of four subjects."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommender.rank import Scorer
from recommender.trial import Window, coverage, tried

SCORER = Scorer(
    ("a",), ("x", "y", "z"), np.zeros((1, 3), "f4"), np.eye(3, dtype="f4"), np.array([3.0, 2.0, 1.0], "f4"), -3.0
)


def test_figures_and_reach_are_those_of_the_lists_on_the_first_day() -> None:
    window = Window(
        csr_matrix(np.ones((4, 1), dtype=np.float32)),
        np.array([[True, True, False]] * 2 + [[False, False, True]] * 2),
        np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=np.float32),
        np.ones((4, 3), dtype=bool),
        {"sex": np.array(["f", "m", "f", "m"])},
    )
    found = tried(SCORER, window)
    assert found.figures["ndcg_10"] == pytest.approx((1 + 1 / np.log2(3) + 1) / 3)
    assert (found.figures["recall_10"], found.figures["coverage_10"], found.figures["subjects"]) == (1.0, 1.0, 3.0)
    assert found.figures["taken"] == pytest.approx(0.5)
    assert [(one.group, one.takers, one.recall) for one in found.reached["sex"]] == [("f", 2, 1.0), ("m", 1, 1.0)]


def test_coverage_is_of_what_somebody_may_have() -> None:
    allowed = np.array([[True, True, False, False]])
    assert coverage(np.array([[0, -1]], dtype=np.int32), allowed) == 0.5
