"""Great Expectations' Data Docs say what was observed, stand alone, and are the same for the same verdicts."""

import re
from datetime import date

import pytest

from profiles.gate.expectations.docs import data_docs
from profiles.gate.judge import Check, Verdict

DAY = date(2026, 3, 1)
GOOD = Check("share missing in plate", 0.0125, None, 0.05)
BAD = Check("share quarantined", 0.3, None, 0.1)
VERDICTS = {"vehicles": Verdict((GOOD, BAD), ("said",)), "cases": Verdict((GOOD,), ()), "kinship": Verdict((), ())}


@pytest.fixture(scope="module")
def docs() -> dict[str, str]:
    return {name: content.decode() for name, content in data_docs(VERDICTS, DAY).items()}


def test_every_judged_feed_has_what_is_expected_and_what_was_observed(docs: dict[str, str]) -> None:
    assert sorted(docs) == [
        "expectations/cases.html",
        "expectations/vehicles.html",
        "validations/cases.html",
        "validations/vehicles.html",
    ]
    page = docs["validations/vehicles.html"]
    assert re.findall(r"<td>(Successful|Unsuccessful) Expectations</td><td>(\d+)</td>", page) == [
        ("Successful", "1"),
        ("Unsuccessful", "1"),
    ]
    assert "0.0125" in page
    assert 'class="broken"' in page
    assert 'class="broken"' not in docs["validations/cases.html"]


def test_pages_link_to_each_other_and_to_the_operators_page(docs: dict[str, str]) -> None:
    assert set(re.findall(r'href="([^"]*)"', docs["validations/vehicles.html"])) == {
        "../index.html",
        "../expectations/vehicles.html",
    }


def test_pages_run_no_script_and_load_nothing_from_anywhere(docs: dict[str, str]) -> None:
    for page in docs.values():
        assert not re.findall(r"<script|<link|<img|<iframe|https?:|//\w|@import|url\(|\son\w+=", page)


def test_the_same_verdicts_give_the_same_bytes(docs: dict[str, str]) -> None:
    assert {name: content.decode() for name, content in data_docs(VERDICTS, DAY).items()} == docs


def test_a_day_without_verdicts_has_no_pages() -> None:
    assert data_docs({}, DAY) == {}
