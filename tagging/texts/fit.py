"""Worked examples in, a ``Likeness`` out, with how it does on examples it has not seen; it reads no file.

What an example would have been given without its own fold follows in closed form from one inverse: the fold's error is
what its own votes and its own part of the inverse give (leave-one-out for ridge regression, by blocks). So judging a
fit over folds costs no second fit. Only how rare a gram is (its weight) is counted over all texts, labels unseen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

from tagging import learning
from tagging.texts.likeness import Likeness, lead
from tagging.texts.ngrams import Grams

Floats = npt.NDArray[np.float64]
Levels = tuple[tuple[int, float], ...]

# Votes smaller than this decide nothing: without them a model is a tenth of the size and answers alike.
FAINTEST = 0.01


@dataclass(frozen=True)
class Examples:
    """Texts with their codes, how much each counts, and the fold that each is judged in; -1 is in none."""

    texts: tuple[str, ...]
    codes: tuple[str, ...]
    worth: tuple[float, ...]
    folds: tuple[int, ...]


@dataclass(frozen=True)
class Fit:
    """A model, and float32[examples, codes] what each example would score without the others of its fold."""

    model: Likeness
    unseen: npt.NDArray[np.float32]


def fit(
    examples: Examples,
    levels: Levels,
    *,
    penalty: float,
    seed: int,
    adjusted: Callable[[npt.NDArray[np.float32], Likeness], None] | None = None,
) -> Fit:
    """Learn votes, then how far to trust them from the folds' unseen scores.

    ``adjusted`` puts into the scores (in place) what rules add to them, as reading does.
    """
    codes = tuple(sorted(set(examples.codes)))
    targets = tuple(dict.fromkeys(code[:length] for length, _ in levels for code in codes))
    grams = Grams.learned(examples.texts)
    rows = grams.rows(examples.texts)
    wanted = _wanted(examples.codes, levels, targets)
    worth = np.array(examples.worth)
    found = learning.votes(rows, wanted, worth, penalty)
    untrusted = _model(grams, rows, found, targets, levels, codes, np.ones(2, np.float32), 0.0)
    raw = _unseen(rows, wanted, worth, penalty, found, np.array(examples.folds))
    unseen = _by_code(raw, untrusted)
    if adjusted:
        adjusted(unseen, untrusted)
    judged = np.array(examples.folds) >= 0
    right = np.array(codes)[unseen.argmax(axis=1)] == np.array(examples.codes)
    slope, bias = learning.trust(lead(unseen[judged]), right[judged], seed)
    return Fit(_model(grams, rows, found, targets, levels, codes, slope, bias), unseen)


def folds_by_opening(texts: Sequence[str], count: int) -> list[int]:
    """A fold per text such that texts which open alike share one: nothing is judged by its neighbour in a sorted list.

    >>> folds_by_opening(["电工", "电焊工", "司机"], 2)
    [0, 0, 1]
    """
    sizes: dict[str, int] = {}
    for text in texts:
        sizes[text[:1]] = sizes.get(text[:1], 0) + 1
    load, fold = [0] * count, {}
    for opening in sorted(sizes, key=lambda one: (-sizes[one], one)):
        fold[opening] = int(np.argmin(load))
        load[fold[opening]] += sizes[opening]
    return [fold[text[:1]] for text in texts]


def _wanted(codes: Sequence[str], levels: Levels, targets: Sequence[str]) -> Floats:
    place = {target: number for number, target in enumerate(targets)}
    wanted = np.zeros((len(codes), len(targets)))
    for length, _ in levels:
        wanted[np.arange(len(codes)), [place[code[:length]] for code in codes]] = 1
    return wanted


def _unseen(
    rows: csr_matrix, wanted: Floats, worth: Floats, penalty: float, votes: Floats, folds: npt.NDArray[np.int64]
) -> Floats:
    alike = (rows @ rows.T).toarray().astype(np.float64)
    alike[np.diag_indices_from(alike)] += penalty / worth
    inverse = cho_solve(cho_factor(alike, overwrite_a=True), np.eye(len(worth)))
    scores = np.zeros_like(wanted)
    for fold in np.unique(folds[folds >= 0]):
        own = np.flatnonzero(folds == fold)
        scores[own] = wanted[own] - np.linalg.solve(inverse[np.ix_(own, own)], votes[own])
    return scores


def _by_code(raw: Floats, model: Likeness) -> npt.NDArray[np.float32]:
    total = np.zeros((len(raw), len(model.codes)))
    for share, columns in model.columns:
        total += share * raw[:, columns]
    return total.astype(np.float32)


def _model(
    grams: Grams,
    rows: csr_matrix,
    votes: Floats,
    targets: tuple[str, ...],
    levels: Levels,
    codes: tuple[str, ...],
    slope: npt.NDArray[np.float32],
    bias: float,
) -> Likeness:
    kept = np.where(np.abs(votes) < FAINTEST, 0, votes)
    # As they are saved, in half precision: what is judged here is what will answer.
    whole = Likeness(grams, rows, csr_matrix(kept), targets, levels, codes, slope, bias)
    return Likeness.of(whole.arrays())
