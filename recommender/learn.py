"""Learns a scorer from what subjects did, and measures it on days it has not seen; it reads no table and no clock.

Time is cut into windows of WINDOW_DAYS before the day. The parts are first learned without the last three windows,
the stack on the two after them, and the last one measures both. Then all that was held back for that is learned from
as well: the parts anew from everything, the stack on all three windows. Popularity alone is learned and tried likewise:
it serves where nothing better was shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from recommender.features import Uses, aged
from recommender.model import Factors, train
from recommender.pairs import columns, telling
from recommender.pairs import names as named
from recommender.parts import (
    PARTS,
    Parts,
    acts_matrix,
    affinity,
    foretold,
    log_odds,
    popularity,
    rarity,
    shares,
)
from recommender.rank import Scorer
from recommender.stack import USUAL, Weights, combine, fit, neutral
from recommender.trial import Trial, Window, tried

__all__ = ["HELD_OUT", "WINDOW_DAYS", "Learned", "Names", "Past", "Window", "learn"]

WINDOW_DAYS = 30
HELD_OUT = 3  # windows: two for the stack, the last to measure
MOST_ROWS = 100_000  # by which the stack is fitted; more would change nothing but the memory it takes


@dataclass(frozen=True)
class Past:
    """What subjects did: csr[N, T] the tags before each act, the acts as uses, and how many days ago (int32[M])."""

    tags: csr_matrix
    uses: Uses
    ages: npt.NDArray[np.int32]


@dataclass(frozen=True)
class Learned:
    """A scorer, LightFM's factors where anything was learned, and what the last window says of them.

    `used` says how often each service was used that was used at all, `weights` how much each part counts in `scorer`.
    `untold` is the scorer that had not seen the last window, by which the trial was made and later models are
    compared, `tried_weights` how much each part counts in it; `without` says of each part the nDCG@10 that is left
    without it, `alone` the one that it has alone. `popular` is the scorer of popularity alone, learned and tried on the
    same days: what serves where nothing better was shown.
    """

    scorer: Scorer
    uses: int
    used: Mapping[str, int] = field(default_factory=dict)
    factors: Factors | None = None
    untold: Scorer | None = None
    trial: Trial | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    tried_weights: Mapping[str, float] = field(default_factory=dict)
    without: Mapping[str, float] = field(default_factory=dict)
    alone: Mapping[str, float] = field(default_factory=dict)
    popular: "Learned | None" = None

    @property
    def figures(self) -> dict[str, float]:
        """What a manifest says of it; nothing but the uses where no window could measure it."""
        told = {"uses": float(self.uses)} if self.uses else {}
        if self.trial is None:
            return told
        parts = {
            **{f"ndcg_10_{name}": figure for name, figure in self.alone.items()},
            **{f"ndcg_10_without_{name}": figure for name, figure in self.without.items()},
            **{f"weight_{name}": weight for name, weight in self.weights.items()},
            **{f"tried_weight_{name}": weight for name, weight in self.tried_weights.items()},
        }
        return {**{name: round(figure, 4) for name, figure in {**self.trial.figures, **parts}.items()}, **told}


@dataclass(frozen=True)
class Names:
    """The columns' names, and the services' traits csr[S, F]."""

    tags: tuple[str, ...]
    services: tuple[str, ...]
    traits: csr_matrix


def learn(past: Past, windows: Sequence[Window], entitled: npt.NDArray[np.bool_], names: Names, seed: int) -> Learned:
    """Learns from the past; `windows` are the HELD_OUT last, oldest first, `entitled` bool[N, S] the latest rights.

    Without any use the scorer is the neutral one; without windows to prove them the parts' weights are the USUAL.
    Neither claims any figure.
    """
    if not (past.uses.weights > 0).any():
        return Learned(neutral(names.tags, names.services, entitled), 0)
    early = _before(past, HELD_OUT * WINDOW_DAYS)
    whole, factors = parts_of(past, entitled, names, seed)
    uses, used = len(past.uses), _used(past, names)
    if len(windows) != HELD_OUT or not (early.uses.weights > 0).any() or not _tells(_joined(windows[:-1])):
        return Learned(combine(whole, Weights(dict(USUAL), float("nan"))), uses, used, factors)
    known, _ = parts_of(early, windows[0].entitled, names, seed)
    found = _stacked(known, whole, windows, PARTS, seed)
    return replace(
        found,
        uses=uses,
        used=used,
        factors=factors,
        without=_without(known, found.tried_weights, windows, seed),
        alone={name: _ndcg(known, {name: 1.0}, windows[-1]) for name in PARTS},
        popular=replace(_stacked(known, whole, windows, ("popularity",), seed), uses=uses, used=used),
    )


def _stacked(known: Parts, whole: Parts, windows: Sequence[Window], of: Sequence[str], seed: int) -> Learned:
    """The stack of some parts: tried as they were `known` before the windows, serving as the `whole` past has them."""
    both, every = _joined(windows[:-1]), _joined(windows)
    tried_with = fit(known, both.tags, both.allowed, both.taken, seed, of)
    serving = fit(known, every.tags, every.allowed, every.taken, seed, of)
    untold = combine(known, tried_with)
    return Learned(
        scorer=combine(whole, serving),
        uses=0,
        untold=untold,
        trial=tried(untold, windows[-1]),
        weights=serving.parts,
        tried_weights=tried_with.parts,
    )


def parts_of(past: Past, entitled: npt.NDArray[np.bool_], names: Names, seed: int) -> tuple[Parts, Factors]:
    """The parts as the past teaches them, and LightFM's factors among them."""
    uses = Uses(past.uses.rows, past.uses.services, aged(past.uses.weights, past.ages))
    acts = acts_matrix(uses, past.tags.shape[0], len(names.services))
    popular, of_tags = popularity(acts), log_odds(past.tags, acts, shares(acts))
    alone = foretold(past.tags, of_tags, popular)
    pairs = telling(past.tags, acts, alone)
    own = columns(past.tags, pairs)
    of_pairs = log_odds(own[:, past.tags.shape[1] :], acts, alone)
    likings, base = affinity(own, past.tags.shape[1], acts)
    tag_names = named(names.tags, pairs)
    factors = train(own, uses, names.traits, tag_names=tag_names, service_names=names.services, seed=seed)
    liked = factors.tag_factors.astype(np.float64) @ factors.service_factors.T.astype(np.float64)
    of_columns = {
        "factors": liked,
        "log_odds": np.vstack([of_tags, np.zeros_like(of_pairs)]),
        "pair_log_odds": np.vstack([np.zeros_like(of_tags), of_pairs]),
        "affinity": likings,
    }
    of_services = {
        "factors": factors.service_biases.astype(np.float64),
        "affinity": base,
        "popularity": popular,
        "rarity": rarity(entitled),
    }
    return Parts(names.tags, names.services, pairs, of_columns, of_services), factors


