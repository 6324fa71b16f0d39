"""Weights from what came true in the past, and the card that says how good they are; it reads no table.

Logistic regression on the tags of past days, its strength chosen and its odds calibrated (Platt 1999) on later days,
and judged on the last days of all, which neither has seen. Being linear, the calibration folds into the weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from tagging.learned.card import Card, Rates, Weakness
from tagging.learned.declared import LearnedTag
from tagging.learned.likely import Weights
from tagging.learning import area_under_curve, calibrated, log_odds

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0)  # inverse of the penalty
LEAST_TRUE = {"learnt": 50, "calibrated": 15, "tried": 15}
LEAST_IN_GROUP = 10
WEIGHS_NOTHING = 0.01
BINS = 10


@dataclass(frozen=True)
class Past:
    """Files at the past days ``asked``, the earliest first, alike ones together.

    ``tags`` is csr[N, T] over ``names``; row i stands for ``counts[i]`` files of ``groups[i]`` at the day
    ``days[i]``; ``came_true[i]`` says whether the target did within the horizon.
    """

    asked: tuple[date, ...]
    names: tuple[str, ...]
    tags: csr_matrix
    days: npt.NDArray[np.datetime64]
    counts: Floats
    groups: npt.NDArray[np.str_]
    came_true: Flags


@dataclass(frozen=True)
class Learnt:
    """What was learnt of one tag; ``weights`` is None where it is not to be given."""

    tag: LearnedTag
    weights: Weights | None
    card: Card


def learn(tag: LearnedTag, past: Past) -> Learnt:
    """Learn one tag from at least three past days; the last is tried on, the last but one calibrated on."""
    *earlier, late, last = past.asked
    parts = {"learnt": _on(past, earlier), "calibrated": _on(past, [late]), "tried": _on(past, [last])}
    told = {"learnt": earlier, "calibrated": [late], "tried": [last]}
    few = [name for name, part in parts.items() if past.counts[part & past.came_true].sum() < LEAST_TRUE[name]]
    if few:
        return Learnt(tag, None, _card(tag, past, parts, told, None, _seldom(few)))
    weights = _fitted(tag, past, parts)
    auc = area_under_curve(_odds(past, weights)[parts["tried"]], *_truth(past, parts["tried"]))
    weak = None if auc >= tag.least_auc else _guesses(auc, tag.least_auc)
    return Learnt(tag, None if weak else weights, _card(tag, past, parts, told, weights, weak))


def _seldom(parts: Sequence[str]) -> Weakness:
    days = {"learnt": "学习期", "calibrated": "校准期", "tried": "检验期"}
    return Weakness(
        zh=f"{'、'.join(days[part] for part in parts)}内应验的人数过少",
        en=f"it came true too seldom on the days that were {' and '.join(parts)}",
    )


def _guesses(auc: float, least: float) -> Weakness:
    return Weakness(zh=f"AUC为{auc:.3f}，低于要求的{least}", en=f"its AUC of {auc:.3f} is under {least}")


def _fitted(tag: LearnedTag, past: Past, parts: Mapping[str, Flags]) -> Weights:
    learnt, late = parts["learnt"], parts["calibrated"]
    truth, counts = _truth(past, learnt)
    tried: list[tuple[float, Floats, float]] = []
    for strength in STRENGTHS:
        slopes, bias = log_odds(past.tags[learnt], truth, counts, strength)
        odds = np.asarray(past.tags[late] @ slopes).ravel() + bias
        tried.append((area_under_curve(odds, *_truth(past, late)), slopes, bias))
    _, slopes, bias = max(tried, key=lambda one: one[0])
    slope, shift = calibrated(np.asarray(past.tags[late] @ slopes).ravel() + bias, *_truth(past, late))
    scaled = slopes * slope
    by_tag = {
        name: float(weight) for name, weight in zip(past.names, scaled, strict=True) if abs(weight) > WEIGHS_NOTHING
    }
    both = learnt | late
    base = float(past.counts[both & past.came_true].sum() / past.counts[both].sum())
    return Weights(tag.id, float(bias * slope + shift), by_tag, min(tag.lift * base, 0.95))


def _card(
    tag: LearnedTag,
    past: Past,
    parts: Mapping[str, Flags],
    days: Mapping[str, Sequence[date]],
    weights: Weights | None,
    why: Weakness | None,
) -> Card:
    tried = parts["tried"]
    truth, counts = _truth(past, tried)
    base = float(past.counts[parts["learnt"] & past.came_true].sum() / max(past.counts[parts["learnt"]].sum(), 1.0))
    chance = np.full(len(truth), base) if weights is None else 1 / (1 + np.exp(-_odds(past, weights)[tried]))
    threshold = 1.0 if weights is None else weights.threshold
    bins = _bins(chance, truth, counts)
    given = chance >= threshold
    groups = past.groups[tried]
    return Card(
        tag=tag.id,
        days=days,
        learnt_from=_rates(np.full(int(parts["learnt"].sum()), base), *_truth(past, parts["learnt"])),
        tried_on=_rates(chance, truth, counts),
        brier=_mean((chance - truth) ** 2, counts),
        brier_of_base_rate=_mean((base - truth) ** 2, counts),
        calibration_error=sum(abs(one.foreseen - one.came_true / one.files) * one.files for one in bins if one.files)
        / max(float(counts.sum()), 1.0),
        bins=bins,
        by_group={
            str(name): _rates(chance[groups == name], truth[groups == name], counts[groups == name])
            for name in np.unique(groups)
            if counts[groups == name].sum() >= LEAST_IN_GROUP
        },
        features={} if weights is None else dict(weights.by_tag),
        threshold=threshold,
        given_to=float(counts[given].sum() / max(counts.sum(), 1.0)),
        precision=float(counts[given & truth].sum() / counts[given].sum()) if counts[given].sum() else None,
        used=why is None,
        why=why,
    )


def _on(past: Past, days: Sequence[date]) -> Flags:
    return np.isin(past.days, np.array(days, dtype="datetime64[D]"))


def _truth(past: Past, part: Flags) -> tuple[Flags, Floats]:
    return past.came_true[part], past.counts[part]


def _odds(past: Past, weights: Weights) -> Floats:
    slopes = np.array([weights.by_tag.get(name, 0.0) for name in past.names])
    odds: Floats = np.asarray(past.tags @ slopes).ravel() + weights.bias
    return odds


def _rates(chance: Floats, truth: Flags, counts: Floats) -> Rates:
    both = 0 < counts[truth].sum() < counts.sum()
    auc = area_under_curve(chance, truth, counts) if both else None
    return Rates(int(counts.sum()), int(counts[truth].sum()), _mean(chance, counts), auc)


def _bins(chance: Floats, truth: Flags, counts: Floats) -> tuple[Rates, ...]:
    """Tenths of the files, from the least likely on."""
    order = np.argsort(chance, kind="stable")
    reached = np.cumsum(counts[order]) / max(float(counts.sum()), 1.0)
    place = np.minimum((reached * BINS - 1e-9).astype(int), BINS - 1)
    return tuple(
        _rates(chance[order[place == one]], truth[order[place == one]], counts[order[place == one]])
        for one in range(BINS)
        if (place == one).any()
    )


def _mean(values: npt.NDArray[np.floating], counts: Floats) -> float:
    return float(np.average(values, weights=counts)) if counts.sum() else 0.0
