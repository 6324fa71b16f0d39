"""Lets the product learn from any rows of tags and uses as it learns from a city, by ``learn`` itself.

Rows that have no date are dealt to the windows at random; some weigh the parts, some try the whole, and the rest are
older than either. It reads nothing and knows no data by name.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.features import Uses
from recommender.learn import HELD_OUT, WINDOW_DAYS, Learned, Names, Past, Window, learn

# Of the rows to learn from: so many in each of the two windows that weigh the parts, and in the last, which tries them.
HELD_BACK = (0.15, 0.15, 0.1)


@dataclass(frozen=True)
class Rows:
    """N rows: tags csr[N, T], uses csr float64[N, S], and what could be offered, bool[N, S]."""

    names: Names
    tags: csr_matrix
    uses: csr_matrix
    allowed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.tags.shape[0])

    def some(self, chosen: npt.NDArray[np.intp]) -> "Rows":
        """The chosen rows, in the order chosen."""
        return Rows(self.names, self.tags[chosen], self.uses[chosen], self.allowed[chosen])

    @property
    def gains(self) -> npt.NDArray[np.float64]:
        """What finding a service is worth to a row: the logarithm of one more than its uses."""
        gained: npt.NDArray[np.float64] = np.log1p(self.uses.toarray())
        return gained


def split(rows: Rows, seed: int, hidden: float = 0.2) -> tuple[Rows, Rows]:
    """The rows to learn from, and the share that is hidden, drawn by the seed."""
    order = np.random.default_rng(seed).permutation(len(rows))
    count = int(len(order) * hidden)
    return rows.some(order[count:]), rows.some(order[:count])


def learned(rows: Rows, seed: int) -> Learned:
    """What the product learns from the rows that used anything."""
    used = rows.some(np.flatnonzero(np.diff(rows.uses.indptr)))
    order = np.random.default_rng(seed).permutation(len(used))
    ends = np.cumsum([round(share * len(order)) for share in HELD_BACK])
    held = [order[start:end] for start, end in zip((0, *ends[:-1]), ends, strict=True)]
    age = np.full(len(order), HELD_OUT * WINDOW_DAYS, dtype=np.int32)
    for number, own in enumerate(held):
        age[own] = (HELD_OUT - number) * WINDOW_DAYS - 1
    acts = used.uses.tocoo()
    uses = Uses(acts.row.astype(np.int32), acts.col.astype(np.int32), acts.data.astype(np.float32))
    windows = [_window(used.some(own)) for own in held]
    return learn(Past(used.tags, uses, age[acts.row]), windows, _all_of(used), used.names, seed)


def _window(rows: Rows) -> Window:
    uses = rows.uses.toarray()
    return Window(rows.tags, rows.allowed, uses / uses.sum(axis=1, keepdims=True), _all_of(rows))


def _all_of(rows: Rows) -> npt.NDArray[np.bool_]:
    """Such rows say what is left to offer, not who has a right to what: everybody has one to everything."""
    return np.ones(rows.allowed.shape, dtype=np.bool_)
