"""Reach by group is what a reader counts by hand, and a sensitive tag that no model knows changes no ranking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from recommender.fairness import Reach, exposures, parity, reach, recalls
from recommender.features import tag_matrix
from recommender.rank import Scorer, rank

LISTS = np.array([[0, 1], [2, -1], [1, 0], [-1, -1]], dtype=np.int32)
GAINS = np.array([[1.0, 0, 1], [0, 0, 1], [0, 0, 0], [0, 1, 0]])
ALLOWED = np.array([[True, True, True], [False, False, True], [True, True, False], [True, True, True]])


def test_recall_counts_what_was_taken_up_and_nothing_where_nothing_was() -> None:
    assert recalls(LISTS, GAINS)[[0, 1, 3]].tolist() == [0.5, 1.0, 0.0]
    assert np.isnan(recalls(LISTS, GAINS)[2])


def test_a_list_that_holds_all_it_could_gives_all_its_attention() -> None:
    assert exposures(LISTS, ALLOWED).tolist() == [1.0, 1.0, 1.0, 0.0]


def test_groups_are_told_by_kind_and_rows_without_a_label_stand_in_none() -> None:
    found = reach(LISTS, GAINS, ALLOWED, {"sex": np.array(["female", "female", "male", ""])})
    assert found == {"sex": (Reach("female", 2, 2, 0.75, 1.0), Reach("male", 1, 0, 0.0, 1.0))}


def test_parity_is_the_worst_groups_recall_over_that_of_all_and_small_groups_say_nothing() -> None:
    old, young, few = Reach("old", 90, 60, 0.6, 1.0), Reach("young", 90, 60, 0.9, 1.0), Reach("few", 9, 2, 0.0, 1.0)
    assert parity((old, young, few), least=30) == pytest.approx(0.6 / 0.75)
    assert parity((old, few), least=30) == 1.0
    assert parity(()) == 1.0


@given(st.integers(0, 2**31))
def test_a_sensitive_tag_that_may_not_rank_changes_no_list_when_it_is_flipped(seed: int) -> None:
    """Such a tag is not in the model's vocabulary; where no rule names it either, the mask is the same."""
    rng = np.random.default_rng(seed)
    known = tuple(f"tag{number}" for number in range(6))
    scorer = Scorer(
        known,
        tuple("uvwxyz"),
        rng.normal(size=(8, 6)).astype(np.float32),
        np.eye(6, dtype=np.float32),
        rng.normal(size=6).astype(np.float32),
        pairs=np.array([[0, 1], [2, 5]], dtype=np.int32),
    )
    own = [[tag for tag in known if rng.random() < 0.5] for _ in range(9)]
    flipped = [[*tags, "disabled"] if rng.random() < 0.5 else ["religious", *tags] for tags in own]
    allowed = rng.random((9, 6)) < 0.7
    lists = [rank(_matrix(tags, known), scorer, allowed, 4) for tags in (own, flipped)]
    assert lists[0].indices.tolist() == lists[1].indices.tolist()
    assert lists[0].scores.tolist() == lists[1].scores.tolist()


def _matrix(tags: list[list[str]], known: tuple[str, ...]) -> csr_matrix:
    return tag_matrix(np.cumsum([0, *map(len, tags)]), [tag for row in tags for tag in row], known)
