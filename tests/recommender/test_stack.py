"""The parts are what their formulas say, the stack finds the part that is right, and the whole adds up."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommender.features import Uses
from recommender.model import Factors
from recommender.rank import rank, score
from recommender.stack import PARTS, Parts, Weights, combine, fit, log_odds, neutral, popularity, rarity

TAGS, SERVICES = ("a", "b"), ("x", "y", "z")


def factors(seed: int = 1) -> Factors:
    rng = np.random.default_rng(seed)
    draw = [rng.normal(size=shape).astype(np.float32) for shape in ((2, 4), 2, (3, 4), 3)]
    return Factors(TAGS, SERVICES, *draw)


def parts(**own: np.ndarray) -> Parts:
    given = {"log_odds": np.zeros((2, 3)), "popularity": np.zeros(3), "rarity": np.zeros(3)} | own
    return Parts(factors(), **{name: np.asarray(part, dtype=np.float32) for name, part in given.items()})


def test_log_odds_compare_observed_with_expected_use() -> None:
    tags = csr_matrix(np.array([[1, 0], [0, 1]], dtype=np.float32))
    uses = Uses(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), np.array([2, 1, 3, 2], "f4"))
    # tag a: 3 uses, of which x 2 and y 1; x has 2/8 of all uses, y 6/8
    assert log_odds(tags, uses, services=3, shrinkage=1.0) == pytest.approx(
        np.log(np.array([[3 / 1.75, 2 / 3.25, 1.0], [1 / 2.25, 6 / 4.75, 1.0]])), abs=1e-6
    )


def test_log_odds_of_an_unseen_tag_and_of_what_was_put_away_are_zero() -> None:
    uses = Uses(np.array([0]), np.array([1]), np.array([-1.0], "f4"))
    assert log_odds(csr_matrix(np.array([[1, 0]], "f4")), uses, services=3).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_popularity_is_the_log_of_a_share_with_one_use_added_to_each() -> None:
    uses = Uses(np.array([0, 1]), np.array([2, 2]), np.array([3, 2], "f4"))
    assert np.exp(popularity(uses, 3)) == pytest.approx([1 / 8, 1 / 8, 6 / 8])


def test_rarity_is_larger_where_fewer_are_allowed() -> None:
    allowed = np.array([[True, False, True], [True, False, False], [True, False, False]])
    assert np.exp(-rarity(allowed)) == pytest.approx([1.0, 0.25, 0.5])


def test_the_whole_score_is_the_weighted_sum_of_the_parts() -> None:
    own = parts(log_odds=np.arange(6).reshape(2, 3), popularity=np.array([1, 2, 3]), rarity=np.array([5, 0, 1]))
    scorer = combine(own, Weights({"factors": 0.5, "log_odds": 2.0, "popularity": 3.0, "rarity": 0.25}, -4.0))
    tags = csr_matrix(np.array([[1, 1]], dtype=np.float32))
    learned = factors()
    by_hand = (
        0.5 * (learned.tag_factors.sum(axis=0) @ learned.service_factors.T + learned.service_biases)
        + 2.0 * np.array([3, 5, 7])
        + 3.0 * np.array([1, 2, 3])
        + 0.25 * np.array([5, 0, 1])
    )
    assert score(tags, scorer)[0] == pytest.approx(by_hand, abs=1e-4)
    assert scorer.intercept == -4.0


def test_the_stack_trusts_the_part_that_foretells_and_its_chances_are_calibrated() -> None:
    rng = np.random.default_rng(2)
    tags = csr_matrix(rng.integers(0, 2, (4000, 2)).astype(np.float32))
    own = parts(log_odds=np.array([[2.0, -1.0, 0.0], [-2.0, 1.0, 0.5]]))
    truth = 1 / (1 + np.exp(-(np.asarray(tags @ own.log_odds) - 1)))
    taken = rng.random(truth.shape) < truth
    allowed = np.ones_like(taken)
    weights = fit(own, tags, allowed, taken, seed=1)
    assert weights.parts["log_odds"] == pytest.approx(1.0, abs=0.15)
    assert weights.parts["factors"] == pytest.approx(0.0, abs=0.1)
    ranked = rank(tags, combine(own, weights), allowed, k=3)
    assert ranked.probabilities.mean() == pytest.approx(taken.mean(), abs=0.02)


def test_a_part_that_would_count_against_itself_is_left_out() -> None:
    rng = np.random.default_rng(3)
    tags = csr_matrix(rng.integers(0, 2, (2000, 2)).astype(np.float32))
    own = parts(rarity=np.array([3.0, 1.0, 0.0]), popularity=np.array([0.0, 1.0, 2.0]))
    taken = rng.random((2000, 3)) < np.array([0.1, 0.3, 0.6])
    weights = fit(own, tags, np.ones_like(taken), taken, seed=1)
    assert min(weights.parts.values()) >= 0
    assert set(weights.parts) == set(PARTS)


def test_what_was_not_allowed_teaches_the_stack_nothing() -> None:
    tags = csr_matrix(np.ones((100, 2), dtype=np.float32))
    own = parts(popularity=np.array([3.0, 0.0, -3.0]))
    taken = np.zeros((100, 3), dtype=bool)
    taken[:50, 0] = taken[:5, 1] = True
    allowed = np.array([True, True, False]) & np.ones((100, 3), dtype=bool)
    unknown = taken.copy()
    unknown[:, 2] = True
    assert fit(own, tags, allowed, taken, seed=1) == fit(own, tags, allowed, unknown, seed=1)


def test_a_stack_without_anything_taken_up_is_refused() -> None:
    tags, allowed = csr_matrix(np.ones((4, 2), dtype=np.float32)), np.ones((4, 3), dtype=bool)
    with pytest.raises(ValueError, match="got 0 of 12"):
        fit(parts(), tags, allowed, np.zeros((4, 3), dtype=bool), seed=1)


def test_the_neutral_scorer_puts_what_few_may_have_first_and_claims_no_chance() -> None:
    allowed = np.array([[True, True, True], [True, False, True], [True, False, False]])
    ranked = rank(csr_matrix((3, 2), dtype=np.float32), neutral(TAGS, SERVICES, allowed), allowed, k=3)
    assert ranked.indices.tolist() == [[1, 2, 0], [2, 0, -1], [0, -1, -1]]
    assert np.isnan(ranked.probabilities[0]).all()
