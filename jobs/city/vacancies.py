"""Vacancies that the city's firms post, and who of those who look for work applied; it never makes anybody a job.

What draws an applicant to a vacancy (LIKES) is known to this room alone: whoever ranks vacancies must learn it.
"""

from dataclasses import dataclass

import numpy as np

from jobs.city.columns import Column, Columns, days, serials, taken
from jobs.city.enterprises import Enterprises
from jobs.city.people import People
from jobs.city.schooling import BACHELOR, COLLEGE, JUNIOR, LEVELS, SENIOR, VOCATIONAL, Schooling
from jobs.city.trades import draw, padded, trades
from jobs.city.work import EMPLOYED, RETIRED, Work

PER_PERSON = 0.08  # vacancies of all KEPT_DAYS
KEPT_DAYS = 400
POSTED_BY_ALL_MEANS = 3  # each of the personas' former and future employers has so many open vacancies
LIKES = {"same work": 3.0, "related work": 1.5, "own district": 1.0}
MOST_APPLICATIONS = 5
ANSWERED_AFTER_DAYS = 20
HIRED_SHARE = 0.12
SEEKS_AFTER_SCHOOL_DAYS = 300
NO_LEVEL = -1


@dataclass(frozen=True)
class Market:
    """Rows of two feeds: vacancies by firm number, applications by person number."""

    vacancies: Columns
    applications: Columns


def market(city: People, learned: Schooling, firms: Enterprises, job: Work, rng: np.random.Generator) -> Market:
    """Vacancies of the last KEPT_DAYS, open and closed, and the applications of everybody who looked for work then."""
    posted, level = _posted(city, firms, rng)
    return Market(
        {**posted, "as_of": np.minimum(posted["opens_on"], city.day)}, _applied(city, learned, job, posted, level, rng)
    )


def _posted(city: People, firms: Enterprises, rng: np.random.Generator) -> tuple[Columns, Column]:
    """The vacancies, and per vacancy the position of the education that it asks for in LEVELS or NO_LEVEL."""
    known = np.repeat(np.arange(1, 5), POSTED_BY_ALL_MEANS)
    drawn = rng.choice(len(firms), int(len(city) * PER_PERSON), p=firms.weight / firms.weight.sum())
    firm = np.r_[known, drawn]
    count, listed = len(firm), trades()
    trained = rng.random(count) < 0.4
    trained[: len(known)] = np.tile([True, True, False], 4)[: len(known)]
    options = [each.occupations for each in listed] + [each.trained for each in listed]
    group = firms.trade[firm] + np.where(trained, len(listed), 0)
    place = draw(np.array([len(each) for each in options]), group, rng)
    occupation = padded([list(each) for each in options])[group, place]
    title = padded([list(each.values()) for each in options])[group, place]
    plain = rng.choice([NO_LEVEL, JUNIOR, SENIOR, VOCATIONAL], count, p=[0.6, 0.15, 0.15, 0.1])
    level = np.where(trained, rng.choice([COLLEGE, BACHELOR], count, p=[0.6, 0.4]), plain)
    wage = 500 * np.where(trained, rng.integers(16, 32, count), rng.integers(9, 15, count))
    opens = city.day - days(np.r_[rng.uniform(1, 8, len(known)), rng.uniform(0, KEPT_DAYS, len(drawn))])
    opens = np.maximum(opens, np.minimum(firms.founded[firm], city.day))
    asked = np.array([*LEVELS, ""], dtype=object)
    return {
        "vacancy": serials("ZP", np.arange(1, count + 1), 8),
        "enterprise": firm,
        "employer": firms.name[firm],
        "title": title,
        "occupation": occupation,
        "division": firms.division[firm].astype("U6").astype(object),
        "education": asked[level],
        "wage_from": wage,
        "wage_to": wage + 500 * rng.integers(1, 8, count),
        "places": rng.integers(1, 5, count),
        "opens_on": opens,
        "closes_on": opens + days(rng.uniform(20, 60, count)),
    }, level


def _applied(
    city: People, learned: Schooling, job: Work, posted: Columns, level: Column, rng: np.random.Generator
) -> Columns:
    """Applications of all who look for work, for vacancies that were open and ask for no more than they have."""
    work, district = posted["occupation"].astype("U10"), posted["division"].astype("U6")
    home = city.residence.astype("U6")
    first: dict[tuple[int, int], np.datetime64] = {}
    for seeker, since, until, former in _seekers(city, learned, job):
        liking = (
            LIKES["same work"] * (work == former)
            + LIKES["related work"] * (work.astype("U4") == former[:4])
            + LIKES["own district"] * (district == home[seeker])
        )
        fits = level <= learned.level[seeker]
        within = rng.uniform(0, max(int((until - since).astype(int)), 1), rng.integers(1, MOST_APPLICATIONS + 1))
        for on in np.sort(np.minimum(since + days(within), city.day)):
            open_now = np.flatnonzero(fits & (posted["opens_on"] <= on) & (posted["closes_on"] >= on))
            if len(open_now):
                chance = np.exp(liking[open_now])
                first.setdefault((seeker, int(rng.choice(open_now, p=chance / chance.sum()))), on)
    made = sorted(first)
    person, vacancy = (np.array([pair[side] for pair in made], dtype=np.int64) for side in (0, 1))
    applied = np.array([first[pair] for pair in made], dtype="M8[D]")
    answered = city.day - applied > np.timedelta64(ANSWERED_AFTER_DAYS, "D")
    outcome = np.where(answered, np.where(rng.random(len(made)) < HIRED_SHARE, "hired", "declined"), "pending")
    return {
        "person": person,
        "vacancy": np.asarray(posted["vacancy"])[vacancy],
        "applied_on": applied,
        "outcome": outcome.astype(object),
        "as_of": np.minimum(applied + days(np.where(answered, ANSWERED_AFTER_DAYS, 0.0)), city.day),
    }


def _seekers(city: People, learned: Schooling, job: Work) -> list[tuple[int, np.datetime64, np.datetime64, str]]:
    """(person, first day, last day, former occupation or "") of everybody who looked for work within KEPT_DAYS."""
    begin = city.day - np.timedelta64(KEPT_DAYS, "D")
    ended = taken(job.jobs, ~np.isnat(job.jobs["until"]))
    former = dict(zip(ended["person"].tolist(), ended["occupation"].tolist(), strict=True))
    found = []
    for person, since, until in zip(
        job.spells["person"].tolist(), job.spells["registered_on"], job.spells["ended_on"], strict=True
    ):
        last = city.day if np.isnat(until) else until
        if last > begin and city.alive[person]:
            found.append((person, max(since, begin), last, str(former.get(person, ""))))
    busy = np.isin(job.standing, (EMPLOYED, RETIRED))
    left = learned.records["until"]
    recent = (left <= city.day) & (left > city.day - np.timedelta64(SEEKS_AFTER_SCHOOL_DAYS, "D"))
    last_stage = np.isin(np.asarray(learned.records["stage"]), ("vocational", "college", "university", "postgraduate"))
    for row in np.flatnonzero(recent & last_stage).tolist():
        person = int(learned.records["person"][row])
        if not busy[person] and not learned.student[person] and city.alive[person]:
            found.append((person, left[row], city.day, ""))
    return found
