"""What could have been chosen on the day of an application, and what teaches nothing."""

from dataclasses import replace
from datetime import timedelta

from recommender.vacancies.applications import chosen
from recommender.vacancies.terms import policy
from tests.recommender.vacancies.made import A_COOK, A_GRADUATE, COOK, DAY, ENGINEER, OVER, VACANCIES, WAITER

BEFORE, LATER = DAY - timedelta(days=2), DAY - timedelta(days=1)


def test_an_application_is_set_against_what_was_open_and_within_reach() -> None:
    known = chosen([("a", A_COOK, COOK.id, BEFORE), ("b", A_GRADUATE, ENGINEER.id, BEFORE)], VACANCIES, policy())
    assert known.seekers == (A_COOK, A_GRADUATE)
    assert known.vacancies.tolist() == [0, 2]
    assert known.open.tolist() == [[True, True, False, True, False], [True, True, True, True, False]]


def test_what_was_applied_for_before_could_not_be_chosen_again() -> None:
    said = [("a", A_COOK, WAITER.id, LATER), ("a", A_COOK, COOK.id, BEFORE), ("b", A_COOK, WAITER.id, LATER)]
    known = chosen(said, VACANCIES, policy())
    assert known.on == (BEFORE, LATER, LATER)
    assert known.open[:, 0].tolist() == [True, False, True]


def test_what_was_closed_unknown_out_of_reach_or_the_only_one_teaches_nothing() -> None:
    said = [
        ("closed", A_COOK, OVER.id, DAY),
        ("unknown", A_COOK, "ZP999999", DAY),
        ("out of reach", A_COOK, ENGINEER.id, DAY),
    ]
    assert len(chosen(said, VACANCIES, policy())) == 0
    alone = [replace(COOK, id="ZP000009")]
    assert len(chosen([("a", A_COOK, "ZP000009", DAY)], alone, policy())) == 0


def test_the_order_in_which_applications_come_changes_nothing() -> None:
    said = [("b", A_COOK, WAITER.id, DAY), ("a", A_COOK, COOK.id, DAY), ("a", A_GRADUATE, COOK.id, BEFORE)]
    one, other = chosen(said, VACANCIES, policy()), chosen(said[::-1], VACANCIES, policy())
    assert (one.seekers, one.on, one.vacancies.tolist()) == (other.seekers, other.on, other.vacancies.tolist())
