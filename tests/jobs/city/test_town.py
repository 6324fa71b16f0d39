"""A whole city: the same arguments give the same bytes, and every city has its personas."""

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from jobs.city import make
from jobs.city.cast import CAST, PARTNERS
from jobs.city.columns import age_on
from jobs.city.enterprises import CAFE
from jobs.city.town import Town, build
from tests.jobs.city.conftest import City


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    counts = [make(200, 3, date(2026, 11, 22), tmp_path / name) for name in ("one", "two")]
    assert counts[0] == counts[1]
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert list(one) == list(two)
    assert [name for name in one if one[name] != two[name]] == []


def test_another_seed_makes_another_city(tmp_path: Path) -> None:
    make(200, 3, date(2026, 11, 22), tmp_path / "three")
    make(200, 4, date(2026, 11, 22), tmp_path / "four")
    three, four = contents(tmp_path / "three"), contents(tmp_path / "four")
    assert list(three) == list(four)
    assert three["deliveries/2026-11-22/residents.csv"] != four["deliveries/2026-11-22/residents.csv"]


def test_a_city_counts_what_it_delivers(delivered: City) -> None:
    assert delivered.counts["people"] == 1000
    assert delivered.counts["enterprises"] == 100
    truth = json.loads((delivered.out / "truth" / "dirt.json").read_text())
    rolled = pq.read_metadata(delivered.out / "truth" / "school_roll.parquet").num_rows
    assert {feed: each["delivered"] for feed, each in truth.items()} | {"school_roll": rolled} == {
        name.removesuffix("_rows"): count for name, count in delivered.counts.items() if name.endswith("_rows")
    }
    assert len(truth) == 24


def test_the_truth_tells_who_needed_what_and_when(delivered: City) -> None:
    needs = pq.read_table(delivered.out / "truth" / "needs.parquet").to_pandas()
    assert len(needs) == delivered.counts["needs"]
    assert list(needs.columns[:5]) == ["subject", "kind", "service", "needed_on", "why"]
    assert set(needs.kind) == {"person", "enterprise"}
    assert needs[["subject", "service", "needed_on", "why"]].notna().all(axis=None)
    assert needs.subject.str.len().eq(18).all()


def test_the_personas_file_names_people_of_the_city(delivered: City) -> None:
    listed = json.loads((delivered.out / "personas.json").read_text())["personas"]
    assert [each["key"] for each in listed] == [role.key for role in (*CAST, *PARTNERS)]
    with delivered.file("residents.csv").open(encoding="utf-8", newline="") as file:
        names = {row["公民身份号码"]: row["姓名"] for row in csv.DictReader(file)}
    for each in listed:
        assert names[each["resident_id"]] == each["name"]
        assert each["zh"]
        assert each["en"]


@pytest.mark.parametrize(
    ("seed", "on"), [(1, "2026-11-22"), (2, "2026-03-05"), (3, "2025-07-01"), (4, "2028-02-29"), (5, "2026-09-01")]
)
def test_every_city_has_its_personas(seed: int, on: str) -> None:
    day = np.datetime64(on)
    town = build(200, seed, day)
    city, cast, feeds = town.city, town.cast, town.feeds

    def rows(feed: str, key: str, **wanted: str) -> np.ndarray:
        found = feeds[feed]["person"] == cast[key]
        for name, value in wanted.items():
            found &= np.asarray(feeds[feed][name]).astype(str) == value
        return np.flatnonzero(found)

    def left(key: str, kind: str) -> list[int]:
        expires = feeds["documents"]["expires_on"][rows("documents", key, type=kind)]
        return [int(span) for span in (expires - day).astype(np.int64)]

    assert left("new_mother", "HKM_PERMIT") == [29]
    births = feeds["vital_events"]["happened_on"][rows("vital_events", "new_mother", kind="birth")]
    assert len(births) == 1
    assert day - births[0] < np.timedelta64(365, "D")

    assert int(age_on(city.birth, day)[cast["retiree"]]) == 75
    pension = rows("social_insurance", "retiree", pension_status="receiving")
    checked = feeds["social_insurance"]["pension_checked_on"][pension]
    assert [300 < int(ago) < 366 for ago in (day - checked).astype(np.int64)] == [True]

    assert int(feeds["enterprises"]["legal_representative"][CAFE]) == cast["cafe_owner"]
    assert str(feeds["enterprises"]["industry"][CAFE]) == "6232"
    assert 0 < int((day - feeds["enterprises"]["founded_on"][CAFE]).astype(int)) < 182
    permits = feeds["permits"]["type"][feeds["permits"]["enterprise"] == CAFE]
    assert "FOOD_PERMIT" not in permits.tolist()

    assert [0 < days < 30 for days in left("migrant_worker", "RESIDENCE_PERMIT")] == [True]
    children = feeds["kinship"]["relative"][rows("kinship", "migrant_worker", relation="child")]
    assert [int(age) for age in age_on(city.birth, day)[children]] == [6]
    assert str(city.hukou[cast["migrant_worker"]])[:2] != "31"

    registered = feeds["unemployment"]["registered_on"][rows("unemployment", "laid_off_engineer")]
    assert [int(ago) for ago in (day - registered).astype(np.int64)] == [30]

    until = feeds["schooling"]["until"][rows("schooling", "new_graduate", stage="university")]
    assert [0 <= int(ago) <= 366 for ago in (day - until).astype(np.int64)] == [True]

    wedding = feeds["vital_events"]["happened_on"][rows("vital_events", "newly_wed", kind="marriage")]
    bought = feeds["property"]["since"][rows("property", "newly_wed", kind="owner")]
    assert [int(ago) for ago in (day - wedding).astype(np.int64)] == [48]
    assert [int(ago) for ago in (day - bought).astype(np.int64)] == [20]

    assert left("driver", "DRIVING_LICENCE") == [21]


def test_engineers_have_an_engineers_work_and_schooling(town: Town) -> None:
    cast, residents = town.cast, town.feeds["residents"]
    education = np.asarray(residents["education"])
    assert education[cast["laid_off_engineer"]] == "bachelor"
    assert education[cast["new_graduate"]] == "bachelor"
    jobs = town.feeds["employment"]
    last = np.flatnonzero(jobs["person"] == cast["laid_off_engineer"])
    assert jobs["occupation"][last].tolist() == ["2-02-10-03"]
    assert not np.isnat(jobs["until"][last]).any()


def test_a_café_belongs_to_its_owner_alone(town: Town) -> None:
    mandates = town.feeds["mandates"]
    led = mandates["person"][(mandates["enterprise"] == CAFE) & (mandates["role"] == "legal_representative")]
    assert led.tolist() == [town.cast["cafe_owner"]]
