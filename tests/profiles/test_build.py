"""One city quarter of invented people, built once; each test looks at one person's file."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from profiles.build import person_files
from profiles.errors import FeedMissing
from profiles.model import columns
from tests.profiles.deliver import DAY, deliver

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LATER = date(2026, 3, 2)
BEFORE = date(2026, 1, 15)

QUARTER: dict[str, list[dict[str, object]]] = {
    "residents": [
        {"person": "mother", "as_of": date(2024, 1, 1), "resident_since": date(2010, 5, 1), "phone": "sealed old"},
        {
            "person": "mother", "as_of": BEFORE, "residence_division": "310115", "resident_since": date(2025, 6, 1),
            "marital_status": "single", "phone": "sealed new",
        },
        {"person": "mother", "as_of": LATER, "residence_division": "310104"},
        {"person": "father", "sex": "male", "birth_date": date(1988, 2, 2), "marital_status": "married"},
        {"person": "boy", "sex": "male", "birth_date": date(2019, 9, 9), "resident_since": date(2019, 9, 9)},
        {"person": "widow", "birth_date": date(1950, 1, 1), "marital_status": "married"},
        {"person": "engineer"},
        {"person": "returner"},
        {"person": "student", "birth_date": date(2004, 3, 3)},
    ],
    "vital_events": [
        {"event_id": "1", "kind": "marriage", "person": "mother", "other": "father", "happened_on": date(2018, 5, 1)},
        {"event_id": "2", "kind": "birth", "person": "mother", "other": "baby", "happened_on": date(2026, 1, 5)},
        {"event_id": "3", "kind": "birth", "person": "father", "other": "baby", "happened_on": date(2026, 1, 5)},
        {"event_id": "4", "kind": "death", "person": "husband", "happened_on": date(2026, 2, 1)},
        {"event_id": "5", "kind": "divorce", "person": "former", "other": "husband", "happened_on": date(1999, 1, 1)},
        # First filed under the wrong mother, then corrected.
        {
            "event_id": "6", "kind": "birth", "person": "student", "other": "twin", "happened_on": date(2026, 2, 2),
            "as_of": BEFORE,
        },
        {"event_id": "6", "kind": "birth", "person": "engineer", "other": "twin", "happened_on": date(2026, 2, 2)},
        {"event_id": "7", "kind": "birth", "person": "returner", "happened_on": date(2026, 2, 20)},
    ],
    "kinship": [
        {"person": "mother", "relative": "boy", "relation": "child"},
        {"person": "boy", "relative": "father", "relation": "parent"},
        {"person": "widow", "relative": "husband", "relation": "spouse", "since": date(2001, 1, 1)},
        {"person": "former", "relative": "husband", "relation": "spouse", "since": date(1980, 1, 1)},
        {"person": "husband", "relative": "son", "relation": "child"},
        {"person": "widow", "relative": "engineer", "relation": "carer", "since": date(2025, 1, 1)},
    ],
    "employment": [
        {
            "person": "engineer", "enterprise": "works", "since": date(2020, 4, 1), "until": date(2026, 1, 31),
            "occupation": "2-02-10-03", "job_title": "工程师",
        },
        {"person": "engineer", "enterprise": "works", "since": date(2020, 4, 1), "as_of": BEFORE,
         "occupation": "2-02-10-03"},
        {"person": "returner", "enterprise": "works", "since": date(2026, 2, 1), "occupation": "4-07-10-01"},
        {"person": "father", "enterprise": "works", "since": date(2019, 1, 1), "occupation": "6-31-01-01"},
    ],
    "enterprises": [{"enterprise": "works", "name": "浦东某某机械有限公司", "legal_representative": "father"}],
    "unemployment": [
        {"person": "engineer", "registered_on": date(2026, 2, 3), "benefit_until": date(2026, 8, 2)},
        {"person": "returner", "registered_on": date(2025, 9, 1)},
        # The employer forgot to end the job.
        {"person": "father", "registered_on": date(2026, 2, 10)},
    ],
    "social_insurance": [
        {
            "person": "widow", "pension_status": "receiving", "pension_months": 300, "pension_since": date(2005, 1, 1),
            "pension_checked_on": date(2025, 4, 4),
        },
    ],
    "labour_disputes": [
        {"person": "engineer", "dispute": "LD1", "registered_on": date(2026, 2, 4), "as_of": BEFORE},
        {"person": "engineer", "dispute": "LD2", "registered_on": date(2025, 2, 4), "closed_on": date(2025, 3, 1)},
        {"person": "father", "dispute": "LD3", "registered_on": date(2026, 2, 11), "as_of": BEFORE},
        {"person": "father", "dispute": "LD3", "registered_on": date(2026, 2, 11), "closed_on": date(2026, 2, 20)},
    ],
    "housing_fund": [{"person": "engineer", "status": "paying", "balance": Decimal("81234.50")}],
    "property": [
        {"person": "mother", "property_number": "sealed 1", "kind": "tenant", "division": "310104",
         "since": date(2025, 6, 1)},
        {"person": "mother", "property_number": "sealed 2", "kind": "owner", "division": "310115",
         "since": date(2025, 5, 1)},
        {"person": "newcomer", "property_number": "sealed 3", "kind": "tenant", "division": "310112",
         "since": date(2025, 7, 1)},
        {"person": "widow", "property_number": "sealed 4", "kind": "owner", "division": "310101",
         "since": date(1990, 1, 1), "until": date(2020, 1, 1)},
    ],
    "schooling": [
        {"person": "student", "stage": "senior", "since": date(2019, 9, 1), "until": date(2022, 6, 30)},
        {"person": "student", "stage": "university", "since": date(2022, 9, 1), "until": date(2026, 6, 30),
         "school": "某大学"},
        {"person": "engineer", "stage": "university", "since": date(2008, 9, 1), "until": date(2012, 6, 30)},
    ],
    "medical_insurance": [{"person": "boy", "kind": "resident", "insured_until": date(2026, 12, 31)}],
    "hardship": [
        {"person": "widow", "kind": "disability", "grade": 3, "issued_on": date(2024, 1, 1)},
        {"person": "widow", "kind": "low_income", "issued_on": date(2020, 1, 1), "expires_on": date(2021, 1, 1)},
    ],
    "vehicles": [
        {"person": "father", "plate": "sealed a", "registered_on": date(2022, 1, 1),
         "inspection_due": date(2026, 9, 1)},
        {"person": "father", "plate": "sealed b", "registered_on": date(2020, 1, 1),
         "inspection_due": date(2026, 4, 1)},
    ],
    "documents": [
        {"person": "mother", "type": "HKM_PERMIT", "number": "sealed C1", "issued_on": date(2021, 3, 30),
         "expires_on": date(2026, 3, 30)},
        {"person": "mother", "type": "HKM_PERMIT", "number": "sealed C1", "issued_on": date(2021, 3, 30),
         "expires_on": date(2026, 3, 3), "as_of": BEFORE},
        {"person": "mother", "type": "HKM_PERMIT", "number": "sealed C0", "issued_on": date(2016, 3, 30),
         "expires_on": date(2021, 3, 29)},
    ],
    "mandates": [
        {"person": "mother", "enterprise": "works", "role": "finance", "since": date(2024, 1, 1)},
        {"person": "widow", "enterprise": "works", "role": "legal_representative", "since": date(2015, 1, 1)},
    ],
    "cases": [
        {"case_id": "k1", "person": "mother", "service": "birth_registration", "status": "in_progress",
         "as_of": BEFORE},
        {"case_id": "k1", "person": "mother", "service": "birth_registration", "status": "done",
         "finished_on": date(2026, 2, 1)},
        {"case_id": "k2", "enterprise": "works", "service": "seal_engraving", "status": "done"},
    ],
}  # fmt: skip

File = dict[str, Any]


@pytest.fixture(scope="module")
def quarter(spark: "SparkSession") -> dict[str, File]:
    """Everybody's file by subject."""
    files = person_files(deliver(spark, QUARTER), DAY)
    assert files.columns == list(columns("person"))
    return {row["subject"]: row.asDict(recursive=True) for row in files.collect()}


