from datetime import date

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.errors import RuleError
from recommender.catalogue import Catalogue, load
from recommender.eligibility import Matcher
from tagging import registry
from tagging.rules import NO, UNKNOWN, YES

TAGS = {"elder": "aged(60)", "renting": "home_kind = 'tenant' AND home_since <= as_of"}


def catalogue(**requirements: str) -> Catalogue:
    """Services of these ids and rules alone, otherwise like the permit's renewal; no bundle."""
    like = load().service("hkm_permit_renewal")
    services = tuple(msgspec.structs.replace(like, id=name, requirement=rule) for name, rule in requirements.items())
    return msgspec.structs.replace(load(), services=services, bundles=())


def matcher(rule: str) -> Matcher:
    return Matcher(catalogue(it=rule), "person", TAGS)


def row(one: Matcher, **answers: int) -> np.ndarray:
    """int8[atoms]: unknown but for these, named by the word or column that their code begins with."""
    found = np.full(len(one.atoms), UNKNOWN, dtype=np.int8)
    for name, answer in answers.items():
        [number] = [n for n, atom in enumerate(one.atoms) if atom.code.startswith(name)]
        found[number] = answer
    return found


@pytest.fixture(scope="module")
def whole() -> Matcher:
    return Matcher(load(), "person", registry.load().rules("person"))


def test_answers_are_yes_no_or_unknown_for_every_subject_and_service() -> None:
    two = Matcher(catalogue(card="aged(60) AND NOT holds('SENIOR_CARD')", check="aged(60)"), "person", TAGS)
    assert [atom.code for atom in two.atoms] == ["aged(60)", "holds('SENIOR_CARD')"]
    truths = np.array([[YES, NO], [YES, YES], [YES, UNKNOWN], [NO, UNKNOWN], [UNKNOWN, NO]], dtype=np.int8)
    assert two.services == ("card", "check")
    assert two.eligible(truths).tolist() == [
        [YES, YES],
        [NO, YES],
        [UNKNOWN, YES],
        [NO, NO],
        [UNKNOWN, UNKNOWN],
    ]


def test_what_must_hold_is_named_before_what_must_not() -> None:
    one = matcher("NOT holds('SENIOR_CARD') AND aged(60)")
    assert one.satisfied("it", row(one, aged=YES, holds=NO)) == ("aged(60)", "NOT holds('SENIOR_CARD')")


def test_under_or_only_what_holds_is_named() -> None:
    one = matcher("aged(60) OR sex = 'female' OR holds('PASSPORT')")
    assert one.satisfied("it", row(one, aged=NO, sex=YES)) == ("sex = 'female'",)


def test_under_not_a_failing_part_is_named_as_failing() -> None:
    one = matcher("NOT (aged(60) AND sex = 'female')")
    assert one.satisfied("it", row(one, aged=YES, sex=NO)) == ("NOT sex = 'female'",)
    both = matcher("NOT (aged(60) OR sex = 'female')")
    assert both.satisfied("it", row(both, aged=NO, sex=NO)) == ("NOT aged(60)", "NOT sex = 'female'")


def test_a_tag_of_one_atom_is_named_by_the_atom_and_a_longer_one_by_itself() -> None:
    one = matcher("tag('elder') AND tag('renting')")
    answers = row(one, aged=YES, home_kind=YES, home_since=YES)
    assert one.satisfied("it", answers) == ("aged(60)", "tag('renting')")
    assert one.reads("tag('renting')") == ("tag:renting", "fact:home_kind", "fact:home_since")
    assert one.reads("NOT aged(60)") == ("fact:birth_date",)


def test_nothing_is_named_where_the_answer_is_no_or_unknown() -> None:
    one = matcher("aged(60) AND sex = 'female'")
    assert one.satisfied("it", row(one, aged=YES)) == ()
    assert one.satisfied("it", row(one, aged=YES, sex=NO)) == ()
    assert one.deciding("it", row(one, aged=YES, sex=NO)) == ()


