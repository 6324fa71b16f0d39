"""The next steps of fresh events are those that ``bundles.standing`` calls next, and that may be offered."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from recommender.bundles import standing
from recommender.catalogue import Bundle, Step, load
from recommender.event_steps import NONE, Plan, next_steps, plan, waiting_steps

NEWBORN = next(bundle for bundle in load().bundles if bundle.id == "newborn")
NAMES = ("a", "b", "c", "d")
COLUMNS = {name: (number,) for number, name in enumerate(NAMES)}


def bundle(**after: tuple[str, ...]) -> Bundle:
    return replace(NEWBORN, steps=tuple(Step(service, before) for service, before in after.items()))


def flags(*names: str) -> np.ndarray:
    return np.isin(NAMES, names)[None, :]


FRESH = np.array([[True]])
CHAIN = plan(bundle(a=(), b=("a",), c=("a", "b")), COLUMNS)


def test_what_waits_for_nothing_undone_is_next() -> None:
    everything = flags(*NAMES)
    assert next_steps([CHAIN], FRESH, everything, flags(), flags()).tolist() == [[0, NONE, NONE, NONE]]
    assert next_steps([CHAIN], FRESH, flags("b", "c"), flags("a"), flags()).tolist() == [[NONE, 0, NONE, NONE]]
    assert next_steps([CHAIN], FRESH, flags("c"), flags("a"), flags("b")).tolist() == [[NONE, NONE, 0, NONE]]


def test_what_is_under_way_is_neither_next_nor_done() -> None:
    assert (next_steps([CHAIN], FRESH, flags("b", "c"), flags(), flags()) == NONE).all()


def test_an_event_that_is_not_fresh_brings_nothing_forward() -> None:
    assert (next_steps([CHAIN], ~FRESH, flags(*NAMES), flags(), flags()) == NONE).all()


def test_a_step_of_two_events_comes_through_the_first() -> None:
    other = plan(bundle(d=(), a=()), COLUMNS)
    fresh = np.array([[True, True], [False, True]])
    twice = np.repeat(flags(*NAMES), 2, axis=0)
    found = next_steps([CHAIN, other], fresh, twice, ~twice, ~twice)
    assert found.tolist() == [[0, NONE, NONE, 1], [1, NONE, NONE, 1]]


def test_the_service_of_the_own_division_is_the_step_and_what_either_did_is_done() -> None:
    places = {"a": (0, 1), "c": (2,)}
    own = plan(bundle(a=(), c=("a",)), places)
    general_is_not_theirs = flags("a")
    assert next_steps([own], FRESH, flags("b", "c"), flags(), general_is_not_theirs).tolist() == [[NONE, 0, NONE, NONE]]
    assert next_steps([own], FRESH, flags("c"), flags("b"), flags()).tolist() == [[NONE, NONE, 0, NONE]]


def test_a_step_that_is_no_longer_offered_holds_nothing_up() -> None:
    left = plan(bundle(gone=(), a=("gone",)), COLUMNS)
    assert next_steps([left], FRESH, flags("a"), flags(), flags()).tolist() == [[0, NONE, NONE, NONE]]


def waiting(*names: str, opened: np.ndarray = FRESH, plans: tuple[Plan, ...] = (CHAIN,)) -> list[str]:
    """What waits where these are done."""
    return np.array(NAMES)[waiting_steps(plans, opened, flags(*names), flags())[0]].tolist()


def test_what_waits_for_an_earlier_step_waits_until_that_is_done_or_does_not_apply() -> None:
    assert (waiting(), waiting("a"), waiting("a", "b")) == (["b", "c"], ["c"], [])
    assert waiting_steps([CHAIN], FRESH, flags(), flags("a"))[0].tolist() == [False, False, True, False]


def test_nothing_waits_for_an_event_that_is_not_open() -> None:
    assert waiting(opened=~FRESH) == []


def test_what_is_ready_by_one_open_event_does_not_wait_by_another() -> None:
    free, both = plan(bundle(b=(), d=()), COLUMNS), np.array([[True, True]])
    assert waiting(opened=both, plans=(CHAIN, free)) == ["c"]
    assert waiting(opened=np.array([[True, False]]), plans=(CHAIN, free)) == ["b", "c"]


@given(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_what_waits_of_many_is_what_standing_calls_later_of_one(done: set[str], never: set[str]) -> None:
    diamond = bundle(a=(), b=("a",), c=("a",), d=("b", "c"))
    found = waiting_steps([plan(diamond, COLUMNS)], FRESH, flags(*done), flags(*never))
    later = [step.service for step in standing(diamond, done, (), never).steps if step.state == "later"]
    undone = found[0] & ~flags(*done)[0] & ~flags(*never)[0]
    assert np.array(NAMES)[undone].tolist() == sorted(later)


@given(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_it_says_of_many_what_standing_says_of_one(done: set[str], doing: set[str], never: set[str]) -> None:
    diamond = bundle(a=(), b=("a",), c=("a",), d=("b", "c"))
    may_have = flags(*(set(NAMES) - done - doing - never))
    found = next_steps([plan(diamond, COLUMNS)], FRESH, may_have, flags(*done), flags(*never))
    expected = standing(diamond, done, doing, never).side_by_side
    assert tuple(np.array(NAMES)[found[0] != NONE].tolist()) == expected
