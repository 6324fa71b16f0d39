"""What holds of every list: the mask wins, the order is the oracle's, ties go by service order, reasons add up."""

import io
import os
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.sparse import csr_matrix, random_array

from profiles.errors import ModelMismatch
from recommender.rank import BLOCK_ROWS, Scorer, best, contributions, rank, score, told

PROVE = bool(os.environ.get("YIDANG_PROVE"))
CASES = 10_000 if PROVE else 300
COUNTED: Counter[str] = Counter()
ANY_FLOAT = st.floats(width=32, allow_nan=True, allow_infinity=True)


def scorer_of(tags: int, services: int, depth: int, seed: int) -> Scorer:
    rng = np.random.default_rng(seed)
    return Scorer(
        tags=tuple(f"tag{number}" for number in range(tags)),
        services=tuple(f"service{number}" for number in range(services)),
        tag_vectors=rng.normal(size=(tags, depth)).astype(np.float32),
        service_vectors=rng.normal(size=(services, depth)).astype(np.float32),
        service_bias=rng.normal(size=services).astype(np.float32),
        intercept=-1.5,
    )


def tags_of(subjects: int, tags: int, seed: int) -> csr_matrix:
    drawn = csr_matrix(random_array((subjects, tags), density=0.2, rng=np.random.default_rng(seed), dtype=np.float32))
    drawn.data[:] = 1
    return drawn


def oracle(scores: np.ndarray, allowed: np.ndarray, k: int) -> list[int]:
    """Plain Python: the allowed columns by falling score, then by column; NaN counts as the lowest float."""
    lowest = np.finfo(np.float32).min
    value = [max(float(lowest), float(one)) if one == one else float(lowest) for one in scores]
    listed = sorted((c for c in range(len(scores)) if allowed[c]), key=lambda c: (-value[c], c))
    return (listed + [-1] * k)[:k]


def test_lists_are_those_of_the_brute_force_oracle() -> None:
    scorer, tags = scorer_of(30, 50, 8, seed=1), tags_of(2 * BLOCK_ROWS + 7, 30, seed=2)
    allowed = np.random.default_rng(3).random((tags.shape[0], 50)) < 0.3
    ranked = rank(tags, scorer, allowed, k=10)
    exact = np.round(score(tags, scorer), 6)
    assert ranked.indices.tolist() == [oracle(exact[row], allowed[row], 10) for row in range(tags.shape[0])]


def test_a_short_list_is_padded_and_its_padding_has_no_chance() -> None:
    scorer, tags = scorer_of(3, 4, 2, seed=1), tags_of(1, 3, seed=2)
    ranked = rank(tags, scorer, np.array([[False, True, False, False]]), k=3)
    assert ranked.indices.tolist() == [[1, -1, -1]]
    assert ranked.scores[0, 1:].tolist() == [-np.inf, -np.inf]
    assert ranked.probabilities[0, 1:].tolist() == [0.0, 0.0]


def test_equal_scores_keep_the_order_of_the_services_even_at_the_end_of_the_list() -> None:
    scores = np.array([[1, 2, 1, 1, 2, 1], [5, 1, 1, 1, 1, 1]], dtype=np.float32)
    allowed = np.array([[True] * 6, [True, False, True, True, True, True]])
    indices, _ = best(scores, allowed, 4)
    assert indices.tolist() == [[1, 4, 0, 2], [0, 2, 3, 4]]


@settings(max_examples=CASES)
@given(st.data())
def test_the_mask_wins_over_any_score_even_infinity_and_not_a_number(data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 9)))
    scores = data.draw(arrays.arrays(np.float32, shape, elements=ANY_FLOAT))
    allowed = data.draw(arrays.arrays(np.bool_, shape))
    k = data.draw(st.integers(1, shape[1]))
    indices, _ = best(scores, allowed, k)
    for row, listed in enumerate(indices):
        shown = listed[listed >= 0]
        assert allowed[row, shown].all()
        assert len(shown) == len(set(shown.tolist())) == min(k, int(allowed[row].sum()))
        COUNTED["listed"] += len(shown)
        COUNTED["masked"] += int((~allowed[row]).sum())
        COUNTED["of them infinite or no number"] += int((~np.isfinite(scores[row]) & ~allowed[row]).sum())
    COUNTED["cases"] += 1


