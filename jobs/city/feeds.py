"""Most of the feeds as departments hold them: canonical columns with the day of each row's last change; no dirt yet."""

import numpy as np

from jobs.city.behaviour import Behaviour
from jobs.city.columns import NEVER, NOBODY, Column, Columns, days, labels, rows, serials, stacked, taken
from jobs.city.enterprises import STATUSES, TYPES, Enterprises
from jobs.city.homes import Homes, Vehicles, heads
from jobs.city.kin import Kin
from jobs.city.people import People
from jobs.city.schooling import LEVELS, Schooling
from jobs.city.welfare import Welfare
from jobs.city.work import Work

EVENTS_KEPT_DAYS = 10 * 365  # the civil registry shares ten years of events
CARERS_FROM_AGE = 75


def person_feeds(
    city: People, kin: Kin, learned: Schooling, job: Work, homes: Homes, cars: Vehicles, relief: Welfare,
    papers: Columns, rng: np.random.Generator,
) -> dict[str, Columns]:  # fmt: skip
    """The thirteen feeds about persons."""
    day, death = city.day, city.died
    events = vital_events(city, kin)
    residents = {
        "person": np.arange(len(city)), "name": city.name,
        "sex": labels(("female", "male"), city.male.astype(np.int64)),
        "birth_date": city.birth, "hukou_division": city.hukou, "residence_division": city.residence,
        "resident_since": city.resident_since, "address": city.address, "phone": city.phone.astype(object),
        "marital_status": city.marital.astype(object), "education": labels(LEVELS, learned.level),
        "as_of": changed(day, rng, city.birth, city.moved_in, kin.married, kin.divorced, death),
    }  # fmt: skip
    alive = city.alive
    relations = kinship(city, kin)
    school, jobs, spells, home = learned.records, job.jobs, job.spells, homes.records
    fund, social = relief.housing_fund, relief.social_insurance
    medical, hard = relief.medical_insurance, relief.hardship
    return {
        "residents": residents,
        "documents": {
            **papers, "status": np.full(rows(papers), "valid", dtype=object),
            "as_of": np.where(
                replaced(papers), at_once(day, papers["issued_on"]), changed(day, rng, papers["issued_on"])
            ),
        },
        "vital_events": {**events, "as_of": at_once(day, events["happened_on"])},
        "kinship": {**relations, "as_of": changed(day, rng, relations["since"], relations["until"])},
        "employment": {**jobs, "as_of": changed(day, rng, jobs["since"], jobs["until"])},
        "social_insurance": {
            **social, "as_of": changed(day, rng, social["pension_since"], social["pension_checked_on"]),
        },
        "unemployment": {**spells, "as_of": changed(day, rng, spells["registered_on"], spells["ended_on"])},
        "housing_fund": {**fund, "as_of": changed(day, rng, job.job_since[fund["person"]])},
        "property": {**home, "as_of": changed(day, rng, home["since"], home["until"])},
        "schooling": {**school, "as_of": changed(day, rng, school["since"], within(school["until"], day))},
        "medical_insurance": {**medical, "as_of": changed(day, rng, city.birth[medical["person"]])},
        "hardship": {**hard, "as_of": changed(day, rng, hard["issued_on"])},
        "vehicles": {
            **taken(cars.records, alive[cars.records["person"]]),
            "as_of": changed(day, rng, cars.records["registered_on"])[alive[cars.records["person"]]],
        },
    }  # fmt: skip


def enterprise_feeds(
    firms: Enterprises, job: Work, papers: Columns, reports: Columns, city: People, rng: np.random.Generator
) -> dict[str, Columns]:
    """The four feeds about enterprises."""
    day = city.day
    opened = np.minimum(firms.founded, day - np.timedelta64(1, "D"))
    mandates = _mandates(firms, job, city, rng)
    return {
        "enterprises": {
            "enterprise": np.arange(len(firms)), "name": firms.name, "type": labels(TYPES, firms.kind),
            "capital_yuan": firms.capital, "scope": firms.scope, "industry": firms.industry, "division": firms.division,
            "address": firms.address, "founded_on": opened, "status": labels(STATUSES, firms.status),
            "legal_representative": job.representative, "as_of": changed(day, rng, opened),
        },
        "permits": {
            **papers, "status": np.full(rows(papers), "valid", dtype=object),
            "as_of": changed(day, rng, papers["issued_on"]),
        },
        "enterprise_reports": reports,
        "mandates": {**mandates, "as_of": changed(day, rng, mandates["since"], mandates["until"])},
    }  # fmt: skip


def behaviour_feeds(did: Behaviour, day: np.datetime64) -> dict[str, Columns]:
    """The three feeds of what people did; cases are reported on the day they change."""
    finished, applied = did.cases["finished_on"], did.cases["applied_on"]
    last = np.where(np.isnat(finished), applied, finished)
    return {
        "cases": {**did.cases, "as_of": np.minimum(last, day)},
        "page_events": did.page_events,
        "ratings": did.ratings,
    }


def household_feed(city: People, kin: Kin, rng: np.random.Generator) -> Columns:
    """The living by household, and what each is to its head."""
    person = np.flatnonzero(city.alive & (heads(city)[city.household] >= 0))
    head = heads(city)[city.household[person]]
    child = (kin.father[person] == head) | (kin.mother[person] == head)
    parent = (kin.father[head] == person) | (kin.mother[head] == person)
    spouse = (kin.spouse[person] == head) & np.isnat(kin.divorced[person])
    relation = np.select([person == head, spouse, child, parent], ["head", "spouse", "child", "parent"], "other")
    since = city.moved_in[person]
    return {
        "person": person,
        "household": serials("H", city.household[person], 8),
        "relation": relation.astype(object),
        "since": since,
        "until": np.full(len(person), NEVER),
        "as_of": changed(city.day, rng, since),
    }