def test_what_decides_an_unknown_alone_is_named_first() -> None:
    one = matcher("(holds('PASSPORT') OR sex = 'male') AND aged(60)")
    assert one.deciding("it", row(one, aged=YES, holds=NO)) == ("fact:sex",)
    assert one.deciding("it", row(one, aged=YES)) == ("document:PASSPORT", "fact:sex")
    either = matcher("(holds('PASSPORT') AND sex = 'male') OR sex = 'female'")
    assert either.deciding("it", row(either, holds=YES)) == ("fact:sex",)


def test_what_no_longer_matters_is_not_asked() -> None:
    one = matcher("(aged(60) AND holds('PASSPORT')) OR sex = 'female'")
    assert one.deciding("it", row(one, aged=NO)) == ("fact:sex",)


def test_a_service_not_in_force_is_for_nobody() -> None:
    before = Matcher(catalogue(it="aged(60)"), "person", TAGS, day=date(2019, 3, 31))
    since = Matcher(catalogue(it="aged(60)"), "person", TAGS, day=date(2019, 4, 1))
    everyone = np.array([[YES]], dtype=np.int8)
    assert before.eligible(everyone).tolist() == [[NO]]
    assert since.eligible(everyone).tolist() == [[YES]]


def test_a_service_of_one_district_is_for_those_who_live_there() -> None:
    local = msgspec.structs.replace(catalogue(it="aged(60)").services[0], division="310115")
    one = Matcher(msgspec.structs.replace(load(), services=(local,), bundles=()), "person", TAGS)
    assert one.eligible(np.array([[YES, YES], [YES, NO], [YES, UNKNOWN]], dtype=np.int8)).tolist() == [
        [YES],
        [NO],
        [UNKNOWN],
    ]


def divided(*services: tuple[str, str, str | None]) -> Matcher:
    """The matcher of services of these ids, divisions and general services, all for the elderly."""
    like = catalogue(it="aged(60)").services[0]
    made = tuple(
        msgspec.structs.replace(like, id=name, division=division, variant_of=wider)
        for name, division, wider in services
    )
    return Matcher(msgspec.structs.replace(load(), services=made, bundles=()), "person", TAGS)


def test_the_narrowest_own_division_stands_in_for_all_wider_ones() -> None:
    one = divided(("card", "", None), ("card_town", "310115102", "card"), ("card_district", "310115", "card"))
    assert [atom.code for atom in one.atoms] == ["aged(60)", "lives_in('310115102')", "lives_in('310115')"]
    elsewhere, district, town, not_known = [YES, NO, NO], [YES, NO, YES], [YES, YES, YES], [YES, UNKNOWN, UNKNOWN]
    truths = np.array([elsewhere, district, town, not_known], dtype=np.int8)
    assert one.eligible(truths).tolist() == [
        [YES, NO, NO],
        [NO, NO, YES],
        [NO, YES, NO],
        [YES, UNKNOWN, UNKNOWN],
    ]
    assert [one.stand_ins(row) for row in truths] == [
        {},
        {"card": "card_district"},
        {"card": "card_town", "card_district": "card_town"},
        {},
    ]


def test_services_of_two_divisions_stand_in_for_the_general_one_each_in_its_own() -> None:
    one = divided(("card", "", None), ("card_east", "310115", "card"), ("card_west", "310105", "card"))
    truths = np.array([[YES, YES, NO], [YES, NO, YES]], dtype=np.int8)
    assert one.eligible(truths).tolist() == [[NO, YES, NO], [NO, NO, YES]]


def test_who_is_not_entitled_to_the_service_of_the_own_division_does_not_get_the_general_one_instead() -> None:
    one = divided(("card", "", None), ("card_east", "310115", "card"))
    assert one.eligible(np.array([[NO, YES]], dtype=np.int8)).tolist() == [[NO, NO]]


