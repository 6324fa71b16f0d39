"""The one door of the recommender to scikit-learn: it fits, and hands over plain arrays; nothing that ranks needs it.

Fitting is exact and in one thread, so the same input gives the same numbers.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Numbers = npt.NDArray[np.float64]

# What a preference that nothing speaks for weighs against the word of the rows: as much as so many of them. Of few
# rows chance says more than they do.
DOUBT = 10.0


def ridge(
    rows: csr_matrix, wanted: Numbers, trust: Numbers, penalties: Sequence[float]
) -> tuple[Numbers, Numbers, float]:
    """Weights float64[C, S], intercepts float64[S] and penalty of the ridge regression of `wanted` on the rows.

    rows csr[N, C], wanted float64[N, S], trust float64[N] (how much each row counts). The penalty is the one of
    `penalties` under which each row is foretold best by the others (leave-one-out, in closed form).
    """
    from sklearn.linear_model import RidgeCV  # loaded only where a model is trained

    fitted = RidgeCV(alphas=penalties).fit(rows.toarray().astype(np.float64), wanted, sample_weight=trust)
    return fitted.coef_.T, np.asarray(fitted.intercept_, dtype=np.float64), float(fitted.alpha_)


def odds(features: Numbers, share: Numbers, counts: Numbers, seed: int) -> tuple[Numbers, float]:
    """Slopes float64[F] and intercept of the log-odds of a share in [0, 1], by logistic regression.

    features float64[M, F]; `counts` float64[M] weigh the rows, and a share between 0 and 1 counts for either side.
    """
    from sklearn.linear_model import LogisticRegression

    both = np.concatenate([share, 1.0 - share]) * np.tile(counts, 2)
    told = both > 0
    labels = np.repeat([True, False], len(share))[told]
    fitted = LogisticRegression(C=1.0, random_state=seed).fit(np.tile(features, (2, 1))[told], labels, both[told])
    return fitted.coef_[0].astype(np.float64), float(fitted.intercept_[0])


def preference(apart: Numbers, counts: Numbers, usual: Numbers, say: float) -> Numbers:
    """Slopes float64[F] by which the better of two stands above the worse, from how far `apart` they are,
    float64[M, F].

    Logistic regression on the differences without an intercept (Burges et al. 2005 with a linear score). `counts`
    float64[M] weigh them. The `usual` slopes float64[F] have a say as well: what they would have put first counts as
    `say` more rows would.
    """
    from sklearn.linear_model import LogisticRegression

    said = say * counts / counts.sum()
    first = 1.0 / (1.0 + np.exp(-(apart @ usual)))
    weights = np.concatenate([counts + said * first, said * (1.0 - first)])
    above = np.repeat([True, False], len(apart))
    fitted = LogisticRegression(C=1.0 / DOUBT, fit_intercept=False).fit(np.tile(apart, (2, 1)), above, weights)
    found: Numbers = fitted.coef_[0].astype(np.float64)
    return found
