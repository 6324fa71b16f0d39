"""Dirt: exactly as much as truth/dirt.json says, never on the personas."""

import pandas as pd
import pytest
from stdnum.cn import ric, uscc

from jobs.city.dirt import NON_DATE, SMALLEST
from jobs.city.write import layouts
from tests.jobs.city.reading import Reading

FEEDS = sorted(NON_DATE)


def _subject(rows: pd.DataFrame) -> pd.Series:
    key = "person" if "person" in rows else "enterprise"
    return rows[key].dropna()


def _is_valid(number: str) -> bool:
    """Credit codes begin with 9, which no resident's number does; 15 digits are a resident's number of before 1999."""
    if number.startswith("9"):
        return bool(uscc.is_valid(number))
    return (len(number) == 15 and number.isdigit()) or bool(ric.is_valid(number))


@pytest.mark.parametrize("feed", FEEDS)
def test_bad_numbers_are_as_many_as_stated(feed: str, reading: Reading) -> None:
    bad = [number for number in _subject(reading.feed(feed)) if not _is_valid(number)]
    assert len(bad) == reading.dirt[feed]["bad_id"]


@pytest.mark.parametrize("feed", FEEDS)
def test_non_dates_are_as_many_as_stated(feed: str, reading: Reading) -> None:
    column = NON_DATE[feed]
    pattern = layouts()[feed].patterns[column]
    pattern = "%Y-%m-%d %H:%M:%S" if "HH" in pattern else pattern
    read = pd.to_datetime(reading.feed(feed)[column], format=pattern, errors="coerce")
    assert int(read.isna().sum()) == reading.dirt[feed]["non_date"]


@pytest.mark.parametrize("feed", FEEDS)
def test_duplicates_are_as_many_as_stated(feed: str, reading: Reading) -> None:
    rows = reading.feed(feed)
    assert int(rows.duplicated().sum()) == reading.dirt[feed]["duplicate"]


KEYS = {
    "residents": ["person"], "documents": ["person", "type", "number"], "kinship": ["person", "relative", "relation"],
    "employment": ["person", "enterprise", "since"], "social_insurance": ["person"], "housing_fund": ["person"],
    "households": ["person", "household"], "unemployment": ["person", "registered_on"],
    "property": ["person", "property_number"],
    "schooling": ["person", "stage", "since"], "medical_insurance": ["person"], "hardship": ["person", "kind"],
    "vehicles": ["person", "plate"], "enterprises": ["enterprise"], "permits": ["enterprise", "type", "number"],
    "enterprise_reports": ["enterprise", "year"], "mandates": ["person", "enterprise", "role"], "cases": ["case_id"],
}  # fmt: skip


@pytest.mark.parametrize("feed", sorted(KEYS))
def test_no_key_and_day_comes_twice_but_in_duplicates(feed: str, reading: Reading) -> None:
    rows = reading.feed(feed)
    doubled = rows.duplicated(subset=[*KEYS[feed], "as_of"])
    assert int(doubled.sum()) == reading.dirt[feed]["duplicate"]


def test_late_rows_come_before_and_disordered_ones_after_the_row_that_replaces_them(reading: Reading) -> None:
    rows = reading.feed("residents").drop_duplicates()
    dirt = reading.dirt["residents"]
    older_first = older_second = 0
    for _, pair in rows[rows["person"].duplicated(keep=False)].groupby("person"):
        first, second = pair["as_of"].tolist()
        older_first, older_second = older_first + (first < second), older_second + (first > second)
    assert (older_first, older_second) == (dirt["late"], dirt["out_of_order"])


def test_departments_disagree_about_as_many_people_as_stated(reading: Reading) -> None:
    assert reading.dirt["residents"]["conflict"] == 9
    assert reading.dirt["property"]["conflict"] >= 1


def test_what_will_be_quarantined_is_the_sum_of_three_kinds(reading: Reading) -> None:
    for dirt in reading.dirt.values():
        assert dirt["quarantined"] == dirt["bad_id"] + dirt["non_date"] + dirt["duplicate"]
        assert dirt["quarantined"] <= 0.08 * dirt["delivered"]
    total = sum(dirt["quarantined"] for dirt in reading.dirt.values())
    assert total == reading.counts["to_quarantine"]


def test_small_feeds_stay_clean(reading: Reading) -> None:
    small = [feed for feed, dirt in reading.dirt.items() if dirt["delivered"] < SMALLEST]
    assert all(reading.dirt[feed]["quarantined"] == 0 for feed in small)


def test_no_persona_appears_in_a_dirty_row(reading: Reading) -> None:
    personas = set(reading.personas.values())
    for feed in FEEDS:
        rows = reading.feed(feed)
        if "person" in rows:
            dirty = rows[
                rows.duplicated(keep=False) | ~rows["person"].map(lambda text: pd.isna(text) or _is_valid(text))
            ]
            assert not personas & set(dirty["person"].dropna()), feed
