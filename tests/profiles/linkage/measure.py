"""How well a made-up city's school roll is linked: precision and recall over pairs, against the city's truth.

``python -m tests.profiles.linkage.measure 5000 3`` prints them for cities of 5,000 people with seeds 1 to 3.
"""

import sys
import time
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from jobs.city.town import Town, build
from profiles.linkage.decide import Decision, decide
from profiles.linkage.match import scored
from profiles.linkage.opened import person, table
from profiles.linkage.terms import load

DAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Measured:
    """Pairs linked, of them rightly, and pairs that there are."""

    linked: int
    right: int
    true: int
    unclear: int

    @property
    def precision(self) -> float:
        return self.right / self.linked

    @property
    def recall(self) -> float:
        return self.right / self.true

    def __str__(self) -> str:
        return (
            f"linked {self.linked:,} of {self.true:,}, wrongly {self.linked - self.right}, unclear {self.unclear}:"
            f" precision {self.precision:.4f}, recall {self.recall:.4f}"
        )


def measured(town: Town, decision: Decision) -> Measured:
    """The decision beside the truth."""
    truth = {row: (str(row), f"p{resident}") for row, resident in enumerate(town.roll.resident) if resident >= 0}
    linked = {(pair.record, pair.subject) for pair in decision.linked}
    return Measured(len(linked), len(linked & set(truth.values())), len(truth), len(decision.unclear))


def decided(town: Town) -> Decision:
    """The town's roll linked to its residents."""
    terms = load()["school_roll"]
    return decide(scored(records(town), residents(town), terms), terms)


def records(town: Town) -> pa.Table:
    """The roll as linkage reads it; a record is its row's number."""
    told = town.roll.columns
    columns = zip(told["name"], told["birth_date"].astype(object), told["parent_phone"], strict=True)
    return table(person(str(row), name, birth, [phone]) for row, (name, birth, phone) in enumerate(columns))


def residents(town: Town) -> pa.Table:
    """The residents of the ages in question with their parents' phones, as kinship has them."""
    city, kin = town.city, town.feeds["kinship"]
    phones: dict[int, list[str]] = {}
    parents = np.asarray(kin["relation"]) == "parent"
    for child, parent in zip(kin["person"][parents], kin["relative"][parents], strict=True):
        phones.setdefault(int(child), []).append(str(city.phone[parent]))
    youngest, eldest = load()["school_roll"].ages
    of_age = np.flatnonzero((city.age >= youngest) & (city.age <= eldest))
    births = city.birth.astype(object)
    return table(person(f"p{one}", city.name[one], births[one], phones.get(int(one), [])) for one in of_age)


def main() -> None:
    """Print one line a seed."""
    people, seeds = (int(text) for text in sys.argv[1:3])
    for seed in range(1, seeds + 1):
        town = build(people, seed, np.datetime64(DAY))
        started = time.monotonic()
        found = measured(town, decided(town))
        print(f"city of {people:,}, seed {seed}: {found}, {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
