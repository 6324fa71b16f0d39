"""Nothing passes the hard gate that may not, the order is the score's, and what is told adds up to it."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.vacancies.learning import Matched, declared
from recommender.vacancies.matching import Grid, Seeker
from recommender.vacancies.offering import Offer, offers
from recommender.vacancies.terms import Vacancy, policy
from tests.recommender.vacancies.made import (
    A_COOK,
    A_GRADUATE,
    COOK,
    DAY,
    NOBODY_KNOWN,
    OVER,
    TO_COME,
    VACANCIES,
    WAITER,
)

GRID = Grid.of([A_COOK, A_GRADUATE], VACANCIES)


def listed(seeker: Seeker, settled: tuple[str, ...] = (), matched: Matched | None = None) -> tuple[Offer, ...]:
    [own] = offers([seeker], [settled], VACANCIES, matched or declared(GRID, policy()), policy(), DAY)
    return own


def ids(found: tuple[Offer, ...]) -> list[str]:
    return [one.vacancy.id for one in found]


def test_the_same_work_comes_before_close_work_and_neither_closed_nor_to_come_nor_out_of_reach() -> None:
    assert ids(listed(A_COOK)) == [COOK.id, WAITER.id]


def test_what_was_settled_does_not_come_back() -> None:
    assert ids(listed(A_COOK, settled=(COOK.id, "ZP999999"))) == [WAITER.id]


def test_who_is_known_to_nobody_is_offered_what_asks_for_nothing() -> None:
    assert ids(listed(NOBODY_KNOWN)) == [COOK.id, WAITER.id]
    assert [one.because for one in listed(NOBODY_KNOWN)] == [(), ()]


def test_why_is_told_once_for_work_with_the_weight_of_all_its_groups() -> None:
    weights = policy().weights
    work = sum(weights[name] for name in ("same_work", "close_work", "related_work"))
    cook, waiter = listed(A_COOK)
    assert cook.because == (("same_work", work),)
    close = weights["close_work"] + weights["related_work"]
    assert waiter.because == (("close_work", close), ("own_district", weights["own_district"]))


def test_what_was_merely_learned_is_told_as_that() -> None:
    weights = np.zeros((len(GRID.marks), len(GRID.traits)))
    weights[GRID.marks.index("lives:310101"), GRID.traits.index("in:310115")] = 0.6
    learned = Matched(GRID, weights, np.zeros(len(GRID.traits)), learned=True)
    assert listed(A_COOK, matched=learned)[0].because == (("learned", 0.6),)


def test_no_employer_has_more_than_its_share_and_the_newest_comes_first_among_equals() -> None:
    many = [replace(COOK, id=f"ZP10000{n}", opens_on=DAY - timedelta(days=9 - n)) for n in range(5)]
    others = [replace(many[0], id=f"ZP20000{n}", employer=f"另一家{n}") for n in range(6)]
    grid = Grid.of([A_COOK], many)
    [own] = offers([A_COOK], [()], [*others, *many], declared(grid, policy()), policy(), DAY)
    assert ids(own) == ["ZP100004", "ZP100003", "ZP200000", "ZP200001", "ZP200002"]


def test_where_nothing_is_open_nothing_is_offered() -> None:
    assert offers([A_COOK, A_GRADUATE], [(), ()], (), declared(GRID, policy()), policy(), DAY) == [(), ()]
    assert offers([A_COOK], [()], (OVER, TO_COME), declared(GRID, policy()), policy(), DAY) == [()]


@pytest.mark.parametrize("odd", [np.nan, 1e30, -1e30])
def test_the_gate_wins_over_any_score(odd: float) -> None:
    weights = np.full((len(GRID.marks), len(GRID.traits)), odd)
    strange = Matched(GRID, weights, np.full(len(GRID.traits), odd), learned=True)
    assert set(ids(listed(A_COOK, settled=(WAITER.id,), matched=strange))) == {COOK.id}


VACANCY = st.builds(
    Vacancy,
    id=st.from_regex(r"ZP[0-9]{6}", fullmatch=True),
    title=st.just("岗位"),
    employer=st.sampled_from("甲乙丙"),
    occupation=st.sampled_from(["", "4-03-02-01", "4-03-02-05", "2-02-10-03", "4-03"]),
    division=st.sampled_from(["310101", "310115"]),
    education=st.sampled_from(["", *(level for own in policy().education for level in own)]),
    wage_from=st.just(0),
    wage_to=st.just(0),
    places=st.just(1),
    opens_on=st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3)),
    closes_on=st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3)),
    as_of=st.just(DAY),
)
SEEKER = st.builds(
    Seeker,
    st.sampled_from(["", "4-03-02-01", "2-02-10-03"]),
    st.sampled_from(["", "310101", "310115"]),
    st.sampled_from(["", *(level for own in policy().education for level in own)]),
)


@given(
    st.lists(VACANCY, max_size=12, unique_by=lambda one: one.id), SEEKER, st.data(), st.dates(DAY, DAY + timedelta(3))
)
def test_every_list_keeps_to_the_gate_and_the_caps(
    vacancies: list[Vacancy], seeker: Seeker, data: st.DataObject, day: date
) -> None:
    settled = data.draw(st.sets(st.sampled_from([one.id for one in vacancies]) if vacancies else st.nothing()))
    asked = policy()
    [own] = offers([seeker], [settled], vacancies, declared(Grid.of([seeker], vacancies), asked), asked, day)
    employers = [one.vacancy.employer for one in own]
    assert all(one.vacancy.open_on(day) and one.vacancy.id not in settled for one in own)
    assert all(asked.level(one.vacancy.education) <= asked.level(seeker.education) for one in own)
    assert len(own) == len(set(ids(own))) <= asked.places
    assert all(employers.count(one) <= asked.most_of_an_employer for one in employers)
