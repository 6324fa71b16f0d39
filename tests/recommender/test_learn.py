"""From what a small town did to a scorer that beats popularity on days it has not seen, twice alike."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommender.features import Uses, service_matrix
from recommender.learn import Learned, Names, Past, Window, learn
from recommender.rank import probability, score
from recommender.trial import tried

TAGS, SERVICES = tuple("abcd"), tuple("uvwxyz")
EVERY = np.ones((900, 6), dtype=bool)
NAMES = Names(TAGS, SERVICES, service_matrix(SERVICES, [[] for _ in SERVICES]))
# Those with tag n want service n; everybody asks for z now and then.
WANTS = np.array([[6, 1, 1, 1, 0, 3], [1, 6, 1, 1, 0, 3], [1, 1, 6, 1, 0, 3], [1, 1, 1, 6, 0, 3]]) / 60


def town(seed: int) -> tuple[Past, list[Window]]:
    rng = np.random.default_rng(seed)
    periods = [(age, rng.integers(0, 4, 900)) for age in range(360, 0, -30)]
    taken = [rng.random((900, 6)) < WANTS[own] for _, own in periods]
    tags = [csr_matrix(np.eye(4, dtype=np.float32)[own]) for _, own in periods]
    everyone = csr_matrix(np.concatenate([one.toarray() for one in tags]))
    rows, services = np.nonzero(np.concatenate(taken))
    ages = np.repeat([age - 15 for age, _ in periods], 900)[rows].astype(np.int32)
    uses = Uses(rows.astype(np.int32), services.astype(np.int32), np.full(len(rows), 3, dtype=np.float32))
    windows = [Window(tags[n], EVERY, taken[n].astype(float), EVERY) for n in (-3, -2, -1)]
    return Past(everyone, uses, ages), windows


@pytest.fixture(scope="module")
def learned() -> Learned:
    past, windows = town(seed=1)
    return learn(past, windows, windows[-1].entitled, NAMES, seed=7)


def test_every_tag_gets_its_own_service_first_and_the_common_one_next(learned: Learned) -> None:
    best = np.argsort(-score(csr_matrix(np.eye(4, dtype=np.float32)), learned.scorer), axis=1)[:, :2]
    assert best.tolist() == [[0, 5], [1, 5], [2, 5], [3, 5]]


def test_the_stack_beats_popularity_on_days_it_has_not_seen(learned: Learned) -> None:
    assert learned.figures["ndcg_10"] > learned.figures["ndcg_10_popularity"] + 0.05


def test_its_chances_are_those_of_the_town(learned: Learned) -> None:
    chances = probability(score(csr_matrix(np.eye(4, dtype=np.float32)), learned.scorer), learned.scorer)
    assert chances[0, 0] == pytest.approx(0.1, abs=0.03)
    assert chances[:, 4].max() < 0.01
    assert learned.figures["calibration_error"] < 0.02


def test_the_same_town_and_seed_give_the_same_bytes(learned: Learned) -> None:
    past, windows = town(seed=1)
    again = learn(past, windows, windows[-1].entitled, NAMES, seed=7)
    assert again.scorer.save() == learned.scorer.save()
    assert again.figures == learned.figures


def test_the_last_windows_teach_the_measured_parts_nothing(learned: Learned) -> None:
    past, windows = town(seed=1)
    late = past.ages < 30
    past.uses.services[late] = 4
    other = learn(past, windows, windows[-1].entitled, NAMES, seed=7)
    assert other.figures == learned.figures
    assert other.scorer.save() != learned.scorer.save()


def test_what_the_last_window_says_of_the_parts_counts_for_what_serves_and_not_for_what_is_tried(
    learned: Learned,
) -> None:
    past, windows = town(seed=1)
    # In the last window everybody asks for what is asked for most, whatever their tags.
    last = windows[-1]
    windows[-1] = Window(last.tags, last.allowed, np.eye(6)[np.full(900, 5)], last.entitled)
    other = learn(past, windows, windows[-1].entitled, NAMES, seed=7)
    assert other.untold is not None
    assert learned.untold is not None
    assert other.untold.save() == learned.untold.save()
    assert other.weights["popularity"] > learned.weights["popularity"]


def test_a_town_that_did_nothing_yet_gets_the_neutral_scorer_and_claims_nothing() -> None:
    _, windows = town(seed=1)
    allowed = np.array([[True, True, False, False, False, False], [True, False, False, False, False, False]])
    nothing = Past(
        csr_matrix((0, 4), dtype=np.float32), Uses(*(np.empty(0, t) for t in ("i4", "i4", "f4"))), np.empty(0, "i4")
    )
    found = learn(nothing, windows, allowed, NAMES, seed=7)
    assert (found.factors, found.figures) == (None, {})
    assert found.scorer.service_bias[1] > found.scorer.service_bias[0]


def test_uses_within_the_last_windows_alone_still_make_a_scorer_without_figures() -> None:
    past, windows = town(seed=1)
    recent = past.ages < 90
    past = Past(past.tags, past.uses.select(recent), past.ages[recent])
    found = learn(past, windows, windows[-1].entitled, NAMES, seed=7)
    assert found.figures == {"uses": float(recent.sum())}
    assert tried(found.scorer, windows[-1]).figures["ndcg_10"] > 0.5
    assert learn(past, [], windows[-1].entitled, NAMES, seed=7).scorer.save() == found.scorer.save()
