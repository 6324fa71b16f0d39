"""LightFM learns what tags want, gives the same factors twice, and its arrays score as it does."""

import numpy as np
import pytest
from lightfm import LightFM
from scipy.sparse import coo_matrix, csr_matrix, random_array

from recommender.features import Uses, service_matrix
from recommender.model import Factors, train

TAGS = tuple(f"tag{number}" for number in range(6))
SERVICES = tuple(f"service{number}" for number in range(6))
TRAITS = service_matrix(SERVICES, [[f"theme:{number % 2}"] for number in range(6)])


def town() -> tuple[csr_matrix, Uses]:
    """240 subjects; the one with tag n uses service n, and sometimes another."""
    rng = np.random.default_rng(1)
    own = rng.integers(0, 6, 240)
    tags = csr_matrix(np.eye(6, dtype=np.float32)[own])
    used = np.where(rng.random(240) < 0.9, own, rng.integers(0, 6, 240))
    return tags, Uses(np.arange(240, dtype=np.int32), used.astype(np.int32), np.full(240, 3, dtype=np.float32))


def learn(seed: int) -> Factors:
    tags, uses = town()
    return train(tags, uses, TRAITS, tag_names=TAGS, service_names=SERVICES, seed=seed, epochs=20, dimensions=8)


def test_each_tag_ranks_its_own_service_first() -> None:
    assert learn(seed=3).scores(csr_matrix(np.eye(6, dtype=np.float32))).argmax(axis=1).tolist() == [0, 1, 2, 3, 4, 5]


def test_the_same_seed_gives_the_same_factors_and_another_seed_gives_others() -> None:
    assert learn(seed=3).save() == learn(seed=3).save()
    assert learn(seed=3).save() != learn(seed=4).save()


def test_factors_come_back_from_their_bytes() -> None:
    assert Factors.load(learn(seed=3).save()).save() == learn(seed=3).save()


def test_factors_score_as_lightfm_predicts() -> None:
    rng = np.random.default_rng(5)
    tags = csr_matrix(random_array((40, 6), density=0.4, rng=rng, dtype=np.float32))
    tags.data[:] = 1
    model = LightFM(no_components=8, loss="warp", random_state=5)
    acts = coo_matrix((np.ones(80, "f4"), (rng.integers(0, 40, 80), rng.integers(0, 6, 80))), shape=(40, 6))
    model.fit(acts, user_features=tags, item_features=TRAITS, epochs=5)
    factors = Factors(
        TAGS,
        SERVICES,
        model.user_embeddings,
        model.user_biases,
        TRAITS @ model.item_embeddings,
        TRAITS @ model.item_biases,
    )
    pairs = np.repeat(np.arange(40), 6), np.tile(np.arange(6), 40)
    predicted = model.predict(*(part.astype(np.int32) for part in pairs), user_features=tags, item_features=TRAITS)
    assert factors.scores(tags).ravel() == pytest.approx(predicted, abs=1e-4)


def test_what_was_put_away_is_not_learned_as_wanted() -> None:
    tags = csr_matrix(np.ones((30, 6), dtype=np.float32))
    rows = np.tile(np.arange(30, dtype=np.int32), 2)
    uses = Uses(rows, np.repeat([0, 1], 30).astype(np.int32), np.repeat([1.0, -1.0], 30).astype(np.float32))
    factors = train(tags, uses, TRAITS, tag_names=TAGS, service_names=SERVICES, seed=1, epochs=10, dimensions=4)
    scores = factors.scores(tags[:1])[0]
    assert scores[0] == scores.max()
    assert scores[0] > scores[1]


def test_a_city_without_tags_still_learns_its_most_used_service() -> None:
    tags, uses = csr_matrix((50, 0), dtype=np.float32), Uses(np.arange(50), np.full(50, 2), np.ones(50, "f4"))
    factors = train(tags, uses, TRAITS, tag_names=(), service_names=SERVICES, seed=1, epochs=5, dimensions=4)
    assert int(factors.service_biases.argmax()) == 2


def test_training_on_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one use with a positive weight"):
        train(
            csr_matrix((2, 6), dtype=np.float32),
            Uses(np.array([0]), np.array([0]), np.array([-1.0])),
            TRAITS,
            tag_names=TAGS,
            service_names=SERVICES,
            seed=1,
        )
