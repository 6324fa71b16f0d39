"""Reach by group is what a reader counts by hand, and a sensitive tag that no model knows changes no ranking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from recommender.fairness import Reach, attention, parity, reach, recalls
from recommender.features import tag_matrix
from recommender.rank import Scorer, rank

LISTS = np.array([[0, 1], [2, -1], [1, 0], [-1, -1]], dtype=np.int32)
GAINS = np.array([[1.0, 0, 1], [0, 0, 1], [0, 0, 0], [0, 1, 0]])
ALLOWED = np.array([[True, True, True], [False, False, True], [True, True, False], [True, True, True]])


def test_recall_counts_what_was_taken_up_and_nothing_where_nothing_was() -> None:
    assert recalls(LISTS, GAINS)[[0, 1, 3]].tolist() == [0.5, 1.0, 0.0]
    assert np.isnan(recalls(LISTS, GAINS)[2])


def test_attention_is_compared_with_what_a_service_gets_among_all_who_may_have_it() -> None:
    second = 1 / np.log2(3)
    given, due = attention(LISTS, ALLOWED)
    assert given.tolist() == pytest.approx([1 + second, 1, 1 + second, 0])
    # Three rows may have each of the services; the first two get all of 1 + second together, the third 1.
    each = np.array([1 + second, 1 + second, 1]) / 3
    assert due.tolist() == pytest.approx([each.sum(), each[2], each[:2].sum(), each.sum()])
    assert given.sum() == pytest.approx(due.sum())


def test_a_group_whose_services_stand_lower_than_for_others_is_less_exposed() -> None:
    lists = np.array([[0, 1], [0, 1], [1, -1], [1, -1]], dtype=np.int32)
    allowed = np.ones((4, 2), dtype=bool)
    found = reach(lists, np.zeros((4, 2)), np.zeros((4, 2)), allowed, {"channel": np.repeat(["online", "counter"], 2)})
    assert {one.group: round(one.exposure, 3) for one in found["channel"]} == {"online": 1.24, "counter": 0.76}


def test_groups_are_told_by_kind_and_rows_without_a_label_stand_in_none() -> None:
    chances = np.full((4, 3), 0.25)
    found = reach(LISTS, GAINS, chances, ALLOWED, {"sex": np.array(["female", "female", "male", ""])})
    [female, male] = found["sex"]
    assert (female.group, female.subjects, female.takers, female.recall) == ("female", 2, 2, 0.75)
    assert female.ndcg == pytest.approx((1 / (1 + 1 / np.log2(3)) + 1) / 2)
    assert (male.group, male.subjects, male.takers, male.recall, male.ndcg) == ("male", 1, 0, 0.0, 0.0)
    assert male.calibration_error == 0.25


def test_parity_is_the_worst_groups_recall_over_that_of_all_and_small_groups_say_nothing() -> None:
    old, young, few = reached("old", 60, 0.6), reached("young", 60, 0.9), reached("few", 2, 0.0)
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


def reached(group: str, takers: int, recall: float) -> Reach:
    return Reach(group, 90, takers, recall, ndcg=recall, exposure=1.0, calibration_error=0.01)
