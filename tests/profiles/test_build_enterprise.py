"""A few invented enterprises, built once; each test looks at one file."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from profiles.build import enterprise_files, person_files
from profiles.model import columns
from tests.profiles.deliver import DAY, deliver

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EARLIER = date(2025, 1, 1)

STREET: dict[str, list[dict[str, object]]] = {
    "enterprises": [
        {"enterprise": "cafe", "name": "旧名", "legal_representative": "founder", "as_of": EARLIER,
         "capital_yuan": Decimal("100000.00"), "industry": "6210", "founded_on": date(2024, 6, 1)},
        {"enterprise": "cafe", "name": "街角咖啡", "legal_representative": "buyer", "as_of": date(2026, 2, 1),
         "capital_yuan": Decimal("100000.00"), "industry": "6210", "founded_on": date(2024, 6, 1)},
        {"enterprise": "shop", "legal_representative": None},
    ],
    "permits": [
        {"enterprise": "premises", "type": "Limited Business License", "number": "1", "expires_on": date(2026, 3, 15),
         "as_of": EARLIER, "status": "revoked"},
        {"enterprise": "premises", "type": "Limited Business License", "number": "1", "expires_on": date(2026, 3, 15)},
    ],
    "enterprise_reports": [
        {"enterprise": "cafe", "year": 2024, "filed_on": date(2025, 5, 1), "tax_status": "normal"},
        {"enterprise": "cafe", "year": 2025, "filed_on": None, "tax_status": "overdue"},
    ],
    "employment": [
        {"person": "a", "enterprise": "cafe", "since": date(2025, 3, 1)},
        {"person": "a", "enterprise": "cafe", "since": date(2026, 1, 1)},
        {"person": "b", "enterprise": "cafe", "since": date(2026, 2, 1)},
        {"person": "c", "enterprise": "cafe", "since": date(2025, 3, 1), "until": date(2025, 9, 1)},
        {"person": "d", "enterprise": "cafe", "since": date(2026, 5, 1)},
    ],
    "mandates": [{"person": "b", "enterprise": "cafe", "role": "agent", "since": date(2025, 1, 1)}],
    "cases": [{"case_id": "k", "enterprise": "cafe", "service": "seal_engraving", "status": "done"}],
    "page_events": [
        {"event_id": "1", "enterprise": "visitor", "service": "seal_engraving", "action": "opened",
         "at": datetime(2026, 2, 28, 8, tzinfo=UTC)},
        {"event_id": "2", "enterprise": "not yet", "service": "seal_engraving", "action": "opened",
         "at": datetime(2026, 3, 1, 17, tzinfo=UTC)},
    ],
}  # fmt: skip

File = dict[str, Any]


@pytest.fixture(scope="module")
def street(spark: "SparkSession") -> dict[str, File]:
    """Every enterprise's file by subject."""
    files = enterprise_files(deliver(spark, STREET), DAY)
    assert files.columns == list(columns("enterprise"))
    return {row["subject"]: row.asDict(recursive=True) for row in files.collect()}


def test_enterprises_that_only_a_permit_or_a_visit_tells_of_have_files(street: dict[str, File]) -> None:
    assert set(street) == {"cafe", "shop", "premises", "visitor"}
    assert (street["premises"]["name"], street["premises"]["links"]) == (None, [])


def test_the_file_holds_what_the_register_says_now(street: dict[str, File]) -> None:
    cafe = street["cafe"]
    assert (cafe["name"], cafe["capital_yuan"], cafe["industry"]) == ("街角咖啡", 100000.0, "6210")
    names = [(one["value"], one["in_force"]) for one in cafe["facts"] if one["name"] == "name"]
    assert names == [("街角咖啡", True), ("旧名", False)]
    assert [(one["kind"], one["happened_on"]) for one in cafe["events"]] == [("founded", date(2024, 6, 1))]


def test_employees_are_the_persons_at_work_on_the_day(street: dict[str, File]) -> None:
    assert (street["cafe"]["employees"], street["cafe"]["last_hired_on"]) == (2, date(2026, 2, 1))
    assert (street["shop"]["employees"], street["shop"]["last_hired_on"]) == (0, None)


def test_the_last_report_is_the_last_one_filed(street: dict[str, File]) -> None:
    assert (street["cafe"]["last_report_year"], street["cafe"]["tax_status"]) == (2024, "overdue")


def test_a_new_legal_representative_ends_the_old_one(street: dict[str, File]) -> None:
    told = [(one["other"], one["since"], one["until"]) for one in street["cafe"]["links"]
            if one["kind"] == "legal_representative"]  # fmt: skip
    assert told == [("buyer", date(2026, 2, 1), None), ("founder", None, date(2026, 1, 31))]
    mandates = [(one["other"], one["role"]) for one in street["cafe"]["links"] if one["kind"] == "mandate"]
    assert mandates == [("b", "agent")]


def test_the_newest_state_of_a_licence_counts(street: dict[str, File]) -> None:
    told = [(one["type"], one["number"], one["status"]) for one in street["premises"]["documents"]]
    assert told == [("Limited Business License", "1", "valid")]
    assert street["cafe"]["documents"] == []


def test_cases_of_enterprises_are_theirs(street: dict[str, File]) -> None:
    assert [one["case_id"] for one in street["cafe"]["cases"]] == ["k"]


def test_feeds_that_nobody_delivers_leave_their_columns_unknown(spark: "SparkSession") -> None:
    only_register = deliver(spark, {"enterprises": STREET["enterprises"]})
    shop = enterprise_files(only_register, DAY).where("subject = 'shop'").collect()[0]
    assert (shop["documents"], shop["employees"], shop["cases"]) == (None, None, [])
    buyers = person_files(only_register, DAY).where("subject = 'buyer'").collect()[0]
    assert [(one["kind"], one["other"], one["name"]) for one in buyers["links"]] == [("mandate", "cafe", "街角咖啡")]
    assert (buyers["employment_status"], buyers["vehicles"], buyers["documents"]) == (None, None, None)
