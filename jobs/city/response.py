"""Whether and when a need is acted on, by the figures of behaviour.yaml; it never asks why there is a need."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from jobs.city.columns import NEVER, Column, Columns, days, stacked

DONE, FAILED, WITHDRAWN, IN_PROGRESS, NOT_APPLIED = range(5)
OUTCOMES = ("done", "failed", "withdrawn", "in_progress")
_OUTCOME_SHARES = [0.93, 0.04, 0.03]
# Some people never go about things: their take-up is multiplied by a factor that is their own.
_WILLING_LOW, _WILLING_HIGH = 0.85, 1.06


@dataclass(frozen=True)
class Habits:
    """behaviour.yaml: service or document type to its figures, in the order of the file."""

    needs: dict[str, dict[str, Any]]
    firsts: dict[str, dict[str, Any]]
    renewals: dict[str, dict[str, Any]]

    @property
    def services(self) -> tuple[str, ...]:
        """Every service that the city uses, once."""
        renewed = [figures["service"] for figures in self.renewals.values()]
        return tuple(dict.fromkeys([*self.needs, *self.firsts, *renewed]))


@cache
def habits() -> Habits:
    """The figures as read from behaviour.yaml."""
    return Habits(**yaml.safe_load(Path(__file__).with_name("behaviour.yaml").read_text(encoding="utf-8")))


@cache
def service_number(service: str) -> int:
    """Position of a service in `habits().services`."""
    return habits().services.index(service)


def responses(
    subject: Column, service: str, needed: Column, why: str, figures: dict[str, Any], day: np.datetime64,
    rng: np.random.Generator, ignored: Column | None = None,
) -> Columns:  # fmt: skip
    """One row per need with what came of it: subject, service, needed_on, why, applied_on, finished_on, outcome.

    `applied_on` and `finished_on` are NaT where that has not happened by `day`; `ignored` rows are never acted on.
    """
    count = len(subject)
    willing = _WILLING_LOW + (_WILLING_HIGH - _WILLING_LOW) * ((subject * 2654435761) % 1000) / 1000
    acts = rng.random(count) < figures["take_up"] * willing
    if ignored is not None:
        acts &= ~ignored
    applied = needed + days(rng.exponential(figures["wait"], count)) + np.timedelta64(1, "D")
    finished = applied + days(figures["lasts"] * rng.uniform(0.5, 1.6, count)) + np.timedelta64(1, "D")
    outcome = rng.choice([DONE, FAILED, WITHDRAWN], count, p=_OUTCOME_SHARES)
    acts &= applied <= day
    under_way = acts & (finished > day)
    outcome = np.select([~acts, under_way], [NOT_APPLIED, IN_PROGRESS], outcome)
    return {
        "subject": subject,
        "service": np.full(count, service_number(service)),
        "needed_on": needed,
        "why": np.full(count, why, dtype=object),
        "applied_on": np.where(acts, applied, NEVER),
        "finished_on": np.where(acts & ~under_way, finished, NEVER),
        "outcome": outcome,
    }


def no_needs() -> Columns:
    """A table of needs without rows."""
    return responses(
        np.zeros(0, dtype=np.int64), habits().services[0], np.zeros(0, dtype="M8[D]"), "",
        {"take_up": 0, "wait": 1, "lasts": 1}, np.datetime64("1970-01-01"), np.random.default_rng(0),
    )  # fmt: skip


def all_needs(parts: list[Columns]) -> Columns:
    """The needs of several rooms under one another."""
    return stacked([no_needs(), *parts])
