"""Joins LightFM, log-odds, popularity and rarity into one linear score; the only file that imports scikit-learn.

Each part is additive in tags or constant per service, so the whole stays one weight per (tag, service), explains
itself exactly and knows no subject. The parts' weights are learned by logistic regression on days that the parts
have not seen, over what those subjects could have been offered then; so a score is log-odds of taking a service up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.features import Uses
from recommender.model import Factors
from recommender.rank import SCORE_DECIMALS, Scorer

# How many expected uses of a (tag, service) pair it takes to believe what was observed half.
SHRINKAGE = 5.0
PARTS = ("factors", "log_odds", "popularity", "rarity")

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Parts:
    """What is stacked: LightFM's factors, log_odds float32[T, S], popularity and rarity float32[S], all in logs."""

    factors: Factors
    log_odds: Floats
    popularity: Floats
    rarity: Floats

    def tag_weights(self) -> dict[str, npt.NDArray[np.float64]]:
        """The parts that depend on tags, each as float64[T, S]."""
        factors = self.factors.tag_factors.astype(np.float64) @ self.factors.service_factors.T.astype(np.float64)
        return {"factors": factors, "log_odds": self.log_odds.astype(np.float64)}

    def service_weights(self) -> dict[str, npt.NDArray[np.float64]]:
        """What each part adds to a service whatever the tags, each as float64[S]; a tag's bias orders nothing."""
        constant = {
            "factors": self.factors.service_biases,
            "popularity": self.popularity,
            "rarity": self.rarity,
        }
        return {name: bias.astype(np.float64) for name, bias in constant.items()}


@dataclass(frozen=True)
class Weights:
    """How much each of PARTS counts, and the intercept that makes a score a log-odds."""

    parts: dict[str, float]
    intercept: float


def log_odds(tags: csr_matrix, uses: Uses, services: int, shrinkage: float = SHRINKAGE) -> Floats:
    """float32[T, S]: log of observed over expected use of a service by those with a tag, shrunken towards 0.

    Expected is what they would use if the tag said nothing; both get `shrinkage` more, so a pair hardly seen stays
    near 0 (a gamma prior of mean one on the ratio, as DuMouchel 1999 does for counts).
    """
    wanted = np.maximum(uses.weights, 0.0)
    acts = csr_matrix((wanted, (uses.rows, uses.services)), shape=(tags.shape[0], services))
    observed = np.asarray((tags.T @ acts).todense(), dtype=np.float64)
    share = np.bincount(uses.services, weights=wanted, minlength=services) / max(float(wanted.sum()), 1e-12)
    expected = observed.sum(axis=1, keepdims=True) * share
    ratios: Floats = np.log((observed + shrinkage) / (expected + shrinkage)).astype(np.float32)
    return ratios


def popularity(uses: Uses, services: int) -> Floats:
    """float32[S]: log of a service's share of all uses, one use added to each."""
    counts = np.bincount(uses.services, weights=np.maximum(uses.weights, 0.0), minlength=services) + 1.0
    shares: Floats = np.log(counts / counts.sum()).astype(np.float32)
    return shares


def rarity(allowed: Flags) -> Floats:
    """float32[S]: minus the log of the share of subjects that may be offered a service, one added on either side.

    What few may have is meant for them: of two services equally used, the rarer suits better.
    """
    share = (allowed.sum(axis=0) + 1.0) / (allowed.shape[0] + 1.0)
    logs: Floats = (-np.log(share)).astype(np.float32)
    return logs


def fit(parts: Parts, tags: csr_matrix, allowed: Flags, taken: Flags, seed: int) -> Weights:
    """Weights of the parts from what subjects (rows) took up (bool[N, S]) of what they could (bool[N, S]).

    A part that would count against itself is left out, the worst first, and the rest fitted anew: an explanation must
    not say that a tag speaks for a service while the stack counts it against. Raises ValueError where nothing was
    taken up.
    """
    rows, services = np.nonzero(allowed)
    labels = taken[rows, services]
    if not labels.any() or labels.all():
        taken_up = f"{int(labels.sum())} of {len(labels)}"
        raise ValueError(f"the stack learns from offers taken up and not taken up, got {taken_up} taken up")
    columns = _columns(parts, tags, rows, services)
    kept: Sequence[str] = PARTS
    weights, intercept = _regression(columns, kept, labels, seed)
    while np.min(weights) < 0 and len(kept) > 1:
        worst = int(np.argmin(weights))
        kept = [name for number, name in enumerate(kept) if number != worst]
        weights, intercept = _regression(columns, kept, labels, seed)
    found = dict(zip(kept, np.maximum(weights, 0.0).tolist(), strict=True))
    return Weights({name: float(found.get(name, 0.0)) for name in PARTS}, intercept)


def combine(parts: Parts, weights: Weights) -> Scorer:
    """The weighted sum of the parts as one scorer, rounded so that the last bits of a sum decide nothing."""
    of_tags = sum(weights.parts[name] * own for name, own in parts.tag_weights().items())
    of_services = sum(weights.parts[name] * own for name, own in parts.service_weights().items())
    tags, services = parts.factors.tags, parts.factors.services
    return Scorer(
        tags=tags,
        services=services,
        tag_vectors=np.eye(len(tags), dtype=np.float32),
        service_vectors=np.ascontiguousarray(np.round(of_tags, SCORE_DECIMALS).T, dtype=np.float32),
        service_bias=np.round(of_services, SCORE_DECIMALS).astype(np.float32),
        intercept=round(weights.intercept, SCORE_DECIMALS),
    )


def neutral(tags: tuple[str, ...], services: tuple[str, ...], allowed: Flags) -> Scorer:
    """The scorer of a city where nobody used anything yet: what few may have comes first, and no chance is claimed."""
    return Scorer(
        tags=tags,
        services=services,
        tag_vectors=np.zeros((len(tags), 0), dtype=np.float32),
        service_vectors=np.zeros((len(services), 0), dtype=np.float32),
        service_bias=np.round(rarity(allowed), SCORE_DECIMALS),
        intercept=float("nan"),
    )


def _columns(
    parts: Parts, tags: csr_matrix, rows: npt.NDArray[np.intp], services: npt.NDArray[np.intp]
) -> dict[str, npt.NDArray[np.float64]]:
    """Each part's own score of every (row, service) pair."""
    columns = {name: np.zeros(len(rows)) for name in PARTS}
    for name, of_tags in parts.tag_weights().items():
        columns[name] += np.asarray(tags @ of_tags)[rows, services]
    for name, of_services in parts.service_weights().items():
        columns[name] += of_services[services]
    return columns


def _regression(
    columns: dict[str, npt.NDArray[np.float64]], kept: Sequence[str], labels: Flags, seed: int
) -> tuple[npt.NDArray[np.float64], float]:
    from sklearn.linear_model import LogisticRegression  # loaded only where a model is trained

    fitted = LogisticRegression(C=1.0, random_state=seed).fit(np.column_stack([columns[name] for name in kept]), labels)
    return fitted.coef_[0], float(fitted.intercept_[0])
