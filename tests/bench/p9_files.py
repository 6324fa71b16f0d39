"""Made-up files of persons as a city has them, for speed alone; it checks nothing and writes nothing.

A file has some twenty facts and a few documents, links, events and cases. What is in it follows from age.
"""

from datetime import date, timedelta

import numpy as np

from profiles.model import PERSON_COLUMNS
from tests.bench.crowd import DAY

_DISTRICTS = ("310101", "310104", "310115", "310120", "330106")
_DOCUMENTS = ("ID_CARD", "HKM_PERMIT", "PASSPORT", "DRIVING_LICENCE", "RESIDENCE_PERMIT", "SOCIAL_CARD")
_EVENTS = ("birth", "marriage", "moved", "job_started", "job_ended", "home_bought", "vehicle_registered", "retired")
_OCCUPATIONS = ("2-08-05-01", "4-02-02-01", "6-29-01-01", "4-01-02-01", "2-02-10-03", None)


def a_person(rng: np.random.Generator, number: int) -> dict[str, object]:
    """One file, with ``as_of`` the day of the benches."""
    age = int(rng.integers(0, 95))
    grown, old = age >= 22, age >= 60
    row: dict[str, object] = {
        "subject": f"{number:032x}",
        "identified": True,
        "as_of": DAY,
        "birth_date": _ago(rng, 365 * age, 365 * (age + 1)),
        "sex": _one(rng, ("male", "female")),
        "hukou_division": _one(rng, _DISTRICTS),
        "residence_division": _one(rng, _DISTRICTS[:4]),
        "resident_since": _ago(rng, 1, 9_000),
        "marital_status": "married" if grown and rng.random() < 0.7 else "single",
        "education": _one(rng, ("junior", "senior", "bachelor")) if grown else None,
        "employment_status": "employed" if grown and not old else "none",
        "occupation": _one(rng, _OCCUPATIONS) if grown and not old else None,
        "employed_since": _ago(rng, 1, 5_000) if grown and not old else None,
        "pension_status": "receiving" if old else "contributing" if grown else "none",
        "pension_months": int(rng.integers(0, 400)) if grown else None,
        "pension_since": _ago(rng, 1, 9_000) if old else None,
        "pension_checked_on": _ago(rng, 1, 700) if old else None,
        "housing_fund_status": "paying" if grown and not old else "none",
        "housing_fund_balance": float(rng.integers(0, 200_000)) if grown else None,
        "home_kind": _one(rng, ("owner", "tenant", "none")),
        "home_since": _ago(rng, 1, 9_000),
        "school_stage": "primary" if 6 <= age < 12 else "senior" if 15 <= age < 18 else None,
        "graduates_on": _ahead(rng, 1_000) if 6 <= age < 18 else None,
        "medical_insurance": "employee" if grown else "resident",
        "insured_until": _ahead(rng, 365),
        "vehicles": int(rng.integers(0, 2)) if grown else 0,
        "inspection_due": _ahead(rng, 700) if grown else None,
    }
    row["facts"] = [_fact(rng, name, late) for name in PERSON_COLUMNS if row.get(name) for late in (False, True)][:30]
    row["documents"] = [_document(rng) for _ in range(int(rng.integers(1, 5)))]
    row["links"] = [_link(rng, age) for _ in range(int(rng.integers(0, 4)))]
    row["events"] = [_event(rng) for _ in range(int(rng.integers(0, 4)))]
    row["cases"] = [_case(rng, each) for each in range(int(rng.integers(0, 4)))]
    return row


def _fact(rng: np.random.Generator, name: str, late: bool) -> dict[str, object]:
    known = {"source": _one(rng, ("residents", "social_insurance", "employment")), "as_of": _ago(rng, 1, 700)}
    return {"name": name, "value": "x", "owner": "data_bureau", "sealed": False, "in_force": not late, **known}


def _document(rng: np.random.Generator) -> dict[str, object]:
    days = {"issued_on": _ago(rng, 1, 3_000), "expires_on": _ahead(rng, 2_000) if rng.random() < 0.8 else None}
    return {"type": _one(rng, _DOCUMENTS), "status": "valid", "source": "documents", "as_of": _ago(rng, 1, 700), **days}


def _link(rng: np.random.Generator, age: int) -> dict[str, object]:
    kind = _one(rng, ("child", "parent", "spouse"))
    born = {"child": age - 28, "parent": age + 28, "spouse": age}[str(kind)]
    known = {"source": "kinship", "as_of": _ago(rng, 1, 700), "other": f"{int(rng.integers(1 << 60)):032x}"}
    return {
        "kind": kind,
        "since": _ago(rng, 1, 9_000),
        "birth_date": _ago(rng, 365 * max(born, 0), 365 * max(born, 0) + 365),
        **known,
    }


def _event(rng: np.random.Generator) -> dict[str, object]:
    return {
        "kind": _one(rng, _EVENTS),
        "happened_on": _ago(rng, 1, 1_500),
        "source": "vital_events",
        "as_of": _ago(rng, 1, 60),
    }


def _case(rng: np.random.Generator, number: int) -> dict[str, object]:
    done = {"applied_on": _ago(rng, 40, 700), "finished_on": _ago(rng, 1, 40), "status": "done"}
    return {"case_id": f"c{number}", "service": "pension_check", "source": "cases", "as_of": DAY, **done}


def _one(rng: np.random.Generator, among: tuple[object, ...]) -> object:
    return among[int(rng.integers(len(among)))]


def _ago(rng: np.random.Generator, least: int, most: int) -> date:
    return DAY - timedelta(days=int(rng.integers(least, most)))


def _ahead(rng: np.random.Generator, most: int) -> date:
    return DAY + timedelta(days=int(rng.integers(1, most)))
