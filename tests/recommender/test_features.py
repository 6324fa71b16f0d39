"""Tags, services and acts become exactly these arrays."""

import numpy as np
import pytest

from recommender.features import Uses, aged, code_matrix, service_matrix, tag_matrix


def test_only_known_tags_become_columns_and_a_repeated_tag_counts_once() -> None:
    offsets = np.array([0, 3, 3, 5])
    tags = ["minor", "tax_overdue", "minor", "driver", "minor"]
    assert tag_matrix(offsets, tags, ["driver", "minor"]).toarray().tolist() == [[0, 1], [0, 0], [1, 1]]


def test_rows_without_any_tag_are_rows_of_zeros() -> None:
    assert tag_matrix(np.array([0, 0, 0]), [], ["driver"]).toarray().tolist() == [[0], [0]]
    assert tag_matrix(np.array([0, 1]), ["driver"], []).shape == (1, 0)


def test_negative_columns_are_left_out() -> None:
    assert code_matrix(np.array([0, 2, 3]), np.array([1, -1, 0]), 2).toarray().tolist() == [[0, 1], [1, 0]]


def test_a_service_is_itself_and_its_traits_in_a_fixed_order() -> None:
    matrix = service_matrix(["a", "b", "c"], [["theme:2", "theme:1"], [], ["theme:2", "theme:2"]])
    assert matrix.toarray().tolist() == [[1, 0, 0, 1, 1], [0, 1, 0, 0, 0], [0, 0, 1, 0, 1]]


def test_an_act_loses_half_its_weight_in_a_year() -> None:
    weights = np.array([3, 3, -1], dtype=np.float32)
    assert aged(weights, np.array([0, 365, 730])).tolist() == [3.0, 1.5, -0.25]


def test_uses_of_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long, got 2, 1 and 1"):
        Uses(np.array([0, 1]), np.array([0]), np.array([1.0]))


def test_selecting_keeps_acts_whole() -> None:
    uses = Uses(np.array([0, 1], "i4"), np.array([5, 6], "i4"), np.array([1, -1], "f4"))
    kept = uses.select(uses.weights > 0)
    assert (kept.rows.tolist(), kept.services.tolist(), kept.weights.tolist()) == ([0], [5], [1.0])
