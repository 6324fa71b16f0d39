"""What the product is measured against: known ways to order services for a row that did nothing yet; it ships in none.

Each takes the rows to learn from and the hidden rows, and gives a score per hidden row and service. Of a hidden row
only its tags are used.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.evaluate.product import Rows
from recommender.features import Uses
from recommender.model import train
from recommender.pairs import columns, names, telling
from recommender.parts import foretold, log_odds, popularity, shares

PROFILE = 20  # services in the history that is made up for a row without one

Scores = npt.NDArray[np.float64]
Baseline = Callable[[Rows, Rows], Scores]


def popular(known: Rows, hidden: Rows) -> Scores:
    """The most used first, for everyone."""
    return np.tile(popularity(known.uses), (len(hidden), 1))


def popular_by_group(group: str) -> Baseline:
    """The most used first among the rows with the same tag of the kind `group`; what they did not use, as for all."""

    def scores(known: Rows, hidden: Rows) -> Scores:
        own = np.array([name.partition("=")[0] == group for name in known.names.tags])
        used = np.asarray((known.tags[:, own].T @ known.uses).todense(), dtype=np.float64)
        return np.asarray(hidden.tags[:, own] @ used) + shares(known.uses)

    return scores


def additive_log_odds(known: Rows, hidden: Rows) -> Scores:
    """Popularity, and the shrunken log-odds of every tag added to it."""
    odds = log_odds(known.tags, known.uses, shares(known.uses))
    return np.asarray(hidden.tags @ odds) + popularity(known.uses)


def lightfm(known: Rows, hidden: Rows, seed: int) -> Scores:
    """LightFM with WARP over the tags."""
    return _lightfm(known, known.tags, hidden.tags, known.names.tags, seed)


def lightfm_pairs(known: Rows, hidden: Rows, seed: int) -> Scores:
    """LightFM with WARP over the tags and the same pairs of them that the product has."""
    popular_ = popularity(known.uses)
    alone = foretold(known.tags, log_odds(known.tags, known.uses, shares(known.uses)), popular_)
    pairs = telling(known.tags, known.uses, alone)
    own, others = columns(known.tags, pairs), columns(hidden.tags, pairs)
    return _lightfm(known, own, others, names(known.names.tags, pairs), seed)


def item_knn(known: Rows, hidden: Rows) -> Scores:
    """Services like those that rows with the same tags use (cosine, implicit's item-kNN)."""
    from recommender.evaluate.implicitly import item_item

    return item_item(known.uses, _profiles(known, hidden))


def als(known: Rows, hidden: Rows, seed: int) -> Scores:
    """Alternating least squares (implicit), a hidden row folded in by what rows with the same tags use."""
    from recommender.evaluate.implicitly import factorised

    return factorised(known.uses, _profiles(known, hidden), seed)


def every(group: str, seed: int) -> Mapping[str, Baseline]:
    """All of them by name; those that need implicit raise MissingExtra where it is not installed."""
    return {
        "popularity": popular,
        f"popularity by {group}": popular_by_group(group),
        "additive log-odds": additive_log_odds,
        "item-kNN": item_knn,
        "ALS": partial(als, seed=seed),
        "LightFM": partial(lightfm, seed=seed),
        "LightFM with pairs": partial(lightfm_pairs, seed=seed),
    }


def _lightfm(known: Rows, own: csr_matrix, others: csr_matrix, called: tuple[str, ...], seed: int) -> Scores:
    acts = known.uses.tocoo()
    uses = Uses(acts.row.astype(np.int32), acts.col.astype(np.int32), acts.data.astype(np.float32))
    factors = train(own, uses, known.names.traits, tag_names=called, service_names=known.names.services, seed=seed)
    return factors.scores(others).astype(np.float64)


def _profiles(known: Rows, hidden: Rows) -> csr_matrix:
    """What rows with the same tags use, as a history for rows that have none: csr[H, S], the PROFILE most used."""
    used = np.asarray((known.tags.T @ known.uses).todense(), dtype=np.float64)
    parts = used / np.maximum(used.sum(axis=1, keepdims=True), 1e-12)
    whole = np.asarray(hidden.tags @ parts)
    least = -np.sort(-whole, axis=1)[:, min(PROFILE, whole.shape[1]) - 1][:, None]
    return csr_matrix(np.where(whole >= least, whole, 0.0))
