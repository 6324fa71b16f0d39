"""Trains LightFM on tags and hands over plain arrays; the only file that imports LightFM, and it never ranks.

A user of LightFM is the tags of one subject on one day (no vector per subject; users with the same tags stay apart,
because WARP draws what a user did not use, and together they used everything), and a service is itself plus its
themes, events and authority. What leaves the file is ``Factors``: a vector and a bias per tag and per service, whose
scores equal LightFM's own.
"""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix

from recommender.features import Uses

DIMENSIONS = 32
LEARNING_RATE = 0.03
# Enough steps for a city of ten thousand to settle; a larger city needs fewer rounds over its acts.
STEPS = 600_000
MOST_EPOCHS = 30

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Factors:
    """What LightFM learned: factors float32[T, d] and [S, d], biases float32[T] and [S]."""

    tags: tuple[str, ...]
    services: tuple[str, ...]
    tag_factors: Floats
    tag_biases: Floats
    service_factors: Floats
    service_biases: Floats

    def scores(self, tags: csr_matrix) -> Floats:
        """LightFM's prediction for rows of tags csr[N, T]: float32[N, S]."""
        own: Floats = (tags @ self.tag_factors) @ self.service_factors.T
        own += self.service_biases
        own += (tags @ self.tag_biases)[:, None]
        return own

    def save(self) -> bytes:
        """The arrays as .npz without pickle; the same factors give the same bytes."""
        buffer = io.BytesIO()
        np.savez(
            buffer,
            tags=np.array(self.tags, dtype=np.str_),
            services=np.array(self.services, dtype=np.str_),
            tag_factors=self.tag_factors,
            tag_biases=self.tag_biases,
            service_factors=self.service_factors,
            service_biases=self.service_biases,
        )
        return buffer.getvalue()

    @staticmethod
    def load(saved: bytes) -> "Factors":
        """What `save` wrote; a ValueError where it would need pickle."""
        with np.load(io.BytesIO(saved), allow_pickle=False) as arrays:
            return Factors(
                tags=tuple(arrays["tags"].tolist()),
                services=tuple(arrays["services"].tolist()),
                tag_factors=arrays["tag_factors"],
                tag_biases=arrays["tag_biases"],
                service_factors=arrays["service_factors"],
                service_biases=arrays["service_biases"],
            )


def train(
    tags: csr_matrix,
    uses: Uses,
    service_features: csr_matrix,
    *,
    tag_names: tuple[str, ...],
    service_names: tuple[str, ...],
    seed: int,
    epochs: int | None = None,
    dimensions: int = DIMENSIONS,
) -> Factors:
    """Factors learned by WARP from the uses that speak for a service, in one thread: same input, same factors.

    tags csr[N, T], uses by row of tags, service_features csr[S, F] as `features.service_matrix` makes them.
    Raises ValueError where no use has a positive weight.
    """
    uses = uses.select(uses.weights > 0)
    if not len(uses):
        raise ValueError("training needs at least one use with a positive weight, got none")
    shape = tags.shape[0], len(service_names)
    places = (uses.rows, uses.services)
    acts = coo_matrix((np.ones(len(uses), dtype=np.float32), places), shape=shape)
    weights = coo_matrix(((uses.weights / uses.weights.mean()).astype(np.float32), places), shape=shape)
    epochs = epochs or int(np.clip(STEPS // len(uses), 3, MOST_EPOCHS))
    fitted = _fit(tags, acts, weights, service_features, seed=seed, epochs=epochs, dimensions=dimensions)
    return Factors(tag_names, service_names, *fitted)


def _fit(
    tags: csr_matrix,
    acts: coo_matrix,
    weights: coo_matrix,
    service_features: csr_matrix,
    *,
    seed: int,
    epochs: int,
    dimensions: int,
) -> tuple[Floats, Floats, Floats, Floats]:
    from lightfm import LightFM  # loaded only where a model is trained: ranking needs numpy alone

    # LightFM wants a feature per user at the least; a city without tags still has its most used services.
    known = tags if tags.shape[1] else csr_matrix((tags.shape[0], 1), dtype=np.float32)
    model = LightFM(no_components=dimensions, loss="warp", learning_rate=LEARNING_RATE, random_state=seed)
    model.fit(
        acts,
        user_features=known,
        item_features=service_features,
        sample_weight=weights,
        epochs=epochs,
        num_threads=1,
    )
    count = tags.shape[1]
    return (
        model.user_embeddings[:count],
        model.user_biases[:count],
        np.ascontiguousarray(service_features @ model.item_embeddings, dtype=np.float32),
        np.asarray(service_features @ model.item_biases, dtype=np.float32),
    )
