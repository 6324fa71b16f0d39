"""Pensions, housing fund, medical insurance and hardship, one row per person; it never looks at anybody's home."""

from dataclasses import dataclass

import numpy as np

from jobs.city.columns import NEVER, Column, Columns, days, first_of_month, years_after
from jobs.city.expiries import renewed
from jobs.city.numbers import document_numbers
from jobs.city.people import People
from jobs.city.schooling import COLLEGE, Schooling
from jobs.city.work import EMPLOYED, FLEXIBLE, NONE, RETIRED, UNEMPLOYED, Work

CAST_CHECKED_DAYS_AGO = 350
DISABLED_SHARE, POOR_SHARE = 0.022, 0.012


@dataclass(frozen=True)
class Welfare:
    """Rows of four feeds, needs of the pension check, and per person [N] what later needs ask for."""

    social_insurance: Columns
    housing_fund: Columns
    medical_insurance: Columns
    hardship: Columns
    needs: Columns
    saver: Column
    insured: Column


def welfare(city: People, learned: Schooling, job: Work, cast: dict[str, int], rng: np.random.Generator) -> Welfare:
    """What each resident pays into and receives."""
    checks, social = _pensions(city, job, cast, rng)
    trained = learned.level >= COLLEGE
    saver = (job.standing == EMPLOYED) & (trained | (rng.random(len(city)) < 0.6))
    saver[cast["newly_wed"]] = True
    once = (job.standing == UNEMPLOYED) | (rng.random(len(city)) < 0.15)
    fund = np.flatnonzero(city.adult & (saver | once))
    status = np.select([saver[fund], rng.random(len(fund)) < 0.7], ["paying", "frozen"], "none")
    status[fund == cast["laid_off_engineer"]] = "frozen"
    balance = np.round(rng.lognormal(10.4, 0.9, len(fund)), 2)
    employee = (job.standing == EMPLOYED) | (job.standing == RETIRED) | ((job.standing == FLEXIBLE) & trained)
    covered = rng.random(len(city)) < np.where(city.age < 1, 0.5, 0.93)
    insured = np.select([employee, covered], ["employee", "resident"], "none")
    # Residents' cover ends with the calendar year; employees' has no end while they work.
    year = (city.day.astype("M8[Y]") + np.timedelta64(1, "Y")).astype("M8[D]") - np.timedelta64(1, "D")
    living = np.flatnonzero(city.alive)
    return Welfare(
        social_insurance=social,
        housing_fund={
            "person": fund,
            "status": status.astype(object),
            "balance": np.where(status == "none", 0.0, balance),
        },
        medical_insurance={
            "person": living,
            "kind": insured[living].astype(object),
            "insured_until": np.where(insured[living] == "resident", year, NEVER),
        },
        hardship=_hardship(city, job, cast, rng),
        needs=checks,
        saver=saver,
        insured=insured,
    )


def _pensions(city: People, job: Work, cast: dict[str, int], rng: np.random.Generator) -> tuple[Columns, Columns]:
    """Needs of the yearly check, and the rows of social insurance for everybody of 16 or older."""
    receiving = job.standing == RETIRED
    since = np.where(receiving, first_of_month(job.retired_on, 1), NEVER)
    since = np.where(since > city.day, first_of_month(job.retired_on), since)
    retired = np.flatnonzero(receiving)
    checked = np.maximum(city.day - days(365 + rng.uniform(0, 365, len(retired))), since[retired])
    checked[retired == cast["retiree"]] = city.day - np.timedelta64(CAST_CHECKED_DAYS_AGO, "D")
    played = renewed(
        "PENSION_CHECK", retired, checked, years_after(checked, 1), np.full(len(retired), 1), city.day, rng,
        spared=retired == cast["retiree"],
    )  # fmt: skip
    latest = np.full(len(city), NEVER)
    latest[played.papers["holder"]] = played.papers["issued"]
    latest = np.where(latest == since, NEVER, latest)  # the first pension is not a check
    worked = ((np.where(receiving, job.retired_on, city.day) - city.birth).astype(np.int64) / 365.25 - 21).clip(0, 45)
    pays = (job.standing == EMPLOYED) | (job.standing == FLEXIBLE)
    months = (worked * 12 * rng.uniform(0.55, 1.0, len(city))).astype(np.int64)
    months = np.where(job.standing == NONE, months // 3, months)
    person = np.flatnonzero(city.alive & (city.age >= 16))
    pays |= (job.standing == UNEMPLOYED) & (months > 0)
    status = np.select([receiving, pays], ["receiving", "contributing"], "none")
    rows = {
        "person": person,
        "pension_status": status[person].astype(object),
        "pension_months": np.where(status == "none", np.minimum(months, 60), months)[person],
        "pension_since": since[person],
        "pension_checked_on": latest[person],
    }
    return played.needs, rows


def _hardship(city: People, job: Work, cast: dict[str, int], rng: np.random.Generator) -> Columns:
    ordinary = city.alive & ~np.isin(np.arange(len(city)), list(cast.values()))
    older = DISABLED_SHARE * (0.6 + city.age / 60)
    disabled = np.flatnonzero(ordinary & (city.age >= 3) & (rng.random(len(city)) < older))
    idle = ordinary & (city.age >= 20) & (job.standing != EMPLOYED)
    poor = np.flatnonzero(idle & (rng.random(len(city)) < 2.2 * POOR_SHARE))
    person = np.r_[disabled, poor]
    count = len(person)
    lasts = np.r_[np.full(len(disabled), 10), np.full(len(poor), 1)]
    issued = city.day - days(rng.random(count) * lasts * 360 + 3)
    issued = np.maximum(issued, city.birth[person] + np.timedelta64(400, "D"))
    kind = np.where(rng.random(count) < 0.1, "extreme_poverty", "low_income")
    kind[: len(disabled)] = "disability"
    grade = rng.choice([1, 2, 3, 4], count, p=[0.12, 0.24, 0.32, 0.32])
    return {
        "person": person,
        "kind": kind.astype(object),
        "grade": np.where(kind == "disability", grade, -1),
        "number": document_numbers("KN", 9, count, rng).astype(object),
        "issued_on": issued,
        "expires_on": years_after(issued, lasts),
    }