def link(file: File, kind: str) -> list[tuple[object, ...]]:
    return [(one["other"], one["since"], one["until"]) for one in file["links"] if one["kind"] == kind]


def events(file: File) -> list[tuple[object, ...]]:
    return [(one["happened_on"], one["kind"], one["other"]) for one in file["events"]]


def facts(file: File, name: str) -> list[tuple[object, ...]]:
    return [(one["value"], one["source"], one["in_force"]) for one in file["facts"] if one["name"] == name]


def test_everyone_whom_any_feed_names_has_one_file(quarter: dict[str, File]) -> None:
    assert set(quarter) == {
        "mother", "father", "boy", "baby", "widow", "husband", "former", "son", "engineer", "returner", "student",
        "twin", "newcomer",
    }  # fmt: skip


def test_the_newest_version_known_on_the_day_counts(quarter: dict[str, File]) -> None:
    assert quarter["mother"]["residence_division"] == "310115"
    assert facts(quarter["mother"], "phone") == [("sealed new", "residents", True), ("sealed old", "residents", False)]


def test_a_fact_says_whence_and_how_it_may_be_used(quarter: dict[str, File]) -> None:
    told = next(one for one in quarter["mother"]["facts"] if one["name"] == "residence_division" and one["in_force"])
    assert told == {
        "name": "residence_division", "value": "310115", "source": "residents", "owner": "公安部门", "as_of": BEFORE,
        "valid_from": date(2025, 6, 1), "valid_until": None, "sensitivity": "internal", "sealed": False,
        "in_force": True,
    }  # fmt: skip
    assert [one["sealed"] for one in quarter["mother"]["facts"] if one["name"] == "name"] == [True]


