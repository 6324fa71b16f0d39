"""Who works where and as what, who looks for work, who is retired; it never decides what anybody needs.

Men retire at 60, women at 55 with a degree and at 50 otherwise (the rules before the reform of 2025).
"""

from dataclasses import dataclass

import numpy as np

from jobs.city.columns import NEVER, NOBODY, Column, Columns, days, first_of_month, stacked, years_after
from jobs.city.enterprises import Enterprises, representatives
from jobs.city.people import People
from jobs.city.schooling import BACHELOR, COLLEGE, MASTER, Schooling
from jobs.city.trades import draw, padded, trades

NONE, EMPLOYED, UNEMPLOYED, FLEXIBLE, RETIRED = range(5)
_SHARES = [0.10, 0.79, 0.035, 0.075]  # none, employed, unemployed, flexible
_MANAGER = "1-06-01-02"
# persona: (standing, enterprise, occupation, title, days since the job began)
_CAST_JOBS = {
    "new_mother": (EMPLOYED, 3, "2-02-10-03", "软件工程师", 1900),
    "migrant_worker": (EMPLOYED, 1, "6-29-01-01", "砌筑工", 900),
    "newly_wed": (EMPLOYED, 4, "2-02-07-01", "机械设计工程师", 1400),
    "driver": (EMPLOYED, 2, "4-02-02-02", "货车司机", 2100),
}
LAID_OFF_DAYS_AGO = 40


@dataclass(frozen=True)
class Work:
    """Per person [N]: `standing`, present `employer` or -1, `job_since`, `retired_on`, unemployed `registered`;
    per enterprise [E]: `representative`; `jobs` and `spells` are the rows of employment and unemployment."""

    standing: Column
    employer: Column
    job_since: Column
    retired_on: Column
    registered: Column
    representative: Column
    jobs: Columns
    spells: Columns


def work(city: People, learned: Schooling, firms: Enterprises, cast: dict[str, int], rng: np.random.Generator) -> Work:
    """Standing of everybody, jobs past and present of the last years, spells without work."""
    trained = learned.level >= COLLEGE
    retired_on = years_after(city.birth, np.where(city.male, 60, np.where(trained, 55, 50)))
    standing = _standing(city, learned, retired_on, cast, rng)
    played = np.isin(np.arange(len(city)), list(cast.values()))
    able = np.flatnonzero((standing == EMPLOYED) & (city.age >= 24) & ~played)
    boss = representatives(firms, able, cast["cafe_owner"], rng)
    employer = np.where(standing == EMPLOYED, _drawn(firms, len(city), rng), NOBODY)
    led = np.flatnonzero((boss >= 0) & (firms.weight > 0))  # of an idle enterprise its owner works elsewhere
    employer[boss[led]] = led
    for key, (_, firm, _, _, _) in _CAST_JOBS.items():
        employer[cast[key]] = firm
    since = _job_since(city, learned, firms, employer, boss, rng)
    for key, (_, _, _, _, ago) in _CAST_JOBS.items():
        since[cast[key]] = city.day - np.timedelta64(ago, "D")
    now = _jobs(np.flatnonzero(employer >= 0), employer, since, np.full(len(city), NEVER), trained, firms, boss, rng)
    for key, (_, _, code, title, _) in _CAST_JOBS.items():
        row = now["person"] == cast[key]
        now["occupation"][row], now["job_title"][row] = code, title
    registered = np.where(standing == UNEMPLOYED, city.day - days(rng.exponential(140, len(city)).clip(2, 600)), NEVER)
    registered[cast["laid_off_engineer"]] = city.day - np.timedelta64(LAID_OFF_DAYS_AGO - 10, "D")
    before, ended, gap = _former(city, firms, standing, since, registered, trained, cast, boss, rng)
    spells = _spells(registered, before, ended, gap, since, rng)
    return Work(standing, employer, since, retired_on, registered, boss, stacked([now, before]), spells)


def _standing(
    city: People, learned: Schooling, retired_on: Column, cast: dict[str, int], rng: np.random.Generator
) -> Column:
    drawn = rng.choice([NONE, EMPLOYED, UNEMPLOYED, FLEXIBLE], len(city), p=_SHARES)
    free = city.alive & (city.age >= 18) & ~learned.student
    standing = np.where(free, drawn, NONE)
    standing[city.alive & (retired_on <= city.day)] = RETIRED
    for key, (each, *_) in _CAST_JOBS.items():
        standing[cast[key]] = each
    standing[cast["cafe_owner"]] = EMPLOYED
    standing[cast["laid_off_engineer"]] = UNEMPLOYED
    standing[cast["new_graduate"]] = NONE
    return standing


