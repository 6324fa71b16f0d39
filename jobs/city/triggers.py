"""What happened to whom on which day, by the trigger names of behaviour.yaml; it never says what follows from it."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from jobs.city.cast import CAST
from jobs.city.columns import NEVER, NOBODY, Column, Columns, days, on_in_year, years_after
from jobs.city.enterprises import Enterprises
from jobs.city.homes import Homes
from jobs.city.kin import Kin
from jobs.city.people import People
from jobs.city.schooling import Schooling
from jobs.city.trades import position
from jobs.city.welfare import Welfare
from jobs.city.work import EMPLOYED, FLEXIBLE, Work

FATHERS_ACT, FATHERS_OF = 2, 5  # two fathers of five see to what one parent does for both

# subject numbers and the day it happened; a day out of the period is dropped later
Trigger: TypeAlias = tuple[Column, Column]


@dataclass(frozen=True)
class Life:
    """All that the triggers look at."""

    city: People
    kin: Kin
    learned: Schooling
    job: Work
    homes: Homes
    welfare: Welfare
    firms: Enterprises
    disputes: Columns
    rng: np.random.Generator


def person_triggers(life: Life) -> dict[str, Trigger]:
    """Every trigger that concerns persons."""
    return {**_family(life), **_school(life), **_jobs(life), **_home(life), **_old_age(life), **_relief(life)}


def _family(life: Life) -> dict[str, Trigger]:
    city, kin = life.city, life.kin
    mother, anybody = _with_child(life, kin.mother), np.ones(len(city), dtype=bool)
    worker = life.welfare.insured == "employee"
    wed = np.flatnonzero(~np.isnat(kin.married) & np.isnat(kin.divorced))
    apart = city.hukou[wed] != city.hukou[kin.spouse[wed]]
    mixed = wed[apart | (wed % 3 == 0)]
    late = np.flatnonzero(~city.alive)
    spouse = late[(kin.spouse[late] >= 0) & np.isnat(kin.divorced[late])]
    child = np.flatnonzero((kin.father >= 0) & ~city.alive[kin.father] & (city.age >= 25))
    widow = (kin.spouse[spouse], city.died[spouse])
    eldest = np.unique(kin.father[child], return_index=True)[1]
    heirs = (child[eldest], city.died[kin.father[child[eldest]]])
    alone = ~np.isin(kin.father[heirs[0]], spouse)
    return {
        "birth_one_parent": _one_parent(life, anybody),
        "birth_one_local": _one_parent(life, ~city.newcomer),
        "birth_working_mother": _only(mother, worker),
        "marriage": (mixed, kin.married[mixed]),
        "bereaved": _joined(widow, (heirs[0][alone], heirs[1][alone])),
        "bereaved_spouse": widow,
    }


def _one_parent(life: Life, may: Column) -> Trigger:
    """The parent who sees to what one of both does for a child: of those who may, the mother more often.

    A persona's child is seen to by its mother.
    """
    city, kin = life.city, life.kin
    child = np.arange(len(city))
    mothers, fathers = (np.where(parent >= 0, may[parent], False) for parent in (kin.mother, kin.father))
    his = fathers & (~mothers | ((child % FATHERS_OF < FATHERS_ACT) & (city.household >= len(CAST))))
    parent = np.select([his, mothers], [kin.father, kin.mother], NOBODY)
    return _with_child(life, parent)


def _with_child(life: Life, parent: Column) -> Trigger:
    child = np.flatnonzero(parent >= 0)
    return parent[child], life.city.birth[child]


def _joined(one: Trigger, other: Trigger) -> Trigger:
    return np.r_[one[0], other[0]], np.r_[one[1], other[1]]


def _only(trigger: Trigger, mask: Column) -> Trigger:
    kept = mask[trigger[0]]
    return trigger[0][kept], trigger[1][kept]


def _school(life: Life) -> dict[str, Trigger]:
    city, records = life.city, life.learned.records
    # One parent enrols the child: the mother where there is one.
    guardian = np.where(life.kin.mother >= 0, life.kin.mother, life.kin.father)
    child = np.flatnonzero((guardian >= 0) & (city.age < 9))
    year = city.birth[child].astype("M8[Y]").astype(np.int64) + 1970
    cohort = year + (city.birth[child] >= on_in_year(year, 9, 1))
    school = (guardian[child], on_in_year(cohort + 6, 9, 1))
    student = np.isin(records["stage"], ["college", "university"])
    enrolled = {name: column[student] for name, column in records.items()}
    leaves = np.isin(records["stage"], ["university", "college", "postgraduate"]) & (records["until"] <= city.day)
    return {
        "kindergarten_start": (guardian[child], on_in_year(cohort + 3, 9, 1)),
        "school_start_local": _only(school, ~city.newcomer),
        "school_start_newcomer": _only(school, city.newcomer),
        "university_start": _study_years(enrolled, city.day),
        "graduation": (records["person"][leaves], records["until"][leaves]),
    }


def _study_years(enrolled: dict[str, Column], day: np.datetime64) -> Trigger:
    """The first of September of each year in which the student is enrolled."""
    count = len(enrolled["person"])
    student, date = _yearly(np.arange(count), 9, 1, day)
    studies = (date >= enrolled["since"][student]) & (date < enrolled["until"][student])
    return enrolled["person"][student[studies]], date[studies]


def _yearly(subject: Column, month: int, dom: int, day: np.datetime64) -> Trigger:
    """The same date of this year and the two before, for each subject."""
    this = int(day.astype("M8[Y]").astype(np.int64)) + 1970
    dates = on_in_year(np.array([this - 2, this - 1, this]), month, dom)
    return np.tile(subject, 3), np.repeat(dates, len(subject))


def _jobs(life: Life) -> dict[str, Trigger]:
    city, job = life.city, life.job
    lost = (job.spells["person"], job.spells["registered_on"] - np.timedelta64(8, "D"))
    leavers = _school(life)["graduation"]
    idle = _only(leavers, job.standing != EMPLOYED)
    manual = job.jobs["occupation"].astype("U2")
    hand = np.char.startswith(manual, "6-") & np.isnat(job.jobs["until"])
    workers = job.jobs["person"][hand]
    fresh = np.flatnonzero(~np.isnat(job.job_since) & city.newcomer)
    free = np.flatnonzero(job.standing == FLEXIBLE)
    return {
        "job_lost": lost,
        "labour_dispute": (life.disputes["person"], life.disputes["registered_on"]),
        "out_of_work": _joined(lost, idle),
        "job_lost_or_manual": _joined(lost, (workers, _some_day(len(workers), life))),
        "newcomer_job": (fresh, job.job_since[fresh]),
        "turned_flexible": (free, _some_day(len(free), life)),
    }


def _some_day(count: int, life: Life) -> Column:
    result: Column = life.city.day - days(life.rng.uniform(-50, 720, count))
    return result


def _home(life: Life) -> dict[str, Trigger]:
    city, homes, saver = life.city, life.homes, life.welfare.saver
    bought, rented = np.flatnonzero(~np.isnat(homes.bought)), np.flatnonzero(~np.isnat(homes.rented))
    home = (bought, homes.bought[bought])
    rents = _only((rented, homes.rented[rented]), city.alive)
    points = np.flatnonzero(city.newcomer & city.adult & (life.job.standing == EMPLOYED))
    came = np.flatnonzero(city.newcomer & (city.age >= 18))
    return {
        "home_bought": home,
        "home_bought_saver": _only(home, saver),
        "moved": _joined(home, rents),
        "rented": rents,
        "tenant_saver": _only(_anniversaries(rents, city.day), saver),
        "newcomer_points": _yearly(points, 1, 10, city.day),
        "newcomer_moved": (came, city.resident_since[came]),
    }


def _anniversaries(trigger: Trigger, day: np.datetime64) -> Trigger:
    """A date of each of the last three years, from the trigger's own date on."""
    subject, first = trigger
    years = np.arange(3)[:, None]
    back = day.astype("M8[Y]").astype(np.int64) - first.astype("M8[Y]").astype(np.int64)
    dates = years_after(np.tile(first, (3, 1)), np.maximum(back[None, :] - years, 0))
    fresh = (back[None, :] - years >= 0).ravel()
    return np.tile(subject, 3)[fresh], dates.ravel()[fresh]


