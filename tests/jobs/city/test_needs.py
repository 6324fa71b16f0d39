"""Needs and what came of them."""

import numpy as np
import pandas as pd
import pytest

from jobs.city.response import DONE, IN_PROGRESS, NOT_APPLIED, habits, service_number
from jobs.city.town import Town
from tests.jobs.city.conftest import DAY
from tests.jobs.city.reading import Reading

REQUIRED = frozenset(
    """
    birth_registration newborn_hukou newborn_medical_insurance maternity_allowance childcare_subsidy
    kindergarten_enrolment primary_school_enrolment migrant_child_schooling student_loan graduate_archive_transfer
    graduate_employment_subsidy job_seeker_registration unemployment_benefit skills_training_subsidy
    social_insurance_transfer flexible_social_insurance startup_loan spouse_hukou_move
    housing_fund_withdrawal_purchase housing_fund_withdrawal_rent housing_fund_loan property_registration
    utility_account_opening public_rental_housing residence_permit_application residence_permit_renewal
    residence_points id_card_renewal passport_renewal hkm_permit_application hkm_permit_renewal
    driving_licence_renewal vehicle_inspection pension_application pension_check senior_card senior_allowance
    elder_care_assessment senior_health_check disability_card disability_allowance low_income_relief medical_aid
    medical_insurance_enrolment remote_medical_filing funeral_subsidy death_hukou_cancellation survivor_benefit
    seal_engraving tax_registration invoice_application bank_account_opening employee_insurance_registration
    housing_fund_account_opening food_permit_application food_permit_renewal hygiene_permit drainage_permit
    signboard_filing tobacco_licence fire_safety_check annual_report_filing micro_tax_relief micro_loan_guarantee
    hiring_subsidy high_tech_recognition rd_subsidy road_transport_permit construction_qualification
    work_safety_licence credit_repair change_registration simple_deregistration trademark_registration labour_mediation
    """.split()  # noqa: SIM905
)


def test_the_city_needs_every_service_of_the_catalogue_and_no_other() -> None:
    assert sorted(habits().services) == sorted(REQUIRED)


def test_almost_every_service_is_needed_by_somebody(reading: Reading) -> None:
    assert len(set(REQUIRED) - set(reading.needs["service"])) <= 4


def test_a_share_of_recent_needs_is_still_open(reading: Reading) -> None:
    needs, day = reading.needs, np.datetime64(DAY)
    since = pd.to_datetime(needs["needed_on"]).to_numpy().astype("M8[D]")
    recent = needs[(since > day - np.timedelta64(60, "D")) & (since <= day)]
    assert 0.3 < recent["open"].mean() < 0.9


def test_nothing_is_applied_for_before_it_is_needed_or_after_the_day(town: Town) -> None:
    day = np.datetime64(DAY)
    for needs in (town.needs.persons, town.needs.enterprises):
        applied = needs["outcome"] != NOT_APPLIED
        assert (needs["applied_on"][applied] >= needs["needed_on"][applied]).all()
        assert (needs["applied_on"][applied] <= day).all()
        assert np.isnat(needs["applied_on"][~applied]).all()
        finished = ~np.isnat(needs["finished_on"])
        assert (finished == (applied & (needs["outcome"] != IN_PROGRESS))).all()


def test_a_renewed_permit_appears_as_a_newer_document(town: Town) -> None:
    needs, papers = town.needs.persons, town.feeds["documents"]
    renewed = (needs["service"] == service_number("hkm_permit_renewal")) & (needs["outcome"] == DONE)
    permits = papers["type"] == "HKM_PERMIT"
    issued = set(
        zip(papers["person"][permits].tolist(), papers["issued_on"][permits].astype(str).tolist(), strict=True)
    )
    finished = needs["finished_on"][renewed].astype(str).tolist()
    done = list(zip(needs["subject"][renewed].tolist(), finished, strict=True))
    assert len(done) > 10
    assert all(each in issued for each in done)


def test_the_dead_need_nothing(town: Town) -> None:
    assert town.city.alive[town.needs.persons["subject"]].all()


def test_documents_expire_within_thirty_days_for_hundreds_in_ten_thousand(town: Town) -> None:
    until = town.feeds["documents"]["expires_on"]
    soon = (until > np.datetime64(DAY)) & (until <= np.datetime64(DAY) + np.timedelta64(30, "D"))
    assert 0.015 < soon.sum() / len(town.city) < 0.08


@pytest.mark.parametrize("share", [0.10, 0.15])
def test_noise_is_between_ten_and_fifteen_per_cent_of_cases(share: float, town: Town) -> None:
    noise = town.did.noise_cases / len(town.did.cases["applied_on"])
    assert (noise - share) * (1 if share == 0.10 else -1) >= 0


def test_a_case_is_of_one_subject_and_finished_after_it_began(town: Town) -> None:
    cases = town.did.cases
    assert ((cases["person"] >= 0) ^ (cases["enterprise"] >= 0)).all()
    finished = ~np.isnat(cases["finished_on"])
    assert (cases["finished_on"][finished] >= cases["applied_on"][finished]).all()


def test_page_events_cover_two_years_in_order_and_none_lies_ahead(town: Town) -> None:
    at = town.did.page_events["at"]
    assert (np.diff(at) >= np.timedelta64(0, "s")).all()
    assert at[-1] < np.datetime64(DAY)
    assert np.timedelta64(700, "D") < at[-1] - at[0] <= np.timedelta64(731, "D")


def test_of_what_one_parent_does_for_both_each_child_is_seen_to_once_by_mothers_and_by_fathers(big: Town) -> None:
    needs = big.needs.persons
    mine = needs["service"] == service_number("birth_registration")
    ago = np.datetime64(DAY) - big.city.birth
    born = (ago < np.timedelta64(745, "D")).sum()
    assert 0.9 * born < mine.sum() <= born
    assert 0.2 < big.city.male[needs["subject"][mine]].mean() < 0.6
