"""Quality figures equal what a reader computes by hand."""

import math

import numpy as np
import pytest

from recommender.evaluate.measures import Quality, calibration_error, quality


def test_a_perfect_list_has_an_ndcg_of_one() -> None:
    gains = np.array([[0.0, 2.0, 1.0]])
    assert quality(np.array([[1, 2, 0]]), gains, k=3) == Quality(k=3, subjects=1, ndcg=1.0, recall=1.0)


def test_a_gain_found_second_is_discounted_by_the_logarithm_of_three() -> None:
    found = quality(np.array([[0, 1]]), np.array([[0.0, 1.0, 1.0]]), k=2)
    assert found.ndcg == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))
    assert found.recall == 0.5


def test_subjects_with_nothing_to_find_are_left_out_and_padding_gains_nothing() -> None:
    gains = np.array([[0.0, 0.0], [1.0, 0.0]])
    assert quality(np.array([[0, 1], [-1, -1]]), gains, k=2) == Quality(k=2, subjects=1, ndcg=0.0, recall=0.0)
    assert quality(np.array([[0, 1]]), gains[:1], k=2) == Quality(k=2, subjects=0, ndcg=0.0, recall=0.0)


def test_a_list_shorter_than_k_is_measured_against_the_ideal_of_k() -> None:
    assert quality(np.array([[0]]), np.array([[1.0, 1.0]]), k=2).ndcg == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_chances_that_come_true_have_no_calibration_error() -> None:
    taken = np.array([True, False, True, True])
    assert calibration_error(np.array([1.0, 0.0, 1.0, 1.0]), taken, bins=2) == 0.0
    assert calibration_error(np.full(4, 0.5), taken, bins=1) == pytest.approx(0.25)
    assert calibration_error(np.array([]), np.array([], dtype=bool)) == 0.0