def test_the_owner_of_a_fact_wins_and_the_losing_word_is_kept(quarter: dict[str, File]) -> None:
    assert quarter["mother"]["marital_status"] == "married"
    assert facts(quarter["mother"], "marital_status") == [
        ("married", "vital_events", True),
        ("single", "residents", False),
    ]
    assert set(facts(quarter["mother"], "residence_division")) == {
        ("310115", "residents", True),
        ("310101", "residents", False),
        ("310104", "property", False),
        ("310115", "property", False),
    }


def test_where_the_owner_is_silent_the_next_in_line_is_heard(quarter: dict[str, File]) -> None:
    assert quarter["newcomer"]["residence_division"] == "310112"
    assert quarter["baby"]["birth_date"] == date(2026, 1, 5)


def test_a_birth_is_on_both_parents_files(quarter: dict[str, File]) -> None:
    for parent in ("mother", "father"):
        assert (date(2026, 1, 5), "birth", "baby") in events(quarter[parent])
        child = next(one for one in quarter[parent]["links"] if one["other"] == "baby")
        assert (child["kind"], child["birth_date"], child["source"]) == ("child", date(2026, 1, 5), "vital_events")
    assert link(quarter["baby"], "parent") == [("father", date(2026, 1, 5), None), ("mother", date(2026, 1, 5), None)]


def test_kinship_told_from_one_side_links_both_and_dates_the_child(quarter: dict[str, File]) -> None:
    assert [one[0] for one in link(quarter["boy"], "parent")] == ["father", "mother"]
    child = next(one for one in quarter["father"]["links"] if one["other"] == "boy")
    assert (child["birth_date"], child["since"]) == (date(2019, 9, 9), date(2019, 9, 9))
    assert (date(2019, 9, 9), "birth", "boy") in events(quarter["father"])


def test_a_carer_and_the_person_cared_for_have_each_other(quarter: dict[str, File]) -> None:
    assert link(quarter["widow"], "carer") == [("engineer", date(2025, 1, 1), None)]
    assert link(quarter["engineer"], "cared_for") == [("widow", date(2025, 1, 1), None)]


def test_a_death_reaches_the_family_and_ends_the_ties(quarter: dict[str, File]) -> None:
    died = date(2026, 2, 1)
    assert quarter["husband"]["died_on"] == died
    assert quarter["widow"]["marital_status"] == "widowed"
    assert link(quarter["widow"], "spouse") == [("husband", date(2001, 1, 1), died)]
    assert (died, "death", "husband") in events(quarter["widow"])
    assert (died, "death", "husband") in events(quarter["son"])


def test_whom_a_divorce_parted_is_not_bereaved(quarter: dict[str, File]) -> None:
    assert quarter["former"]["marital_status"] == "divorced"
    assert link(quarter["former"], "spouse") == [("husband", date(1980, 1, 1), date(1999, 1, 1))]
    assert events(quarter["former"]) == [(date(1999, 1, 1), "divorce", "husband")]


def test_a_corrected_birth_leaves_the_wrong_mother(quarter: dict[str, File]) -> None:
    assert link(quarter["student"], "child") == []
    assert link(quarter["engineer"], "child") == [("twin", date(2026, 2, 2), None)]


def test_a_newborn_without_a_number_is_known_to_the_parent(quarter: dict[str, File]) -> None:
    assert (date(2026, 2, 20), "birth", None) in events(quarter["returner"])
    child = next(one for one in quarter["returner"]["links"] if one["kind"] == "child")
    assert (child["other"], child["birth_date"]) == (None, date(2026, 2, 20))


def test_an_ended_job_leaves_its_dates_behind(quarter: dict[str, File]) -> None:
    file = quarter["engineer"]
    assert (file["employment_status"], file["occupation"]) == ("unemployed", None)
    assert (file["unemployed_since"], file["benefit_until"]) == (date(2026, 2, 3), date(2026, 8, 2))
    job = next(one for one in file["links"] if one["kind"] == "employer")
    assert (job["other"], job["name"], job["role"]) == ("works", "浦东某某机械有限公司", "工程师")
    assert (job["since"], job["until"]) == (date(2020, 4, 1), date(2026, 1, 31))
    assert [one for one in events(file) if one[1].startswith("job_")] == [
        (date(2020, 4, 1), "job_started", "works"),
        (date(2026, 1, 31), "job_ended", "works"),
    ]


