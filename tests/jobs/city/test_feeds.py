"""Every feed keeps its contract before any dirt is added: columns, keys, allowed values, dates and freshness."""

import re

import numpy as np
import pyarrow as pa
import pytest

from jobs.city.columns import Columns, rows
from jobs.city.town import Town, build
from jobs.city.write import layouts, texts
from profiles import contracts

CONTRACTS = contracts.load()
FEEDS = sorted(CONTRACTS)


def feeds(town: Town) -> dict[str, Columns]:
    """All of the town's feeds; what is a person in the roll is a roll number."""
    return {**town.feeds, "school_roll": town.roll.columns}


def table(town: Town, feed: str) -> pa.Table:
    people, firms = town.roll.number if feed == "school_roll" else town.city.number, town.firms.code
    return texts(layouts()[feed], feeds(town)[feed], pa.array(people.astype(object)), pa.array(firms.astype(object)))


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_has_the_columns_of_its_contract(town: Town, feed: str) -> None:
    assert set(feeds(town)[feed]) >= {column.name for column in CONTRACTS[feed].columns}
    assert rows(feeds(town)[feed]) > 0


@pytest.mark.parametrize("feed", FEEDS)
def test_what_a_contract_requires_is_never_missing(town: Town, feed: str) -> None:
    made = table(town, feed)
    required = [column.name for column in CONTRACTS[feed].columns if column.required]
    assert {name: made.column(name).null_count for name in required} == dict.fromkeys(required, 0)


@pytest.mark.parametrize("feed", FEEDS)
def test_only_allowed_values_and_patterns_occur(town: Town, feed: str) -> None:
    made = table(town, feed)
    for column in CONTRACTS[feed].columns:
        values = {value for value in made.column(column.name).to_pylist() if value is not None}
        if column.allowed:
            assert values <= set(column.allowed)
        if column.pattern:
            assert [value for value in values if not re.search(column.pattern, value)] == []


@pytest.mark.parametrize("feed", FEEDS)
def test_a_key_is_there_once(town: Town, feed: str) -> None:
    made = table(town, feed).select(list(CONTRACTS[feed].key))
    assert len({tuple(row.values()) for row in made.to_pylist()}) == made.num_rows


@pytest.mark.parametrize("feed", FEEDS)
def test_nothing_was_reported_on_a_day_to_come(town: Town, day: np.datetime64, feed: str) -> None:
    columns = feeds(town)[feed]
    reported = columns["as_of"] if "as_of" in columns else columns["at"].astype("M8[D]")
    assert reported.max() <= day


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_smallest_city_is_as_fresh_as_its_contracts_ask(seed: int, day: np.datetime64) -> None:
    stale = {}
    for feed, columns in feeds(build(200, seed, day)).items():
        assert rows(columns) > 0, feed
        reported = columns["as_of"] if "as_of" in columns else columns["at"].astype("M8[D]")
        age, limit = int((day - reported.max()).astype(int)), CONTRACTS[feed].freshness_days
        if limit is not None and age > limit:
            stale[feed] = (age, limit)
    assert stale == {}


def test_events_are_reported_after_they_happened(town: Town) -> None:
    events, residents, firms = (town.feeds[feed] for feed in ("vital_events", "residents", "enterprises"))
    assert (events["happened_on"] <= events["as_of"]).all()
    assert (residents["birth_date"] <= residents["as_of"]).all()
    assert (firms["founded_on"] <= firms["as_of"]).all()


@pytest.mark.parametrize(
    ("feed", "since", "until"),
    [
        ("documents", "issued_on", "expires_on"), ("permits", "issued_on", "expires_on"),
        ("employment", "since", "until"),
        ("property", "since", "until"), ("schooling", "since", "until"), ("school_roll", "since", "until"),
        ("households", "since", "until"), ("kinship", "since", "until"),
        ("unemployment", "registered_on", "ended_on"), ("hardship", "issued_on", "expires_on"),
        ("mandates", "since", "until"), ("cases", "applied_on", "finished_on"),
    ],
)  # fmt: skip
def test_nothing_ends_before_it_begins(town: Town, feed: str, since: str, until: str) -> None:
    columns = feeds(town)[feed]
    wrong = columns[until] < columns[since]
    assert int(wrong.sum()) == 0


def test_nobody_is_their_own_relative(town: Town) -> None:
    kin = town.feeds["kinship"]
    assert int((kin["person"] == kin["relative"]).sum()) == 0


def test_every_household_has_one_head_to_whom_spouses_children_and_parents_are_related(town: Town) -> None:
    told, kin = town.feeds["households"], town.feeds["kinship"]
    household = np.asarray(told["household"])
    head = dict(zip(household[told["relation"] == "head"], told["person"][told["relation"] == "head"], strict=True))
    assert set(head) == set(household)
    related = set(zip(kin["person"].tolist(), kin["relative"].tolist(), kin["relation"].tolist(), strict=True))
    for house, person, relation in zip(household, told["person"].tolist(), told["relation"], strict=True):
        if relation not in ("head", "other"):
            assert (int(head[house]), person, relation) in related
    shares = [float((told["relation"] == relation).mean()) for relation in ("head", "spouse", "child", "parent")]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] > 0.05


def test_a_case_has_one_subject(town: Town) -> None:
    for feed in ("cases", "page_events", "ratings"):
        columns = town.feeds[feed]
        assert ((columns["person"] >= 0) != (columns["enterprise"] >= 0)).all()
