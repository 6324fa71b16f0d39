"""What the catalogue promises enterprises: how much, for whom, in what order, and what none may ever be offered."""

from collections import Counter
from collections.abc import Mapping

import duckdb
import numpy as np
import pytest

from recommender.bundles import waves, working_days
from recommender.catalogue import Bundle, load
from recommender.eligibility import Matcher
from tagging import registry
from tagging.files import duckdb_rows, to_json
from tagging.personas import load_personas
from tagging.rules import NO, UNKNOWN, YES, to_duckdb
from tagging.texts.rules_file import section

CATALOGUE = load()
SERVICES = [service for service in CATALOGUE.services if service.audience == "enterprise"]
BUNDLES = [bundle for bundle in CATALOGUE.bundles if bundle.audience == "enterprise"]
PERSONAS = {persona.id: persona.file for persona in load_personas() if persona.kind == "enterprise"}
UNUSED_THEMES = {"999"}  # 其他: every service stands under a theme that says more
WITHOUT_RENEWAL = {
    *("ELECTRONIC_LICENCE", "ELECTRONIC_SEAL", "CUSTOMS_REGISTRATION", "ANIMAL_HEALTH_CERTIFICATE"),
    *("PROJECT_FILING", "LAND_USE_PERMIT", "PLANNING_PERMIT", "BUILDING_PERMIT"),
}

# Persona -> what its enterprise must be offered, and what it must never be.
OFFERED = {
    "new_cafe": """food_permit_application drainage_permit signboard_filing fire_safety_check kitchen_waste_declaration
        electronic_licence tax_registration health_certificates_for_staff startup_rent_subsidy_pudong""",
    "clinic": "medical_licence radiology_permit medical_insurance_designation scales_verification",
    "small_factory": """discharge_permit environmental_tax safety_standardisation occupational_hazard_declaration
        digital_transformation_subsidy energy_saving_subsidy specialised_sme_recognition disabled_quota_levy""",
    "software_startup": """high_tech_recognition high_tech_reward_minhang software_vat_refund tech_sme_listing
        talent_settlement rd_super_deduction intellectual_property_pledge hiring_subsidy""",
    "restaurant_chain": "food_permit_renewal foreign_work_permit foreign_investment_report branch_registration",
    "firm_winding_up": "simple_deregistration tax_clearance seal_surrender suspension_filing annual_report_late_filing",
    "construction_firm": "work_safety_licence wage_guarantee_deposit project_injury_insurance constructor_registration",
    "haulier": "road_transport_permit overdue_tax_settlement credit_repair tax_credit_repair",
    "corner_shop": "tobacco_licence trader_to_company credit_finance_platform",
    "nursery_school": "school_permit school_annual_inspection",
    "training_school": "school_permit_application fire_safety_check startup_rent_subsidy",
    "revoked_guest_house": "revoked_deregistration",
}
NEVER = {
    "new_cafe": """food_permit_renewal tobacco_licence road_transport_permit software_vat_refund medical_licence
        simple_deregistration high_tech_recognition startup_rent_subsidy_minhang job_retention_refund""",
    "clinic": "food_permit_application hygiene_permit medical_licence_application drug_permit_application",
    "small_factory": """food_permit_application food_production_permit_application discharge_registration
        software_vat_refund construction_qualification micro_tax_relief customs_registration tax_clearance""",
    "software_startup": """food_permit_application discharge_permit fire_safety_check construction_qualification
        startup_rent_subsidy high_tech_reward_pudong high_tech_seedling hygiene_permit foreign_work_permit""",
    "restaurant_chain": """food_permit_application micro_loan_guarantee startup_rent_subsidy listing_compliance_check
        high_tech_recognition drainage_permit simple_deregistration""",
    "firm_winding_up": """hiring_subsidy job_retention_refund startup_rent_subsidy employee_insurance_registration
        high_tech_recognition cross_district_move food_permit_application disabled_hiring_reward""",
    "construction_firm": "construction_qualification food_permit_application building_permit road_transport_permit",
    "haulier": "job_retention_refund key_group_tax_deduction vehicle_operation_certificate express_permit_application",
    "corner_shop": "food_permit_application packaged_food_filing income_tax_settlement union_fee_refund",
    "nursery_school": "school_permit_application food_permit_application medical_licence_application",
    "training_school": "school_permit food_permit_application prepaid_card_filing medical_licence_application",
    "revoked_guest_house": "hygiene_permit special_trade_permit_application simple_deregistration hiring_subsidy",
}


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(CATALOGUE, "enterprise", registry.load().rules("enterprise"))


