"""Departments that disagree about the same person, both in good faith; it never makes a row invalid."""

import numpy as np

from jobs.city.columns import Column, Columns, rows
from jobs.city.dirt import CONFLICT_RATE, SMALLEST
from jobs.city.places import DISTRICT_CODES


def conflicts(feed: str, columns: Columns, free: Column, rng: np.random.Generator) -> tuple[Columns, Column]:
    """The feed's columns with disputed values put in, and the numbers of those rows.

    Residents' marital status is behind the civil registry's; a home's division is not where its resident is registered.
    """
    none = np.zeros(0, dtype=np.int64)
    if rows(columns) < SMALLEST or feed not in ("residents", "property"):
        return columns, none
    wanted = max(1, round(CONFLICT_RATE * rows(columns)))
    if feed == "residents":
        fits = free & (columns["marital_status"] != "single")
        at = np.sort(rng.permutation(np.flatnonzero(fits))[:wanted])
        status = columns["marital_status"].copy()
        status[at] = "single"
        return {**columns, "marital_status": status}, at
    at = np.sort(rng.permutation(np.flatnonzero(free & np.isnat(columns["until"])))[:wanted])
    division = columns["division"].copy()
    position = np.searchsorted(DISTRICT_CODES, division[at])
    division[at] = DISTRICT_CODES[(position + rng.integers(1, len(DISTRICT_CODES), len(at))) % len(DISTRICT_CODES)]
    return {**columns, "division": division}, at
