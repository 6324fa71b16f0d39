"""A page out of a file: what is shown of it, what is left out, and where each piece comes from."""

from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from recommender.compose import Composer, bundle_matcher
from recommender.forms import Forms
from recommender.ledger import Saved, by_design
from recommender.page import (
    Ahead,
    BundleProgress,
    DueItem,
    Fact,
    HeldDocument,
    Likely,
    Mandate,
    OpenCase,
    Page,
    Question,
    Reason,
    Suggestion,
    Weight,
)
from recommender.terms import Window
from tagging import registry
from tagging.rules import NO, UNKNOWN, YES

DAY = date(2026, 11, 22)
AS_OF = date(2026, 11, 20)
CATALOGUE = catalogues.load()
RULES = registry.load()
FIRM, OTHER = "f" * 32, "e" * 32
READS = {"senior_65": ("fact:birth_date", "fact:hukou_division"), "newly_wed": ("event:marriage",)}


def composer(kind: Kind) -> Composer:
    return Composer(kind, DAY, CATALOGUE, bundle_matcher(CATALOGUE, kind, RULES.rules(kind), DAY), READS)


def compose(kind: Kind, file: dict[str, Any], truth: int = NO) -> Page:
    """The page of a file of which every atom has the same truth."""
    made = composer(kind)
    return made.pages([{"subject": "a" * 32, **file}], np.full((1, len(made.matcher.atoms)), truth, np.int8))[0]


def document(type_: str, expires: date | None, **more: object) -> dict[str, object]:
    known = {"type": type_, "number": "c2VhbGVk", "issuer": "市公安局", "issued_on": date(2016, 5, 9)}
    return {**known, "expires_on": expires, "status": "valid", "source": "documents", "as_of": AS_OF, **more}


def case(service: str, status: str, applied: date, finished: date | None = None) -> dict[str, object]:
    ids = {"case_id": f"{service}-{applied}", "service": service, "status": status}
    return {**ids, "applied_on": applied, "finished_on": finished, "source": "cases"}


def test_a_file_that_says_nothing_gives_an_empty_page() -> None:
    for kind in KINDS:
        assert compose(kind, {"name": None}, UNKNOWN) == Page(kind, DAY, held=Forms(CATALOGUE, kind).pack({}))


def test_a_person_is_called_by_the_sealed_name_in_force_and_an_enterprise_by_its_public_one() -> None:
    facts = [
        {"name": "name", "value": "b2xk", "in_force": False},
        {"name": "phone", "value": "cGhvbmU=", "in_force": True},
        {"name": "name", "value": "bmV3", "in_force": True},
    ]
    assert compose("person", {"facts": facts}).name == "bmV3"
    assert compose("enterprise", {"name": "玉兰餐饮"}).name == "玉兰餐饮"


def test_a_page_tells_what_the_file_holds_of_papers_and_forms_and_what_that_saves() -> None:
    facts = [{"name": "phone", "value": "cGhvbmU=", "source": "residents", "as_of": AS_OF, "in_force": True}]
    held = [document("ID_CARD", date(2036, 5, 9)), document("PASSPORT", DAY - timedelta(days=1))]
    items = [{"service": "passport_renewal", "probability": 0.5, "reasons": [], "because": []}]
    page = compose("person", {"facts": facts, "documents": held, "items": items})
    forms = Forms(CATALOGUE, "person")
    bits = forms.unpack(page.held)
    assert bits is not None
    assert {read for number, read in enumerate(forms.reads) if bits.known >> number & 1} == {
        "fact:phone",
        "document:ID_CARD",
    }
    assert composer("person").saved(page) == Saved(papers=1) + by_design(CATALOGUE.service("passport_renewal"))


def test_what_is_due_soon_is_on_the_page_before_it_is_announced() -> None:
    """So that a page that is read a week late still announces on the right day."""
    expires = DAY + timedelta(days=35)
    page = compose("person", {"documents": [document("HKM_PERMIT", expires)]})
    (due,) = page.due
    assert (due.what, due.due_on, due.service, due.source, due.as_of) == (
        "HKM_PERMIT",
        expires,
        "hkm_permit_renewal",
        "documents",
        AS_OF,
    )
    assert due.announce_from is not None
    assert DAY < due.announce_from <= expires - timedelta(days=30)


