"""Parents, couples, births, marriages, divorces and deaths of the whole city; it never invents a person.

Couples and parents come from the households; grown children elsewhere in the city are matched to parents of a fitting
age, and former spouses to each other.
"""

from dataclasses import dataclass, replace

import numpy as np

from jobs.city.cast import CAST
from jobs.city.columns import NEVER, NOBODY, Column, age_on, days, years_after
from jobs.city.households import (
    FIRST_CHILD,
    FORM,
    GRANDFATHER,
    GRANDMOTHER,
    HUSBAND,
    SECOND_CHILD,
    WIFE,
    YEAR,
    Households,
)

DEATHS_WITHIN = 730  # days; who died earlier is no longer in the register
DIVORCED_SHARE = 0.2  # of people over 27 who live alone
NEWLY_WED_DAYS_AGO = 48
_LEAST_APART = np.timedelta64(19 * 365, "D")  # between the births of a parent and a child


@dataclass(frozen=True)
class Kin:
    """Per person [N]: parents and present, late or former spouse as person numbers or -1, and the dates."""

    father: Column
    mother: Column
    spouse: Column
    married: Column
    divorced: Column
    died: Column
    marital: Column


def kin(homes: Households, newcomer: Column, day: np.datetime64, rng: np.random.Generator) -> Kin:
    """Everybody's relations; `newcomer` is by household (parents elsewhere are sought among locals alone)."""
    count = len(homes.birth)
    none = np.full(count, NOBODY)
    never = np.full(count, NEVER)
    bare = Kin(none.copy(), none.copy(), none.copy(), never.copy(), never.copy(), never.copy(), np.zeros(0))
    _parents_at_home(bare, homes)
    _parents_elsewhere(bare, homes, newcomer, day, rng)
    _marriages(bare, homes, day, rng)
    _divorces(bare, homes, day, rng)
    _deaths(bare, homes, day, rng)
    return replace(bare, marital=_standing(bare, homes, day))


def _parents_at_home(kin: Kin, homes: Households) -> None:
    for child in (FIRST_CHILD, SECOND_CHILD):
        for place, parent in ((HUSBAND, kin.father), (WIFE, kin.mother)):
            children, parents = homes.living_together(child, place)
            parent[children] = parents
    for place, parent in ((GRANDFATHER, kin.father), (GRANDMOTHER, kin.mother)):
        children, parents = homes.living_together(HUSBAND, place)
        parent[children] = parents


def _parents_elsewhere(
    kin: Kin, homes: Households, newcomer: Column, day: np.datetime64, rng: np.random.Generator
) -> None:
    """Match grown children without parents to couples about 28 years older in another household."""
    local = ~newcomer[homes.household]
    age = (day - homes.birth).astype(np.int64) / YEAR
    grown = local & (homes.place >= HUSBAND) & (homes.place <= WIFE) & (kin.father < 0) & (kin.mother < 0) & (age < 60)
    grown[: int(homes.member[: len(CAST)].max()) + 1] = False
    children = np.flatnonzero(grown & (rng.random(len(age)) < 0.8))
    empty_nest = (homes.form == FORM["couple"]) & ~newcomer
    elders = homes.form == FORM["elder_couple"]
    elders[: len(CAST)] = empty_nest[: len(CAST)] = False
    father = np.r_[homes.member[elders, GRANDFATHER], homes.member[empty_nest, HUSBAND]]
    mother = np.r_[homes.member[elders, GRANDMOTHER], homes.member[empty_nest, WIFE]]
    old_enough = age[mother] > 45
    father, mother = father[old_enough], mother[old_enough]
    wanted = age[mother] - rng.normal(28, 2, len(mother))
    by_wanted, children = np.argsort(wanted, kind="stable"), children[np.argsort(age[children], kind="stable")]
    place = np.arange(len(by_wanted))
    match = np.maximum.accumulate(np.searchsorted(age[children], wanted[by_wanted]) - place) + place
    found = match < len(children)
    father, mother, child = father[by_wanted[found]], mother[by_wanted[found]], children[match[found]]
    apart = age[mother] - age[child]
    fits = (apart > 20) & (apart < 42) & (homes.household[mother] != homes.household[child])
    kin.father[child[fits]], kin.mother[child[fits]] = father[fits], mother[fits]


