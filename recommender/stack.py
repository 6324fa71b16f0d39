"""Joins the parts into one linear score by what subjects took up of what they could have; it makes no part itself.

The parts' weights are learned on days that the parts have not seen: first so that within a subject what was taken up
stands above what was not, for that is what a list is, then stretched and shifted so that a score is the log-odds of
taking a service up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.pairs import NO_PAIRS, columns
from recommender.parts import Parts, rarity
from recommender.rank import SCORE_DECIMALS, Scorer
from recommender.regression import odds, preference

COMPARED = 20  # services not taken up that each one taken up is compared with

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Weights:
    """How much each part counts, and the intercept that makes a score a log-odds."""

    parts: dict[str, float]
    intercept: float


# What the parts count where no window shows how they should: about what windows of made-up cities show.
USUAL: Mapping[str, float] = {"affinity": 1.5, "log_odds": 0.1, "popularity": 0.1, "rarity": 0.15}
USUAL_SAY = (
    30.0  # where windows do show it, what is usual counts for as much as so many subjects that took something up
)


def fit(
    parts: Parts,
    tags: csr_matrix,
    allowed: Flags,
    taken: npt.NDArray[np.floating],
    seed: int,
    of: Sequence[str] | None = None,
    usual: Mapping[str, float] = USUAL,
) -> Weights:
    """Weights of the parts from what subjects (rows) took up, float64[N, S], of what they could, bool[N, S].

    What was taken up is a share between 0 and 1: 1 for what a person took up; for a group of people, how much of
    what they took up it was. A part that would count against itself is left out, the worst first, and the rest fitted
    anew: an explanation must not say that a tag speaks for a service while the stack counts it against. `of` names the
    parts that may be given weight, by default all, `usual` what they count in general: the fewer subjects took anything
    up, the closer to it the weights are held. Raises ValueError where nothing, or everything, was taken up.
    """
    rows, services = np.nonzero(allowed)
    share = taken[rows, services].astype(np.float64)
    if not share.any() or share.all():
        told = f"{int((share > 0).sum())} of {len(share)}"
        raise ValueError(f"the stack learns from offers taken up and not taken up, got {told} taken up")
    own = _scores(parts, tags)
    found = _preferred({name: own[name] for name in of or parts.names}, allowed, taken, seed, usual)
    whole = sum((weight * own[name][rows, services] for name, weight in found.items()), np.zeros(len(rows)))
    slopes, intercept = odds(whole[:, None], share, np.ones(len(rows)), seed)
    stretch = max(float(slopes[0]), 0.0)
    return Weights({name: stretch * found.get(name, 0.0) for name in parts.names}, intercept)


def combine(parts: Parts, weights: Weights) -> Scorer:
    """The weighted sum of the parts as one scorer, rounded so that the last bits of a sum decide nothing."""
    width, count = len(parts.tags) + len(parts.pairs), len(parts.services)
    of_columns, of_services = np.zeros((width, count)), np.zeros(count)
    for name, weight in weights.parts.items():
        of_columns += weight * parts.of_columns.get(name, 0.0)
        of_services += weight * parts.of_services.get(name, 0.0)
    return Scorer(
        tags=parts.tags,
        services=parts.services,
        tag_vectors=np.round(of_columns, SCORE_DECIMALS).astype(np.float32),
        service_vectors=np.eye(count, dtype=np.float32),
        service_bias=np.round(of_services, SCORE_DECIMALS).astype(np.float32),
        intercept=round(weights.intercept, SCORE_DECIMALS),
        pairs=parts.pairs,
    )


def neutral(tags: tuple[str, ...], services: tuple[str, ...], entitled: Flags) -> Scorer:
    """The scorer of a city where nobody used anything yet: what few may have comes first, and no chance is claimed."""
    return Scorer(
        tags=tags,
        services=services,
        tag_vectors=np.zeros((len(tags), 0), dtype=np.float32),
        service_vectors=np.zeros((len(services), 0), dtype=np.float32),
        service_bias=np.round(rarity(entitled), SCORE_DECIMALS).astype(np.float32),
        intercept=float("nan"),
        pairs=NO_PAIRS,
    )


def _scores(parts: Parts, tags: csr_matrix) -> dict[str, Floats]:
    """Each part's own score of every service for every row: float64[N, S]."""
    own = columns(tags, parts.pairs)
    nothing = np.zeros((tags.shape[0], len(parts.services)))
    return {
        name: nothing + (own @ parts.of_columns[name] if name in parts.of_columns else 0.0)
        + parts.of_services.get(name, 0.0)
        for name in parts.names
    }  # fmt: skip


def _preferred(
    own: dict[str, Floats], allowed: Flags, taken: npt.NDArray[np.floating], seed: int, usual: Mapping[str, float]
) -> dict[str, float]:
    """The weights, none below 0, by which what was taken up stands above what was not."""
    better, worse, counts = _compared(allowed, taken, seed)
    apart = {name: scores[better] - scores[worse] for name, scores in own.items()}
    kept: Sequence[str] = [name for name, gaps in apart.items() if np.ptp(gaps) > 0]
    while kept:
        sizes = np.array([float(np.abs(apart[name]).mean()) or 1.0 for name in kept])
        general = np.array([usual.get(name, 0.0) for name in kept])
        own_apart = np.column_stack([apart[name] for name in kept]) / sizes
        weights = preference(own_apart, counts, general * sizes, USUAL_SAY) / sizes
        if weights.min() >= 0:
            return dict(zip(kept, weights.tolist(), strict=True))
        worst = int(np.argmin(weights * sizes))
        kept = [name for number, name in enumerate(kept) if number != worst]
    return {}


def _compared(
    allowed: Flags, taken: npt.NDArray[np.floating], seed: int
) -> tuple[tuple[npt.NDArray[np.intp], ...], tuple[npt.NDArray[np.intp], ...], Floats]:
    """Places (row, service) of what was taken up and of what was less, COMPARED draws each, and how much each counts.

    All draws of a row together count as one, or less where what was taken up is no whole.
    """
    rows, better = np.nonzero(allowed & (taken > 0))
    rows, better = np.repeat(rows, COMPARED), np.repeat(better, COMPARED)
    choices = [np.flatnonzero(own) for own in allowed]
    counts = np.array([len(own) for own in choices])
    starts = np.concatenate(([0], np.cumsum(counts)))[:-1]
    drawn = np.random.default_rng(seed).random(len(rows))
    worse = np.concatenate(choices)[starts[rows] + (drawn * counts[rows]).astype(np.intp)]
    gap = taken[rows, better].astype(np.float64) - taken[rows, worse]
    kept = gap > 0
    rows, better, worse, gap = rows[kept], better[kept], worse[kept], gap[kept]
    of_row = np.bincount(rows, weights=gap, minlength=len(allowed))
    return (rows, better), (rows, worse), gap / np.maximum(of_row[rows], 1e-12)