def test_a_replaced_document_is_neither_due_nor_shown() -> None:
    old = document("PASSPORT", DAY + timedelta(days=10))
    issued, expires = DAY - timedelta(days=5), DAY + timedelta(days=3650)
    new = document("PASSPORT", expires, issued_on=issued, number="bmV3")
    page = compose("person", {"documents": [old, new]})
    assert page.due == ()
    assert page.documents == (
        HeldDocument("PASSPORT", "bmV3", "市公安局", issued, expires, "valid", "documents", AS_OF),
    )


def test_documents_stand_in_the_order_in_which_they_expire() -> None:
    late, early, never = date(2036, 1, 1), date(2027, 1, 1), None
    held = [document("ID_CARD", late), document("SOCIAL_SECURITY_CARD", never), document("PASSPORT", early)]
    page = compose("person", {"documents": held})
    assert [d.type for d in page.documents] == ["PASSPORT", "ID_CARD", "SOCIAL_SECURITY_CARD"]


def test_a_recurring_duty_is_due_by_its_code() -> None:
    file = {"pension_status": "receiving", "pension_checked_on": date(2025, 12, 1)}
    (due,) = compose("person", file).due
    assert (due.what, due.due_on, due.service) == ("pension_check", date(2026, 12, 1), "pension_check")
    assert isinstance(due, DueItem)


def test_what_is_being_renewed_is_not_due() -> None:
    file = {"documents": [document("HKM_PERMIT", DAY + timedelta(days=20))]}
    renewing = {**file, "cases": [case("hkm_permit_renewal", "in_progress", DAY - timedelta(days=3))]}
    failed = {**file, "cases": [case("hkm_permit_renewal", "failed", DAY - timedelta(days=3))]}
    assert [len(compose("person", one).due) for one in (file, renewing, failed)] == [1, 0, 1]


def test_a_window_is_due_for_those_who_may_apply_in_it() -> None:
    school = msgspec.structs.replace(CATALOGUE.service("kindergarten_enrolment"), window=Window("12-01", "12-20"))
    services = tuple(
        school if service.id == school.id else msgspec.structs.replace(service, window=None)
        for service in CATALOGUE.services
    )
    catalogue = msgspec.structs.replace(CATALOGUE, services=services, by_id={one.id: one for one in services})
    made = Composer("person", DAY, catalogue, bundle_matcher(catalogue, "person", RULES.rules("person"), DAY), READS)
    files = [{"subject": "a" * 32}] * 2
    truths = np.array([[YES] * len(made.matcher.atoms), [NO] * len(made.matcher.atoms)], np.int8)
    assert [page.due for page in made.pages(files, truths)] == [
        (
            DueItem(
                school.id,
                date(2026, 12, 20),
                school.id,
                announce_from=date(2026, 11, 17),
                opens_on=date(2026, 12, 1),
            ),
        ),
        (),
    ]


def test_suggestions_and_questions_come_as_ranking_wrote_them() -> None:
    reason = {"clause": "aged(60)", "source": "residents", "as_of": AS_OF}
    because = [{"tag": "senior_60", "weight": 0.9}]
    items = [
        {"service": "senior_card", "score": 1.0, "probability": 0.7, "reasons": [reason], "because": because},
    ]
    unknown = [{"service": "public_rental_housing", "asks": ["fact:home_kind"]}]
    page = compose("person", {"items": items, "unknown": unknown})
    assert page.suggestions == (
        Suggestion("senior_card", 0.7, (Reason("aged(60)", "residents", AS_OF),), (Weight("senior_60", 0.9),)),
    )
    assert page.questions == (Question("public_rental_housing", ("fact:home_kind",)),)


def test_of_several_open_applications_for_one_service_the_newest_is_shown() -> None:
    cases = [
        case("senior_card", "in_progress", date(2026, 11, 12)),
        case("senior_card", "in_progress", date(2026, 11, 2)),
        case("id_card_renewal", "done", date(2026, 11, 2), date(2026, 11, 9)),
    ]
    assert compose("person", {"cases": cases}).in_progress == (OpenCase("senior_card", date(2026, 11, 12), "cases"),)


@pytest.mark.parametrize(
    ("since", "until", "stands"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (DAY + timedelta(days=1), None, False),
        (date(2020, 1, 1), DAY - timedelta(days=1), False),
    ],
)
def test_a_mandate_stands_from_its_first_to_its_last_day(since: date | None, until: date | None, stands: bool) -> None:
    link = {"kind": "mandate", "other": FIRM, "role": "agent", "since": since, "until": until, "name": "玉兰餐饮"}
    expected = (Mandate(FIRM, "玉兰餐饮", "agent"),) if stands else ()
    assert compose("person", {"links": [link]}).mandates == expected