@settings(max_examples=CASES // 3)
@given(st.data())
def test_a_broken_model_never_offers_what_is_not_allowed(data: st.DataObject) -> None:
    vectors = data.draw(arrays.arrays(np.float32, (5, 2), elements=ANY_FLOAT))
    bias = data.draw(arrays.arrays(np.float32, 5, elements=ANY_FLOAT))
    scorer = Scorer(("a", "b"), tuple("vwxyz"), np.ones((2, 2), dtype=np.float32), vectors, bias)
    allowed = data.draw(arrays.arrays(np.bool_, (3, 5)))
    with np.errstate(all="ignore"):
        ranked = rank(csr_matrix(np.eye(3, 2, dtype=np.float32)), scorer, allowed, k=4)
    for row in range(3):
        assert allowed[row, ranked.indices[row][ranked.indices[row] >= 0]].all()


@pytest.mark.skipif(not PROVE, reason="says what the long proof counted")
def test_the_long_proof_says_what_it_counted() -> None:
    assert COUNTED["cases"] >= CASES
    print("\nthe mask:", " · ".join(f"{name} {count:,}" for name, count in COUNTED.items()))


def test_subjects_with_the_same_tags_and_mask_have_the_same_list_as_when_ranked_alone() -> None:
    scorer, few = scorer_of(12, 20, 4, seed=4), tags_of(9, 12, seed=5)
    allowed = np.random.default_rng(6).random((9, 20)) < 0.5
    drawn = np.random.default_rng(7).integers(0, 9, 700)
    together = rank(few[drawn], scorer, allowed[drawn], k=6)
    alone = [rank(few[[row]], scorer, allowed[[row]], k=6) for row in range(9)]
    assert together.indices.tolist() == [alone[row].indices[0].tolist() for row in drawn]
    assert together.probabilities == pytest.approx(np.array([alone[row].probabilities[0] for row in drawn]), abs=1e-6)


def test_the_same_tags_under_another_mask_are_another_list() -> None:
    scorer = scorer_of(2, 3, 2, seed=1)
    tags = csr_matrix(np.ones((3, 2), dtype=np.float32))
    allowed = np.array([[True, False, False], [False, True, False], [True, False, False]])
    assert rank(tags, scorer, allowed, k=1).indices.ravel().tolist() == [0, 1, 0]


def test_contributions_and_bias_sum_to_the_score() -> None:
    scorer, tags = scorer_of(30, 50, 8, seed=8), tags_of(5, 30, seed=9)
    for row in range(5):
        added = contributions(scorer, tags[[row]].indices, np.arange(50))
        assert added.sum(axis=0) + scorer.service_bias == pytest.approx(score(tags[[row]], scorer)[0], abs=1e-5)


def test_what_is_shown_of_a_row_does_not_depend_on_the_rows_beside_it() -> None:
    scorer, tags = scorer_of(150, 80, 64, seed=1), tags_of(500, 150, seed=2)
    rows, services = np.divmod(np.arange(500 * 80), 80)
    scores, chances = told(tags, scorer, rows, services)
    for row in (0, 7, 499):
        alone = told(tags[row], scorer, np.zeros(80, dtype=np.int64), np.arange(80))
        assert (alone[0] == scores[row * 80 : row * 80 + 80]).all()
        assert (alone[1] == chances[row * 80 : row * 80 + 80]).all()
    assert np.allclose(scores.reshape(500, 80), score(tags, scorer), atol=1e-4)


def test_a_probability_is_the_logistic_of_score_and_intercept() -> None:
    scorer = Scorer(
        ("a",), ("x",), np.ones((1, 1), dtype=np.float32), np.full((1, 1), 2, dtype=np.float32), np.zeros(1, "f4"), -2.0
    )
    ranked = rank(csr_matrix(np.ones((1, 1), dtype=np.float32)), scorer, np.array([[True]]), k=1)
    assert (ranked.scores.tolist(), ranked.probabilities.tolist()) == ([[2.0]], [[0.5]])


def test_a_scorer_comes_back_from_its_bytes_and_equal_scorers_have_equal_bytes() -> None:
    scorer = scorer_of(3, 4, 2, seed=1)
    again = Scorer.load(scorer.save())
    assert again.save() == scorer.save() == scorer_of(3, 4, 2, seed=1).save()
    assert (again.tags, again.services, again.intercept) == (scorer.tags, scorer.services, -1.5)


def test_a_model_of_a_release_that_knew_no_pairs_is_refused_with_what_to_run() -> None:
    scorer, older = scorer_of(3, 4, 2, seed=1), io.BytesIO()
    with np.load(io.BytesIO(scorer.save())) as arrays:
        np.savez(older, **{name: arrays[name] for name in arrays.files if name != "pairs"})
    with pytest.raises(ModelMismatch, match="has no pairs, so another release learned it: run train again"):
        Scorer.load(older.getvalue())


def test_arrays_that_do_not_fit_are_refused_with_both_shapes() -> None:
    with pytest.raises(ValueError, match=r"needs arrays of shapes \(\(1, 2\), \(1, 2\), \(1,\)\)"):
        Scorer(("a",), ("x",), np.ones((1, 2), "f4"), np.ones((2, 2), "f4"), np.ones(1, "f4"))
    with pytest.raises(ValueError, match=r"do not fit a scorer of 3 tags and 4 services"):
        rank(tags_of(2, 3, seed=1), scorer_of(3, 4, 2, seed=1), np.ones((3, 4), dtype=bool), k=1)


def test_a_city_without_subjects_has_no_lists() -> None:
    ranked = rank(csr_matrix((0, 3), dtype=np.float32), scorer_of(3, 4, 2, seed=1), np.ones((0, 4), dtype=bool), k=2)
    assert ranked.indices.shape == (0, 2)


def test_over_many_services_lists_are_the_oracles_with_ties_across_all_of_them() -> None:
    rng = np.random.default_rng(11)
    scores = rng.integers(0, 40, (300, 1400)).astype(np.float32)
    allowed = rng.random((300, 1400)) < 0.3
    allowed[:3] = False
    allowed[1, 1399] = allowed[2, :2] = True
    indices, _ = best(scores, allowed, 20)
    assert indices.tolist() == [oracle(scores[row], allowed[row], 20) for row in range(300)]
