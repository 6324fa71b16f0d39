"""Marks and traits of the same code match, and nothing else does."""

import numpy as np

from recommender.vacancies.matching import Grid, Seeker, counterpart, marks, match, qualified, traits
from recommender.vacancies.terms import MATCHES, policy
from tests.recommender.vacancies.made import A_COOK, A_GRADUATE, COOK, ENGINEER, NOBODY_KNOWN, VACANCIES, WAITER


def test_a_seeker_has_a_mark_for_each_thing_known() -> None:
    assert marks(A_COOK) == (
        "did:4-03-02-01", "did_close:4-03-02", "did_related:4-03", "lives:310101", "schooled:junior",
    )  # fmt: skip
    assert marks(NOBODY_KNOWN) == ()


def test_nothing_but_work_home_and_education_is_a_mark() -> None:
    assert set(Seeker.__dataclass_fields__) == {"occupation", "division", "education"}


def test_each_mark_matches_the_trait_of_its_code() -> None:
    assert [match(mark) for mark in marks(A_COOK)] == list(MATCHES)
    assert counterpart("did:4-03-02-01") in traits(COOK)
    assert counterpart("did:4-03-02-01") not in traits(WAITER)
    assert counterpart("did_close:4-03-02") in traits(WAITER)


def test_the_matching_of_a_grid_is_one_where_mark_and_trait_agree() -> None:
    grid = Grid.of([A_COOK, A_GRADUATE], VACANCIES)
    own, other = grid.of_seekers([A_COOK, A_GRADUATE]), grid.of_vacancies([COOK, WAITER, ENGINEER])
    found = {name: (own @ same @ other.T.toarray()).astype(int).tolist() for name, same in grid.matching().items()}
    assert found == {
        "same_work": [[1, 0, 0], [0, 0, 0]],
        "close_work": [[1, 1, 0], [0, 0, 0]],
        "related_work": [[1, 1, 0], [0, 0, 0]],
        "own_district": [[0, 1, 0], [1, 0, 1]],
        "asked_education": [[0, 0, 0], [0, 0, 1]],
    }


def test_a_mark_that_is_no_column_is_left_out() -> None:
    grid = Grid.of([A_COOK], [COOK])
    assert grid.of_seekers([A_GRADUATE, A_COOK]).sum(axis=1).ravel().tolist() == [[0, 5]]


def test_education_must_be_known_to_reach_what_is_asked_for() -> None:
    reached = qualified([A_COOK, A_GRADUATE, NOBODY_KNOWN], [COOK, ENGINEER], policy())
    assert np.array_equal(reached, [[True, False], [True, True], [True, False]])