def test_the_page_of_an_enterprise_names_nobody_who_acts_for_it() -> None:
    link = {"kind": "mandate", "other": OTHER, "role": "agent", "since": None, "until": None, "name": None}
    assert compose("enterprise", {"links": [link]}).mandates == ()


def test_several_mandates_for_one_enterprise_are_one_with_the_highest_role() -> None:
    def link(other: str, role: str, kind: str = "mandate") -> dict[str, object]:
        return {"kind": kind, "other": other, "role": role, "since": None, "until": None, "name": other[:1]}

    links = [
        link(FIRM, "agent"),
        link(FIRM, "legal_representative"),
        link(OTHER, "finance"),
        link("c" * 32, "", "employer"),
    ]
    assert compose("person", {"links": links}).mandates == (
        Mandate(FIRM, "f", "legal_representative"),
        Mandate(OTHER, "e", "finance"),
    )


def test_a_bundle_that_a_birth_opened_knows_what_is_done_and_why_it_is_there() -> None:
    made = composer("person")
    bundle = next(b for b in CATALOGUE.bundles if b.id == "newborn")
    first, second, *others = [step.service for step in bundle.steps]
    cases = [
        case(first, "done", DAY - timedelta(days=20), DAY - timedelta(days=18)),
        case(second, "in_progress", DAY - timedelta(days=2)),
        case(others[0], "done", DAY - timedelta(days=900), DAY - timedelta(days=890)),
    ]
    read = made.matcher.reads(next(iter(made.matcher.satisfied("newborn", _every(made, YES)))))[-1]
    known = [
        {"reads": read, "source": "kinship", "as_of": date(2026, 1, 1)},
        {"reads": read, "source": "vital_events", "as_of": AS_OF},
    ]
    page = made.pages([{"subject": "a" * 32, "cases": cases, "known": known}], _every(made, YES)[None, :])[0]
    (newborn,) = [b for b in page.bundles if b.bundle == "newborn"]
    assert (newborn.done, newborn.in_progress) == ((first,), (second,))
    assert (newborn.reasons[0].source, newborn.reasons[0].as_of) == ("vital_events", AS_OF)


def test_a_change_ahead_names_the_newest_of_each_fact_that_its_rule_reads() -> None:
    ahead = [
        {"day": date(2027, 1, 1), "tag": "senior_65", "change": "gained"},
        {"day": date(2027, 5, 1), "tag": "newly_wed", "change": "lost"},
    ]
    known = [
        {"reads": "fact:birth_date", "source": "residents", "as_of": AS_OF},
        {"reads": "fact:birth_date", "source": "pensions", "as_of": date(2020, 1, 1)},
        {"reads": "fact:sex", "source": "residents", "as_of": AS_OF},
    ]
    assert compose("person", {"ahead": ahead, "known": known}).ahead == (
        Ahead(date(2027, 1, 1), "senior_65", True, (Fact("fact:birth_date", "residents", AS_OF),)),
        Ahead(date(2027, 5, 1), "newly_wed", False),
    )


def test_what_is_likely_is_told_with_its_end_and_what_makes_it_so() -> None:
    likely = [{"id": "likely_to_move", "probability": 0.4, "until": date(2027, 2, 20), "because": ["new_parent"]}]
    assert compose("person", {"likely": likely}).likely == (
        Likely("likely_to_move", date(2027, 2, 20), ("new_parent",)),
    )


def test_a_service_of_the_own_division_takes_the_place_of_a_step_in_its_bundle() -> None:
    general = CATALOGUE.service("newborn_hukou")
    local = msgspec.structs.replace(general, id="newborn_hukou_east", division="310115", variant_of=general.id)
    services = (*CATALOGUE.services, local)
    whole = msgspec.structs.replace(CATALOGUE, services=services, by_id={**CATALOGUE.by_id, local.id: local})
    made = Composer("person", DAY, whole, bundle_matcher(whole, "person", RULES.rules("person"), DAY), READS)
    cases = [case(local.id, "done", DAY, DAY)]
    (here,) = [
        b for b in made.pages([{"cases": cases}], _every(made, YES)[None, :])[0].bundles if b.bundle == "newborn"
    ]
    assert (here.instead, here.done, here.not_for_you) == ({general.id: local.id}, (local.id,), ())
    before = [case(general.id, "done", DAY, DAY)]
    (moved,) = [
        b for b in made.pages([{"cases": before}], _every(made, YES)[None, :])[0].bundles if b.bundle == "newborn"
    ]
    assert (moved.instead, moved.done) == (here.instead, here.done)
    elsewhere = _every(made, YES)
    elsewhere[[atom.code for atom in made.matcher.atoms].index("lives_in('310115')")] = NO
    (there,) = [b for b in made.pages([{}], elsewhere[None, :])[0].bundles if b.bundle == "newborn"]
    assert (there.instead, there.done, there.not_for_you) == ({}, (), ())


