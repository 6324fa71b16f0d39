"""Fair reach: among those who may have services, who was offered what they then took up, by group; it ranks nothing.

Two things are told of a group. Recall: of what its members took up, how much their lists had held. Exposure: of the
services that its members may have, how much of a list's attention they got, the first place counting most.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.evaluate.measures import discounts

LEAST_SUBJECTS = 30  # of a group whose figures may be held against the whole; of fewer chance alone says more


@dataclass(frozen=True)
class Reach:
    """What reached one group: `takers` of its subjects took something up, `recall` over these; `exposure` over all."""

    group: str
    subjects: int
    takers: int
    recall: float
    exposure: float


def reach(
    indices: npt.NDArray[np.int32],
    gains: npt.NDArray[np.float64],
    allowed: npt.NDArray[np.bool_],
    groups: Mapping[str, npt.NDArray[np.str_]],
) -> dict[str, tuple[Reach, ...]]:
    """The reach of every group of every kind, by lists int32[N, k], gains float64[N, S] and the mask bool[N, S].

    ``groups`` gives each kind the label of every row; a row whose label is empty stands in no group.
    """
    recall, exposure = recalls(indices, gains), exposures(indices, allowed)
    eligible = allowed.any(axis=1)
    return {
        kind: tuple(
            _reach(label, labels == label, recall, np.where(eligible, exposure, np.nan))
            for label in sorted(set(labels.tolist()) - {""})
        )
        for kind, labels in groups.items()
    }


def recalls(indices: npt.NDArray[np.int32], gains: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """float64[N]: the share of what a row took up that its list holds; NaN where it took up nothing."""
    wanted = (gains > 0).sum(axis=1)
    hits = (np.take_along_axis(gains, np.maximum(indices, 0), axis=1) > 0) & (indices >= 0)
    most = np.minimum(wanted, indices.shape[1])
    found: npt.NDArray[np.float64] = np.where(wanted > 0, hits.sum(axis=1) / np.maximum(most, 1), np.nan)
    return found


def exposures(indices: npt.NDArray[np.int32], allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """float64[N]: the attention that a list gives to what its subject may have, of the most that it could give.

    Attention falls with the logarithm of the place (Singh and Joachims 2018). A list shorter than it could be gives
    less than 1.
    """
    weight = discounts(indices.shape[1])
    given = (indices >= 0) @ weight
    most = np.concatenate(([0.0], np.cumsum(weight)))[np.minimum(allowed.sum(axis=1), indices.shape[1])]
    found: npt.NDArray[np.float64] = given / np.maximum(most, 1e-12)
    return found


def parity(reached: tuple[Reach, ...], least: int = LEAST_SUBJECTS) -> float:
    """The recall of the group that is reached worst over that of all together; 1 where there are no two groups.

    Groups of fewer than `least` takers are left out: of them chance alone says more.

    >>> parity((Reach("a", 90, 60, 0.8, 1.0), Reach("b", 90, 60, 0.4, 1.0)))
    0.6666666666666667
    """
    told = [one for one in reached if one.takers >= least]
    takers = sum(one.takers for one in told)
    whole = sum(one.recall * one.takers for one in told) / takers if takers else 0.0
    return min((one.recall for one in told), default=whole) / whole if whole and len(told) > 1 else 1.0


def _reach(
    label: str, own: npt.NDArray[np.bool_], recall: npt.NDArray[np.float64], exposure: npt.NDArray[np.float64]
) -> Reach:
    found, seen = recall[own & ~np.isnan(recall)], exposure[own & ~np.isnan(exposure)]
    return Reach(
        label,
        int(own.sum()),
        len(found),
        float(found.mean()) if len(found) else 0.0,
        float(seen.mean()) if len(seen) else 0.0,
    )
