"""A whole made-up city, from an empty folder to delivered files and their truth; it holds no rule of its own.

Every room draws from a generator of its own, seeded by the city's seed and the room's name, so that a change in one
room leaves the others as they were.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.city.behaviour import Behaviour, behaviour
from jobs.city.cast import CAST, PARTNERS
from jobs.city.columns import Column, Columns, labels, rows
from jobs.city.conflicts import conflicts
from jobs.city.dirt import choose, spoil, with_late_rows
from jobs.city.disputes import disputes
from jobs.city.documents import documents
from jobs.city.enterprises import CAFE, Enterprises, enterprises
from jobs.city.feeds import behaviour_feeds, enterprise_feeds, household_feed, person_feeds
from jobs.city.homes import homes, vehicles
from jobs.city.households import households
from jobs.city.kin import kin
from jobs.city.needs import Needs, cast_members, needs, partners
from jobs.city.people import People, newcomers, people
from jobs.city.permits import permits
from jobs.city.reports import overdue_since, yearly_reports
from jobs.city.response import NOT_APPLIED, habits
from jobs.city.roll import Roll, school_roll
from jobs.city.schooling import schooling
from jobs.city.triggers import Life
from jobs.city.vacancies import market
from jobs.city.welfare import welfare
from jobs.city.work import work
from jobs.city.write import deliver, layouts, texts


@dataclass(frozen=True)
class Town:
    """A city before it is written: the feeds without dirt, the school roll with its slips, and the truth."""

    city: People
    firms: Enterprises
    feeds: dict[str, Columns]
    roll: Roll
    needs: Needs
    did: Behaviour
    cast: dict[str, int]
    partners: dict[str, int]


def make(people: int, seed: int, day: date, out: Path) -> dict[str, int]:
    """Write a city of `people` on `day` below `out` and return its counts; the same arguments give the same bytes.

    Writes `deliveries/<day>/*`, `truth/needs.parquet`, `truth/school_roll.parquet`, `truth/dirt.json` and
    `personas.json`. Raises ValueError for fewer than 200 people, the least that the personas' families need.
    """
    town = build(people, seed, np.datetime64(day, "D"))
    counts = _deliver(town, seed, day, out)
    _write_truth(town, out)
    _write_personas(town, out)
    return counts


def build(people_wanted: int, seed: int, day: np.datetime64) -> Town:
    """The city as plain columns; nothing is written."""

    def draw(room: str) -> np.random.Generator:
        return np.random.default_rng([seed, crc32(room.encode())])

    houses = households(people_wanted, day, draw("households"))
    cast, beside = cast_members(houses.member), partners(houses.member)
    newcomer = newcomers(houses, day, draw("newcomers"))
    relations = kin(houses, newcomer, day, draw("kin"))
    city = people(houses, relations, newcomer, day, draw("people"))
    learned = schooling(city, cast, draw("schooling"))
    firms = enterprises(people_wanted, day, draw("enterprises"))
    job = work(city, learned, firms, cast, draw("work"))
    home = homes(city, cast, draw("homes"))
    papers = documents(city, cast, draw("documents"))
    driver = np.zeros(len(city), dtype=bool)
    driver[papers.records["person"][papers.records["type"] == "DRIVING_LICENCE"]] = True
    cars = vehicles(city, driver, cast, draw("vehicles"))
    relief = welfare(city, learned, job, cast, draw("welfare"))
    licences = permits(firms, day, draw("permits"))
    overdue = overdue_since(firms, day, draw("taxes"))
    quarrels = disputes(city, job, draw("disputes"))
    life = Life(city, relations, learned, job, home, relief, firms, quarrels, draw("needs"))
    needed = needs(life, overdue, [papers.needs, cars.needs, relief.needs], [licences.needs], cast, beside)
    reports = yearly_reports(firms, needed.enterprises, overdue, day, draw("reports"))
    stranger = np.flatnonzero(city.adult & (city.household >= len(CAST)))
    others = np.flatnonzero(firms.active & (np.arange(len(firms)) != CAFE))
    did = behaviour(needed, stranger, others, firms.founded, day, draw("behaviour"))
    offered = market(city, learned, firms, job, draw("vacancies"))
    feeds = {
        **person_feeds(city, relations, learned, job, home, cars, relief, papers.records, draw("person_feeds")),
        **enterprise_feeds(firms, job, licences.records, reports, city, draw("enterprise_feeds")),
        **behaviour_feeds(did, day),
        "households": household_feed(city, relations, draw("household_feed")),
        "labour_disputes": quarrels,
        "vacancies": offered.vacancies,
        "job_applications": offered.applications,
    }
    roll = school_roll(city, relations, learned, draw("school_roll"))
    return Town(city, firms, feeds, roll, needed, did, cast, beside)


def _deliver(town: Town, seed: int, day: date, out: Path) -> dict[str, int]:
    numbers = pa.array(town.city.number.astype(object)), pa.array(town.firms.code.astype(object))
    spared = town.city.household < len(CAST)
    known, dirt, counts = layouts(), {}, {"people": len(town.city), "enterprises": len(town.firms)}
    for feed, clean in town.feeds.items():
        rng = np.random.default_rng([seed, crc32(f"dirt of {feed}".encode())])
        free = _free(clean, spared)
        columns, disputed = conflicts(feed, clean, free, rng)
        spoilt = choose(feed, columns, free, disputed, rng)
        columns, origin = with_late_rows(feed, columns, spoilt, rng)
        table = spoil(feed, texts(known[feed], columns, *numbers), origin, spoilt)
        deliver(known[feed], table, day.isoformat(), out)
        dirt[feed] = spoilt.counts(table.num_rows)
        counts[f"{feed}_rows"] = table.num_rows
    # Schools make slips of their own kind, and none that the gate would see.
    table = texts(known["school_roll"], town.roll.columns, pa.array(town.roll.number.astype(object)), numbers[1])
    deliver(known["school_roll"], table, day.isoformat(), out)
    counts["school_roll_rows"] = table.num_rows
    _write_json(out / "truth" / "dirt.json", dirt)
    quarantined = sum(each["quarantined"] for each in dirt.values())
    return {**counts, "needs": _need_count(town), "noise_cases": town.did.noise_cases, "to_quarantine": quarantined}


def _need_count(town: Town) -> int:
    return rows(town.needs.persons) + rows(town.needs.enterprises)


def _free(columns: Columns, spared: Column) -> Column:
    """Rows that concern nobody of the personas' households and not the persona's café."""
    free = np.ones(rows(columns), dtype=bool)
    for name in ("person", "relative", "other", "legal_representative"):
        if name in columns:
            at = np.asarray(columns[name])
            free &= (at < 0) | ~spared[at]
    if "enterprise" in columns:
        free &= np.asarray(columns["enterprise"]) != CAFE
    return free


def _write_truth(town: Town, out: Path) -> None:
    parts = []
    for kind, needed, number in (
        ("person", town.needs.persons, town.city.number),
        ("enterprise", town.needs.enterprises, town.firms.code),
    ):
        applied = needed["outcome"] != NOT_APPLIED
        parts.append(
            pa.table(
                {
                    "subject": pa.array(number.astype(object)).take(pa.array(needed["subject"])),
                    "kind": pa.array([kind] * rows(needed), type=pa.string()),
                    "service": labels(habits().services, needed["service"]),
                    "needed_on": pa.array(needed["needed_on"]),
                    "why": pa.array(needed["why"], type=pa.string()),
                    "applied_on": pa.array(needed["applied_on"]),
                    "finished_on": pa.array(needed["finished_on"]),
                    "open": pa.array(~applied),
                }
            )
        )
    (out / "truth").mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.concat_tables(parts), out / "truth" / "needs.parquet", compression="zstd")
    pq.write_table(_who_is_who(town), out / "truth" / "school_roll.parquet", compression="zstd")


def _who_is_who(town: Town) -> pa.Table:
    """Roll number, the resident's number or none, and what is wrong with the row."""
    people, roll = pa.array(town.city.number.astype(object)), town.roll
    resident = people.take(pa.array(roll.resident, type=pa.int64(), mask=roll.resident < 0))
    slips = pa.array([str(text).strip() for text in roll.slips], type=pa.string())
    return pa.table({"roll_number": pa.array(roll.number.astype(object)), "resident_id": resident, "slips": slips})


def _write_personas(town: Town, out: Path) -> None:
    known = town.cast | town.partners
    listed = [
        {
            "key": role.key,
            "resident_id": str(town.city.number[known[role.key]]),
            "name": str(town.city.name[known[role.key]]),
            "zh": role.zh,
            "en": role.en,
        }
        for role in (*CAST, *PARTNERS)
    ]
    _write_json(out / "personas.json", {"personas": listed})


def _write_json(file: Path, value: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
