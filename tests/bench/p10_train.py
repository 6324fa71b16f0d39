"""P10: our training of factors against LightFM.fit on the same matrices, one thread each, and how well both order.

What ours adds is what surrounds the fit: weights, epochs, plain arrays handed over. The areas under the curve of both
are compared before anything is timed.
"""

import numpy as np
from lightfm import LightFM
from lightfm.evaluation import auc_score
from scipy.sparse import coo_matrix, csr_matrix
from threadpoolctl import threadpool_limits

from recommender.features import Uses, service_matrix
from recommender.model import DIMENSIONS, LEARNING_RATE, train
from tests.bench.clock import Figure, Sizes, compare

SUBJECTS, TAGS, SERVICES, TAGS_HELD, USES, EPOCHS = 8_000, 200, 300, 12, 3, 5
SEED = 1
ALIKE = 0.002  # of the areas under the curve


def run(sizes: Sizes) -> list[Figure]:
    """How much longer ours takes; says both areas under the curve."""
    rng = np.random.default_rng(SEED)
    tags = csr_matrix(rng.random((SUBJECTS, TAGS)) < TAGS_HELD / TAGS, dtype=np.float32)
    wants = np.asarray(tags @ rng.normal(size=(TAGS, SERVICES))) + rng.gumbel(size=(SUBJECTS, SERVICES))
    services = np.argsort(-wants, axis=1)[:, :USES].ravel().astype(np.int32)
    uses = Uses(np.repeat(np.arange(SUBJECTS, dtype=np.int32), USES), services, np.ones(len(services), np.float32))
    traits = service_matrix([f"s{n}" for n in range(SERVICES)], [[f"theme:{n % 9}"] for n in range(SERVICES)])
    acts = coo_matrix((uses.weights, (uses.rows, uses.services)), shape=(SUBJECTS, SERVICES))
    names = {"tag_names": tuple(f"t{n}" for n in range(TAGS)), "service_names": tuple(f"s{n}" for n in range(SERVICES))}

    def theirs() -> LightFM:
        model = LightFM(no_components=DIMENSIONS, loss="warp", learning_rate=LEARNING_RATE, random_state=SEED)
        return model.fit(acts, tags, traits, sample_weight=acts, epochs=EPOCHS, num_threads=1)

    def ours() -> np.ndarray:
        return train(tags, uses, traits, seed=SEED, epochs=EPOCHS, **names).scores(tags)

    with threadpool_limits(1):
        their_area = float(auc_score(theirs(), acts, user_features=tags, item_features=traits, num_threads=1).mean())
        our_area = _area(ours(), acts.toarray() > 0)
        print(f"P10: area under the curve {our_area:.4f} of ours, {their_area:.4f} of LightFM's")
        if abs(our_area - their_area) > ALIKE:
            raise AssertionError(f"the areas differ by more than {ALIKE}: no time is worth taking")
        measured = compare(lambda: train(tags, uses, traits, seed=SEED, epochs=EPOCHS, **names), theirs, sizes.repeats)
    return [Figure("P10", "train against LightFM.fit on the same matrices", measured, 1.05, cost=True)]


def _area(scores: np.ndarray, used: np.ndarray) -> float:
    """The mean over subjects of the chance that what was used stands above what was not."""
    places = scores.argsort(axis=1).argsort(axis=1)
    count = used.sum(axis=1)
    above = (places * used).sum(axis=1) - count * (count - 1) / 2
    return float((above / (count * (used.shape[1] - count))).mean())
