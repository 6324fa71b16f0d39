"""Two tags that say more together than apart: which pairs are worth a column, and these columns; it knows no subject.

A pair's column is 1 where a row has both tags. It stands behind the columns of the tags, so that a score stays one
sum over columns and a reason can name the two tags together.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from recommender.explain import AND

LEAST_ROWS = 3  # a pair that fewer rows have says nothing of the next; what few rows say, the parts shrink
MOST_PAIRS = 400
# A tag whose rows nearly all have the other tag too says the same with it as alone.
MOST_SHARED = 0.95

Pairs = npt.NDArray[np.int32]  # [P, 2]: columns of the two tags, the lower first
NO_PAIRS: Pairs = np.empty((0, 2), dtype=np.int32)
Number = TypeVar("Number", np.float32, np.float64)


def columns(tags: csr_matrix, pairs: Pairs) -> csr_matrix:
    """csr[N, T + P]: the tags csr[N, T], and behind them a 1 where a row has both tags of a pair.

    >>> columns(csr_matrix(np.array([[1, 1, 0], [0, 1, 1]], dtype=np.float32)), np.array([[0, 1]])).toarray().tolist()
    [[1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]]
    """
    if not len(pairs):
        return tags
    both = tags[:, pairs[:, 0]].multiply(tags[:, pairs[:, 1]])
    return csr_matrix(hstack([tags, both], format="csr", dtype=tags.dtype))


def laid_out(own: csr_matrix) -> npt.NDArray[np.int64]:
    """The columns that each row of csr[N, C] has, int64[N, width]; the places that a row leaves over hold C.

    >>> laid_out(csr_matrix(np.array([[1, 0, 1], [0, 1, 0]]))).tolist()
    [[0, 2], [1, 3]]
    """
    counts = np.diff(own.indptr)
    places = np.full((own.shape[0], int(counts.max(initial=0))), own.shape[1], dtype=np.int64)
    rows = np.repeat(np.arange(own.shape[0]), counts)
    places[rows, np.arange(own.nnz) - own.indptr[rows]] = own.indices
    return places


def dense_columns(tags: npt.NDArray[Number], pairs: Pairs) -> npt.NDArray[Number]:
    """As `columns`, for a block of rows that is dense already: [N, T] to [N, T + P]."""
    if not len(pairs):
        return tags
    return np.concatenate([tags, tags[:, pairs[:, 0]] * tags[:, pairs[:, 1]]], axis=1)


def names(tags: tuple[str, ...], pairs: Pairs) -> tuple[str, ...]:
    """The names of the columns: of the tags, and of each pair both.

    >>> names(("minor", "driver"), np.array([[0, 1]]))
    ('minor', 'driver', 'minor+driver')
    """
    return (*tags, *(f"{tags[one]}{AND}{tags[other]}" for one, other in pairs.tolist()))


def telling(
    tags: csr_matrix, acts: csr_matrix, alone: npt.NDArray[np.floating], most: int = MOST_PAIRS, least: int = LEAST_ROWS
) -> Pairs:
    """The `most` pairs whose uses differ most from what their tags foretell, among those that `least` rows have.

    tags csr[N, T] and acts csr[N, S] (how much each row used each service) are of the same rows; `alone` float[N, S]
    is how much of its uses the tags alone foretell of each service. How much a pair differs is the deviance of its
    uses, 2 sum(observed log(observed / expected)); the order of the pairs is that of their tags.
    """
    used = np.asarray(acts.sum(axis=1)).ravel()
    rows = tags[used > 0]
    together = np.asarray((rows.T @ rows).todense())
    own = np.diag(together)
    fewer = np.minimum(own[:, None], own[None, :])
    candidates = np.argwhere(np.triu((together >= least) & (together <= MOST_SHARED * fewer), k=1)).astype(np.int32)
    if len(candidates) <= most:
        return candidates
    both = columns(tags, candidates)[:, tags.shape[1] :]
    observed = np.asarray((both.T @ acts).todense(), dtype=np.float64)
    expected = np.maximum(both.T @ (alone * used[:, None]), 1e-9)
    deviance = 2 * np.sum(np.where(observed > 0, observed * np.log(np.maximum(observed, 1e-9) / expected), 0.0), axis=1)
    chosen = np.sort(np.argsort(-deviance, kind="stable")[:most])
    found: Pairs = candidates[chosen]
    return found
