"""Residents' certificates and their renewals over two years; it never decides how many days a renewal takes."""

from dataclasses import dataclass

import numpy as np

from jobs.city.columns import NEVER, Column, Columns, days, rows, stacked, years_after
from jobs.city.expiries import LOOK_AHEAD, LOOK_BACK, renewed
from jobs.city.numbers import document_numbers
from jobs.city.people import People
from jobs.city.response import DONE, all_needs, habits, responses

# type: issuer, prefix and width of the number
_ISSUERS = {
    "ID_CARD": ("公安局", "", 0),
    "PASSPORT": ("国家移民管理局", "E", 8),
    "HKM_PERMIT": ("公安局出入境管理局", "C", 8),
    "DRIVING_LICENCE": ("公安局交通警察总队", "310", 9),
    "RESIDENCE_PERMIT": ("公安局人口管理办公室", "JZ", 10),
    "SENIOR_CARD": ("民政局", "LN", 9),
}
# persona: document type, days until it expires, years of its term
CAST_PAPERS = {
    "new_mother": ("HKM_PERMIT", 29, 10),
    "migrant_worker": ("RESIDENCE_PERMIT", 18, 1),
    "driver": ("DRIVING_LICENCE", 21, 10),
}


@dataclass(frozen=True)
class Papers:
    """`records` as the feed wants them (person, type, number, issuer, issued_on, expires_on), and the needs."""

    records: Columns
    needs: Columns


def documents(city: People, cast: dict[str, int], rng: np.random.Generator) -> Papers:
    """Every resident's papers by age and origin, renewed or lapsed, and first ones applied for."""
    age, count = city.age, len(city)
    chance = rng.random((6, count))
    child = age < 16
    term = {
        "ID_CARD": np.select([child, age < 30, age < 50], [5, 10, 20], 0),
        "PASSPORT": np.where(child, 5, 10),
        "HKM_PERMIT": np.where(child | (chance[5] < 0.25), 5, 10),
        "DRIVING_LICENCE": np.where(age < 32, 6, 10),
        "RESIDENCE_PERMIT": np.full(count, 1),
        "SENIOR_CARD": np.full(count, 0),
    }
    passport = city.alive & (chance[1] < np.where(child, 0.2, 0.36))
    settled = city.day - city.resident_since > np.timedelta64(LOOK_BACK, "D")
    holds = {
        "ID_CARD": city.alive & (age >= 1) & (chance[0] < np.where(child, 0.55, 0.97)),
        "PASSPORT": passport,
        "HKM_PERMIT": city.alive & (age >= 1) & (chance[2] < np.where(passport, 0.62, 0.14)),
        "DRIVING_LICENCE": city.alive & (age >= 19) & (age < 72) & (chance[3] < np.where(city.male, 0.6, 0.42)),
        "RESIDENCE_PERMIT": city.alive & (age >= 18) & city.newcomer & settled & (chance[4] < 0.9),
        "SENIOR_CARD": city.alive & (age >= 62) & (chance[4] < 0.92),
    }
    for key, (kind, _, years) in CAST_PAPERS.items():
        holds[kind][cast[key]], term[kind][cast[key]] = True, years
    holds["SENIOR_CARD"][cast["retiree"]] = True
    wanted = {
        "HKM_PERMIT": ("hkm_permit_application", passport & ~holds["HKM_PERMIT"] & (age >= 18), _any_day(city, rng)),
        "RESIDENCE_PERMIT": (
            "residence_permit_application", city.alive & (age >= 18) & city.newcomer & ~settled,
            city.resident_since + np.timedelta64(10, "D"),
        ),
        "SENIOR_CARD": ("senior_card", city.alive & ~holds["SENIOR_CARD"] & (age >= 59), years_after(city.birth, 60)),
    }  # fmt: skip
    parts = [_of_kind(kind, city, holds[kind], term[kind], wanted.get(kind), cast, rng) for kind in _ISSUERS]
    return Papers(stacked([part.records for part in parts]), all_needs([part.needs for part in parts]))


def _any_day(city: People, rng: np.random.Generator) -> Column:
    result: Column = city.day + days(rng.uniform(-LOOK_BACK, LOOK_AHEAD, len(city)))
    return result


