"""Who is or was lately at which school, and the schooling everybody reached; it never decides who works.

A school year runs from 1 September to 30 June; a child of the cohort that is 3 (6, 11, 15, 18, 22) by 31 August starts
kindergarten (primary, junior, senior school, university, postgraduate study). Primary school takes five years here.
"""

from dataclasses import dataclass

import numpy as np

from jobs.city.columns import Column, Columns, on_in_year, stacked
from jobs.city.people import People

# Education levels in order; a person's `level` is a position here, -1 before any is completed.
LEVELS = ("primary", "junior", "senior", "vocational", "college", "bachelor", "master", "doctor")
PRIMARY, JUNIOR, SENIOR, VOCATIONAL, COLLEGE, BACHELOR, MASTER, DOCTOR = range(8)

# stage: age at the start, years, first school stage of the ladder that leads to `aims`
_STAGES = (
    ("kindergarten", 3, 3, range(8)),
    ("primary", 6, 5, range(8)),
    ("junior", 11, 4, range(1, 8)),
    ("senior", 15, 3, (SENIOR, BACHELOR, MASTER, DOCTOR)),
    ("vocational", 15, 3, (VOCATIONAL, COLLEGE)),
    ("college", 18, 3, (COLLEGE,)),
    ("university", 18, 4, (BACHELOR, MASTER, DOCTOR)),
    ("postgraduate", 22, 3, (MASTER, DOCTOR)),
)
_SCHOOLS = {
    "kindergarten": "幼儿园", "primary": "小学", "junior": "初级中学", "senior": "高级中学",
    "vocational": "职业技术学校", "college": "职业技术学院", "university": "大学", "postgraduate": "大学研究生院",
}  # fmt: skip
_SCHOOL_NAMES = ("春晖", "启明", "育新", "博雅", "明德", "新苗", "致远", "求真")
# Shares of final levels by decade of life: under 30, 30s, 40s, 50s, 60 and older; newcomers reach less.
_SHARES = np.array(
    [
        [0.00, 0.04, 0.06, 0.12, 0.22, 0.42, 0.12, 0.02],
        [0.01, 0.08, 0.10, 0.12, 0.24, 0.33, 0.10, 0.02],
        [0.03, 0.20, 0.16, 0.12, 0.22, 0.21, 0.05, 0.01],
        [0.08, 0.34, 0.24, 0.10, 0.13, 0.09, 0.02, 0.00],
        [0.26, 0.36, 0.20, 0.07, 0.07, 0.04, 0.00, 0.00],
    ]
)
_NEWCOMER_FACTOR = np.array([1.6, 2.2, 1.5, 1.2, 0.8, 0.5, 0.5, 0.4])
_CAST_LEVELS = {
    "new_graduate": BACHELOR,
    "new_mother": BACHELOR,
    "laid_off_engineer": BACHELOR,
    "newly_wed": BACHELOR,
    "migrant_worker": JUNIOR,
    "driver": SENIOR,
}
KEPT_DAYS = 3 * 365  # a school reports its leavers for three years


@dataclass(frozen=True)
class Schooling:
    """`level` and `student` per person [N]; `records` one row per person and stage: person, stage, since, until."""

    level: Column
    student: Column
    records: Columns


def schooling(city: People, cast: dict[str, int], rng: np.random.Generator) -> Schooling:
    """Final levels by age and origin, and the stages under way on the city's day or left lately."""
    aim = _aims(city, rng)
    year = city.birth.astype("M8[Y]").astype(np.int64) + 1970
    cohort = year + (city.birth >= on_in_year(year, 9, 1))
    level = np.full(len(city), -1)
    student = np.zeros(len(city), dtype=bool)
    parts = []
    for stage, starts_at, lasts, aims in _STAGES:
        since, until = on_in_year(cohort + starts_at, 9, 1), on_in_year(cohort + starts_at + lasts, 6, 30)
        goes = np.isin(aim, list(aims)) & (since <= city.day) & city.alive
        if stage == "kindergarten":
            goes &= rng.random(len(city)) < 0.94
        finished = goes & (until <= city.day)
        reached = {"university": BACHELOR, "postgraduate": MASTER}.get(stage)
        reached = LEVELS.index(stage) if reached is None and stage in LEVELS else reached
        if reached is not None:
            level[finished] = reached
        under_way = goes & (until > city.day)
        student |= under_way & (starts_at >= 6)
        kept = np.flatnonzero(under_way | (finished & (city.day - until < np.timedelta64(KEPT_DAYS, "D"))))
        parts.append(_records(kept, stage, since, until, rng))
    done = city.age >= 30
    level[done] = aim[done]
    graduate = _graduate(city, cast["new_graduate"], stacked(parts))
    for key, reached in _CAST_LEVELS.items():
        level[cast[key]] = reached
    student[cast["new_graduate"]] = False
    return Schooling(level, student, graduate)


def _graduate(city: People, person: int, records: Columns) -> Columns:
    """The records with the persona's replaced by four years of university that ended at the last end of June."""
    kept = {name: column[records["person"] != person] for name, column in records.items()}
    this = int(city.day.astype("M8[Y]").astype(np.int64)) + 1970
    years = np.array([this, this - 1])
    until = on_in_year(years, 6, 30)
    until = until[until <= city.day][:1]
    since = on_in_year(until.astype("M8[Y]").astype(np.int64) + 1970 - 4, 9, 1)
    name = f"上海市{_SCHOOL_NAMES[0]}{_SCHOOLS['university']}"
    own = {"person": np.array([person]), "school": np.array([name], dtype=object)}
    stage = np.array(["university"], dtype=object)
    return stacked([kept, {**own, "stage": stage, "since": since, "until": until}])


def _aims(city: People, rng: np.random.Generator) -> Column:
    decade = ((city.age - 20) // 10).clip(0, 4)
    shares = _SHARES[decade] * np.where(city.newcomer[:, None], _NEWCOMER_FACTOR, 1.0)
    heads = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    heads[:, -1] = 1.0
    return (rng.random(len(city))[:, None] >= heads).sum(axis=1)  # type: ignore[no-any-return]


def _records(person: Column, stage: str, since: Column, until: Column, rng: np.random.Generator) -> Columns:
    name = np.array([f"上海市{each}{_SCHOOLS[stage]}" for each in _SCHOOL_NAMES], dtype=object)
    return {
        "person": person,
        "school": name[rng.integers(len(name), size=len(person))],
        "stage": np.full(len(person), stage, dtype=object),
        "since": since[person],
        "until": until[person],
    }