def _old_age(life: Life) -> dict[str, Trigger]:
    city = life.city
    adult = np.flatnonzero(city.alive & (city.age >= 48))
    local = np.flatnonzero(city.alive & (city.age >= 68) & ~city.newcomer)
    old = np.flatnonzero(city.alive & (city.age >= 65))
    frail = np.flatnonzero(city.alive & (city.age >= 80))
    birthdays = (old, city.birth[old])
    return {
        "pension_age": (adult, life.job.retired_on[adult]),
        "age_70": (local, years_after(city.birth[local], 70)),
        "frail": _yearly(frail, 2, 1, city.day),
        "elder_year": _anniversaries(birthdays, city.day),
    }


def _relief(life: Life) -> dict[str, Trigger]:
    rows = life.welfare.hardship
    disabled, grave = rows["kind"] == "disability", (rows["kind"] == "disability") & (rows["grade"] <= 2)
    resident = np.flatnonzero(life.city.alive & (life.welfare.insured != "employee") & (life.city.age >= 16))
    return {
        "disabled": (rows["person"][disabled], rows["issued_on"][disabled]),
        "gravely_disabled": (rows["person"][grave], rows["issued_on"][grave]),
        "low_income": (rows["person"][~disabled], rows["issued_on"][~disabled]),
        "resident_insurance_year": _yearly(resident, 10, 1, life.city.day),
    }


