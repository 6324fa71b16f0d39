"""Lists keep their order but for the next steps of fresh events, the caps and the share of what is new."""

import math
from dataclasses import replace
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from recommender.arrange import arrange, leading, suggested
from recommender.basis import Basis
from recommender.event_steps import NONE
from recommender.rank import Scorer, rank
from recommender.shelf import Contactless, Shelf, policy, problems
from tests.recommender.past import basis

COUNT, PLACES = 30, 12


def shelf(
    themes: list[int] | None = None,
    authorities: list[int] | None = None,
    new: tuple[int, ...] = (),
    places: int = PLACES,
    most: int = 3,
    for_new: int = 1,
    count: int = 8,
) -> Shelf:
    return Shelf(
        themes=np.array(themes or range(count), dtype=np.int32),
        authorities=np.array(authorities or range(count), dtype=np.int32),
        new=np.isin(np.arange(count), new),
        places=places,
        most_of_a_theme=most,
        most_of_an_authority=most,
        for_new=for_new,
    )


def shown(own: Shelf, ranked: list[int], steps: dict[int, int] | None = None) -> list[int]:
    """The list of one row; ``steps`` maps next steps to their events."""
    of_events = np.full((1, len(own.themes)), NONE, dtype=np.int32)
    for service, event in (steps or {}).items():
        of_events[0, service] = event
    found = arrange(np.array([ranked], dtype=np.int32), of_events, own)[0].tolist()
    assert len(found) == own.places
    return [service for service in found if service >= 0]


def test_without_cause_the_ranked_order_holds() -> None:
    assert shown(shelf(places=3), [4, 2, 0, 1, -1]) == [4, 2, 0]


def test_of_each_fresh_event_the_next_step_that_ranks_best_comes_first() -> None:
    assert shown(shelf(), [0, 1, 2, 3, 4], steps={3: 0, 2: 0, 7: 0}) == [2, 0, 1, 3, 4]
    assert shown(shelf(), [0, 1, 2, 3, 4], steps={3: 0, 4: 1, 2: 0}) == [2, 4, 0, 1, 3]


def test_a_theme_or_an_authority_beyond_its_cap_leaves_its_place_to_others() -> None:
    same = [0, 0, 0, 0, 0, 1, 2, 3]
    assert shown(shelf(themes=same, places=6), list(range(8))) == [0, 1, 2, 5, 6, 7]
    assert shown(shelf(authorities=same, places=6), list(range(8))) == [0, 1, 2, 5, 6, 7]


def test_where_nothing_else_is_left_what_is_beyond_a_cap_is_shown_in_its_place() -> None:
    assert shown(shelf(themes=[0, 0, 0, 0, 0, 1, 2, 3], places=7), list(range(8))) == [0, 1, 2, 3, 5, 6, 7]


def test_a_new_service_has_a_place_though_it_ranks_low_and_no_second_one() -> None:
    assert shown(shelf(places=3, new=(5, 6)), list(range(8))) == [0, 1, 5]
    assert shown(shelf(places=3, new=(1, 6)), list(range(8))) == [0, 1, 2]
    assert shown(shelf(places=3, new=(5, 6), for_new=0), list(range(8))) == [0, 1, 2]


def test_a_list_without_anything_is_empty() -> None:
    assert shown(shelf(), [-1, -1]) == []


