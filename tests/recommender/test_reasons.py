"""The newest source of what a clause read, and the tags that weigh most, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from recommender.rank import Scorer
from recommender.reasons import Known, ragged, weightiest


def known(*entries: tuple[int, int, int]) -> Known:
    rows, reads, as_of = (np.array(column, dtype=np.int64) for column in zip(*entries, strict=True))
    return Known(rows, reads, as_of.astype(np.int32), shape=(4, 3))


def test_the_newest_entry_of_the_row_and_the_read_is_found_and_no_other() -> None:
    entries = known((0, 1, 10), (0, 1, 30), (0, 0, 99), (1, 1, 50), (0, -1, 99))
    found = entries.newest(np.array([0, 0, 1, 1, 0]), np.array([1, 0, 1, 0, -1]))
    assert found.tolist() == [1, 2, 3, -1, -1]


def test_of_two_entries_of_one_day_the_first_stands() -> None:
    assert known((0, 0, 10), (0, 0, 10)).newest(np.array([0]), np.array([0])).tolist() == [0]


def test_a_file_that_knows_nothing_has_no_sources() -> None:
    nothing = Known(*(np.empty(0, dtype=np.int64) for _ in range(2)), np.empty(0, dtype=np.int32), shape=(1, 1))
    assert nothing.newest(np.array([0]), np.array([0])).tolist() == [-1]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 2), st.integers(0, 5)), min_size=1, max_size=30))
def test_the_newest_is_that_of_a_plain_search(entries: list[tuple[int, int, int]]) -> None:
    rows, reads = (part.ravel() for part in np.mgrid[0:4, 0:3])
    found = known(*entries).newest(rows, reads)
    for row, read, place in zip(rows, reads, found.tolist(), strict=True):
        mine = [number for number, entry in enumerate(entries) if entry[:2] == (row, read)]
        assert place == max(mine, key=lambda number: (entries[number][2], -number), default=-1)


def test_lists_are_laid_flat_in_order() -> None:
    flat = ragged([(3, 1), (), (2,)])
    assert (flat.offsets.tolist(), flat.values.tolist()) == ([0, 2, 2, 3], [3, 1, 2])
    assert ragged([]).offsets.tolist() == [0]


def scorer() -> Scorer:
    weights = np.array([[0.5, 0.0], [2.0, -1.0], [0.01, 3.0]], dtype=np.float32)
    return Scorer(("a", "b", "c"), ("x", "y"), np.eye(3, dtype=np.float32), weights.T.copy(), np.zeros(2, "f4"))


def test_the_weightiest_tags_of_a_subject_come_first_and_small_ones_are_no_reason() -> None:
    tags = csr_matrix(np.array([[1, 1, 1], [1, 0, 1]], dtype=np.float32))
    places, added = weightiest(tags, scorer(), np.array([0, 0, 1]), np.array([0, 1, 0]), most=2, least=0.05)
    assert places.offsets.tolist() == [0, 2, 3, 4]
    assert places.values.tolist() == [1, 0, 2, 0]
    assert added == pytest.approx([2.0, 0.5, 3.0, 0.5])


def test_subjects_without_tags_have_no_weightiest_tag() -> None:
    places, added = weightiest(csr_matrix((1, 3), dtype=np.float32), scorer(), np.array([0]), np.array([1]), 2, 0.05)
    assert (places.offsets.tolist(), added.tolist()) == ([0, 0], [])
