"""What a scorer is worth on days that it has not seen, through the product's own ranking; it learns nothing.

The lists are those that would have been shown on the window's first day: masked, best first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.evaluate.measures import calibration_error, quality
from recommender.fairness import Reach, reach
from recommender.rank import Scorer, probability, rank, score

LISTED = 10


@dataclass(frozen=True)
class Window:
    """What subjects could take up and did: tags csr[N, T] on its first day, allowed bool[N, S], and taken [N, S]:
    1 where a subject took a service up (for a group of subjects, the share of what they took up).

    `entitled` bool[N, S] says who had a right to what, used already or not; `groups` are the kinds of groups (``age``,
    ``sex``) by which fair reach is told, each as the label of every row.
    """

    tags: csr_matrix
    allowed: npt.NDArray[np.bool_]
    taken: npt.NDArray[np.floating]
    entitled: npt.NDArray[np.bool_]
    groups: Mapping[str, npt.NDArray[np.str_]] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """Figures of one scorer on one window, and whom it reached by kind of group."""

    figures: Mapping[str, float]
    reached: Mapping[str, tuple[Reach, ...]]


def tried(scorer: Scorer, window: Window) -> Trial:
    """nDCG and recall at ten, coverage and calibration, in all and by group."""
    ranked = rank(window.tags, scorer, window.allowed, LISTED)
    gains = np.where(window.allowed, window.taken, 0.0).astype(np.float64)
    found = quality(ranked.indices, gains, LISTED)
    foretold = probability(score(window.tags, scorer), scorer)
    chances = foretold[window.allowed]
    figures = {
        "ndcg_10": found.ndcg,
        "recall_10": found.recall,
        "coverage_10": coverage(ranked.indices, window.allowed),
        "subjects": float(found.subjects),
        "foreseen": float(chances.mean()) if len(chances) else 0.0,
        "taken": float(window.taken[window.allowed].mean()) if len(chances) else 0.0,
        "calibration_error": calibration_error(chances, window.taken[window.allowed]),
    }
    return Trial(figures, reach(ranked.indices, gains, foretold, window.allowed, window.groups))


def coverage(indices: npt.NDArray[np.int32], allowed: npt.NDArray[np.bool_]) -> float:
    """The share of services that somebody may have which stand in somebody's list."""
    offered = allowed.any(axis=0)
    listed = np.zeros(allowed.shape[1], dtype=bool)
    listed[indices[indices >= 0]] = True
    return float((listed & offered).sum() / max(int(offered.sum()), 1))