def enterprise_triggers(life: Life, tax_overdue: Column) -> dict[str, Trigger]:
    """Every trigger that concerns enterprises; `tax_overdue` holds the day it fell overdue or NaT."""
    firms, day, jobs = life.firms, life.city.day, life.job.jobs
    firm = np.flatnonzero(firms.active)
    founded = (firm, firms.founded[firm])
    trade = firms.trade
    staff = np.bincount(jobs["enterprise"][np.isnat(jobs["until"])], minlength=len(firms))
    latest = np.full(len(firms), NEVER)
    order = np.argsort(jobs["since"], kind="stable")
    latest[jobs["enterprise"][order]] = jobs["since"][order]
    first = np.full(len(firms), NEVER)
    first[jobs["enterprise"][order[::-1]]] = jobs["since"][order[::-1]]
    shops = np.isin(trade, [position(key) for key in ("catering", "retail", "education")])
    makers = np.isin(trade, [position(key) for key in ("catering", "retail", "software", "manufacturing")])
    software = trade == position("software")
    research = software | ((trade == position("manufacturing")) & (firms.capital >= 1_000_000))
    old = day - firms.founded > np.timedelta64(400, "D")
    micro = firms.active & (staff < 20)
    hires = firm[~np.isnat(latest[firm])]
    begins = firm[(staff[firm] > 0) & (first[firm] - firms.founded[firm] < np.timedelta64(500, "D"))]
    overdue = firm[~np.isnat(tax_overdue[firm])]
    opened = firms.founded

    def since_founded(trigger: Trigger) -> Trigger:
        """What comes round every year comes to nobody who was not there yet, or had just opened."""
        kept = trigger[1] >= opened[trigger[0]] + np.timedelta64(200, "D")
        return trigger[0][kept], trigger[1][kept]

    def those(mask: Column) -> Column:
        return np.flatnonzero(mask & firms.active)

    return {
        "founded": founded,
        "first_hires": (begins, np.maximum(first[begins], firms.founded[begins])),
        "founded_shop": _only(founded, shops),
        "founded_maker": _only(founded, makers),
        "mature_software": since_founded(_yearly(those(software & old), 1, 20, day)),
        "research_year": since_founded(_yearly(those(research & old), 3, 1, day)),
        "report_year": since_founded(_yearly(firm, 1, 1, day)),
        "micro_year": since_founded(_yearly_any(those(micro & old), life)),
        "hires": (hires, latest[hires]),
        "tax_overdue": (overdue, tax_overdue[overdue]),
        "any_year": since_founded(_yearly_any(firm, life)),
        "idle": _yearly(those((staff == 0) & old), 1, 5, day),
    }


def _yearly_any(subject: Column, life: Life) -> Trigger:
    """Once a year on a day of the subject's own."""
    first = np.datetime64("2000-01-01") + (subject * 2654435761 % 365).astype("m8[D]")
    return _anniversaries((subject, first), life.city.day)
