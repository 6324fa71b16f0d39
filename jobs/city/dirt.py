"""Dirt as departments really deliver it, at stated rates and counted exactly; it never touches the demo's people.

===============  ======  =====================================================================  ===========
kind             rate    what is done to a row                                                  the gate
===============  ======  =====================================================================  ===========
bad_id           0.5 %   a wrong check digit, a lost character or a letter in the number        quarantines
non_date         0.3 %   a required date reads "不详", "2023-13-45" and the like                quarantines
duplicate        0.5 %   the row is delivered twice, character for character                    one of two
late             1.0 %   an outdated row of the same key with an older as_of comes as well      accepts
out_of_order     0.5 %   the same, but after the row that replaced it                           accepts
conflict         0.6 %   departments disagree: marital status, division of a home               accepts
old_form         1.0 %   the number is written in the 15 digits of before 1999                  accepts
===============  ======  =====================================================================  ===========

Each row suffers from one kind at most. Feeds of fewer than `SMALLEST` rows stay clean: one bad row in ten would be a
scandal, not dirt.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.city.columns import NEVER, Column, Columns, days, rows, taken

RATES = {"bad_id": 0.005, "non_date": 0.003, "duplicate": 0.005, "late": 0.01, "out_of_order": 0.005, "old_form": 0.01}
CONFLICT_RATE = 0.006
SMALLEST = 60
QUARANTINED = ("bad_id", "non_date", "duplicate")

# feed: the required date that is spoilt
NON_DATE = {
    "residents": "birth_date", "documents": "issued_on", "vital_events": "happened_on", "kinship": "as_of",
    "employment": "since", "social_insurance": "as_of", "unemployment": "registered_on", "housing_fund": "as_of",
    "property": "since", "schooling": "since", "households": "as_of", "medical_insurance": "as_of", "hardship": "as_of",
    "vehicles": "registered_on", "enterprises": "founded_on", "permits": "as_of", "enterprise_reports": "as_of",
    "mandates": "since", "cases": "applied_on", "page_events": "at", "ratings": "at",
    "labour_disputes": "registered_on", "vacancies": "opens_on", "job_applications": "applied_on",
}  # fmt: skip
# feed: the date before which no row can have been reported, and the column whose outdated value a late row carries
LATE = {
    "residents": ("birth_date", "residence_division"), "documents": ("issued_on", ""),
    "employment": ("since", "job_title"),
    "social_insurance": ("", "pension_months"), "housing_fund": ("", "balance"), "property": ("since", ""),
    "medical_insurance": ("", ""), "vehicles": ("registered_on", ""), "enterprises": ("founded_on", "address"),
    "permits": ("issued_on", ""), "mandates": ("since", ""), "cases": ("applied_on", "status"),
}  # fmt: skip
OLD_FORM = ("property", "hardship", "vehicles", "kinship")
_NO_DATES = ("不详", "2023-13-45", "00000000", "去年三月", "1900-02-30")
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Spoilt:
    """Which rows of a feed suffer from what, by row number, and how many conflicts were put in before."""

    chosen: dict[str, Column]
    conflicts: int

    def counts(self, delivered: int) -> dict[str, int]:
        """What truth/dirt.json says of the feed."""
        found = {kind: len(at) for kind, at in self.chosen.items()}
        quarantined = sum(found[kind] for kind in QUARANTINED)
        return {"delivered": delivered, "quarantined": quarantined, **found, "conflict": self.conflicts}


def choose(feed: str, columns: Columns, free: Column, conflicts: Column, rng: np.random.Generator) -> Spoilt:
    """Draw the rows of each kind among those in `free` (booleans) that are not in conflict already (row numbers)."""
    count, key = rows(columns), "person" if "person" in columns else "enterprise"
    open_rows = free & (np.asarray(columns[key]) >= 0)
    open_rows[conflicts] = False
    candidates = rng.permutation(np.flatnonzero(open_rows)) if count >= SMALLEST else np.zeros(0, dtype=np.int64)
    chosen = {}
    for kind, rate in RATES.items():
        fits = candidates
        if kind in ("late", "out_of_order"):
            fits = candidates[_can_be_late(feed, columns, candidates)]
        if kind == "old_form":
            fits = candidates if feed in OLD_FORM else candidates[:0]
        wanted = max(1, round(rate * count)) if len(fits) else 0
        chosen[kind] = np.sort(fits[:wanted])
        candidates = candidates[~np.isin(candidates, chosen[kind])]
    return Spoilt(chosen, len(conflicts))


def _can_be_late(feed: str, columns: Columns, at: Column) -> Column:
    if feed not in LATE:
        return np.zeros(len(at), dtype=bool)
    floor = LATE[feed][0]
    fits = np.ones(len(at), dtype=bool)
    if floor:
        fits = (columns["as_of"][at] - columns[floor][at]) > np.timedelta64(5, "D")
    if feed == "documents":
        # A renewed identity card keeps its number, so that its former card already is an older row of the same key.
        fits &= columns["type"][at] != "ID_CARD"
    return fits


def with_late_rows(feed: str, columns: Columns, spoilt: Spoilt, rng: np.random.Generator) -> tuple[Columns, Column]:
    """The rows with the outdated ones among them, and for each the number of the row it was before (-1: outdated)."""
    late, disordered = spoilt.chosen["late"], spoilt.chosen["out_of_order"]
    if not len(late) + len(disordered):
        return columns, np.arange(rows(columns))
    base = np.r_[late, disordered]
    old = taken(columns, base)
    floor, stale = LATE[feed]
    lowest = old["as_of"] - np.timedelta64(400, "D")
    if floor:
        lowest = np.maximum(lowest, old[floor])
    old["as_of"] = lowest + days((old["as_of"] - lowest).astype(np.int64) * rng.uniform(0, 0.9, len(base)))
    if feed == "cases":
        old["status"], old["finished_on"] = np.full(len(base), "in_progress", dtype=object), np.full(len(base), NEVER)
    elif stale:
        old[stale] = np.roll(old[stale], 1)
    count = rows(columns)
    place = np.r_[np.arange(count, dtype=float), late - 0.5, disordered + 0.5]
    order = np.argsort(place, kind="stable")
    everything = {name: np.concatenate([np.asarray(columns[name]), np.asarray(old[name])])[order] for name in columns}
    return everything, np.r_[np.arange(count), np.full(len(base), -1)][order]


def spoil(feed: str, table: pa.Table, origin: Column, spoilt: Spoilt) -> pa.Table:
    """Bad numbers, non-dates, old forms and duplicates put into the text of a feed (canonical column names)."""
    position = np.full(int(origin.max()) + 1 if len(origin) else 0, -1)
    kept = np.flatnonzero(origin >= 0)
    position[origin[kept]] = kept
    key = "person" if "person" in table.column_names else "enterprise"
    chosen = {kind: position[at] for kind, at in spoilt.chosen.items()}
    table = _edited(table, key, chosen["bad_id"], _bad_number)
    table = _edited(table, NON_DATE[feed], chosen["non_date"], _no_date)
    table = _edited(table, key, chosen["old_form"], _old_form)
    if len(chosen["duplicate"]):
        count = table.num_rows
        order = np.argsort(np.r_[np.arange(count, dtype=float), chosen["duplicate"] + 0.25], kind="stable")
        table = table.take(pa.array(np.r_[np.arange(count), chosen["duplicate"]][order]))
    return table


def _edited(table: pa.Table, name: str, at: Column, edit: Callable[[str, int], str]) -> pa.Table:
    if not len(at):
        return table
    at = np.sort(at)
    column = table.column(name).combine_chunks()
    mask = np.zeros(table.num_rows, dtype=bool)
    mask[at] = True
    texts = [edit(text, number) for number, text in enumerate(column.take(pa.array(at)).to_pylist())]
    changed = pc.replace_with_mask(column, pa.array(mask), pa.array(texts, type=pa.string()))
    return table.set_column(table.column_names.index(name), name, changed)


def _bad_number(text: str, number: int) -> str:
    match number % 4:
        case 0:
            return text[:-1]
        case 1:
            return text[:8] + "O" + text[9:]
        case _:
            signs = _SIGNS if text.startswith("9") else "0123456789X"  # credit codes begin with 9
            return text[:-1] + signs[(signs.index(text[-1]) + 1) % len(signs)]


def _no_date(_text: str, number: int) -> str:
    return _NO_DATES[number % len(_NO_DATES)]


def _old_form(text: str, _number: int) -> str:
    """15 digits: no century, no check digit; numbers of this century have no such form and stay."""
    return text[:6] + text[8:17] if text[6:8] == "19" else text
