"""Finds what stands behind offers: the newest source of what a clause read, and the tags (or pairs) that weigh most.

It works on a block of subjects as arrays. It decides nothing about eligibility, and writes no sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.pairs import columns, laid_out
from recommender.rank import SCORE_DECIMALS, Scorer

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ragged:
    """A list per row, laid flat: row i has ``values[offsets[i]:offsets[i + 1]]``."""

    offsets: Places
    values: npt.NDArray[np.int64]

    def take(self, rows: Places) -> "Ragged":
        """The lists of these rows, in their order.

        >>> Ragged(np.array([0, 2, 2, 3]), np.array([7, 8, 9])).take(np.array([2, 0])).values.tolist()
        [9, 7, 8]
        """
        lengths = np.diff(self.offsets)[rows]
        offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        from_ = np.repeat(self.offsets[rows] - offsets[:-1], lengths)
        return Ragged(offsets, self.values[from_ + np.arange(offsets[-1])])


@dataclass(frozen=True)
class Known:
    """What files know, an entry each: the file's row, what was read (a place in a list of reads, -1 where nobody asks
    for it) and the day it was true as of; of how many rows and reads."""

    rows: npt.NDArray[np.int64]
    reads: npt.NDArray[np.int64]
    as_of: npt.NDArray[np.int32]
    shape: tuple[int, int]

    def newest(self, rows: Places, reads: Places) -> Places:
        """The entry that says most recently what a row's reading is, one per (row, read); -1 where none says it.

        Of two entries of one day the first stands.
        """
        return np.where(reads >= 0, self._newest[rows, reads], -1)

    @cached_property
    def _newest(self) -> Places:
        asked = np.flatnonzero(self.reads >= 0)
        count = len(self.reads)  # of one day the first entry comes last
        order = asked[np.argsort(self.as_of[asked].astype(np.int64) * count + (count - 1 - asked))]
        found = np.full(self.shape, -1, dtype=np.int64)
        found[self.rows[order], self.reads[order]] = order  # of those for one place the last stays
        return found


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
    own = laid_out(columns(tags, scorer.pairs))[rows]
    count, every = len(scorer.services), np.arange(len(rows))
    weights = np.append(np.round(scorer.weights, SCORE_DECIMALS), np.full(count, -np.inf))
    added = weights.take(own * count + services[:, None])
    most = min(most, own.shape[1])
    heaviest, tag = np.empty((len(rows), most)), np.empty((len(rows), most), dtype=np.int64)
    for place in range(most):  # a few times the best takes a fifth of the time of sorting all
        best = added.argmax(axis=1)
        heaviest[:, place], tag[:, place] = added[every, best], own[every, best]
        added[every, best] = -np.inf
    kept = heaviest >= least
    offsets = np.concatenate(([0], np.cumsum(kept.sum(axis=1)))).astype(np.int64)
    return Ragged(offsets, tag[kept]), heaviest[kept]