def test_a_service_not_in_force_stands_in_for_nothing() -> None:
    whole = catalogue(card="aged(60)", card_east="aged(60)")
    general, local = whole.services
    local = msgspec.structs.replace(local, division="310115", variant_of="card", valid_from=date(2026, 7, 1))
    whole = msgspec.structs.replace(whole, services=(general, local))
    everyone = np.array([[YES, YES]], dtype=np.int8)
    before, after = (Matcher(whole, "person", TAGS, day=date(2026, month, 1)) for month in (6, 7))
    assert before.eligible(everyone[:, : len(before.atoms)]).tolist() == [[YES, NO]]
    assert after.eligible(everyone).tolist() == [[NO, YES]]


def test_the_document_that_a_required_service_issues_says_that_it_was_done() -> None:
    whole = catalogue(permit="aged(60)", endorsement="aged(60)")
    permit, endorsement = whole.services
    permit = msgspec.structs.replace(permit, issues="HKM_PERMIT")
    endorsement = msgspec.structs.replace(endorsement, issues="PASSPORT", requires=("permit",))
    one = Matcher(msgspec.structs.replace(whole, services=(permit, endorsement)), "person", TAGS)
    assert [atom.code for atom in one.atoms] == ["aged(60)", "holds('HKM_PERMIT')"]
    truths = np.array([[YES, YES], [YES, NO], [YES, UNKNOWN]], dtype=np.int8)
    assert one.outcome_held(truths).tolist() == [[True, False], [False, False], [False, False]]


def test_a_rule_that_does_not_parse_names_its_service() -> None:
    with pytest.raises(RuleError, match=r"service it, line 1, .*no tag 'eldest'"):
        matcher("tag('eldest')")


def test_truths_of_other_atoms_are_refused(whole: Matcher) -> None:
    with pytest.raises(ValueError, match=f"expected truths of {len(whole.atoms)} atoms per person"):
        whole.eligible(np.zeros((3, 2), dtype=np.int8))


def test_an_unknown_service_is_named(whole: Matcher) -> None:
    with pytest.raises(RuleError, match="no service or bundle for a person is called 'seal_engraving'"):
        whole.satisfied("seal_engraving", np.zeros(len(whole.atoms), dtype=np.int8))


def known_only(one: Matcher, truths: np.ndarray, reads: set[str]) -> np.ndarray:
    """The truths of the atoms that read any of ``reads``; the others are unknown."""
    read = np.array([bool(reads & set(atom.reads)) for atom in one.atoms])
    return np.where(read, truths, np.int8(UNKNOWN))


def answered(one: Matcher, truths: np.ndarray, reads: set[str], answer: int) -> np.ndarray:
    """The truths once every unknown atom that reads any of ``reads`` is known."""
    read = np.array([bool(reads & set(atom.reads)) for atom in one.atoms])
    return np.where(read & (truths == UNKNOWN), np.int8(answer), truths)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_clauses_named_are_enough_and_the_questions_decide(seed: int, whole: Matcher) -> None:
    truths = np.random.default_rng(seed).integers(0, 3, (1, len(whole.atoms)), dtype=np.int8)
    rows: list[tuple[int, np.ndarray, set[int]]] = []  # service, truths, the answers that it may then have
    for number, answer in enumerate(whole.eligible(truths)[0].tolist()):
        service = whole.services[number]
        named, asked = whole.satisfied(service, truths[0]), whole.deciding(service, truths[0])
        assert (bool(named), bool(asked)) == (answer == YES, answer == UNKNOWN)
        if named:
            reads = {read for clause in named for read in whole.reads(clause)}
            rows.append((number, known_only(whole, truths, reads)[0], {YES}))
        if asked:
            rows += [(number, answered(whole, truths, set(asked), each)[0], {YES, NO}) for each in (YES, NO)]
    told = whole.eligible(np.stack([row for _, row, _ in rows]))
    for line, (number, _, may) in enumerate(rows):
        assert int(told[line, number]) in may


@given(seed=st.integers(0, 2**32 - 1))
def test_a_bundle_that_is_open_says_why(seed: int, whole: Matcher) -> None:
    truths = np.random.default_rng(seed).integers(0, 3, (1, len(whole.atoms)), dtype=np.int8)
    for bundle, answer in zip(whole.bundles, whole.opened(truths)[0], strict=True):
        assert bool(whole.satisfied(bundle, truths[0])) == (answer == YES)
