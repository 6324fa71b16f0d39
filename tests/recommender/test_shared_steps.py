"""What one parent saw to is seen to for the other, along ties that are in force and along no others."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.catalogue import load
from recommender.shared_steps import SharedStep, among, shared_steps, shares

DAY, BORN = date(2026, 11, 22), date(2026, 10, 1)
WEEK = timedelta(days=7)
CATALOGUE = load()
SHARED = shares(CATALOGUE.bundles, CATALOGUE.services)
MOTHER, FATHER, CHILD, STRANGER, SIBLING = (letter * 32 for letter in "abcde")

Row = dict[str, Any]


def event(kind: str, other: str | None, on: date = BORN) -> Row:
    return {"kind": kind, "happened_on": on, "other": other}


def link(kind: str, other: str, since: date | None = BORN, until: date | None = None) -> Row:
    return {"kind": kind, "other": other, "since": since, "until": until}


def applied(service: str, on: date = BORN + WEEK, done_on: date | None = None, until: date = date.max) -> Row:
    return {"service": service, "action": "applied", "acted_on": on, "done_on": done_on, "open_until": until}


def done(service: str, on: date = BORN + WEEK) -> Row:
    return applied(service, on, on, on)


def party(subject: str, *acts: Row, **more: Any) -> Row:
    own = {"events": [event("birth", CHILD)], "links": [link("child", CHILD)], "kept_apart": False}
    return {"subject": subject, "acts": list(acts), **own, **more}


def told(reader: Row, other: Row, day: date = DAY) -> list[tuple[str, bool]]:
    """Service and whether it is done, of what the other did for the reader."""
    return [(step.service, step.done(day)) for step in shared_steps(reader, other, SHARED, day)]


def test_a_finished_registration_of_one_parent_is_done_for_the_other() -> None:
    mother, father = party(MOTHER, done("newborn_hukou")), party(FATHER)
    on = BORN + WEEK
    assert shared_steps(father, mother, SHARED, DAY) == (SharedStep("newborn", "newborn_hukou", on, on, on),)
    assert shared_steps(mother, father, SHARED, DAY) == ()


def test_what_one_parent_applied_for_is_under_way_for_the_other_until_it_ends() -> None:
    handed_in = {**applied("newborn_medical_insurance", until=DAY + WEEK), "action": "done"}
    mother = party(MOTHER, applied("newborn_hukou"), handed_in)
    assert told(party(FATHER), mother) == [("newborn_hukou", False), ("newborn_medical_insurance", False)]
    assert told(party(FATHER), mother, DAY + WEEK) == [("newborn_hukou", False)]


def test_a_step_of_ones_own_stays_ones_own() -> None:
    mother = party(MOTHER, done("maternity_allowance"), done("infant_care_tax_deduction"), done("hkm_permit_renewal"))
    assert told(party(FATHER), mother) == []


def test_a_look_at_a_page_a_dismissal_and_a_failed_case_are_nothing_done() -> None:
    on = BORN + WEEK
    looks = [{**applied("newborn_hukou", until=on), "action": a} for a in ("opened", "started", "dismissed", "praised")]
    failed = applied("newborn_hukou", until=on)
    assert told(party(FATHER), party(MOTHER, *looks, failed)) == []


def test_what_was_done_before_the_birth_was_for_another_child() -> None:
    before = party(MOTHER, done("newborn_hukou", BORN - timedelta(days=1)), done("birth_registration", BORN))
    assert told(party(FATHER), before) == [("birth_registration", True)]


def test_what_is_not_known_yet_on_the_day_is_not_told() -> None:
    mother = party(MOTHER, applied("newborn_hukou", DAY, DAY + WEEK, DAY + WEEK))
    assert told(party(FATHER), mother, DAY - timedelta(days=1)) == []
    assert told(party(FATHER), mother, DAY) == [("newborn_hukou", False)]
    assert told(party(FATHER), mother, DAY + WEEK) == [("newborn_hukou", True)]


@pytest.mark.parametrize("whose", [MOTHER, FATHER])
def test_a_tie_that_ended_gives_no_right(whose: str) -> None:
    def pair(until: date | None) -> list[tuple[str, bool]]:
        links = {"links": [link("child", CHILD, until=until)]}
        mother = party(MOTHER, done("newborn_hukou"), **(links if whose == MOTHER else {}))
        return told(party(FATHER, **(links if whose == FATHER else {})), mother)

    assert pair(DAY - timedelta(days=1)) == []
    assert pair(DAY) == pair(None) == [("newborn_hukou", True)]


def test_a_tie_that_is_yet_to_begin_gives_no_right() -> None:
    adopts = party(FATHER, links=[link("child", CHILD, since=DAY + WEEK)])
    assert told(adopts, party(MOTHER, done("newborn_hukou"))) == []


def test_parents_of_different_children_share_nothing() -> None:
    other = party(STRANGER, events=[event("birth", SIBLING)], links=[link("child", SIBLING)])
    assert told(other, party(MOTHER, done("newborn_hukou"))) == []


@pytest.mark.parametrize("whose", [MOTHER, FATHER])
def test_whose_act_may_be_for_a_child_with_somebody_else_is_not_guessed_at(whose: str) -> None:
    both = {"events": [event("birth", CHILD), event("birth", SIBLING)]}
    both["links"] = [link("child", CHILD), link("child", SIBLING)]
    mother = party(MOTHER, done("newborn_hukou"), **(both if whose == MOTHER else {}))
    assert told(party(FATHER, **(both if whose == FATHER else {})), mother) == []
    assert told(party(FATHER, **both), party(MOTHER, done("newborn_hukou"), **both)) == [("newborn_hukou", True)]


def test_a_newborn_without_a_number_ties_nobody() -> None:
    unnumbered = {"events": [event("birth", None)], "links": []}
    assert told(party(FATHER, **unnumbered), party(MOTHER, done("newborn_hukou"), **unnumbered)) == []


def test_a_birth_that_a_bundle_no_longer_remembers_shares_nothing() -> None:
    mother = party(MOTHER, applied("newborn_hukou"))
    assert told(party(FATHER), mother, BORN + timedelta(days=365)) == [("newborn_hukou", False)]
    assert told(party(FATHER), mother, BORN + timedelta(days=366)) == []


def test_nothing_is_told_of_who_wants_it_so() -> None:
    mother, father = party(MOTHER, done("newborn_hukou"), kept_apart=True), party(FATHER, done("birth_registration"))
    assert told(father, mother) == []
    assert told(mother, father) == [("birth_registration", True)]


def couple(one: str, other: str, *acts: Row, until: date | None = None) -> Row:
    return party(one, *acts, events=[event("marriage", other)], links=[link("spouse", other, until=until)])


def test_a_couple_shares_what_its_bundle_marks_and_only_while_married() -> None:
    wife = couple(MOTHER, FATHER, done("spouse_property_addition"), done("spouse_hukou_move"))
    assert told(couple(FATHER, MOTHER), wife) == [("spouse_property_addition", True)]
    assert told(couple(FATHER, MOTHER, until=DAY - WEEK), wife) == []
    assert told(couple(FATHER, STRANGER), wife) == []


def test_who_did_the_service_of_one_division_did_it_for_every_other() -> None:
    general = CATALOGUE.service("newborn_hukou")
    here = msgspec.structs.replace(general, id="newborn_hukou_here", division="310115", variant_of=general.id)
    shared = shares(CATALOGUE.bundles, (*CATALOGUE.services, here))
    mother = party(MOTHER, done("newborn_hukou_here"))
    found = shared_steps(party(FATHER), mother, shared, DAY)
    assert [step.service for step in found] == ["newborn_hukou", "newborn_hukou_here"]


def test_of_a_few_each_is_told_what_the_others_did() -> None:
    mother, father = party(MOTHER, done("newborn_hukou")), party(FATHER, done("birth_registration"))
    found = among([mother, father, couple(STRANGER, SIBLING)], SHARED, DAY)
    assert {who: [step.service for step in steps] for who, steps in found.items()} == {
        MOTHER: ["birth_registration"],
        FATHER: ["newborn_hukou"],
    }


def tied(subject: str, partner: str, acts: list[Row]) -> st.SearchStrategy[Row]:
    """A parent of the child and spouse of the partner, each of the ties in force or not, who may want nothing told."""
    since, until = st.sampled_from([None, BORN, DAY, DAY + WEEK]), st.sampled_from([None, DAY + WEEK, DAY, DAY - WEEK])
    events = [event("birth", CHILD), event("marriage", partner)]
    child = st.builds(link, st.sampled_from(["child", "child", "cared_for"]), st.just(CHILD), since, until)
    spouse = st.builds(link, st.just("spouse"), st.sampled_from([partner, partner, STRANGER]), since, until)
    return st.builds(
        lambda child, spouse, apart: party(subject, *acts, events=events, links=[child, spouse], kept_apart=apart),
        child,
        spouse,
        st.booleans(),
    )


def in_force(of: Row, kind: str) -> set[str]:
    """Whom links of a kind name that hold on the day, told in another way than the rule tells it."""
    return {
        one["other"]
        for one in of["links"]
        if one["kind"] == kind and (one["since"] or DAY) <= DAY <= (one["until"] or DAY)
    }


ACTS = [done("newborn_hukou"), applied("spouse_property_addition"), done("maternity_allowance")]


@given(tied(FATHER, MOTHER, []), tied(MOTHER, FATHER, ACTS))
def test_nobody_without_a_tie_in_force_is_told_of_anothers_act_nor_masked_by_it(reader: Row, other: Row) -> None:
    """What is told is all that pages and masks are given of another: this much, and no more."""
    right = set()
    if in_force(reader, "child") & in_force(other, "child"):
        right.add("newborn_hukou")
    if MOTHER in in_force(reader, "spouse") and FATHER in in_force(other, "spouse"):
        right.add("spouse_property_addition")
    found = among([reader, other], SHARED, DAY)
    assert found.keys() <= {FATHER}
    assert {step.service for step in found.get(FATHER, ())} == (set() if other["kept_apart"] else right)
