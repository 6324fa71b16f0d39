"""What the catalogue promises to persons: how much it holds, and who is offered what at first hand and never."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from recommender.bundles import waves
from recommender.catalogue import Bundle, load
from recommender.eligibility import Matcher
from tagging import registry
from tagging.few import Truths
from tagging.personas import load_personas
from tagging.rules import YES

PERSONS = [service for service in load().services if service.audience == "person"]
BUNDLES = [bundle for bundle in load().bundles if bundle.audience == "person"]


PEOPLE = {persona.id: persona.file for persona in load_personas() if persona.kind == "person"}


@pytest.fixture(scope="module")
def offered() -> Mapping[str, set[str]]:
    """What each example person may be offered on their own day, by the persona's id."""
    return dict(zip(PEOPLE, offered_to(*PEOPLE.values()), strict=True))


def offered_to(*files: Mapping[str, Any]) -> list[set[str]]:
    """What the persons of these files may be offered."""
    matcher = Matcher(load(), "person", registry.load().rules("person"))
    truths = np.array(Truths(matcher.atoms, "person").of(files), dtype=np.int8)
    return [
        {service for service, answer in zip(matcher.services, row, strict=True) if answer == YES}
        for row in matcher.eligible(truths).tolist()
    ]


def test_there_are_175_services_for_persons_and_ten_in_every_stage_of_life() -> None:
    assert len(PERSONS) >= 175
    stages = Counter(service.stage for service in PERSONS)
    known = [stage for audience, stage in load().stages if audience == "person"]
    assert len(known) == 10
    assert {stage: stages[stage] for stage in known if stages[stage] < 10} == {}


def test_every_theme_of_the_national_platform_has_a_service() -> None:
    used = {theme for service in PERSONS for theme in service.themes}
    assert {
        name.zh for (audience, code), name in load().themes.items() if audience == "person" and code not in used
    } == set()


def test_every_event_of_a_persons_life_calls_for_a_service() -> None:
    called = {event for service in PERSONS for event in service.events}
    assert {event.code for event in load().events.values() if event.audience == "person"} == called


def test_there_are_sixteen_life_events_as_one_thing() -> None:
    assert len(BUNDLES) >= 16


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.id)
def test_a_life_event_has_steps_side_by_side_that_ask_for_the_same_paper(bundle: Bundle) -> None:
    services = [load().service(step.service) for step in bundle.steps]
    asked = Counter(paper for service in services for paper in {e.satisfied_by or e.name.zh for e in service.evidence})
    assert max(asked.values()) >= 2
    assert max(len(wave) for wave in waves(bundle)) >= 2


def test_a_step_comes_after_the_steps_that_the_law_requires_first() -> None:
    for bundle in BUNDLES:
        steps = {step.service for step in bundle.steps}
        for step in bundle.steps:
            assert set(load().service(step.service).requires) & steps <= set(step.after), (bundle.id, step.service)


def test_a_service_is_quicker_than_the_usual_way_and_every_visit_can_be_booked() -> None:
    slow = {s.id for s in PERSONS if s.usual.minutes <= s.minutes or s.usual.steps < s.steps}
    unbooked = {s.id for s in PERSONS if s.trips and not s.channels.appointment_url}
    assert (slow, unbooked) == (set(), set())


def test_a_district_has_its_own_version_of_what_the_whole_city_offers() -> None:
    local = {service.id: (service.division, service.variant_of) for service in PERSONS if service.variant_of}
    assert {division for division, _ in local.values()} == {"310104", "310115", "310151"}
    assert {load().service(general or "").division for _, general in local.values()} == {""}


