"""The people whom the demo signs in as."""

import pandas as pd

from jobs.city.cast import CAST, PARTNERS
from tests.jobs.city.conftest import DAY
from tests.jobs.city.reading import Reading


def _row(reading: Reading, feed: str, key: str) -> pd.DataFrame:
    rows = reading.feed(feed)
    return rows[rows["person"] == reading.personas[key]]


def test_there_are_eight_personas_and_the_partner_of_one_with_a_line_in_both_languages(reading: Reading) -> None:
    everyone = (*CAST, *PARTNERS)
    assert list(reading.personas) == [role.key for role in everyone]
    assert (len(CAST), len(PARTNERS)) == (8, 1)
    assert all(role.zh and role.en for role in everyone)


def test_the_father_has_had_the_birth_certificate_made_and_the_mother_need_not(reading: Reading) -> None:
    cases = reading.feed("cases")
    certificate = cases[cases["service"] == "birth_registration"].set_index("person")
    theirs = certificate.loc[reading.personas["new_father"]]
    assert (theirs["status"], theirs["applied_on"], theirs["finished_on"]) == ("办结", "2026-10-12", "2026-10-15")
    assert reading.personas["new_mother"] not in certificate.index
    needs = reading.needs[reading.needs["subject"] == reading.personas["new_mother"]]
    assert {"newborn_hukou", "newborn_medical_insurance"} <= set(needs[needs["open"]]["service"])
    assert "birth_registration" not in set(needs["service"])


def test_the_retiree_is_75_and_last_checked_almost_a_year_ago(reading: Reading) -> None:
    row = _row(reading, "social_insurance", "retiree").iloc[0]
    assert row["pension_status"] == "领取待遇"
    assert (pd.Timestamp(DAY) - pd.Timestamp(row["pension_checked_on"])).days == 350
    assert reading.personas["retiree"][6:10] == "1951"


def test_the_cafe_owner_leads_a_young_cafe_without_a_food_permit(reading: Reading) -> None:
    owner = reading.personas["cafe_owner"]
    firms = reading.feed("enterprises")
    cafe = firms[firms["legal_representative"] == owner].iloc[0]
    assert cafe["industry"] == "6232"
    assert cafe["founded_on"] == "2026年09月08日"
    permits = reading.feed("permits")
    assert permits[permits["enterprise"] == cafe["enterprise"]]["type"].tolist() == ["营业执照"]
    mandates = reading.feed("mandates")
    assert mandates[mandates["person"] == owner][["enterprise", "role"]].values.tolist() == [
        [cafe["enterprise"], "法定代表人"]
    ]


def test_the_migrant_worker_builds_and_has_a_child_of_six(reading: Reading) -> None:
    job = _row(reading, "employment", "migrant_worker").iloc[0]
    assert (job["occupation"], job["until"]) == ("6-29-01-01", None)
    resident = _row(reading, "residents", "migrant_worker").iloc[0]
    assert not resident["hukou_division"].startswith("31")
    assert resident["residence_division"].startswith("31")
    children = _row(reading, "kinship", "migrant_worker").query("relation == '子女'")
    assert [number[6:12] for number in children["relative"]] == ["202010"]


def test_the_engineer_lost_his_job_forty_days_ago(reading: Reading) -> None:
    job = _row(reading, "employment", "laid_off_engineer").iloc[0]
    assert (job["occupation"], job["until"]) == ("2-02-10-03", "2026-10-13")
    spell = _row(reading, "unemployment", "laid_off_engineer").iloc[0]
    assert spell["registered_on"] == "2026/10/23"
    assert pd.isna(spell["ended_on"])


def test_the_graduate_left_university_this_summer_and_has_no_job(reading: Reading) -> None:
    school = _row(reading, "schooling", "new_graduate").iloc[-1]
    assert (school["stage"], school["until"]) == ("本科", "2026-06-30")
    assert _row(reading, "employment", "new_graduate").empty


def test_the_newly_wed_bought_a_home_twenty_days_ago(reading: Reading) -> None:
    home = _row(reading, "property", "newly_wed").iloc[0]
    assert (home["kind"], home["since"]) == ("所有权", "2026-11-02")
    wedding = _row(reading, "vital_events", "newly_wed").iloc[0]
    assert (wedding["kind"], wedding["happened_on"]) == ("结婚", "2026年10月05日")


def test_every_persona_has_needs_that_are_still_open(reading: Reading) -> None:
    needs = reading.needs
    for key, service in {
        "new_mother": "hkm_permit_renewal", "retiree": "pension_check", "migrant_worker": "residence_permit_renewal",
        "laid_off_engineer": "job_seeker_registration", "new_graduate": "job_seeker_registration",
        "newly_wed": "property_registration", "driver": "driving_licence_renewal",
    }.items():  # fmt: skip
        theirs = needs[(needs["subject"] == reading.personas[key]) & needs["open"]]
        assert service in theirs["service"].tolist(), key
