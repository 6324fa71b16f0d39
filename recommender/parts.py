"""What a score is made of: log-odds per tag and per pair, affinity, popularity, rarity; it never weighs one part
against another.

Each part is a weight per (column, service), where a column is a tag or a pair of tags, or a weight per service alone.
So their weighted sum is of the same form, explains itself exactly and knows no subject. LightFM's factors
(``model``) are one of the parts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.evaluate.measures import ideal
from recommender.features import Uses
from recommender.pairs import Pairs
from recommender.regression import ridge

PARTS = ("factors", "log_odds", "pair_log_odds", "affinity", "popularity", "rarity")
# How many expected uses of a (column, service) it takes to believe what was observed half.
SHRINKAGE = 5.0
# A pair's own weight is held this much closer to 0 than a tag's: most of what two tags say, they say apart.
PAIR_SHARE = 0.3
# How far a row's uses stray from what they tend to: by as much however many they are, and the more the fewer.
STRAY, STRAY_OF_ONE_USE = 0.1, 3.0
PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
MOST_ROWS = 20_000  # rows by which affinity is learned; more would change nothing but the time it takes

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Parts:
    """What is stacked. Of every part (of services those in PARTS): `of_columns` float64[T + P, S] (log-odds, factors,
    affinity) or `of_services` float64[S], or both; a part that is missing from either adds nothing there."""

    tags: tuple[str, ...]
    services: tuple[str, ...]
    pairs: Pairs
    of_columns: Mapping[str, Floats]
    of_services: Mapping[str, Floats]

    @property
    def names(self) -> tuple[str, ...]:
        """What the parts are called."""
        return tuple(dict.fromkeys((*self.of_columns, *self.of_services)))


def acts_matrix(uses: Uses, rows: int, services: int) -> csr_matrix:
    """csr float64[N, S]: how much each row used each service; what speaks against a service is no use."""
    wanted = np.maximum(uses.weights, 0.0).astype(np.float64)
    acts = csr_matrix((wanted, (uses.rows, uses.services)), shape=(rows, services))
    acts.eliminate_zeros()
    return acts


def log_odds(columns: csr_matrix, acts: csr_matrix, expected: Floats, shrinkage: float = SHRINKAGE) -> Floats:
    """float64[C, S]: log of observed over expected use of a service by those with a column, shrunken towards 0.

    `expected` float64[N, S] or [S] is the share of its uses that each row is expected to give each service if the
    column says nothing. Both get `shrinkage` more, so what is hardly seen stays near 0 (a gamma prior of mean one on
    the ratio, as DuMouchel 1999 does for counts).
    """
    observed = np.asarray((columns.T @ acts).todense(), dtype=np.float64)
    used = np.asarray(acts.sum(axis=1)).ravel()
    whole = expected * used[:, None] if expected.ndim == 2 else np.outer(used, expected)
    ratios: Floats = np.log((observed + shrinkage) / (columns.T @ whole + shrinkage))
    return ratios


def shares(acts: csr_matrix) -> Floats:
    """float64[S]: each service's share of all uses."""
    counts = np.asarray(acts.sum(axis=0), dtype=np.float64).ravel()
    found: Floats = counts / max(float(counts.sum()), 1e-12)
    return found


def foretold(tags: csr_matrix, of_tags: Floats, popular: Floats) -> Floats:
    """float64[N, S]: the share of its uses that each row gives each service by popularity and log-odds of its tags."""
    odds = tags @ of_tags + popular
    odds -= odds.max(axis=1, keepdims=True)
    weight = np.exp(odds)
    found: Floats = weight / weight.sum(axis=1, keepdims=True)
    return found


def affinity(columns: csr_matrix, tags: int, acts: csr_matrix) -> tuple[Floats, Floats]:
    """Weights float64[C, S] and float64[S] by which columns foretell what a row gains from each service.

    A gain is the logarithm of one more than the uses, as a part of what the row's best list of ten would gain: what
    nDCG counts, so a list ordered by the expected gain is the best there is. Ridge regression; the first `tags`
    columns are tags, the others pairs.
    """
    used = np.flatnonzero(np.diff(acts.indptr))
    used = used[:: -(-len(used) // MOST_ROWS)]
    own, some = columns[used], acts[used]
    counts = np.asarray(some.sum(axis=1)).ravel()
    gains = np.log1p(some.toarray())
    gains /= ideal(gains, 10)[:, None]
    scale = np.where(np.arange(columns.shape[1]) < tags, 1.0, np.sqrt(PAIR_SHARE))
    scaled = csr_matrix(own.multiply(scale[None, :]))
    weights, intercepts, _ = ridge(scaled, gains, 1.0 / (STRAY + STRAY_OF_ONE_USE / counts), PENALTIES)
    return weights * scale[:, None], intercepts


def popularity(acts: csr_matrix) -> Floats:
    """float64[S]: log of a service's share of all uses, one use added to each."""
    counts = np.asarray(acts.sum(axis=0), dtype=np.float64).ravel() + 1.0
    found: Floats = np.log(counts / counts.sum())
    return found


def rarity(entitled: Flags) -> Floats:
    """float64[S]: minus the log of the share of subjects that are entitled to a service, one added on either side.

    What few have a right to is meant for them: of two services equally used, the rarer suits better. What may be
    offered would not do: what nearly all have done by now may be offered to few, and is the commonest of all.
    """
    share = (entitled.sum(axis=0) + 1.0) / (entitled.shape[0] + 1.0)
    logs: Floats = -np.log(share)
    return logs
