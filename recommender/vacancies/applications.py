"""Who applied for which vacancy when, with what could have been chosen instead; it learns nothing from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from recommender.vacancies.matching import Seeker, qualified
from recommender.vacancies.terms import Policy, Vacancy

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Applications:
    """M applications, the oldest first: by whom, as they were on that day, for which vacancy (its place in a list,
    int32[M]), when; and which vacancies could have been chosen, bool[M, V]."""

    seekers: tuple[Seeker, ...]
    vacancies: npt.NDArray[np.int32]
    on: tuple[date, ...]
    open: Flags

    def __len__(self) -> int:
        return len(self.seekers)

    def between(self, first: int, last: int) -> "Applications":
        """Those from one place in the list up to another."""
        part = slice(first, last)
        return Applications(self.seekers[part], self.vacancies[part], self.on[part], self.open[part])


def chosen(said: Sequence[tuple[str, Seeker, str, date]], vacancies: Sequence[Vacancy], asked: Policy) -> Applications:
    """Applications (who, as they were then, for which vacancy, when) with what could have been chosen instead.

    What was applied for while it was closed, or where there was nothing to choose, teaches nothing and is left out.
    """
    place = {vacancy.id: column for column, vacancy in enumerate(vacancies)}
    ordered = sorted((one for one in said if one[2] in place), key=lambda one: (one[3], one[0], one[2]))
    opens, closes = (
        np.array([getattr(vacancy, name) for vacancy in vacancies], dtype="M8[D]") for name in ("opens_on", "closes_on")
    )
    days = np.array([on for *_, on in ordered], dtype="M8[D]")[:, None]
    could = qualified([seeker for _, seeker, _, _ in ordered], vacancies, asked) & (opens <= days) & (days <= closes)
    before: dict[str, list[int]] = {}
    for row, (person, _, vacancy, _) in enumerate(ordered):
        could[row, before.setdefault(person, [])] = False
        before[person].append(place[vacancy])
    own = np.array([place[vacancy] for _, _, vacancy, _ in ordered], dtype=np.int32)
    kept = np.flatnonzero(could[np.arange(len(ordered)), own] & (could.sum(axis=1) > 1))
    return Applications(
        tuple(ordered[row][1] for row in kept.tolist()),
        own[kept],
        tuple(ordered[row][3] for row in kept.tolist()),
        could[kept],
    )
