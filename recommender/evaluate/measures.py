"""Measures how good a ranking is against what subjects then did; it neither ranks nor reads anything itself."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Quality:
    """Means over the subjects that had something to find: nDCG and recall at `k`; `subjects` of them."""

    k: int
    subjects: int
    ndcg: float
    recall: float


def quality(indices: npt.NDArray[np.int32], gains: npt.NDArray[np.float64], k: int = 10) -> Quality:
    """Quality of lists int32[N, >= k] (-1 pads) against gains float64[N, S] (0 where a service was no use).

    nDCG after Järvelin and Kekäläinen (2002) with linear gains; rows without any gain are left out. Means are 0
    where no row has a gain.
    """
    found = np.flatnonzero((gains > 0).any(axis=1))
    if not len(found):
        return Quality(k, 0, 0.0, 0.0)
    listed, own = indices[found, :k], gains[found]
    gained = np.where(listed >= 0, np.take_along_axis(own, np.maximum(listed, 0), axis=1), 0.0)
    ndcg = (gained @ discounts(gained.shape[1])) / ideal(own, k)
    recall = (gained > 0).sum(axis=1) / np.minimum((own > 0).sum(axis=1), k)
    return Quality(k, len(found), float(ndcg.mean()), float(recall.mean()))


def ideal(gains: npt.NDArray[np.float64], k: int) -> npt.NDArray[np.float64]:
    """float64[N]: the discounted gain of the best list of `k` that each row of gains float64[N, S] allows.

    >>> ideal(np.array([[0.0, 2.0, 0.0]]), 2).tolist()
    [2.0]
    """
    best = -np.sort(-gains, axis=1)[:, :k]
    found: npt.NDArray[np.float64] = best @ discounts(best.shape[1])
    return found


def calibration_error(
    probabilities: npt.NDArray[np.floating], taken: npt.NDArray[np.floating], bins: int = 10
) -> float:
    """Expected calibration error: the mean gap between what was foreseen and what came, over equally full bins."""
    if not len(probabilities):
        return 0.0
    order = np.argsort(probabilities, kind="stable")
    gaps = [
        abs(float(probabilities[part].mean()) - float(taken[part].mean())) * len(part)
        for part in np.array_split(order, bins)
        if len(part)
    ]
    return sum(gaps) / len(order)


def discounts(length: int) -> npt.NDArray[np.float64]:
    """float64[length]: what a place in a list counts for, 1 for the first."""
    return 1.0 / np.log2(np.arange(2, length + 2))
