"""Learns a scorer from what subjects did, and measures it on days it has not seen; it reads no table and no clock.

Time is cut into windows of WINDOW_DAYS before the day. The parts are first learned without the last three windows,
the stack on the two after them, and the last one measures both; then the parts are learned anew from everything,
and the weights of the stack are kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from recommender.evaluate import calibration_error, quality
from recommender.features import Uses, aged
from recommender.model import Factors, train
from recommender.rank import Scorer, probability, rank, score
from recommender.stack import Parts, Weights, combine, fit, log_odds, neutral, popularity, rarity

WINDOW_DAYS = 30
HELD_OUT = 3  # windows: two for the stack, the last to measure
# What the parts count where no window shows how they should.
UNPROVEN = Weights({"factors": 0.0, "log_odds": 0.5, "popularity": 0.5, "rarity": 1.0}, float("nan"))


@dataclass(frozen=True)
class Past:
    """What subjects did: csr[N, T] the tags before each act, the acts as uses, and how many days ago (int32[M])."""

    tags: csr_matrix
    uses: Uses
    ages: npt.NDArray[np.int32]


@dataclass(frozen=True)
class Window:
    """What subjects could take up and did: tags csr[N, T] on its first day, allowed and taken bool[N, S]."""

    tags: csr_matrix
    allowed: npt.NDArray[np.bool_]
    taken: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Learned:
    """A scorer, LightFM's factors where anything was learned, and figures for the model's manifest."""

    scorer: Scorer
    factors: Factors | None
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Names:
    """The columns' names, and the services' traits csr[S, F]."""

    tags: tuple[str, ...]
    services: tuple[str, ...]
    traits: csr_matrix


def learn(past: Past, windows: Sequence[Window], allowed: npt.NDArray[np.bool_], names: Names, seed: int) -> Learned:
    """Learns from the past; `windows` are the HELD_OUT last, oldest first, `allowed` bool[N, S] the latest mask known.

    Without any use the scorer is the neutral one; without windows to prove them the parts' weights are the UNPROVEN.
    Neither claims any figure.
    """
    if not (past.uses.weights > 0).any():
        return Learned(neutral(names.tags, names.services, allowed), None, {})
    early = _before(past, HELD_OUT * WINDOW_DAYS)
    weights: Weights = UNPROVEN
    figures: Mapping[str, float] = {}
    if len(windows) == HELD_OUT and (early.uses.weights > 0).any():
        weights, figures = _stacked(_parts(early, windows[0].allowed, names, seed), windows[:-1], windows[-1], seed)
    parts = _parts(past, allowed, names, seed)
    return Learned(combine(parts, weights), parts.factors, {**figures, "uses": float(len(past.uses))})


def measure(scorer: Scorer, window: Window, k: int = 10) -> float:
    """nDCG at `k` of the lists that the product would have shown on the window's first day."""
    ranked = rank(window.tags, scorer, window.allowed, k)
    return quality(ranked.indices, _gains(window), k).ndcg


def _before(past: Past, days: int) -> Past:
    """The past as it was known so many days ago; ages are counted from there."""
    known = past.ages >= days
    return Past(past.tags, past.uses.select(known), past.ages[known] - np.int32(days))


def _parts(past: Past, allowed: npt.NDArray[np.bool_], names: Names, seed: int) -> Parts:
    uses = Uses(past.uses.rows, past.uses.services, aged(past.uses.weights, past.ages))
    count = len(names.services)
    return Parts(
        factors=train(past.tags, uses, names.traits, tag_names=names.tags, service_names=names.services, seed=seed),
        log_odds=log_odds(past.tags, uses, count),
        popularity=popularity(uses, count),
        rarity=rarity(allowed),
    )


def _stacked(trial: Parts, earlier: Sequence[Window], last: Window, seed: int) -> tuple[Weights, dict[str, float]]:
    """The parts' weights from the earlier windows, and what they are worth in the last."""
    both = Window(
        csr_matrix(vstack([window.tags for window in earlier])),
        np.concatenate([window.allowed for window in earlier]),
        np.concatenate([window.taken for window in earlier]),
    )
    offered = both.taken[both.allowed]
    if not offered.any() or offered.all():
        return UNPROVEN, {}
    weights = fit(trial, both.tags, both.allowed, both.taken, seed)
    return weights, _figures(trial, weights, last)


def _figures(trial: Parts, weights: Weights, last: Window) -> dict[str, float]:
    """nDCG@10 of the stack and of each part alone, through the product's own ranking, and the stack's calibration."""
    scorer = combine(trial, weights)
    alone = {name: combine(trial, Weights(_only(name), 0.0)) for name in ("popularity", "log_odds", "factors")}
    ranked = rank(last.tags, scorer, last.allowed, 10)
    found = quality(ranked.indices, _gains(last), 10)
    chances = probability(score(last.tags, scorer)[last.allowed], scorer)
    figures = {
        "ndcg_10": found.ndcg,
        "recall_10": found.recall,
        **{f"ndcg_10_{name}": measure(part, last) for name, part in alone.items()},
        "subjects": float(found.subjects),
        "foreseen": float(chances.mean()),
        "taken": float(last.taken[last.allowed].mean()),
        "calibration_error": calibration_error(chances, last.taken[last.allowed]),
        **{f"weight_{name}": weight for name, weight in weights.parts.items()},
    }
    return {name: round(figure, 4) for name, figure in figures.items()}


def _only(name: str) -> dict[str, float]:
    return {part: float(part == name) for part in UNPROVEN.parts}


def _gains(window: Window) -> npt.NDArray[np.float64]:
    return (window.taken & window.allowed).astype(np.float64)