def _used(past: Past, names: Names) -> dict[str, int]:
    counts = np.bincount(past.uses.services[past.uses.weights > 0], minlength=len(names.services)).tolist()
    return {service: count for service, count in zip(names.services, counts, strict=True) if count}


def _before(past: Past, days: int) -> Past:
    """The past as it was known so many days ago; ages are counted from there."""
    known = past.ages >= days
    return Past(past.tags, past.uses.select(known), past.ages[known] - np.int32(days))


def _joined(windows: Sequence[Window]) -> Window:
    """The rows of all windows, or as evenly as can be so many as MOST_ROWS of them."""
    every = -(-sum(len(window.allowed) for window in windows) // MOST_ROWS)
    return Window(
        csr_matrix(vstack([window.tags[::every] for window in windows])),
        np.concatenate([window.allowed[::every] for window in windows]),
        np.concatenate([window.taken[::every] for window in windows]),
        np.concatenate([window.entitled[::every] for window in windows]),
    )


def _tells(window: Window) -> bool:
    """Whether some of what was offered was taken up, and some was not."""
    offered = window.taken[window.allowed]
    return bool(offered.any()) and not bool(offered.all())


def _without(known: Parts, weights: Mapping[str, float], windows: Sequence[Window], seed: int) -> dict[str, float]:
    """nDCG@10 of the stack fitted anew without each part that counts; a part that does not count is not asked."""
    both, found = _joined(windows[:-1]), {}
    for name in (name for name, weight in weights.items() if weight > 0):
        others = [other for other in PARTS if other != name]
        left = fit(known, both.tags, both.allowed, both.taken, seed, others)
        found[name] = _ndcg(known, left.parts, windows[-1])
    return found


def _ndcg(parts: Parts, weights: Mapping[str, float], window: Window) -> float:
    return tried(combine(parts, Weights(dict(weights), 0.0)), window).figures["ndcg_10"]
