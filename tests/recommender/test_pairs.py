"""A pair's column is both its tags, and the pairs chosen are those that say more than their tags."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from recommender.pairs import NO_PAIRS, columns, dense_columns, names, telling


@given(st.integers(0, 2**31))
def test_sparse_and_dense_columns_are_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tags = (rng.random((7, 5)) < 0.4).astype(np.float32)
    pairs = np.array([(a, b) for a in range(5) for b in range(a + 1, 5) if rng.random() < 0.5], dtype=np.int32)
    pairs = pairs.reshape(-1, 2)
    wide = columns(csr_matrix(tags), pairs).toarray()
    assert wide.tolist() == dense_columns(tags, pairs).tolist()
    assert wide.shape[1] == len(names(tuple("abcde"), pairs))
    for place, (one, other) in enumerate(pairs.tolist()):
        assert wide[:, 5 + place].tolist() == (tags[:, one] * tags[:, other]).tolist()


def test_without_pairs_the_columns_are_the_tags() -> None:
    tags = csr_matrix(np.eye(3, dtype=np.float32))
    assert columns(tags, NO_PAIRS) is tags


def test_the_pair_that_says_more_than_its_tags_is_chosen_first() -> None:
    tags = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)] * 10, dtype=np.float32)
    together = (tags[:, 0] * tags[:, 1]).astype(bool)
    acts = csr_matrix(np.where(together[:, None], [9.0, 1.0], [1.0, 9.0]))
    alone = np.full(acts.shape, 0.5)
    assert telling(csr_matrix(tags), acts, alone, most=1).tolist() == [[0, 1]]
    assert telling(csr_matrix(tags), acts, alone, most=9).tolist() == [[0, 1], [0, 2], [1, 2]]


def test_pairs_that_are_rare_or_say_the_same_as_one_tag_are_no_pairs() -> None:
    tags = np.zeros((60, 4), dtype=np.float32)
    tags[:50, 0] = tags[:40, 1] = 1  # all who have the second tag have the first
    tags[38:60, 2] = 1
    tags[:2, 3] = 1  # two rows are too few
    acts = csr_matrix(np.ones((60, 2)))
    found = telling(csr_matrix(tags), acts, np.full((60, 2), 0.5))
    assert found.tolist() == [[0, 2]]
