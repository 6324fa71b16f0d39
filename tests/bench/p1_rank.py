"""P1: our rank against LightFM.predict and argpartition, over the same factors and mask, one thread each.

100,000 persons choose among 1,400 services by 64 factors and get the best 20 that their mask allows. LightFM is given
the best case: a person's mask is applied to its scores by numpy, and the best 20 are partitioned, then sorted. As it
is some thirty times slower, it answers for a part of the persons and its time is scaled to all.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from lightfm import LightFM
from scipy.sparse import csr_matrix, identity, random_array
from threadpoolctl import threadpool_limits

from recommender.model import Factors
from recommender.rank import Scorer, rank
from tests.bench.clock import Compared, Figure, Sizes, compare

PERSONS, SERVICES, TAGS, TAGS_HELD, FACTORS, BEST = 100_000, 1_400, 300, 15, 64, 20
ALLOWED = 0.3
ASKED_OF_LIGHTFM = 2_000  # persons per repeat
COMPARED = 1_000  # persons whose lists must be the same before anything is timed


@dataclass(frozen=True)
class City:
    """Persons with tags and masks, and one model in LightFM's form and in ours."""

    tags: csr_matrix
    allowed: npt.NDArray[np.bool_]
    model: LightFM
    scorer: Scorer

    def ours(self, persons: int) -> npt.NDArray[np.int32]:
        """The best services of the first so many persons."""
        return rank(self.tags[:persons], self.scorer, self.allowed[:persons], BEST).indices

    def theirs(self, persons: int) -> npt.NDArray[np.int64]:
        """The same from LightFM.predict, a person at a time."""
        services, every = np.arange(SERVICES, dtype=np.int32), identity(SERVICES, format="csr", dtype=np.float32)
        found = np.empty((persons, BEST), dtype=np.int64)
        for person in range(persons):
            row = self.tags[person]
            scores = self.model.predict(0, services, user_features=row, item_features=every, num_threads=1)
            scores[~self.allowed[person]] = -np.inf
            best = np.argpartition(-scores, BEST)[:BEST]
            found[person] = best[np.lexsort((best, -scores[best]))]
        return found


def city(seed: int = 1, persons: int = PERSONS) -> City:
    """A city of random tags and masks and a model of random factors: speed does not depend on what they mean."""
    rng = np.random.default_rng(seed)
    tags = csr_matrix(random_array((persons, TAGS), density=TAGS_HELD / TAGS, rng=rng, dtype=np.float32))
    tags.data[:] = 1
    model = LightFM(no_components=FACTORS, random_state=seed)
    model.fit_partial(csr_matrix((2, SERVICES), dtype=np.float32), user_features=tags[:2], epochs=0)
    model.user_embeddings = rng.normal(0, 0.3, (TAGS, FACTORS)).astype(np.float32)
    model.item_embeddings = rng.normal(0, 0.3, (SERVICES, FACTORS)).astype(np.float32)
    model.user_biases, model.item_biases = (rng.normal(0, 0.3, n).astype(np.float32) for n in (TAGS, SERVICES))
    names = tuple(f"tag{n}" for n in range(TAGS)), tuple(f"service{n}" for n in range(SERVICES))
    factors = Factors(*names, model.user_embeddings, model.user_biases, model.item_embeddings, model.item_biases)
    scorer = Scorer(*names, factors.tag_factors, factors.service_factors, factors.service_biases)
    return City(tags, rng.random((persons, SERVICES)) < ALLOWED, model, scorer)


def same_lists(found: City) -> None:
    """Raises AssertionError unless both give the first persons the same lists.

    LightFM sums in another order and adds the persons' own biases, so services whose scores differ by less than
    1e-4 may change places; everything else may not.
    """
    ours, theirs = found.ours(COMPARED), found.theirs(COMPARED)
    differ = np.argwhere(ours != theirs)
    for person, place in differ:
        scores = _exact(found, int(person))
        gap = abs(scores[ours[person, place]] - scores[theirs[person, place]])
        if gap > 1e-4:
            raise AssertionError(f"person {person} differs at place {place} by {gap:.1e}: no time is worth taking")


def run(sizes: Sizes) -> list[Figure]:
    """Seconds per person of both; how many places of the lists are the same service is said on the way."""
    with threadpool_limits(1):
        found = city()
        same_lists(found)
        alike = float((found.ours(COMPARED) == found.theirs(COMPARED)).mean())
        print(f"P1: {alike:.2%} of places the same, others tied within 1e-4")
        measured = compare(lambda: found.ours(PERSONS), lambda: found.theirs(ASKED_OF_LIGHTFM), sizes.repeats)
    per_person = Compared(
        tuple(one / PERSONS for one in measured.ours), tuple(one / ASKED_OF_LIGHTFM for one in measured.theirs)
    )
    return [Figure("P1", "rank a person against LightFM.predict + argpartition", per_person, 30.0)]


def _exact(found: City, person: int) -> npt.NDArray[np.float64]:
    """Scores in double precision."""
    scorer, row = found.scorer, found.tags[person]
    vectors = (row @ scorer.tag_vectors.astype(np.float64)).ravel()
    return vectors @ scorer.service_vectors.T.astype(np.float64) + scorer.service_bias