def _of_kind(
    kind: str, city: People, holds: Column, term: Column, wanted: tuple[str, Column, Column] | None,
    cast: dict[str, int], rng: np.random.Generator,
) -> Papers:  # fmt: skip
    holder = np.flatnonzero(holds)
    years = term[holder]
    expires, issued = _first_papers(city, holder, years, rng)
    spared = np.zeros(len(holder), dtype=bool)
    for key, (theirs, left, lasts) in CAST_PAPERS.items():
        if theirs == kind:
            at = holder == cast[key]
            expires[at] = city.day + np.timedelta64(left, "D")
            issued[at], spared[at] = years_after(expires[at], -lasts), True
    needs = []
    if wanted is not None:
        came = first_needs(wanted[0], np.flatnonzero(wanted[1]), wanted[2], city.day, rng)
        needs.append(came)
        got = came["outcome"] == DONE
        person = came["subject"][got]
        holder, years = np.r_[holder, person], np.r_[years, term[person]]
        issued = np.r_[issued, came["finished_on"][got]]
        expires = np.r_[expires, _expiry(came["finished_on"][got], term[person])]
        spared = np.r_[spared, np.zeros(len(person), dtype=bool)]
    if kind in habits().renewals:
        limited = ~np.isnat(expires)
        lasting = {"holder": holder[~limited], "issued": issued[~limited], "expires": expires[~limited]}
        lasting["serial"] = np.zeros(len(lasting["holder"]), dtype=np.int64)
        played = renewed(
            kind, holder[limited], issued[limited], expires[limited], np.maximum(years[limited], 1), city.day, rng,
            spared=spared[limited], keeps_day=kind == "RESIDENCE_PERMIT",
        )  # fmt: skip
        papers = stacked([lasting, played.papers])
        needs.append(played.needs)
    else:
        papers = {"holder": holder, "issued": issued, "expires": expires}
    return Papers(_records(kind, city, papers, rng), all_needs(needs))


def first_needs(
    service: str,
    subject: Column,
    since: Column,
    day: np.datetime64,
    rng: np.random.Generator,
    ignored: Column | None = None,
) -> Columns:
    """Needs for a first paper: `since` is by subject; those outside the two years (and the days ahead) are left out."""
    figures = habits().firsts[service]
    silent = np.zeros(len(subject), dtype=bool) if ignored is None else ignored
    needed = since[subject]
    in_time = (needed > day - np.timedelta64(LOOK_BACK, "D")) & (needed <= day + np.timedelta64(LOOK_AHEAD, "D"))
    in_time &= rng.random(len(subject)) < figures["share"]
    why = f"has no {figures['grants']}"
    return responses(subject[in_time], service, needed[in_time], why, figures, day, rng, silent[in_time])


def _expiry(issued: Column, years: Column) -> Column:
    return np.where(years > 0, years_after(issued, np.maximum(years, 1)), NEVER)


def _first_papers(city: People, holder: Column, years: Column, rng: np.random.Generator) -> tuple[Column, Column]:
    """Expiry and issue of the paper in hand two years ago; a term of 0 years is for life."""
    start = city.day - np.timedelta64(LOOK_BACK, "D")
    expires = start + days(rng.random(len(holder)) * np.maximum(years, 1) * 365.2425)
    issued = years_after(expires, -np.maximum(years, 1))
    late = np.maximum(issued, city.birth[holder] + np.timedelta64(30, "D"))
    late = np.minimum(late, city.day - np.timedelta64(2, "D"))
    lifelong = np.maximum(city.birth[holder] + days(50 * 365.25), city.day - days(rng.uniform(100, 6000, len(holder))))
    lifelong = np.minimum(lifelong, city.day - np.timedelta64(20, "D"))
    issued = np.where(years > 0, late, lifelong)
    return _expiry(issued, years), issued


def _records(kind: str, city: People, papers: Columns, rng: np.random.Generator) -> Columns:
    issuer, prefix, width = _ISSUERS[kind]
    count = rows(papers)
    own = width == 0
    person = papers["holder"]
    number = city.number[person] if own else document_numbers(prefix, width, count, rng)
    region = np.where(city.newcomer[person] & own, city.hukou[person], 310000)
    return {
        "person": person,
        "type": np.full(count, kind, dtype=object),
        "number": number.astype(object),
        "issuer": np.where(region == 310000, "上海市", "户籍地").astype(object) + issuer,
        "issuer_region": region,
        "issued_on": papers["issued"],
        "expires_on": papers["expires"],
    }