def test_what_falls_due_is_seen_to_by_the_service_of_the_own_division() -> None:
    general = CATALOGUE.service("passport_renewal")
    local = msgspec.structs.replace(general, id="passport_renewal_east", division="310115", variant_of=general.id)
    services = (*CATALOGUE.services, local)
    whole = msgspec.structs.replace(CATALOGUE, services=services, by_id={**CATALOGUE.by_id, local.id: local})
    made = Composer("person", DAY, whole, bundle_matcher(whole, "person", RULES.rules("person"), DAY), READS)
    here = _every(made, NO)
    here[[atom.code for atom in made.matcher.atoms].index("lives_in('310115')")] = YES
    file = {"documents": [document("PASSPORT", DAY + timedelta(days=20))]}
    for truths, service in ((here, local.id), (_every(made, NO), general.id)):
        (due,) = made.pages([file], truths[None, :])[0].due
        assert (due.what, due.service) == ("PASSPORT", service)
    applied = {**file, "cases": [case(local.id, "in_progress", DAY)]}
    assert made.pages([applied], here[None, :])[0].due == ()


def test_a_bundle_without_anything_left_to_do_is_not_shown() -> None:
    steps = {b.id: [step.service for step in b.steps] for b in CATALOGUE.bundles if b.audience == "person"}
    cases = [case(s, "done", DAY, DAY) for all_steps in steps.values() for s in all_steps]
    assert compose("person", {"cases": cases}, YES).bundles == ()
    assert all(isinstance(b, BundleProgress) for b in compose("person", {}, YES).bundles)


def test_a_bundle_that_may_or_may_not_be_open_is_not_shown() -> None:
    assert compose("person", {}, UNKNOWN).bundles == ()


def _every(made: Composer, truth: int) -> np.ndarray[Any, np.dtype[np.int8]]:
    return np.full(len(made.matcher.atoms), truth, np.int8)


def shared(service: str, done_on: date | None) -> dict[str, object]:
    """A step of a birth that the other parent began a week ago."""
    on, until = DAY - timedelta(days=7), DAY if done_on else date.max
    return {"bundle": "newborn", "service": service, "acted_on": on, "done_on": done_on, "open_until": until}


def newborn(file: dict[str, Any]) -> BundleProgress:
    return next(one for one in compose("person", file, YES).bundles if one.bundle == "newborn")


def test_what_the_other_parent_did_is_done_or_under_way_and_told_apart() -> None:
    found = newborn({"shared": [shared("birth_registration", DAY), shared("newborn_hukou", None)]})
    assert (found.done, found.in_progress) == (("birth_registration",), ("newborn_hukou",))
    assert found.by_other == ("birth_registration", "newborn_hukou")


def test_what_one_has_done_oneself_is_ones_own_whatever_the_other_did() -> None:
    mine = [case("birth_registration", "done", DAY, DAY), case("newborn_hukou", "in_progress", DAY)]
    found = newborn({"cases": mine, "shared": [shared(s, None) for s in ("birth_registration", "newborn_hukou")]})
    assert (found.done, found.by_other) == (("birth_registration",), ())
    further = newborn({"cases": mine, "shared": [shared("newborn_hukou", DAY)]})
    assert (further.done, further.by_other) == (("birth_registration", "newborn_hukou"), ("newborn_hukou",))


def test_what_the_other_did_for_one_bundle_is_done_in_no_other() -> None:
    file = {"shared": [{**shared("child_vaccination", DAY)}]}
    school = next(one for one in compose("person", file, YES).bundles if one.bundle == "starting_school")
    assert (school.done, school.by_other) == ((), ())


def test_what_the_other_began_since_the_list_was_ranked_is_not_suggested() -> None:
    items = [
        {"service": s, "probability": 0.5, "reasons": [], "because": []} for s in ("newborn_hukou", "passport_renewal")
    ]
    page = compose("person", {"items": items, "shared": [shared("newborn_hukou", None)]})
    assert [one.service for one in page.suggestions] == ["passport_renewal"]
    assert page.in_progress == ()
