"""Finds what stands behind offers: the newest source of what a clause read, and the tags (or pairs) that weigh most.

It works on a block of subjects as arrays. It decides nothing about eligibility, and writes no sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.pairs import columns
from recommender.rank import SCORE_DECIMALS, Scorer

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ragged:
    """A list per row, laid flat: row i has ``values[offsets[i]:offsets[i + 1]]``."""

    offsets: Places
    values: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Known:
    """What files know, an entry each: the file's row, what was read (a place in a list of reads, -1 where nobody asks
    for it) and the day it was true as of."""

    rows: npt.NDArray[np.int64]
    reads: npt.NDArray[np.int64]
    as_of: npt.NDArray[np.int32]

    def newest(self, rows: Places, reads: Places, width: int) -> Places:
        """The entry that says most recently what a row's reading is, one per (row, read); -1 where none says it.

        `width` is the number of reads. Of two entries of one day the first stands.
        """
        asked = np.flatnonzero(self.reads >= 0)
        order = asked[np.lexsort((-asked, self.as_of[asked], self.reads[asked], self.rows[asked]))]
        keys = self.rows[order] * width + self.reads[order]
        wanted = rows * width + reads
        last = np.searchsorted(keys, wanted, side="right") - 1
        found = (last >= 0) & (reads >= 0)
        found[found] = keys[last[found]] == wanted[found]
        return np.where(found, order[np.maximum(last, 0)] if len(order) else -1, -1)


def ragged(lists: Sequence[Sequence[int]]) -> Ragged:
    """Lists of numbers, laid flat.

    >>> ragged([(3, 1), (), (2,)]).offsets.tolist()
    [0, 2, 2, 3]
    """
    lengths = np.array([len(one) for one in lists], dtype=np.int64)
    values = np.fromiter((value for one in lists for value in one), dtype=np.int64, count=int(lengths.sum()))
    return Ragged(np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), values)


def weightiest(
    tags: csr_matrix, scorer: Scorer, rows: Places, services: Places, most: int, least: float
) -> tuple[Ragged, npt.NDArray[np.float64]]:
    """The `most` tags and pairs that add most to each offer, at least `least` each, most first, and what they add.

    tags csr[N, T]; the places in the lists are of ``scorer.columns``.
    """
    tags = columns(tags, scorer.pairs)
    counts = np.diff(tags.indptr)
    width = int(counts.max()) if len(counts) else 0
    if not width or not len(rows):
        return Ragged(np.zeros(len(rows) + 1, dtype=np.int64), np.empty(0, dtype=np.int64)), np.empty(0)
    padded = np.full((tags.shape[0], width), len(scorer.columns), dtype=np.int64)
    row_of = np.repeat(np.arange(tags.shape[0]), counts)
    padded[row_of, np.arange(tags.nnz) - tags.indptr[row_of]] = tags.indices
    whole = scorer.tag_vectors.astype(np.float64) @ scorer.service_vectors.T.astype(np.float64)
    weights = np.vstack([np.round(whole, SCORE_DECIMALS), np.full((1, len(scorer.services)), -np.inf)])
    own = padded[rows]
    added = weights[own, services[:, None]]
    order = np.argsort(-added, axis=1, kind="stable")[:, :most]
    heaviest, tag = np.take_along_axis(added, order, axis=1), np.take_along_axis(own, order, axis=1)
    kept = heaviest >= least
    offsets = np.concatenate(([0], np.cumsum(kept.sum(axis=1)))).astype(np.int64)
    return Ragged(offsets, tag[kept]), heaviest[kept]
