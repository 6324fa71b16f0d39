"""Who lives with whom: households of up to three generations and everybody's birth date; it never gives a name.

A household has six places. Which are filled and how old their people are follows from the household's form; the
made-up people of the demo take the first households.
"""

from dataclasses import dataclass

import numpy as np

from jobs.city.cast import CAST
from jobs.city.columns import NOBODY, Column, days

GRANDFATHER, GRANDMOTHER, HUSBAND, WIFE, FIRST_CHILD, SECOND_CHILD = range(6)
MEN = np.array([True, False, True, False])
YEAR = 365.2425

# form: share of households
FORMS = {
    "three_generations": 0.13,
    "parents": 0.30,
    "couple": 0.17,
    "man": 0.11,
    "woman": 0.10,
    "elder_couple": 0.11,
    "elder": 0.06,
    "lone_parent": 0.02,
}
FORM = {name: code for code, name in enumerate(FORMS)}


@dataclass(frozen=True)
class Households:
    """`form` [H]; `member` [H, 6] person numbers or -1; per person [N]: household, place, birth, male."""

    form: Column
    member: Column
    household: Column
    place: Column
    birth: Column
    male: Column

    def living_together(self, one: int, other: int) -> tuple[Column, Column]:
        """Person numbers of those at two places of one household, where both are filled."""
        both = (self.member[:, one] != NOBODY) & (self.member[:, other] != NOBODY)
        return self.member[both, one], self.member[both, other]


def households(people: int, day: np.datetime64, rng: np.random.Generator) -> Households:
    """Exactly `people` persons in households; raises ValueError below 200, where the demo's cast does not fit."""
    if people < 200:
        raise ValueError(f"a city needs at least 200 people, got {people}")
    form = _forms(people, rng)
    ages = _ages(form, rng)
    for number, role in enumerate(CAST):
        form[number] = FORM[role.form]
        ages[number] = [np.nan if age is None else age for age in role.ages]
    form, ages = _cut(form, ages, people, rng)
    filled = ~np.isnan(ages)
    member = np.full(ages.shape, NOBODY)
    member[filled] = np.arange(people)
    household, place = np.nonzero(filled)
    birth = day - days(ages[filled] * YEAR) - np.timedelta64(1, "D")
    male = np.where(place < FIRST_CHILD, MEN[place % 4], rng.random(people) < 0.515)
    for number, role in enumerate(CAST):
        person = member[number, role.place]
        male[person] = role.male
    return Households(form, member, household, place, birth, male)


def _forms(people: int, rng: np.random.Generator) -> Column:
    shares = np.array(list(FORMS.values()))
    return rng.choice(len(FORMS), people // 2 + 20, p=shares / shares.sum())


def _cut(form: Column, ages: Column, people: int, rng: np.random.Generator) -> tuple[Column, Column]:
    """As many whole households as fit, then single people up to the number asked for."""
    total = np.cumsum((~np.isnan(ages)).sum(axis=1))
    kept = int(np.searchsorted(total, people, side="right"))
    missing = people - int(total[kept - 1])
    singles = np.full((missing, 6), np.nan)
    singles[:, WIFE] = rng.uniform(25, 45, missing)
    return np.r_[form[:kept], np.full(missing, FORM["woman"])], np.concatenate([ages[:kept], singles])


def _ages(form: Column, rng: np.random.Generator) -> Column:
    """Ages in years [H, 6], NaN where a place is empty."""
    count = len(form)
    ages = np.full((count, 6), np.nan)
    parents = np.isin(form, [FORM["three_generations"], FORM["parents"], FORM["lone_parent"]])
    first = rng.uniform(0, 24, count)
    second = first - rng.uniform(1.5, 7, count)
    mother = rng.normal(29, 4, count).clip(21, 42) + first
    ages[:, FIRST_CHILD] = np.where(parents, first, np.nan)
    ages[:, SECOND_CHILD] = np.where(parents & (rng.random(count) < 0.28) & (second > 0), second, np.nan)

    young = rng.normal(28, 3.5, count).clip(22, 42)
    settled = rng.uniform(46, 63, count)
    couple_wife = np.where(rng.random(count) < 0.55, young, settled)
    single = (18.2 + rng.gamma(1.6, 8, count)).clip(18.2, 68)
    elder_wife = rng.triangular(61, 67, 92, count)
    older = rng.normal(2, 2.2, count)

    wife = np.select([parents, form == FORM["couple"], form == FORM["woman"]], [mother, couple_wife, single], np.nan)
    with_man = [parents, form == FORM["couple"], form == FORM["man"]]
    husband = np.select(with_man, [mother + older, couple_wife + older, single], np.nan)
    alone = form == FORM["lone_parent"]
    with_father = rng.random(count) < 0.2
    ages[:, WIFE] = np.where(alone & with_father, np.nan, wife)
    ages[:, HUSBAND] = np.where(alone & ~with_father, np.nan, np.maximum(husband, 19))

    three = form == FORM["three_generations"]
    elder_alone = form == FORM["elder"]
    grandmother = np.where(three, husband + rng.uniform(21, 30, count), elder_wife)
    grandfather = grandmother + older
    widow = rng.random(count) < 0.68
    gone = rng.random(count) < ((grandfather - 55) / 80).clip(0.02, 0.6)
    elderly = three | (form == FORM["elder_couple"])
    ages[:, GRANDMOTHER] = np.where(elderly | (elder_alone & widow), grandmother, np.nan)
    ages[:, GRANDFATHER] = np.where((elderly & ~(three & gone)) | (elder_alone & ~widow), grandfather, np.nan)
    ages[:, :2] = np.minimum(ages[:, :2], 99)
    return ages