@pytest.mark.parametrize(
    ("persona", "first_hand", "never"),
    [
        (
            "newborns_mother",
            {"newborn_hukou", "maternity_allowance", "newborn_social_security_card", "postnatal_visit",
             "infant_care_tax_deduction", "hkm_permit_renewal", "talent_rent_subsidy_xuhui"},
            {"spouse_maternity_costs", "pension_check", "student_loan", "residence_permit_application",
             "womens_cancer_screening", "talent_rent_subsidy_pudong"},
        ),
        (
            "retiree",
            {"pension_check", "senior_health_check", "senior_allowance", "senior_pneumonia_vaccine",
             "lift_installation"},
            {"student_loan", "enlistment_application", "first_driving_licence", "annual_tax_settlement", "elder_meals",
             "marriage_registration", "pension_application", "park_pass", "senior_university"},
        ),
        (
            "university_student",
            {"passport_renewal", "student_loan", "first_driving_licence", "enlistment_application"},
            {"shared_ownership_home", "annual_tax_settlement", "affordable_rental", "pension_statement",
             "marriage_registration", "senior_card", "job_matching"},
        ),
        (
            "migrant_worker",
            {"residence_permit_renewal", "migrant_child_schooling", "primary_school_enrolment",
             "wage_arrears_complaint", "residence_points", "summer_day_camp"},
            {"shared_ownership_home", "hukou_move_within_city", "child_identity_card", "residence_registration",
             "low_income_relief", "housing_fund_statement"},
        ),
        (
            "widow",
            {"funeral_subsidy", "inheritance_notarisation", "deceased_deposits", "household_head_change", "elder_meals",
             "emergency_call_service", "fire_safety_visit", "senior_card"},
            {"cremation_booking", "survivor_living_allowance", "deceased_vehicle", "funeral_fee_waiver", "student_loan",
             "family_counselling", "pension_application"},
        ),
        (
            "first_home_buyer",
            {"deed_tax", "property_registration", "mortgage_registration", "hukou_move_within_city",
             "marital_status_in_register", "spouse_property_addition", "credit_report"},
            {"tenancy_registration", "public_rental_housing", "talent_rent_subsidy", "maternal_record",
             "household_split", "multi_child_loan_increase"},
        ),
    ],
)  # fmt: skip
def test_an_example_person_gets_what_one_would_expect_and_nothing_out_of_place(
    offered: Mapping[str, set[str]], persona: str, first_hand: set[str], never: set[str]
) -> None:
    assert first_hand - offered[persona] == set()
    assert never & offered[persona] == set()


def test_nobody_is_offered_more_than_they_can_look_through(offered: Mapping[str, set[str]]) -> None:
    counts = sorted(len(services) for services in offered.values())
    assert counts[0] >= 1
    assert counts[len(counts) // 2] <= 25
    assert counts[-1] <= 40


def test_a_guardian_not_the_child_is_offered_the_childs_residence_permit() -> None:
    worker = PEOPLE["migrant_worker"]
    papers = [one for one in worker["documents"] if one["type"] != "RESIDENCE_PERMIT"]
    new_here = {**worker, "documents": papers, "resident_since": worker["as_of"] - timedelta(days=90)}
    child = {**new_here, "birth_date": worker["as_of"] - timedelta(days=2 * 365), "links": []}
    (to_parent, to_child) = offered_to(new_here, child)
    assert {"residence_permit_application", "residence_permit_for_child"} <= to_parent
    assert not {"residence_permit_application", "residence_permit_for_child"} & to_child


def test_whose_permit_has_lapsed_may_apply_for_points_with_its_endorsement() -> None:
    worker = PEOPLE["migrant_worker"]
    lapsed = [{**one, "expires_on": worker["as_of"] - timedelta(days=200)} for one in worker["documents"]]
    without = [one for one in lapsed if one["type"] != "RESIDENCE_PERMIT"]
    (of_lapsed, of_none) = offered_to({**worker, "documents": lapsed}, {**worker, "documents": without})
    assert {"residence_points", "residence_permit_renewal"} <= of_lapsed
    assert "residence_points" not in of_none


def test_a_disability_card_is_to_be_had_once_and_again_when_it_runs_out() -> None:
    veteran = PEOPLE["disabled_veteran"]
    others = [one for one in veteran["documents"] if one["type"] != "DISABILITY_CARD"]
    [card] = [one for one in veteran["documents"] if one["type"] == "DISABILITY_CARD"]
    good_for_years = {**card, "expires_on": veteran["as_of"] + timedelta(days=2000)}
    files = ({**veteran, "documents": [*others, *held]} for held in ([], [good_for_years], [card]))
    assert ["disability_card" in offered for offered in offered_to(*files)] == [True, False, True]


def test_a_kind_of_document_is_issued_by_one_authority_whoever_applies_for_it() -> None:
    issuers: dict[str, set[str]] = {}
    for service in load().services:
        if service.issues:
            issuers.setdefault(service.issues, set()).add(service.authority.zh)
    assert {document: sorted(of) for document, of in issuers.items() if len(of) > 1} == {}