def answers(matcher: Matcher, file: Mapping[str, object]) -> tuple[set[str], set[str]]:
    """The services to which a file is entitled and the bundles that open for it."""
    asked = ", ".join(to_duckdb(atom) for atom in matcher.atoms)
    query = f"SELECT {asked} FROM ({duckdb_rows('enterprise')})"  # noqa: S608  # our own rules
    row = duckdb.execute(query, [to_json([file], "enterprise")]).fetchall()[0]
    truths = np.array([[{True: YES, False: NO, None: UNKNOWN}[value] for value in row]], dtype=np.int8)
    entitled = zip(matcher.services, matcher.eligible(truths)[0], strict=True)
    opened = zip(matcher.bundles, matcher.opened(truths)[0], strict=True)
    return {name for name, answer in entitled if answer == YES}, {name for name, answer in opened if answer == YES}


def firm(**known: object) -> dict[str, object]:
    """An active company of some years in the city of which only this is known, and whose lists are empty."""
    nothing: dict[str, object] = {name: [] for name in ("facts", "documents", "links", "events", "cases", "trades")}
    active = {"enterprise_status": "active", "founded_on": "2015-03-01", "permits_needed": [], "as_of": "2025-07-01"}
    return {"subject": "firm", **nothing, **active, **known}


def document(type_: str) -> dict[str, object]:
    return {"type": type_, "status": "valid", "issued_on": "2025-01-01", "state": "valid", "recognised": True}


def done(service: str) -> dict[str, object]:
    return {"service": service, "status": "done", "applied_on": "2025-05-01", "finished_on": "2025-05-10"}


def bundle(name: str) -> Bundle:
    return next(one for one in BUNDLES if one.id == name)


def test_every_stage_of_an_enterprises_life_has_services_and_one_thing_bundles_join_them() -> None:
    assert len(SERVICES) >= 135
    assert len(BUNDLES) >= 14
    stages = Counter(service.stage for service in SERVICES)
    assert set(stages) == {"entry", "hiring", "taxes", "growth", "construction", "exit"}
    assert min(stages.values()) >= 8


def test_every_theme_of_the_national_platform_is_used_but_the_rest() -> None:
    used = {theme for service in SERVICES for theme in service.themes}
    assert {code for audience, code in CATALOGUE.themes if audience == "enterprise"} - used == UNUSED_THEMES


def test_every_service_says_what_it_is_and_what_it_took_before_it_went_online() -> None:
    saved = [service.usual.days - service.processing_days for service in SERVICES]
    assert min(saved) >= 0
    assert {service.type for service in SERVICES} == {
        *("licence", "confirmation", "benefit", "reward", "levy", "adjudication", "filing", "public_service")
    }


def test_every_counter_can_be_booked_for_a_visit() -> None:
    assert {str(service.channels.appointment_url)[:35] for service in SERVICES} == {
        "https://appointment.example.gov.cn/"
    }


def test_every_kind_of_permit_can_be_applied_for_and_renewed() -> None:
    kinds = {kind.type: kind for kind in CATALOGUE.documents.values() if kind.audience == "enterprise"}
    assert set(kinds) - {service.issues for service in SERVICES} == set()
    assert {type_ for type_, kind in kinds.items() if kind.renewal_service is None} == WITHOUT_RENEWAL
    renews = {type_: CATALOGUE.service(k.renewal_service).renews for type_, k in kinds.items() if k.renewal_service}
    assert renews == {type_: type_ for type_ in renews}


@pytest.mark.parametrize("one", BUNDLES, ids=lambda one: one.id)
def test_the_steps_of_a_bundle_ask_for_some_paper_once_in_place_of_twice(one: Bundle) -> None:
    papers = [paper.name.zh for step in one.steps for paper in CATALOGUE.service(step.service).evidence]
    assert len(papers) > len(set(papers))