Case = tuple[Shelf, npt.NDArray[np.int32], npt.NDArray[np.int32]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A shelf, ranked lists of any length, and what comes first."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    ranked = np.full((5, draw(st.integers(1, COUNT))), -1, dtype=np.int32)
    for row in ranked:
        length = int(rng.integers(0, len(row) + 1))
        row[:length] = rng.permutation(COUNT)[:length]
    own = shelf(
        rng.integers(0, draw(st.integers(1, 9)), COUNT).tolist(),
        rng.integers(0, draw(st.integers(1, 9)), COUNT).tolist(),
        tuple(np.flatnonzero(rng.random(COUNT) < 0.15)),
        most=draw(st.integers(1, PLACES)),
        for_new=draw(st.integers(0, 3)),
        count=COUNT,
    )
    return own, ranked, some_steps(rng, 5, draw(st.sampled_from([0.0, 0.2])))


def some_steps(rng: np.random.Generator, rows: int, share: float) -> npt.NDArray[np.int32]:
    """Next steps of three events, by chance."""
    of_events = rng.integers(0, 3, (rows, COUNT), dtype=np.int32)
    return np.where(rng.random((rows, COUNT)) < share, of_events, np.int32(NONE))


@given(cases())
def test_only_what_was_ranked_is_shown_once_and_lists_are_as_long_as_they_can_be(case: Case) -> None:
    own, ranked, steps = case
    for before, after in zip(ranked.tolist(), arrange(ranked, steps, own).tolist(), strict=True):
        listed = [service for service in after if service >= 0]
        assert after[len(listed) :] == [-1] * (PLACES - len(listed))
        assert set(listed) <= set(before)
        assert len(set(listed)) == len(listed) == min(PLACES, sum(service >= 0 for service in before))


@given(cases())
def test_what_comes_first_aside_the_order_is_kept_in_every_theme_and_between_them(case: Case) -> None:
    own, ranked, steps = case
    led = leading(ranked, steps)
    for row, after in enumerate(arrange(ranked, steps, own).tolist()):
        place = {service: (not led[row, number], number) for number, service in enumerate(ranked[row].tolist())}
        order = [place[service] for service in after if service >= 0]
        assert all(one < other for one, other in pairwise(order))


@given(cases())
def test_a_cap_is_passed_only_where_nothing_within_the_caps_is_left_out(case: Case) -> None:
    own, ranked, steps = case
    for before, after in zip(ranked.tolist(), arrange(ranked, steps, own).tolist(), strict=True):
        listed = [service for service in after if service >= 0]
        left = [service for service in before if service >= 0 and service not in listed]
        for kinds, most in ((own.themes, own.most_of_a_theme), (own.authorities, own.most_of_an_authority)):
            counts = np.bincount(kinds[listed], minlength=COUNT) if listed else np.zeros(COUNT)
            if counts.max() > most:
                assert not any(fits(own, listed, service) for service in left)


def fits(own: Shelf, listed: list[int], service: int) -> bool:
    """Whether a service could take a place without passing either cap."""
    return bool(
        (own.themes[listed] == own.themes[service]).sum() < own.most_of_a_theme
        and (own.authorities[listed] == own.authorities[service]).sum() < own.most_of_an_authority
    )


@given(cases())
def test_new_services_have_their_places_while_there_are_any_within_the_caps(case: Case) -> None:
    own, ranked, steps = case
    for before, after in zip(ranked.tolist(), arrange(ranked, steps, own).tolist(), strict=True):
        listed = [service for service in after if service >= 0]
        fresh = [service for service in listed if own.new[service]]
        left = [service for service in before if service >= 0 and own.new[service] and service not in listed]
        if len(fresh) < own.for_new:
            assert not any(fits(own, fresh, service) for service in left)


@given(cases())
def test_a_list_is_the_same_in_a_batch_and_alone(case: Case) -> None:
    own, ranked, steps = case
    together = arrange(ranked, steps, own)
    alone = [arrange(ranked[[row]], steps[[row]], own)[0].tolist() for row in range(len(ranked))]
    assert together.tolist() == alone


@given(st.integers(0, 2**32))
def test_nothing_that_is_masked_is_shown_and_a_batch_shows_what_each_alone_is_shown(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tags = csr_matrix((rng.random((9, 6)) < 0.4).astype(np.float32))
    weights = rng.choice([0.25, 0.5, -1.0, 1e30], (6, COUNT)).astype(np.float32)
    scorer = Scorer(
        tuple("abcdef"),
        tuple(map(str, range(COUNT))),
        weights,
        np.eye(COUNT, dtype=np.float32),
        rng.integers(-3, 3, COUNT).astype(np.float32),
    )
    allowed, steps = rng.random((9, COUNT)) < rng.random(), some_steps(rng, 9, 0.3)
    own = shelf(rng.integers(0, 4, COUNT).tolist(), rng.integers(0, 4, COUNT).tolist(), (3, 4), count=COUNT)
    found, _ = suggested(tags, allowed, steps, scorer, own)
    rows, places = np.nonzero(found >= 0)
    assert allowed[rows, found[rows, places]].all()
    assert ((found >= 0).sum(axis=1) == np.minimum(allowed.sum(axis=1), PLACES)).all()
    for row in range(9):
        alone = suggested(tags[[row]], allowed[[row]], steps[[row]], scorer, own)
        assert alone[0][0].tolist() == found[row].tolist()


def test_what_needs_no_trip_stands_earlier_for_those_to_whom_one_is_hard() -> None:
    scorer = Scorer(
        ("old", "remote", "driver"),
        tuple("xyz"),
        np.zeros((3, 3), np.float32),
        np.eye(3, dtype=np.float32),
        np.array([0.5, 0.2, 0.0], dtype=np.float32),
    )
    own = replace(shelf(count=3), eased=np.array([False, True, True]), easing={"old": 0.4, "remote": 0.2, "gone": 9.0})
    tags = csr_matrix(np.array([[0, 0, 1], [1, 0, 0], [1, 1, 0]], dtype=np.float32))
    made = replace(basis(), scorer=scorer, shelf=replace(own, most_behind=1.5, known=own.eased))
    for basis_ in (made, Basis.load(made.save())):
        steps = np.full((3, 3), NONE, dtype=np.int32)
        found, _ = suggested(tags, np.ones((3, 3), dtype=bool), steps, basis_.ordering, own)
        assert found[:, :3].tolist() == [[0, 1, 2], [1, 0, 2], [1, 2, 0]]
        assert (basis_.shelf.most_behind, basis_.shelf.known.tolist()) == (1.5, [False, True, True])
        assert (suggested(tags, np.zeros((3, 3), dtype=bool), steps, basis_.ordering, own)[0] == -1).all()


def test_a_step_known_to_be_far_less_likely_than_the_best_of_the_list_keeps_its_own_place() -> None:
    # Ten times as likely is 2.303 more in log-odds: of the two events the first leads, the second falls short.
    odds = np.array([3.0, 0.7, 0.6, 2.0, -1.0], dtype=np.float32)
    scorer = Scorer(("a",), tuple("vwxyz"), np.zeros((1, 5), np.float32), np.eye(5, dtype=np.float32), odds)
    own = replace(shelf(count=5), most_behind=math.log(10), known=np.ones(5, dtype=bool))
    steps = np.array([[NONE, 0, 1, NONE, 1]], dtype=np.int32)
    nobody, every = csr_matrix((1, 1), dtype=np.float32), np.ones((1, 5), dtype=bool)
    found, left = suggested(nobody, every, steps, scorer, own)
    assert found[0, :5].tolist() == [1, 0, 3, 2, 4]
    assert left.tolist() == [[NONE, 0, NONE, NONE, NONE]]
    again, same = suggested(nobody, every, left, scorer, own)
    assert (again.tolist(), same.tolist()) == (found.tolist(), left.tolist())
    unused = replace(own, known=np.array([True, True, False, True, True]))
    assert suggested(nobody, every, steps, scorer, unused)[0][0, :5].tolist() == [1, 2, 0, 3, 4]
    untold, all_steps = suggested(nobody, every, steps, replace(scorer, intercept=float("nan")), own)
    assert untold[0, :5].tolist() == [1, 2, 0, 3, 4]
    assert all_steps.tolist() == steps.tolist()


def test_the_policy_eases_by_tags_that_may_order_lists() -> None:
    asked = policy()
    assert list(problems(asked, asked.contactless.tags)) == []
    wrong = msgspec.structs.replace(asked, contactless=Contactless(("disabled",), 2.0))
    assert list(problems(wrong, asked.contactless.tags)) == [
        "arrangement.yaml, contactless: no tag disabled may order lists: name one whose uses include ranking",
        "arrangement.yaml, contactless: adds is a number from 0 to 1, not 2.0",
    ]


def test_every_allowed_service_is_ranked_however_few_there_are() -> None:
    scorer = Scorer(
        ("a",), tuple("xyz"), np.zeros((1, 3), np.float32), np.eye(3, dtype=np.float32), np.arange(3, dtype=np.float32)
    )
    ranked = rank(csr_matrix(np.zeros((2, 1), np.float32)), scorer, np.array([[True, False, True], [False] * 3]), 3)
    assert ranked.indices.tolist() == [[2, 0, -1], [-1, -1, -1]]
