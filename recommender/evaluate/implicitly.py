"""The one door to implicit, which only evaluation uses: item-kNN and ALS for rows without a history of their own."""

import warnings

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from profiles.errors import MissingExtra

FACTORS, REGULARISATION, ALPHA = 32, 0.05, 1.0

try:
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import CosineRecommender
except ImportError as absent:
    raise MissingExtra(
        "item-kNN and ALS are measured with implicit, which is not installed: run `pip install implicit==0.7.3` "
        "(the extra `bench`)."
    ) from absent

Scores = npt.NDArray[np.float64]


def item_item(uses: csr_matrix, profiles: csr_matrix) -> Scores:
    """float64[H, S]: profiles csr[H, S] times the cosine of services by who uses them."""
    model = CosineRecommender(K=uses.shape[1], num_threads=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it converts its own matrices
        model.fit(_damped(uses), show_progress=False)
    return np.asarray((profiles @ csr_matrix(model.similarity)).todense(), dtype=np.float64)


def factorised(uses: csr_matrix, profiles: csr_matrix, seed: int) -> Scores:
    """float64[H, S]: the factors of each profile, as if it were a row, times the factors of services."""
    # One thread: its own and those of BLAS would stand in each other's way, and the result is to be the same twice.
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=FACTORS, regularization=REGULARISATION, alpha=ALPHA, random_state=seed, num_threads=1, use_gpu=False
        )
        model.fit(_damped(uses), show_progress=False)
    # A profile is a share of each service; as many uses as a row has at the median make it a history.
    counts = np.asarray(uses.sum(axis=1)).ravel()
    scaled = _damped(csr_matrix(profiles * float(np.median(counts[counts > 0]))))
    with threadpool_limits(1, "blas"):
        rows = model.recalculate_user(np.arange(profiles.shape[0]), scaled)
    return np.asarray(rows @ model.item_factors.T, dtype=np.float64)


def _damped(uses: csr_matrix) -> csr_matrix:
    """The logarithm of one more than the uses: a thousand uses are no thousand times the proof of one."""
    damped = uses.astype(np.float32)
    damped.data = np.log1p(damped.data)
    return csr_matrix(damped)
