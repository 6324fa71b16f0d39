import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from profiles.errors import CatalogueError
from recommender.catalogue import DATA, Text, load

PERSON = """
birth_registration newborn_hukou newborn_medical_insurance maternity_allowance childcare_subsidy kindergarten_enrolment
primary_school_enrolment migrant_child_schooling student_loan graduate_archive_transfer graduate_employment_subsidy
job_seeker_registration unemployment_benefit skills_training_subsidy social_insurance_transfer flexible_social_insurance
startup_loan spouse_hukou_move housing_fund_withdrawal_purchase housing_fund_withdrawal_rent housing_fund_loan
property_registration utility_account_opening public_rental_housing residence_permit_application
residence_permit_renewal residence_points id_card_renewal passport_renewal hkm_permit_application hkm_permit_renewal
driving_licence_renewal vehicle_inspection pension_application pension_check senior_card senior_allowance
elder_care_assessment senior_health_check disability_card disability_allowance low_income_relief medical_aid
medical_insurance_enrolment remote_medical_filing funeral_subsidy death_hukou_cancellation survivor_benefit
"""
ENTERPRISE = """
seal_engraving tax_registration invoice_application bank_account_opening employee_insurance_registration
housing_fund_account_opening food_permit_application food_permit_renewal hygiene_permit drainage_permit signboard_filing
tobacco_licence fire_safety_check annual_report_filing micro_tax_relief micro_loan_guarantee hiring_subsidy
high_tech_recognition rd_subsidy road_transport_permit construction_qualification work_safety_licence credit_repair
change_registration simple_deregistration trademark_registration
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(DATA, tmp_path / "data")


def edit(copy: Path, file: str, old: str, new: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_service_that_the_city_uses_is_offered_to_its_audience() -> None:
    found = {service.id: service.audience for service in load().services}
    assert {found.get(service) for service in PERSON.split()} == {"person"}
    assert {found.get(service) for service in ENTERPRISE.split()} == {"enterprise"}


def test_a_service_brings_its_authority_and_counter_from_where_they_are_written_once() -> None:
    service = load().service("hkm_permit_renewal")
    assert (service.authority.zh, service.stage, service.renews) == ("市公安局出入境管理局", "travel", "HKM_PERMIT")
    assert service.channels.online
    assert service.channels.phone == "021-0000-1200"
    assert service.channels.hall == Text(zh="出入境管理局受理大厅", en="Exit and Entry Administration service hall")


def test_a_service_may_have_a_counter_of_its_own() -> None:
    assert load().service("pension_check").channels.hall.zh == "街道（镇）社区事务受理服务中心"
    assert load().service("pension_check").channels.phone == "12333"


def test_a_service_is_in_force_from_its_first_day_to_its_last() -> None:
    subsidy = load().service("childcare_subsidy")
    assert [subsidy.in_force(day) for day in (date(2024, 12, 31), date(2025, 1, 1))] == [False, True]
    assert subsidy not in load().offered("person", date(2020, 9, 15))
    assert subsidy in load().offered("person", date(2026, 11, 22))
    assert all(service.audience == "enterprise" for service in load().offered("enterprise", date(2026, 11, 22)))


def test_a_document_that_no_file_describes_goes_by_its_own_text_with_thirty_days_notice() -> None:
    licence = load().document("Retail Food Establishment")
    assert (licence.name.zh, licence.lead_days, licence.renewal_service) == ("Retail Food Establishment", 30, None)


def test_what_falls_due_has_a_name_be_it_a_document_or_a_duty() -> None:
    assert load().due_name("HKM_PERMIT").en == "permit to Hong Kong and Macau"
    assert load().due_name("annual_report").zh == "企业年度报告"


def test_an_unknown_service_is_named() -> None:
    with pytest.raises(CatalogueError, match="no service is called 'flying_licence'"):
        load().service("flying_licence")


def test_the_version_changes_with_any_word(copy: Path) -> None:
    before = load(copy).version
    edit(copy, "services/person_travel.yaml", "cost_yuan: 60", "cost_yuan: 61")
    load.cache_clear()
    assert load(copy).version != before
    load.cache_clear()


def test_broken_yaml_names_the_file(copy: Path) -> None:
    (copy / "services" / "person_travel.yaml").write_text("audience: [person", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"person_travel\.yaml is not YAML"):
        load(copy)


@pytest.mark.parametrize(
    "line",
    ["processing_days: 7", "type: licence", "steps: 1", "usual: {days: 15, minutes: 90, steps: 4, trips: 2}"],
)
def test_a_missing_field_names_file_and_service(copy: Path, line: str) -> None:
    edit(copy, "services/person_travel.yaml", f"    {line}\n", "")
    field = line.partition(":")[0]
    with pytest.raises(CatalogueError, match=rf"person_travel.yaml, hkm_permit_renewal: .*`{field}`"):
        load(copy)


def test_an_unknown_field_names_file_and_service(copy: Path) -> None:
    edit(copy, "services/person_travel.yaml", "    minutes: 5\n", "    minuets: 5\n")
    with pytest.raises(CatalogueError, match=r"person_travel.yaml, hkm_permit_renewal: .*minuets"):
        load(copy)


def test_an_unknown_authority_names_file_and_service(copy: Path) -> None:
    edit(copy, "services/person_travel.yaml", "authority: exit_entry", "authority: exit_enrty")
    with pytest.raises(CatalogueError, match=r"person_travel.yaml, service hkm_permit_renewal: .*'exit_enrty'"):
        load(copy)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("services/person_travel.yaml", "[]"),
        ("services/person_travel.yaml", "{audience: person, stage: travel, services: [flying]}"),
        ("services/person_travel.yaml", "{audience: person, stage: travel, services: [{id: a, authority: [b]}]}"),
        ("services/person_travel.yaml", "{audience: ghost, stage: travel, services: [{id: a, authority: exit_entry}]}"),
        ("bundles/person.yaml", "newborn: {}"),
        ("bundles/person.yaml", "[newborn]"),
        ("documents/person.yaml", "[{type: ID_CARD}]"),
        ("reminders/ladder.yaml", "{steps: 30}"),
        ("words/themes.yaml", "{person: {'005': birth}}"),
        ("words/authorities.yaml", "[]"),
        ("words/sentences.yaml", "aged(60): {zh: 您}"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_its_name(copy: Path, file: str, content: str) -> None:
    (copy / file).write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match=re.escape(Path(file).name)):
        load(copy)


def test_bytes_that_are_no_text_are_refused_by_their_file(copy: Path) -> None:
    (copy / "reminders" / "ladder.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogueError, match=r"ladder\.yaml is not YAML"):
        load(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "reminders" / "duties.yaml").unlink()
    with pytest.raises(CatalogueError, match=r"duties\.yaml in .*, it is not there"):
        load(copy)


def test_a_service_written_twice_is_refused(copy: Path) -> None:
    edit(copy, "services/person_travel.yaml", "- id: passport_renewal", "- id: hkm_permit_renewal")
    with pytest.raises(CatalogueError, match="each service is written once, but hkm_permit_renewal stand"):
        load(copy)


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="found none: is the package installed whole"):
        load(tmp_path)
