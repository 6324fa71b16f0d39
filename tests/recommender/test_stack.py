"""The stack finds the part that is right, leaves out what would count against itself, and the whole adds up."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommender.pairs import NO_PAIRS, Pairs
from recommender.parts import Parts
from recommender.rank import rank, score
from recommender.stack import Weights, combine, fit, neutral

TAGS, SERVICES = ("a", "b"), ("x", "y", "z")


def parts(of_columns: dict[str, list] | None = None, pairs: Pairs = NO_PAIRS, **of_services: list) -> Parts:
    columns = {name: np.asarray(own, dtype=float) for name, own in (of_columns or {}).items()}
    return Parts(TAGS, SERVICES, pairs, columns, {name: np.asarray(own, float) for name, own in of_services.items()})


def test_the_whole_score_is_the_weighted_sum_of_the_parts_over_tags_and_pairs() -> None:
    own = parts(
        {"log_odds": [[0, 1, 2], [3, 4, 5], [0, 0, 0]], "pair_log_odds": [[0, 0, 0], [0, 0, 0], [1, -1, 0]]},
        pairs=np.array([[0, 1]], dtype=np.int32),
        popularity=[1, 2, 3],
        rarity=[5, 0, 1],
    )
    weights = {"log_odds": 2.0, "pair_log_odds": 4.0, "popularity": 3.0, "rarity": 0.25}
    scorer = combine(own, Weights(weights, -4.0))
    tags = csr_matrix(np.array([[1, 1], [1, 0]], dtype=np.float32))
    base = 3.0 * np.array([1, 2, 3]) + 0.25 * np.array([5, 0, 1])
    assert score(tags, scorer)[0] == pytest.approx(base + 2.0 * np.array([3, 5, 7]) + 4.0 * np.array([1, -1, 0]))
    assert score(tags, scorer)[1] == pytest.approx(base + 2.0 * np.array([0, 1, 2]))
    assert scorer.intercept == -4.0
    assert scorer.columns == ("a", "b", "a+b")


def test_the_stack_trusts_the_part_that_foretells_and_its_chances_are_calibrated() -> None:
    rng = np.random.default_rng(2)
    tags = csr_matrix(rng.integers(0, 2, (4000, 2)).astype(np.float32))
    own = parts({"log_odds": [[2.0, -1.0, 0.0], [-2.0, 1.0, 0.5]], "factors": rng.normal(size=(2, 3))})
    truth = 1 / (1 + np.exp(-(np.asarray(tags @ own.of_columns["log_odds"]) - 1)))
    taken = rng.random(truth.shape) < truth
    allowed = np.ones_like(taken)
    weights = fit(own, tags, allowed, taken.astype(float), seed=1)
    assert weights.parts["log_odds"] == pytest.approx(1.0, abs=0.15)
    assert weights.parts["factors"] == pytest.approx(0.0, abs=0.1)
    ranked = rank(tags, combine(own, weights), allowed, k=3)
    assert ranked.probabilities.mean() == pytest.approx(taken.mean(), abs=0.02)


def test_a_part_that_would_count_against_itself_is_left_out() -> None:
    rng = np.random.default_rng(3)
    tags = csr_matrix(rng.integers(0, 2, (2000, 2)).astype(np.float32))
    own = parts(rarity=[3.0, 1.0, 0.0], popularity=[0.0, 1.0, 2.0])
    taken = rng.random((2000, 3)) < np.array([0.1, 0.3, 0.6])
    weights = fit(own, tags, np.ones_like(taken), taken, seed=1)
    assert weights.parts["rarity"] == 0.0
    assert weights.parts["popularity"] > 0.0
    assert set(weights.parts) == set(own.names)


def test_what_was_not_allowed_teaches_the_stack_nothing() -> None:
    tags = csr_matrix(np.ones((100, 2), dtype=np.float32))
    own = parts(popularity=[3.0, 0.0, -3.0])
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


def test_the_fewer_took_anything_up_the_closer_the_weights_are_held_to_the_usual_ones() -> None:
    # Everybody takes one of x and y, as often the one as the other, and never z.
    own = parts(popularity=[1.0, 0.0, 0.0], rarity=[0.0, 1.0, 0.0])

    def apart(subjects: int, popularity: float, rarity: float) -> float:
        taken = np.eye(3)[np.arange(subjects) % 2]
        tags, allowed = csr_matrix((subjects, 2), dtype=np.float32), np.ones((subjects, 3), dtype=bool)
        usual = {"popularity": popularity, "rarity": rarity}
        found = fit(own, tags, allowed, taken, seed=1, usual=usual).parts
        return found["rarity"] / found["popularity"]

    assert apart(30, 1.0, 3.0) > 2.0
    assert apart(30, 3.0, 1.0) < 0.5
    assert apart(30_000, 1.0, 3.0) == pytest.approx(1.0, abs=0.02)