@pytest.mark.parametrize("one", BUNDLES, ids=lambda one: one.id)
def test_a_step_comes_after_the_steps_that_it_requires(one: Bundle) -> None:
    wave = {service: number for number, services in enumerate(waves(one)) for service in services}
    required = [(step.service, before) for step in one.steps for before in CATALOGUE.service(step.service).requires]
    assert [(late, early) for late, early in required if early in wave and wave[early] >= wave[late]] == []


def test_a_restaurant_opens_in_ten_working_days_side_by_side_and_has_its_food_permit_in_one() -> None:
    opening = bundle("open_a_restaurant")
    assert working_days(opening, CATALOGUE.by_id) == (24, 10)
    food = CATALOGUE.service("food_permit_application")
    assert (food.processing_days, food.usual.days) == (1, 20)
    usual = [CATALOGUE.service(step.service).usual for step in opening.steps]
    assert sum(effort.days for effort in usual if effort) == 108


def test_a_building_project_has_its_assessments_and_its_drawings_judged_together() -> None:
    building = bundle("build_a_project")
    assert working_days(building, CATALOGUE.by_id) == (97, 43)
    assert waves(building)[2] == (
        *("land_use_permit", "joint_assessment", "environmental_approval", "energy_review"),
        *("lightning_protection_review", "tendering_of_works"),
    )


def test_advice_comes_before_the_formal_application_for_a_project(matcher: Matcher) -> None:
    planned = firm(founded_on="2025-03-01", capital_yuan=8_000_000, industry="3670")
    offered, opened = answers(matcher, planned)
    assert "project_early_advice" in offered
    assert "build_a_project" in opened
    assert waves(bundle("build_a_project"))[0] == ("project_early_advice",)
    assert "project_early_advice" not in answers(matcher, {**planned, "capital_yuan": 300_000})[0]


@pytest.mark.parametrize("permit", [entry["type"] for entry in section("permits", "permits", list)])
def test_a_permit_that_the_scope_calls_for_is_offered_until_it_is_held(permit: str, matcher: Matcher) -> None:
    grants = {service.id for service in SERVICES if service.issues == permit and service.renews != "BUSINESS_LICENCE"}
    without = firm(permits_needed=[{"type": permit, "said": "许可项目"}])
    assert grants & answers(matcher, without)[0]
    assert not grants & answers(matcher, {**without, "documents": [document(permit)]})[0]


def test_the_electronic_licence_and_the_electronic_seal_together_lead_to_bidding(matcher: Matcher) -> None:
    both = [document("ELECTRONIC_LICENCE"), document("ELECTRONIC_SEAL")]
    assert "electronic_bidding" in answers(matcher, firm(documents=both))[0]
    assert all("electronic_bidding" not in answers(matcher, firm(documents=[one]))[0] for one in both)


def test_moving_to_another_district_leads_to_all_that_moves_along(matcher: Matcher) -> None:
    moved = firm(employees=4, tax_status="normal", cases=[done("cross_district_move")])
    offered, opened = answers(matcher, moved)
    assert {"tax_move", "insurance_move", "permit_move"} <= offered
    assert "relocate" in opened
    assert not {"tax_move", "insurance_move", "permit_move"} & answers(matcher, {**moved, "cases": []})[0]


def test_a_company_by_shares_in_good_standing_may_go_public(matcher: Matcher) -> None:
    grown = firm(enterprise_type="股份有限公司（非上市、自然人投资或控股）", employees=260, tax_status="normal")
    assert "go_public" in answers(matcher, grown)[1]
    assert "go_public" not in answers(matcher, {**grown, "tax_status": "overdue"})[1]


@pytest.mark.parametrize("name", PERSONAS)
def test_an_enterprise_is_offered_what_it_needs_and_never_what_is_not_for_it(name: str, matcher: Matcher) -> None:
    offered, _ = answers(matcher, PERSONAS[name])
    expected, never = set(OFFERED[name].split()), set(NEVER[name].split())
    assert expected | never <= set(matcher.services)
    assert expected - offered == set()
    assert offered & never == set()
    assert len(offered) <= 25
