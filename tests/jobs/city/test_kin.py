"""Families hang together: generations, couples, deaths."""

import numpy as np
import pytest

from jobs.city.columns import age_on
from jobs.city.households import FIRST_CHILD, FORM, GRANDMOTHER, HUSBAND, WIFE, Households, households
from jobs.city.kin import Kin, kin
from jobs.city.people import newcomers


@pytest.fixture(scope="module")
def homes(day: np.datetime64) -> Households:
    return households(3000, day, np.random.default_rng(5))


@pytest.fixture(scope="module")
def related(homes: Households, day: np.datetime64) -> Kin:
    return kin(homes, newcomers(homes, day, np.random.default_rng(6)), day, np.random.default_rng(7))


def test_a_city_has_exactly_the_people_asked_for(day: np.datetime64) -> None:
    for wanted in (200, 201, 999):
        made = households(wanted, day, np.random.default_rng(wanted))
        assert len(made.birth) == wanted
        assert np.sort(made.member[made.member >= 0]).tolist() == list(range(wanted))


def test_fewer_than_two_hundred_people_are_refused(day: np.datetime64) -> None:
    with pytest.raises(ValueError, match="at least 200 people, got 199"):
        households(199, day, np.random.default_rng(1))


def test_three_generations_live_under_one_roof(homes: Households, related: Kin) -> None:
    three = homes.member[homes.form == FORM["three_generations"]]
    assert len(three) > 50
    mothers = three[three[:, GRANDMOTHER] >= 0]
    assert related.mother[mothers[:, HUSBAND]].tolist() == mothers[:, GRANDMOTHER].tolist()
    assert related.mother[mothers[:, FIRST_CHILD]].tolist() == mothers[:, WIFE].tolist()


def test_parents_are_a_generation_older_than_their_children(homes: Households, related: Kin) -> None:
    for parent in (related.mother, related.father):
        child = np.flatnonzero(parent >= 0)
        apart = (homes.birth[child] - homes.birth[parent[child]]).astype(np.int64) / 365.25
        assert np.min(apart) > 16
        assert np.max(apart) < 65


def test_marriage_is_mutual_and_of_adults(homes: Households, related: Kin) -> None:
    wed = np.flatnonzero(related.spouse >= 0)
    assert related.spouse[related.spouse[wed]].tolist() == wed.tolist()
    assert related.married[wed].tolist() == related.married[related.spouse[wed]].tolist()
    age = (related.married[wed] - homes.birth[wed]).astype(np.int64) / 365.25
    assert np.min(age) >= 19.9


def test_a_divorce_comes_after_the_wedding(related: Kin) -> None:
    apart = np.flatnonzero(~np.isnat(related.divorced))
    assert len(apart) > 0
    assert (related.divorced[apart] >= related.married[apart]).all()
    assert set(related.marital[apart].tolist()) == {"divorced"}


def test_of_a_couple_one_is_left(related: Kin) -> None:
    dead = np.flatnonzero(~np.isnat(related.died) & (related.spouse >= 0))
    assert len(dead) > 0
    assert np.isnat(related.died[related.spouse[dead]]).all()


def test_nobody_dies_on_a_day_to_come(homes: Households, related: Kin, day: np.datetime64) -> None:
    dead = ~np.isnat(related.died)
    assert (related.died[dead] < day).all()
    assert (related.died[dead] > homes.birth[dead]).all()
    assert age_on(homes.birth[dead], day).min() >= 20
