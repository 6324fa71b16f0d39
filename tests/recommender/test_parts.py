"""Each part is what its formula says, and says nothing of what it has not seen."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommender.features import Uses
from recommender.parts import acts_matrix, affinity, foretold, log_odds, popularity, rarity, shares


def test_only_what_speaks_for_a_service_is_a_use() -> None:
    acts = acts_matrix(Uses(np.array([0, 0, 1]), np.array([2, 2, 0]), np.array([3, 1, -1], "f4")), 2, 3)
    assert acts.toarray().tolist() == [[0, 0, 4], [0, 0, 0]]


def test_log_odds_compare_observed_with_expected_use() -> None:
    tags = csr_matrix(np.array([[1, 0], [0, 1]], dtype=np.float32))
    acts = csr_matrix(np.array([[2.0, 1.0, 0.0], [0.0, 5.0, 0.0]]))
    # tag a: 3 uses, of which x 2 and y 1; x has 2/8 of all uses, y 6/8
    assert log_odds(tags, acts, shares(acts), shrinkage=1.0) == pytest.approx(
        np.log(np.array([[3 / 1.75, 2 / 3.25, 1.0], [1 / 2.25, 6 / 4.75, 1.0]])), abs=1e-12
    )


def test_log_odds_of_a_pair_are_0_where_its_tags_have_said_it_all() -> None:
    tags = csr_matrix(np.array([[1, 1], [1, 0], [0, 1], [0, 0]], dtype=np.float64))
    popular, of_tags = np.log([0.5, 0.5]), np.array([[1.0, 0.0], [2.0, 0.0]])
    expected = foretold(tags, of_tags, popular)
    assert expected[0] == pytest.approx([np.e**3 / (np.e**3 + 1), 1 / (np.e**3 + 1)])
    acts = csr_matrix(expected * 100)
    both = csr_matrix(np.array([[1.0], [0.0], [0.0], [0.0]]))
    assert log_odds(both, acts, expected) == pytest.approx(np.zeros((1, 2)), abs=1e-12)
    assert log_odds(both, csr_matrix(expected[:, ::-1] * 100), expected)[0, 1] > 2.0


def test_log_odds_of_an_unseen_tag_are_zero() -> None:
    acts = csr_matrix((1, 3))
    assert log_odds(csr_matrix(np.array([[1, 0]], "f4")), acts, shares(acts)).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_popularity_is_the_log_of_a_share_with_one_use_added_to_each() -> None:
    assert np.exp(popularity(csr_matrix(np.array([[0, 0, 3], [0, 0, 2]])))) == pytest.approx([1 / 8, 1 / 8, 6 / 8])


def test_rarity_is_larger_where_fewer_are_entitled() -> None:
    allowed = np.array([[True, False, True], [True, False, False], [True, False, False]])
    assert np.exp(-rarity(allowed)) == pytest.approx([1.0, 0.25, 0.5])


def test_affinity_foretells_what_a_row_gains_by_its_tags_and_leaves_the_idle_out() -> None:
    own = np.tile(np.eye(3, dtype=np.float32), (40, 1))
    acts = csr_matrix(np.where(own[:, :2] > 0, 5.0, 0.0))  # those with the third tag used nothing
    weights, base = affinity(csr_matrix(own), 3, acts)
    expected = np.eye(3) @ weights + base
    assert expected[:2] == pytest.approx(np.eye(2), abs=0.1)
    assert expected[2] == pytest.approx(base, abs=1e-9)
