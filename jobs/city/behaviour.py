"""Cases, page events and ratings of two years as they follow from needs, with noise; it never makes a need."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.city.columns import NEVER, NOBODY, Column, Columns, days, labels, rows, serials, stacked
from jobs.city.expiries import LOOK_BACK
from jobs.city.needs import Needs
from jobs.city.response import DONE, IN_PROGRESS, NOT_APPLIED, OUTCOMES, habits

NOISE_SHARE = 0.12  # of cases and of page visits: a service that nobody needed
ONLINE_SHARE = 0.78  # of cases that begin on the page
RATED_SHARE = 0.3  # of finished cases
STARS = [0.03, 0.04, 0.09, 0.22, 0.62]
ACTIONS = ("shown", "opened", "started", "done", "dismissed")
SHOWN, OPENED, STARTED, FINISHED, DISMISSED = range(5)


@dataclass(frozen=True)
class Behaviour:
    """Rows of three feeds; `noise_cases` counts cases that follow from no need."""

    cases: Columns
    page_events: Columns
    ratings: Columns
    noise_cases: int


def behaviour(
    needs: Needs, persons: Column, enterprises: Column, founded: Column, day: np.datetime64, rng: np.random.Generator
) -> Behaviour:
    """What people did; noise is drawn among `persons` and `enterprises` (subject numbers), once they were `founded`."""
    acts = stacked([_acts(needs.persons, True), _acts(needs.enterprises, False)])
    applied = np.flatnonzero(acts["outcome"] != NOT_APPLIED)
    wrong = _noise(acts, applied, persons, enterprises, founded, day, rng)
    made = stacked([{name: column[applied] for name, column in acts.items()}, wrong])
    order = np.argsort(made["applied_on"], kind="stable")
    made = {name: column[order] for name, column in made.items()}
    number = np.arange(1, rows(made) + 1)
    cases = {
        "case_id": serials("BJ", number, 10),
        "person": np.where(made["is_person"], made["subject"], NOBODY),
        "enterprise": np.where(made["is_person"], NOBODY, made["subject"]),
        "service": labels(habits().services, made["service"]),
        "status": labels(OUTCOMES, made["outcome"]),
        "applied_on": made["applied_on"],
        "finished_on": made["finished_on"],
    }
    return Behaviour(cases, _page_events(acts, made, day, rng), _ratings(made, number, rng), rows(wrong))


def _acts(needs: Columns, is_person: bool) -> Columns:
    return {
        "subject": needs["subject"], "is_person": np.full(rows(needs), is_person), "service": needs["service"],
        "needed_on": needs["needed_on"], "applied_on": needs["applied_on"], "finished_on": needs["finished_on"],
        "outcome": needs["outcome"],
    }  # fmt: skip


def _noise(
    acts: Columns,
    applied: Column,
    persons: Column,
    enterprises: Column,
    founded: Column,
    day: np.datetime64,
    rng: np.random.Generator,
) -> Columns:
    """Cases of people who applied for what they did not need: any popular service of their kind, at any time."""
    count = int(len(applied) * NOISE_SHARE / (1 - NOISE_SHARE))
    copied = rng.choice(applied, count)
    is_person = acts["is_person"][copied]
    subject = np.where(is_person, rng.choice(persons, count), rng.choice(enterprises, count))
    age = (day - founded[np.where(is_person, 0, subject)]).astype(np.int64)
    date = day - days(rng.uniform(1, np.where(is_person, LOOK_BACK, np.minimum(LOOK_BACK, age)), count))
    finished = date + days(rng.uniform(1, 15, count)) + np.timedelta64(1, "D")
    under_way = finished > day
    outcome = np.where(rng.random(count) < 0.75, DONE, rng.choice([1, 2], count))
    return {
        "subject": subject,
        "is_person": is_person,
        "service": acts["service"][copied],
        "needed_on": date,
        "applied_on": date,
        "finished_on": np.where(under_way, NEVER, finished),
        "outcome": np.where(under_way, IN_PROGRESS, outcome),
    }


def _page_events(acts: Columns, made: Columns, day: np.datetime64, rng: np.random.Generator) -> Columns:
    online = rng.random(rows(made)) < ONLINE_SHARE
    case = {name: column[online] for name, column in made.items()}
    start = case["applied_on"]
    seen = start - days(rng.exponential(4, len(start)))
    ready = rng.random(len(start)) < 0.85
    done = ~np.isnat(case["finished_on"]) & (case["outcome"] == DONE)
    parts = [
        _rows(case, ready, seen, SHOWN), _rows(case, ready, np.minimum(seen + np.timedelta64(1, "D"), start), OPENED),
        _rows(case, np.ones(len(start), dtype=bool), start, STARTED), _rows(case, done, case["finished_on"], FINISHED),
    ]  # fmt: skip
    # Needs not acted on: shown, sometimes opened, sometimes waved away.
    idle = {name: column[acts["outcome"] == NOT_APPLIED] for name, column in acts.items()}
    look = idle["needed_on"] + days(rng.exponential(20, rows(idle)))
    seen_idle, chance = rng.random(rows(idle)) < 0.5, rng.random(rows(idle))
    parts += [
        _rows(idle, seen_idle, look, SHOWN), _rows(idle, seen_idle & (chance < 0.3), look, OPENED),
        _rows(idle, seen_idle & (chance > 0.95), look, DISMISSED),
    ]  # fmt: skip
    # Impressions of what was not needed: mostly passed over.
    other = rng.permutation(rows(made))
    idler = {**made, "service": made["service"][other]}
    same = idler["is_person"] == made["is_person"][other]
    later, chance = made["applied_on"] + days(rng.uniform(-40, 40, rows(made))), rng.random(rows(made))
    parts += [
        _rows(idler, same, later, SHOWN), _rows(idler, same & (chance < NOISE_SHARE), later, OPENED),
        _rows(idler, same & (chance > 0.96), later, DISMISSED),
    ]  # fmt: skip
    events = stacked(parts)
    period = (events["date"] <= day - np.timedelta64(1, "D")) & (events["date"] > day - np.timedelta64(LOOK_BACK, "D"))
    events = {name: column[period] for name, column in events.items()}
    seconds = 7 * 3600 + events["action"] * 900 + rng.integers(0, 14 * 3600, rows(events)) // 4 * 4 % (13 * 3600)
    at = events["date"].astype("M8[s]") + seconds.astype("m8[s]")
    order = np.argsort(at, kind="stable")
    return {
        "event_id": serials("SJ", np.arange(1, len(order) + 1), 11),
        "person": np.where(events["is_person"], events["subject"], NOBODY)[order],
        "enterprise": np.where(events["is_person"], NOBODY, events["subject"])[order],
        "service": labels(habits().services, events["service"][order]),
        "action": labels(ACTIONS, events["action"][order]),
        "at": at[order],
    }


def _rows(acts: Columns, chosen: Column, date: Column, action: int) -> Columns:
    return {
        "subject": acts["subject"][chosen],
        "is_person": acts["is_person"][chosen],
        "service": acts["service"][chosen],
        "date": date[chosen],
        "action": np.full(int(chosen.sum()), action),
    }


def _ratings(made: Columns, number: Column, rng: np.random.Generator) -> Columns:
    rated = np.flatnonzero((made["outcome"] == DONE) & (rng.random(rows(made)) < RATED_SHARE))
    at = made["finished_on"][rated].astype("M8[s]") + rng.integers(8 * 3600, 22 * 3600, len(rated)).astype("m8[s]")
    is_person, case = made["is_person"][rated], number[rated]
    return {
        "rating_id": serials("PJ", np.arange(1, len(rated) + 1), 10),
        "person": np.where(is_person, made["subject"][rated], NOBODY),
        "enterprise": np.where(is_person, NOBODY, made["subject"][rated]),
        "case_id": serials("BJ", case, 10) if len(case) else pa.array([], type=pa.string()),
        "service": labels(habits().services, made["service"][rated]),
        "stars": rng.choice([1, 2, 3, 4, 5], len(rated), p=STARS),
        "at": at,
    }