def changed(day: np.datetime64, rng: np.random.Generator, *dates: Column) -> Column:
    """When the department last touched each row: at the newest of `dates` by `day`, or a routine check since then."""
    newest = np.full(len(dates[0]), np.datetime64("1980-01-01"))
    for each in dates:
        newest = np.fmax(newest, within(each, day))
    # The checks go round the whole register, so that even of a few rows one was looked at lately.
    turn = rng.permutation(len(newest))
    routine = day - days(1 + 399 * turn / max(len(newest), 1))
    result: Column = np.maximum(newest, routine)
    return result


def replaced(papers: Columns) -> Column:
    """Booleans: identity cards whose holder has a newer one under the same number, so that the days must differ."""
    result = np.zeros(rows(papers), dtype=bool)
    cards = np.flatnonzero(papers["type"] == "ID_CARD")
    cards = cards[np.lexsort((papers["issued_on"][cards], papers["person"][cards]))]
    result[cards[:-1]] = papers["person"][cards[:-1]] == papers["person"][cards[1:]]
    return result


def at_once(day: np.datetime64, dates: Column) -> Column:
    """Reported on the day after it happened, at the latest on `day`."""
    result: Column = np.minimum(dates + np.timedelta64(1, "D"), day)
    return result


def within(dates: Column, day: np.datetime64) -> Column:
    """The dates up to `day`; later ones become NaT."""
    return np.where(dates <= day, dates, NEVER)


def vital_events(city: People, kin: Kin) -> Columns:
    """Births (a row per parent), marriages and divorces (a row per spouse), deaths, of the last ten years."""
    everyone = np.arange(len(city))
    parts = []
    for parent in (kin.mother, kin.father):
        child = everyone[parent >= 0]
        parts.append((parent[child], child, city.birth[child], 0))
    for code, date in ((1, kin.married), (2, kin.divorced)):
        person = everyone[~np.isnat(date)]
        parts.append((person, kin.spouse[person], date[person], code))
    late = everyone[~city.alive]
    parts.append((late, np.where(np.isnat(kin.divorced[late]), kin.spouse[late], NOBODY), city.died[late], 3))
    person, other, date = (np.concatenate([part[at] for part in parts]) for at in range(3))
    kind = np.concatenate([np.full(len(part[0]), part[3]) for part in parts])
    kept = np.flatnonzero(date > city.day - np.timedelta64(EVENTS_KEPT_DAYS, "D"))
    kept = kept[np.argsort(date[kept], kind="stable")]
    names = ("birth", "marriage", "divorce", "death")
    return {
        "event_id": serials("MZ", np.arange(1, len(kept) + 1), 9), "kind": labels(names, kind[kept]),
        "person": person[kept], "other": other[kept], "happened_on": date[kept],
    }  # fmt: skip


def kinship(city: People, kin: Kin) -> Columns:
    """Parents and children both ways, spouses with their dates, and grown children who look after the very old."""
    everyone = np.arange(len(city))
    parts = []
    for parent in (kin.mother, kin.father):
        child = everyone[parent >= 0]
        born, never = city.birth[child], np.full(len(child), NEVER)
        parts.append(_relation(child, parent[child], "parent", born, never))
        parts.append(_relation(parent[child], child, "child", born, never))
        old = (city.age[parent[child]] >= CARERS_FROM_AGE) & city.alive[parent[child]] & (child % 3 == 0)
        cares = years_since(city, parent[child[old]])
        parts.append(_relation(parent[child[old]], child[old], "carer", cares, np.full(len(cares), NEVER)))
    person = everyone[(kin.spouse >= 0) & ~np.isnat(kin.married)]
    spouse = kin.spouse[person]
    until = np.fmin(kin.divorced[person], np.fmin(city.died[person], city.died[spouse]))
    parts.append(_relation(person, spouse, "spouse", kin.married[person], until))
    related = stacked(parts)
    related["household"] = serials("H", city.household[related["person"]], 8)
    return related


def years_since(city: People, person: Column) -> Column:
    """When somebody began to be looked after: on turning 75."""
    result: Column = city.birth[person] + np.timedelta64(int(CARERS_FROM_AGE * 365.25), "D")
    return result


def _relation(person: Column, relative: Column, relation: str, since: Column, until: Column) -> Columns:
    kind = np.full(len(person), relation, dtype=object)
    return {"person": person, "relative": relative, "relation": kind, "since": since, "until": until}


def _mandates(firms: Enterprises, job: Work, city: People, rng: np.random.Generator) -> Columns:
    """Every legal representative, and one in twelve of the staff as agent or in charge of finance."""
    led = np.flatnonzero((job.representative >= 0) & firms.active)
    since = np.maximum(firms.founded[led], city.birth[job.representative[led]] + np.timedelta64(18 * 366, "D"))
    staff = np.flatnonzero(np.isnat(job.jobs["until"]))
    firm, person = job.jobs["enterprise"][staff], job.jobs["person"][staff]
    helper = (person != job.representative[firm]) & (rng.random(len(staff)) < 0.08)
    role = np.where(rng.random(int(helper.sum())) < 0.5, "finance", "agent").astype(object)
    scope = np.where(role == "finance", "税务申报、社保缴费", "证照办理、年报公示").astype(object)
    return {
        "person": np.r_[job.representative[led], person[helper]],
        "enterprise": np.r_[led, firm[helper]],
        "role": np.r_[np.full(len(led), "legal_representative", dtype=object), role],
        "scope": np.r_[np.full(len(led), "全部事项", dtype=object), scope],
        "since": np.r_[np.minimum(since, city.day), job.jobs["since"][staff][helper]],
        "until": np.full(len(led) + int(helper.sum()), NEVER),
    }
