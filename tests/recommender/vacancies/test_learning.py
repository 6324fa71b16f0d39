"""What applications teach is used where it was tried and ranks no worse than what is declared."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from msgspec.structs import replace as changed

from recommender.vacancies.applications import Applications, chosen
from recommender.vacancies.learning import declared, learn
from recommender.vacancies.matching import Grid, Seeker
from recommender.vacancies.terms import policy
from tests.recommender.vacancies.made import COOK, DAY

WORKS = [f"{group}-03-02-0{own}" for group in "456" for own in range(1, 5)]
PLACES = ("310101", "310115")
OPEN = [
    replace(COOK, id=f"ZP{number:06}", occupation=work, division=place, opens_on=DAY - timedelta(days=400))
    for number, (work, place) in enumerate((work, place) for work in WORKS for place in PLACES)
]
# Cooks of this town turn to driving: nothing that a matching code would say.
TURNS_TO = {work: WORKS[(place + 4) % len(WORKS)] for place, work in enumerate(WORKS)}


def applied(count: int, likes: dict[str, str], seed: int = 3) -> tuple[Applications, Grid]:
    """So many applications, each for a vacancy of the work that somebody who did the other likes, anywhere."""
    rng = np.random.default_rng(seed)
    said = []
    for number in range(count):
        seeker = Seeker(str(rng.choice(WORKS)), str(rng.choice(PLACES)), "junior")
        fits = [one.id for one in OPEN if one.occupation == likes[seeker.occupation]]
        said.append((f"{number:05}", seeker, str(rng.choice(fits)), DAY - timedelta(days=300 - 290 * number // count)))
    return chosen(said, OPEN, policy()), Grid.of([seeker for _, seeker, _, _ in said], OPEN)


def test_what_applications_show_against_the_declared_weights_is_learned() -> None:
    known, grid = applied(600, TURNS_TO)
    found = learn(known, OPEN, grid, policy(), DAY, seed=7)
    assert found.learned
    assert found.figures["tried"] == 120
    assert found.figures["ndcg_10"] > 0.5 > found.figures["ndcg_10_declared"]
    assert found.figures["ndcg_10"] > found.figures["ndcg_10_demand"]


def test_with_few_applications_the_declared_weights_serve_and_say_how_many_there_were() -> None:
    known, grid = applied(60, TURNS_TO)
    found, own = learn(known, OPEN, grid, policy(), DAY, seed=7), declared(grid, policy())
    assert not found.learned
    assert found.figures == {"tried": 12.0}
    assert np.array_equal(found.weights, own.weights)


def test_where_what_is_declared_ranks_better_it_serves() -> None:
    known, grid = applied(60, {work: work for work in WORKS})
    found = learn(known, OPEN, grid, changed(policy(), least_tried=5), DAY, seed=7)
    assert found.figures["ndcg_10_declared"] >= found.figures["ndcg_10"] or found.learned
    assert found.learned == (found.figures["ndcg_10"] >= found.figures["ndcg_10_declared"])


def test_the_same_applications_teach_the_same() -> None:
    known, grid = applied(600, TURNS_TO)
    one, other = (learn(known, OPEN, grid, policy(), DAY, seed=7) for _ in range(2))
    assert one.figures == other.figures
    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.bias, other.bias)


@pytest.mark.parametrize("count", [0, 1])
def test_of_no_application_nothing_is_learned(count: int) -> None:
    known, grid = applied(count, TURNS_TO)
    found = learn(known, OPEN, grid, policy(), DAY, seed=7)
    assert (found.learned, found.figures) == (False, {"tried": float(count)})
    assert found.scorer(OPEN).services == tuple(one.id for one in OPEN)
