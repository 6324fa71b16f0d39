"""Fair reach: among those who may have services, who was offered what they then took up, by group; it ranks nothing.

Of a group is told: recall and nDCG, how much of what its members took up their lists had held, and how high; exposure,
how much attention the services that its members may have got in their lists, against the lists of all who may have
them; and how far the chances that were foretold of its members were from what came.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.evaluate.measures import calibration_error, discounts, quality

LEAST_SUBJECTS = 30  # of a group whose figures may be held against the whole; of fewer chance alone says more
# What is told of a group, by the fields of Reach.
FIGURES = ("recall", "ndcg", "exposure", "calibration_error")


@dataclass(frozen=True)
class Reach:
    """What reached one group: `takers` of its subjects took something up, `recall` and `ndcg` over these.

    `exposure` over all is 1 where its services stand in its lists as they do in those of all who may have them, and
    less where they stand lower or are left out. `calibration_error` is that of its members' chances.
    """

    group: str
    subjects: int
    takers: int
    recall: float
    ndcg: float
    exposure: float
    calibration_error: float


def reach(
    indices: npt.NDArray[np.int32],
    gains: npt.NDArray[np.float64],
    chances: npt.NDArray[np.floating],
    allowed: npt.NDArray[np.bool_],
    groups: Mapping[str, npt.NDArray[np.str_]],
) -> dict[str, tuple[Reach, ...]]:
    """The reach of every group of every kind, by lists int32[N, k], gains and foretold chances float[N, S] and the mask
    bool[N, S].

    ``groups`` gives each kind the label of every row; a row whose label is empty stands in no group.
    """
    recall, (given, due) = recalls(indices, gains), attention(indices, allowed)

    def one(label: str, own: npt.NDArray[np.bool_]) -> Reach:
        found = recall[own & ~np.isnan(recall)]
        may_have = allowed[own]
        return Reach(
            group=label,
            subjects=int(own.sum()),
            takers=len(found),
            recall=float(found.mean()) if len(found) else 0.0,
            ndcg=quality(indices[own], gains[own], indices.shape[1]).ndcg,
            exposure=float(given[own].sum() / due[own].sum()) if due[own].any() else 0.0,
            calibration_error=calibration_error(chances[own][may_have], gains[own][may_have]),
        )

    return {
        kind: tuple(one(label, labels == label) for label in sorted(set(labels.tolist()) - {""}))
        for kind, labels in groups.items()
    }


def recalls(indices: npt.NDArray[np.int32], gains: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """float64[N]: the share of what a row took up that its list holds; NaN where it took up nothing."""
    wanted = (gains > 0).sum(axis=1)
    hits = (np.take_along_axis(gains, np.maximum(indices, 0), axis=1) > 0) & (indices >= 0)
    most = np.minimum(wanted, indices.shape[1])
    found: npt.NDArray[np.float64] = np.where(wanted > 0, hits.sum(axis=1) / np.maximum(most, 1), np.nan)
    return found


def attention(
    indices: npt.NDArray[np.int32], allowed: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(float64[N], float64[N]): the attention that each list gives, and what it would give if each service that its
    subject may have got as much as it gets on average among all who may have it.

    Attention falls with the logarithm of the place (Singh and Joachims 2018). Over all rows the two add up to the same.
    """
    weight, listed = discounts(indices.shape[1]), indices >= 0
    paid = np.broadcast_to(weight, indices.shape)[listed]
    total = np.bincount(indices[listed], weights=paid, minlength=allowed.shape[1])
    return listed @ weight, allowed @ (total / np.maximum(allowed.sum(axis=0), 1))


def parity(reached: tuple[Reach, ...], least: int = LEAST_SUBJECTS) -> float:
    """The recall of the group that is reached worst over that of all together; 1 where there are no two groups.

    Groups of fewer than `least` takers are left out: of them chance alone says more.

    >>> parity((Reach("a", 90, 60, 0.8, 0.7, 1.0, 0.01), Reach("b", 90, 60, 0.4, 0.3, 1.0, 0.01)))
    0.6666666666666667
    """
    told = [one for one in reached if one.takers >= least]
    takers = sum(one.takers for one in told)
    whole = sum(one.recall * one.takers for one in told) / takers if takers else 0.0
    return min((one.recall for one in told), default=whole) / whole if whole and len(told) > 1 else 1.0