def _marriages(kin: Kin, homes: Households, day: np.datetime64, rng: np.random.Generator) -> None:
    eldest = homes.member[:, FIRST_CHILD]
    for his, hers in ((HUSBAND, WIFE), (GRANDFATHER, GRANDMOTHER)):
        men, women = homes.living_together(his, hers)
        house = homes.household[women]
        wed_at = rng.normal(26, 2.5, len(women)).clip(21, 40)
        date = homes.birth[women] + days(wed_at * YEAR)
        if his == HUSBAND:
            born = np.where(eldest[house] >= 0, homes.birth[eldest[house]], NEVER)
            date = np.where(np.isnat(born), date, born - days(rng.uniform(300, 1500, len(born))))
            lately = np.isnat(born) & (age_on(homes.birth[women], day) < 43)
            date = np.where(lately, day - days(rng.exponential(1100, len(born)) + 4), date)
        date = np.maximum(date, np.maximum(years_after(homes.birth[men], 22), years_after(homes.birth[women], 20)))
        date = np.minimum(date, day - np.timedelta64(3, "D"))
        role = np.array([role.key for role in CAST])
        ours = house < len(CAST)
        ours[ours] = role[house[ours]] == "newly_wed"
        date[ours] = day - np.timedelta64(NEWLY_WED_DAYS_AGO, "D")
        kin.spouse[men], kin.spouse[women] = women, men
        kin.married[men] = kin.married[women] = date


def _divorces(kin: Kin, homes: Households, day: np.datetime64, rng: np.random.Generator) -> None:
    """Pair men and women who live alone, or with a child, as former couples."""
    age = age_on(homes.birth, day)
    head = (homes.place == HUSBAND) | (homes.place == WIFE)
    lone_parent = homes.form[homes.household] == FORM["lone_parent"]
    alone = head & (kin.spouse < 0) & (age >= 28) & (homes.household >= len(CAST))
    former = alone & (lone_parent | (rng.random(len(age)) < DIVORCED_SHARE))
    men, women = np.flatnonzero(former & homes.male), np.flatnonzero(former & ~homes.male)
    men, women = men[np.argsort(age[men], kind="stable")], women[np.argsort(age[women], kind="stable")]
    pairs = min(len(men), len(women))
    men, women = men[:pairs], women[:pairs]
    both = ~(lone_parent[men] & lone_parent[women])
    men, women = men[both], women[both]
    date = day - days(rng.exponential(1500, len(men)) + 5)
    earliest = np.maximum(years_after(homes.birth[men], 24), years_after(homes.birth[women], 24))
    for parent in (men, women):
        house = homes.household[parent]
        child = np.where(lone_parent[parent], homes.member[house, FIRST_CHILD], NOBODY)
        earliest = np.where(child >= 0, np.maximum(earliest, homes.birth[child]), earliest)
        other, line = (women, kin.mother) if parent is men else (men, kin.father)
        fits = (child >= 0) & (homes.birth[child] - homes.birth[other] > _LEAST_APART)
        line[child[fits]] = other[fits]
    date = np.minimum(np.maximum(date, earliest), day - np.timedelta64(3, "D"))
    kin.spouse[men], kin.spouse[women] = women, men
    kin.divorced[men] = kin.divorced[women] = date
    kin.married[men] = kin.married[women] = np.maximum(
        date - days(rng.uniform(400, 3500, len(men))),
        np.maximum(years_after(homes.birth[men], 22), years_after(homes.birth[women], 20)),
    )


def _deaths(kin: Kin, homes: Households, day: np.datetime64, rng: np.random.Generator) -> None:
    age = (day - homes.birth).astype(np.int64) / YEAR
    yearly = 0.0004 * np.exp(0.085 * (age - 30).clip(0, 68))
    dies = (rng.random(len(age)) < yearly * DEATHS_WITHIN / 365) & (homes.household >= len(CAST)) & (age > 20)
    when = day - days(rng.uniform(2, DEATHS_WITHIN, len(age)))
    # One of a couple at most, so that somebody is left who needs the services.
    dies[np.flatnonzero(dies)[(kin.spouse[dies] >= 0) & dies[kin.spouse[dies]] & homes.male[dies]]] = False
    kin.died[dies] = np.maximum(when, kin.married + np.timedelta64(1, "D"))[dies]
    kin.died[dies & np.isnat(kin.died)] = when[dies & np.isnat(kin.died)]


def _standing(kin: Kin, homes: Households, day: np.datetime64) -> Column:
    age = age_on(homes.birth, day)
    partner = kin.spouse >= 0
    widowed = partner & ~np.isnat(np.where(partner, kin.died[kin.spouse], NEVER)) & np.isnat(kin.divorced)
    old_and_alone = ~partner & (homes.place <= GRANDMOTHER)
    unpaired = ~partner & (homes.form[homes.household] == FORM["lone_parent"]) & (homes.place < FIRST_CHILD)
    chosen = np.select(
        [~np.isnat(kin.divorced), widowed | old_and_alone, partner, unpaired],
        ["divorced", "widowed", "married", "divorced"],
        "single",
    )
    return np.where(age < 20, "single", chosen)
