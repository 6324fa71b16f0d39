"""The one door of tagging to scikit-learn: it fits, and hands over plain arrays; nothing that answers imports it."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def votes(examples: csr_matrix, wanted: Floats, worth: Floats, penalty: float) -> Floats:
    """Kernel ridge regression: float64[examples, targets], by which each example votes for each target.

    Args:
        examples: csr[n, grams], rows of length one.
        wanted: float64[n, targets], 1 where the example has the target.
        worth: float64[n], how much each example counts.
    """
    alike = (examples @ examples.T).toarray().astype(np.float64)
    fitted = KernelRidge(alpha=penalty, kernel="precomputed").fit(alike, wanted, sample_weight=worth)
    found: Floats = fitted.dual_coef_
    return found


def trust(signs: Floats, right: npt.NDArray[np.bool_], seed: int) -> tuple[npt.NDArray[np.float32], float]:
    """Slope and bias of the log-odds that an answer with these signs, float64[N, d], is right: logistic regression."""
    fitted = LogisticRegression(C=10.0, random_state=seed).fit(signs, right)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])


def log_odds(tags: csr_matrix, truth: Flags, counts: Floats, strength: float) -> tuple[Floats, float]:
    """Slopes float64[T] and bias of the log-odds of ``truth``, by logistic regression; ``counts`` weigh the rows.

    Args:
        strength: how far the slopes may go, the inverse of the quadratic penalty.
    """
    fitted = LogisticRegression(C=strength, max_iter=500).fit(tags, truth, sample_weight=counts)
    return fitted.coef_[0].astype(np.float64), float(fitted.intercept_[0])


def calibrated(odds: Floats, truth: Flags, counts: Floats) -> tuple[float, float]:
    """Slope and shift that make log-odds come out as often as they say (Platt 1999); the slope is never negative."""
    fitted = LogisticRegression(C=1.0, max_iter=500).fit(odds.reshape(-1, 1), truth, sample_weight=counts)
    return max(float(fitted.coef_[0][0]), 0.0), float(fitted.intercept_[0])


def area_under_curve(scores: Floats, truth: Flags, counts: Floats) -> float:
    """The chance that a row that came true scores above one that did not."""
    return float(roc_auc_score(truth, scores, sample_weight=counts))
