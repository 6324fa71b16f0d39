"""Who is linked: the likeliest by far, one record a resident, never a pair that a person took apart."""

import pytest

from profiles.linkage.decide import decide
from profiles.linkage.match import Pair
from profiles.linkage.terms import load

TERMS = load()["school_roll"]
SURE = TERMS.threshold_bits
FAR = TERMS.lead_bits + 1e-6


def pair(record: str, subject: str, weight: float) -> Pair:
    return Pair(record, subject, weight, 0.0, ())


def links(*pairs: Pair, **known: set[object]) -> tuple[dict[str, str], tuple[str, ...]]:
    found = decide(pairs, TERMS, **known)  # type: ignore[arg-type]
    assert decide(pairs[::-1], TERMS, **known) == found  # type: ignore[arg-type]
    return {one.record: one.subject for one in found.linked}, found.unclear


@pytest.mark.parametrize(("weight", "linked"), [(SURE, {"r": "p"}), (SURE - 0.01, {})])
def test_a_pair_is_linked_from_the_threshold_on(weight: float, linked: dict[str, str]) -> None:
    assert links(pair("r", "p", weight)) == (linked, ())


@pytest.mark.parametrize(("lead", "answer"), [(FAR, ({"r": "p"}, ())), (FAR - 0.01, ({}, ("r",)))])
def test_two_residents_too_close_link_nobody(lead: float, answer: object) -> None:
    assert links(pair("r", "p", SURE + lead), pair("r", "q", SURE)) == answer


@pytest.mark.parametrize(("lead", "answer"), [(FAR, ({"r": "p"}, ("s",))), (FAR - 0.01, ({}, ("r", "s")))])
def test_of_two_records_of_one_resident_the_likelier_by_far_is_linked(lead: float, answer: object) -> None:
    assert links(pair("r", "p", SURE + lead), pair("s", "p", SURE)) == answer


def test_a_record_whose_resident_is_anothers_does_not_get_the_next_best() -> None:
    said = (pair("s", "p", SURE + FAR), pair("s", "q", SURE))
    assert links(pair("r", "p", SURE + 2 * FAR), *said) == ({"r": "p"}, ("s",))
    assert links(*said, taken={"p"}) == ({}, ("s",))


def test_a_pair_taken_apart_counts_for_nothing() -> None:
    said = (pair("r", "p", SURE + 1), pair("r", "q", SURE))
    assert links(*said, undone={("r", "p")}) == ({"r": "q"}, ())
    assert links(said[0], undone={("r", "p")}) == ({}, ())


def test_no_pair_links_nobody() -> None:
    assert links() == ({}, ())
