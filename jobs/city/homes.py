"""Homes owned or rented, vehicles and their inspections; it never moves anybody."""

from dataclasses import dataclass

import numpy as np

from jobs.city.columns import NEVER, Column, Columns, days, stacked, years_after
from jobs.city.expiries import renewed
from jobs.city.households import FIRST_CHILD
from jobs.city.numbers import document_numbers
from jobs.city.people import People
from jobs.city.places import districts

HOME_BOUGHT_DAYS_AGO = 20
CAST_INSPECTION_DAYS = 26


@dataclass(frozen=True)
class Homes:
    """`records` of the property feed, `bought` and `rented` dates per person [N] (NaT: neither), `owner` booleans."""

    records: Columns
    bought: Column
    rented: Column
    owner: Column


def heads(city: People) -> Column:
    """The person who stands for each household: its first living adult, by household number; -1 where none lives."""
    able = np.flatnonzero(city.alive & (city.place < FIRST_CHILD))
    wife_first = able[np.argsort(np.where(city.place[able] >= 2, 0, 1), kind="stable")]
    result = np.full(int(city.household.max()) + 1, -1)
    result[city.household[wife_first[::-1]]] = wife_first[::-1]
    return result


def homes(city: People, cast: dict[str, int], rng: np.random.Generator) -> Homes:
    """Each household owns or rents its home since it moved in; some owned or rented another before."""
    head = heads(city)
    person = head[head >= 0]
    share = np.where(city.newcomer[person], 0.22, 0.8) * np.where(city.age[person] < 27, 0.45, 1)
    owns = rng.random(len(person)) < share
    since = city.moved_in[person].copy()
    for key in ("newly_wed", "migrant_worker", "retiree"):
        ours = city.household[person] == city.household[cast[key]]
        person[ours], owns[ours] = cast[key], key != "migrant_worker"
        if key == "newly_wed":
            since[ours] = city.day - np.timedelta64(HOME_BOUGHT_DAYS_AGO, "D")
    since = np.minimum(since, city.day - np.timedelta64(1, "D"))
    bought, rented = np.full(len(city), NEVER), np.full(len(city), NEVER)
    bought[person[owns]], rented[person[~owns]] = since[owns], since[~owns]
    number = document_numbers("沪房", 9, len(person), rng)
    now = _records(person, owns, city.residence[person], since, np.full(len(person), NEVER), number)
    moved = (city.day - since < np.timedelta64(900, "D")) & (rng.random(len(person)) < 0.5) & (city.age[person] > 24)
    moved &= ~np.isin(person, list(cast.values()))
    until = since[moved] - days(rng.uniform(0, 20, int(moved.sum())))
    begin = np.maximum(until - days(rng.uniform(300, 2500, len(until))), years_after(city.birth[person[moved]], 18))
    numbers = document_numbers("沪租", 9, len(until), rng)
    before = _records(
        person[moved], np.zeros(len(until), dtype=bool), districts(len(until), rng), begin, until, numbers
    )
    owner = np.zeros(len(city), dtype=bool)
    owner[person[owns]] = True
    return Homes(stacked([now, before]), bought, rented, owner)


def _records(person: Column, owns: Column, division: Column, since: Column, until: Column, number: Column) -> Columns:
    return {
        "person": person,
        "property_number": number.astype(object),
        "kind": np.where(owns, "owner", "tenant").astype(object),
        "division": division,
        "since": since,
        "until": until,
    }


@dataclass(frozen=True)
class Vehicles:
    """`records` of the vehicles feed and the needs to have them inspected."""

    records: Columns
    needs: Columns


def vehicles(city: People, driver: Column, cast: dict[str, int], rng: np.random.Generator) -> Vehicles:
    """Cars of people in `driver` (booleans [N]); inspected every two years, the date counted from the registration."""
    has = driver & city.alive & (city.age < 75) & (rng.random(len(city)) < 0.42)
    has[cast["driver"]] = True
    person = np.flatnonzero(has)
    registered = city.day - days(rng.uniform(2, 11 * 365, len(person)))
    registered = np.maximum(registered, years_after(city.birth[person], 18))
    registered = np.minimum(registered, city.day - np.timedelta64(1, "D"))
    ours = person == cast["driver"]
    registered[ours] = years_after(np.array([city.day + np.timedelta64(CAST_INSPECTION_DAYS, "D")]), -4)
    cycles = ((city.day - registered).astype(np.int64) // 730.5).astype(np.int64)
    # The inspection due one cycle back: what has come of it is played forward from there.
    due = years_after(registered, 2 * np.maximum(cycles, 1))
    due[ours] = city.day + np.timedelta64(CAST_INSPECTION_DAYS, "D")
    played = renewed(
        "VEHICLE_INSPECTION",
        person,
        registered,
        due,
        np.full(len(person), 2),
        city.day,
        rng,
        spared=ours,
        keeps_day=True,
    )
    latest = np.full(len(city), NEVER)
    latest[played.papers["holder"]] = played.papers["expires"]
    letters = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ"), dtype=object)
    plate = document_numbers("", 4 if len(person) < 10_000 else 6, len(person), rng)
    text = "沪X" + letters[rng.integers(len(letters), size=len(person))] + plate.astype(object)
    records = {"person": person, "plate": text, "registered_on": registered, "inspection_due": latest[person]}
    return Vehicles(records, played.needs)