def test_a_dispute_with_an_employer_is_told_while_it_is_open(quarter: dict[str, File]) -> None:
    told = {who: [one for one in events(quarter[who]) if one[1] == "labour_dispute"] for who in ("engineer", "father")}
    assert told == {"engineer": [(date(2026, 2, 4), "labour_dispute", None)], "father": []}


def test_of_a_job_and_a_registration_as_unemployed_the_later_one_holds(quarter: dict[str, File]) -> None:
    assert quarter["returner"]["employment_status"] == "employed"
    assert quarter["returner"]["unemployed_since"] is None
    assert quarter["father"]["employment_status"] == "unemployed"
    assert quarter["father"]["occupation"] is None


def test_who_is_in_no_row_of_a_delivered_register_has_none(quarter: dict[str, File]) -> None:
    boy = quarter["boy"]
    assert (boy["employment_status"], boy["home_kind"], boy["vehicles"]) == ("none", "none", 0)
    assert (boy["pension_status"], boy["housing_fund_status"]) == (None, None)


def test_an_owner_who_also_rents_is_an_owner(quarter: dict[str, File]) -> None:
    assert (quarter["mother"]["home_kind"], quarter["mother"]["home_since"]) == ("owner", date(2025, 5, 1))
    assert (date(2025, 5, 1), "home_bought", None) in events(quarter["mother"])
    assert quarter["newcomer"]["home_kind"] == "tenant"
    assert quarter["widow"]["home_kind"] == "none"


def test_school_is_the_stage_under_way_and_graduation_the_end_of_a_degree(quarter: dict[str, File]) -> None:
    student = quarter["student"]
    assert (student["school_stage"], student["graduates_on"]) == ("university", date(2026, 6, 30))
    assert events(student) == []
    assert (date(2012, 6, 30), "graduated", None) in events(quarter["engineer"])
    assert quarter["engineer"]["school_stage"] is None


def test_pension_fund_insurance_and_hardship_are_read_as_told(quarter: dict[str, File]) -> None:
    widow = quarter["widow"]
    assert (widow["pension_status"], widow["pension_months"]) == ("receiving", 300)
    assert (date(2005, 1, 1), "retired", None) in events(widow)
    assert (widow["disability_grade"], widow["hardship"]) == (3, None)
    assert quarter["engineer"]["housing_fund_balance"] == 81234.5
    assert quarter["boy"]["insured_until"] == date(2026, 12, 31)


def test_of_several_vehicles_the_one_due_first_is_told(quarter: dict[str, File]) -> None:
    assert (quarter["father"]["vehicles"], quarter["father"]["inspection_due"]) == (2, date(2026, 4, 1))
    assert facts(quarter["father"], "plate") == [("sealed a", "vehicles", True), ("sealed b", "vehicles", True)]


def test_moving_here_is_an_event_and_being_born_here_is_not(quarter: dict[str, File]) -> None:
    assert [one[0] for one in events(quarter["mother"]) if one[1] == "moved"] == [date(2010, 5, 1), date(2025, 6, 1)]
    assert events(quarter["boy"]) == []


def test_a_document_is_shown_once_and_its_renewal_beside_it(quarter: dict[str, File]) -> None:
    assert [(one["number"], one["expires_on"]) for one in quarter["mother"]["documents"]] == [
        ("sealed C0", date(2021, 3, 29)),
        ("sealed C1", date(2026, 3, 30)),
    ]
    assert quarter["boy"]["documents"] == []


def test_the_register_decides_who_is_the_legal_representative(quarter: dict[str, File]) -> None:
    assert link(quarter["father"], "mandate") == [("works", None, None)]
    assert link(quarter["widow"], "mandate") == [("works", date(2015, 1, 1), date(2026, 2, 28))]
    assert link(quarter["mother"], "mandate") == [("works", date(2024, 1, 1), None)]
    assert {one["name"] for one in quarter["mother"]["links"] if one["kind"] == "mandate"} == {"浦东某某机械有限公司"}


def test_a_case_is_in_its_newest_state(quarter: dict[str, File]) -> None:
    assert [(one["case_id"], one["status"], one["finished_on"]) for one in quarter["mother"]["cases"]] == [
        ("k1", "done", date(2026, 2, 1))
    ]


def test_building_from_nothing_says_what_to_run() -> None:
    with pytest.raises(FeedMissing, match=r"jobs gate"):
        person_files({}, DAY)