def _drawn(firms: Enterprises, count: int, rng: np.random.Generator) -> Column:
    return rng.choice(len(firms), count, p=firms.weight / firms.weight.sum())


def _job_since(
    city: People, learned: Schooling, firms: Enterprises, employer: Column, boss: Column, rng: np.random.Generator
) -> Column:
    count = len(city)
    since = city.day - days(rng.exponential(1500, count) + 3)
    reached = [learned.level >= MASTER, learned.level == BACHELOR, learned.level == COLLEGE]
    leaves_school = np.select(reached, [25, 22, 21], 18)
    since = np.maximum(since, years_after(city.birth, leaves_school))
    opened = firms.founded[employer]
    open_days = (city.day - opened).astype(np.int64)
    since = np.where(since < opened, opened + days(rng.random(count) * np.minimum(open_days, 500)), since)
    since = np.where((boss[employer] == np.arange(count)) & (employer >= 0), opened, since)
    return np.where(employer >= 0, np.minimum(since, city.day - np.timedelta64(1, "D")), NEVER)


def _jobs(
    person: Column, employer: Column, since: Column, until: Column, trained: Column, firms: Enterprises, boss: Column,
    rng: np.random.Generator,
) -> Columns:  # fmt: skip
    """Employment rows of `person`; the other columns are by person."""
    firm, listed = employer[person], trades()
    trade = firms.trade[firm]
    known = [each.occupations for each in listed] + [each.trained for each in listed]
    codes, titles = padded([list(each) for each in known]), padded([list(each.values()) for each in known])
    group = trade + np.where(trained[person], len(listed), 0)
    drawn = draw(np.array([len(each) for each in known]), group, rng)
    runs = boss[firm] == person
    return {
        "person": person,
        "enterprise": firm,
        "job_title": np.where(runs, "负责人", titles[group, drawn]),
        "occupation": np.where(runs, _MANAGER, codes[group, drawn]),
        "since": since[person],
        "until": until[person],
    }


def _former(
    city: People, firms: Enterprises, standing: Column, since: Column, registered: Column, trained: Column,
    cast: dict[str, int], boss: Column, rng: np.random.Generator,
) -> tuple[Columns, Column, Column]:  # fmt: skip
    """Jobs that ended: before the present one where it is younger than two years, and before a spell without work."""
    count = len(city)
    fresh = (standing == EMPLOYED) & (city.day - since < np.timedelta64(730, "D")) & (rng.random(count) < 0.65)
    fresh[list(cast.values())] = False
    gap = np.where(rng.random(count) < 0.6, rng.uniform(1, 25, count), rng.uniform(35, 240, count))
    end = np.where(fresh, since - days(gap), registered - days(rng.uniform(3, 28, count)))
    end[cast["laid_off_engineer"]] = city.day - np.timedelta64(LAID_OFF_DAYS_AGO, "D")
    begin = np.maximum(end - days(rng.exponential(900, count) + 70), years_after(city.birth, 18))
    begin[cast["laid_off_engineer"]] = end[cast["laid_off_engineer"]] - np.timedelta64(1700, "D")
    firm = _drawn(firms, count, rng)
    firm[cast["laid_off_engineer"]] = 3
    begin = np.maximum(begin, firms.founded[firm])
    had = (fresh | (standing == UNEMPLOYED)) & (end - begin > np.timedelta64(30, "D"))
    rows = _jobs(np.flatnonzero(had), firm, begin, end, trained, firms, np.full_like(boss, NOBODY), rng)
    row = rows["person"] == cast["laid_off_engineer"]
    rows["occupation"][row], rows["job_title"][row] = "2-02-10-03", "软件工程师"
    return rows, end, gap


def _spells(
    registered: Column, before: Columns, ended: Column, gap: Column, since: Column, rng: np.random.Generator
) -> Columns:
    now = np.flatnonzero(~np.isnat(registered))
    past = before["person"]
    past = past[np.isnat(registered[past]) & (gap[past] > 30)]
    person = np.r_[now, past]
    start = np.r_[registered[now], ended[past] + np.timedelta64(12, "D")]
    months = rng.integers(6, 25, len(person))
    return {
        "person": person,
        "registered_on": start,
        "ended_on": np.r_[np.full(len(now), NEVER), since[past]],
        "benefit_until": first_of_month(start, 1) + months * np.timedelta64(30, "D"),
    }
