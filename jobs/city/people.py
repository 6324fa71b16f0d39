"""Everybody of the city with number, name, origin, home and standing; it never writes a row.

`People` is what every other room builds on: one array per property, one position per person.
"""

from dataclasses import dataclass

import numpy as np

from jobs.city.cast import CAST
from jobs.city.columns import Column, age_on, days, years_after
from jobs.city.households import HUSBAND, WIFE, Households
from jobs.city.kin import Kin
from jobs.city.names import given_names, surnames, telephones
from jobs.city.numbers import resident_numbers
from jobs.city.places import addresses, counties, districts, numbering_areas

# Shares of households that came from elsewhere, by whether the head is of working age.
NEWCOMERS_WORKING = 0.38
NEWCOMERS_ELDER = 0.06
# Shares of households that moved into their present home within the last two years.
MOVED_LATELY = 0.12


@dataclass(frozen=True)
class People:
    """One array [N] per property; persons are known by their position. `hukou` and `residence` are division codes."""

    day: np.datetime64
    number: Column
    name: Column
    male: Column
    birth: Column
    died: Column
    household: Column
    place: Column
    hukou: Column
    residence: Column
    resident_since: Column
    moved_in: Column
    newcomer: Column
    marital: Column
    address: Column
    phone: Column

    def __len__(self) -> int:
        return len(self.birth)

    @property
    def alive(self) -> Column:
        """Booleans [N]."""
        return np.isnat(self.died)

    @property
    def age(self) -> Column:
        """Completed years on the city's day, integers [N] (as if the dead lived on)."""
        return age_on(self.birth, self.day)

    @property
    def adult(self) -> Column:
        """Booleans [N]: alive and 18 or older."""
        return self.alive & (self.age >= 18)


def newcomers(homes: Households, day: np.datetime64, rng: np.random.Generator) -> Column:
    """Booleans [H]: households that hold the hukou of another province."""
    head = np.where(homes.member[:, WIFE] >= 0, homes.member[:, WIFE], homes.member[:, HUSBAND])
    age = np.where(head >= 0, age_on(homes.birth, day)[head], 70)
    three = homes.member[:, 0] >= 0
    share = np.select([age >= 62, three, age < 35], [NEWCOMERS_ELDER, 0.12, 0.5], NEWCOMERS_WORKING)
    result: Column = rng.random(len(homes.form)) < share
    for number, role in enumerate(CAST):
        result[number] = role.newcomer
    return result


def people(homes: Households, kin: Kin, newcomer: Column, day: np.datetime64, rng: np.random.Generator) -> People:
    """Numbers, names, places and standing for everybody; `newcomer` is by household."""
    count, at = len(homes.birth), homes.household
    moving = _moves(homes, newcomer, day, rng)
    home = districts(len(homes.form), rng)
    registered = np.where(rng.random(len(home)) < 0.75, home, districts(len(home), rng))
    registered = np.where(newcomer, counties(len(home), rng), registered)
    hukou, residence = registered[at], home[at]
    came = np.maximum(moving.resident_since[at], homes.birth)
    return People(
        day=day,
        number=resident_numbers(numbering_areas(hukou, homes.birth, rng), homes.birth, homes.male),
        name=_names(homes, kin, rng),
        male=homes.male,
        birth=homes.birth,
        died=kin.died,
        household=at,
        place=homes.place,
        hukou=hukou,
        residence=residence,
        resident_since=came,
        moved_in=np.maximum(moving.moved_in[at], homes.birth),
        newcomer=newcomer[at],
        marital=kin.marital,
        address=addresses(home, rng)[at],
        phone=np.where(age_on(homes.birth, day) >= 12, telephones(count, rng), ""),
    )


@dataclass(frozen=True)
class _Moves:
    resident_since: Column
    moved_in: Column


def _moves(homes: Households, newcomer: Column, day: np.datetime64, rng: np.random.Generator) -> _Moves:
    """By household: since when at the present home, and since when resident in the division."""
    count = len(homes.form)
    lately = rng.random(count) < np.where(newcomer, 2.2 * MOVED_LATELY, MOVED_LATELY)
    long_ago = day - days(730 + rng.exponential(9 * 365, count).clip(0, 45 * 365))
    moved_in = np.where(lately, day - days(rng.uniform(3, 730, count)), long_ago)
    adult = homes.member[:, :4].max(axis=1)  # some adult of the household
    for number, role in enumerate(CAST):
        moved_in[number] = day - np.timedelta64(24 if role.key == "newly_wed" else 1500 + 97 * number, "D")
    moved_in = np.maximum(moved_in, years_after(homes.birth[adult], 18))
    # A move within the division leaves the registration's date as it was.
    kept = (rng.random(count) < 0.3) & ~lately
    since = np.where(kept, moved_in - days(rng.uniform(300, 4000, count)), moved_in)
    return _Moves(since, moved_in)


def _names(homes: Households, kin: Kin, rng: np.random.Generator) -> Column:
    count = len(homes.birth)
    family = surnames(count, rng)
    for child in (np.flatnonzero(kin.father >= 0), np.flatnonzero(kin.father >= 0)):
        family[child] = family[kin.father[child]]  # twice: grandfather's name reaches the grandchildren
    return np.asarray(family + given_names(homes.male, rng))
