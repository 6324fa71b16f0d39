"""A town of person files and page actions for the tests of training and ranking: what people do follows from need."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from pyspark.sql import functions as F

from jobs.tables import Tables
from profiles.model import KINDS, Kind, columns
from tagging import registry
from tagging.apply import apply_tags

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DAY = date(2026, 7, 1)
YEAR = timedelta(days=365)


@dataclass
class Town:
    """Files of persons, and (subject, service, action, day) of what they did on the page."""

    files: list[dict[str, object]]
    actions: list[tuple[str, str, str, date]]


def person(
    number: int, *, born: date, documents: Sequence[dict[str, object]] = (), **more: object
) -> dict[str, object]:
    """A file that knows a birth date, a home in Shanghai and whatever else is given."""
    return {
        "subject": f"{number:032x}",
        "identified": True,
        "birth_date": born,
        "sex": "female" if number % 2 else "male",
        "hukou_division": "310101",
        "residence_division": "310101",
        "facts": [
            {"name": "birth_date", "source": "residents", "as_of": DAY - YEAR, "in_force": True, "sealed": False}
        ],
        "documents": list(documents),
        "links": [],
        "events": [],
        "cases": [],
        **more,
    }


def document(kind: str, issued_on: date, expires_on: date) -> dict[str, object]:
    """A valid document, as known the day after it was issued."""
    return {
        "type": kind,
        "issued_on": issued_on,
        "expires_on": expires_on,
        "status": "valid",
        "source": "documents",
        "as_of": issued_on + timedelta(days=1),
    }


def case(service: str, applied_on: date, finished_on: date | None, status: str = "done") -> dict[str, object]:
    """A case with the service."""
    return {
        "case_id": f"{service}-{applied_on}",
        "service": service,
        "status": status,
        "applied_on": applied_on,
        "finished_on": finished_on,
        "source": "cases",
        "as_of": finished_on or applied_on,
    }


def town(people: int, seed: int) -> Town:
    """Adults whose permits and licences expire some time; most renew in the month before, a few look at it first."""
    rng = np.random.default_rng(seed)
    found = Town([], [])
    for number in range(people):
        file = person(number, born=DAY - timedelta(days=int(rng.integers(20 * 365, 85 * 365))))
        for kind, service, share in (
            ("HKM_PERMIT", "hkm_permit_renewal", 0.7),
            ("DRIVING_LICENCE", "driving_licence_renewal", 0.6),
        ):
            if rng.random() < share:
                _expiring(file, found, kind, service, rng)
        found.files.append(file)
    return found


def _expiring(file: dict[str, object], found: Town, kind: str, service: str, rng: np.random.Generator) -> None:
    expires = DAY + timedelta(days=int(rng.integers(-700, 700)))
    file["documents"].append(document(kind, expires - 10 * YEAR, expires))  # type: ignore[attr-defined]
    applied = expires - timedelta(days=int(rng.integers(1, 29)))
    if applied >= DAY or rng.random() > 0.8:
        return
    done = applied + timedelta(days=7)
    if rng.random() < 0.4:
        found.actions.append((str(file["subject"]), service, "opened", applied))
    if done < DAY:
        file["cases"].append(case(service, applied, done))  # type: ignore[attr-defined]
        file["documents"].append(document(kind, done, done + 10 * YEAR))  # type: ignore[attr-defined]
    else:
        file["cases"].append(case(service, applied, None, "in_progress"))  # type: ignore[attr-defined]


def settle(found: Town, tables: Tables, spark: "SparkSession", *, tagged: bool = True) -> None:
    """Writes the town's tables as build and tag would: files, page events and, where `tagged`, tags of both kinds."""
    known, day = registry.load(), DAY
    for kind in KINDS:
        files = _frame(found.files if kind == "person" else [], kind, spark)
        tables.write(f"{kind}_files", files, day=day)
        if tagged:
            tags = apply_tags(files.withColumn("as_of", F.lit(day)), known, kind)
            tables.write(f"{kind}_tags", tags, day=day, extra={"registry": known.version})
    actions = [
        (f"e{number}", subject, None, service, action, datetime.combine(on, datetime.min.time()))
        for number, (subject, service, action, on) in enumerate(found.actions)
    ]
    columns = "event_id STRING, person STRING, enterprise STRING, service STRING, action STRING, at TIMESTAMP"
    tables.write("accepted_page_events", spark.createDataFrame(actions, columns), day=day)


def _frame(files: list[dict[str, object]], kind: Kind, spark: "SparkSession") -> "DataFrame":
    shape = "STRUCT<" + ", ".join(f"{name}: {type_}" for name, type_ in columns(kind).items()) + ">"
    lines = spark.createDataFrame([(json.dumps(file, default=str),) for file in files], "line STRING")
    return lines.select(F.from_json("line", shape).alias("file")).select("file.*")
