"""Which vacancies a seeker may be offered, and which of them are: the hard gate, then the ranked list.

A vacancy passes only while it is open, asks for no more education than the seeker is known to have, and was neither
applied for nor put away before, whatever its score.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from recommender.rank import rank
from recommender.reasons import weightiest
from recommender.vacancies.learning import Matched
from recommender.vacancies.matching import Seeker, counterpart, match, qualified, traits
from recommender.vacancies.terms import LEARNED, MATCHES, Policy, Vacancy

LONGER = 4  # so many times the places are ranked, for what one employer has too many of to be passed over
LEAST_WEIGHT = 0.05  # of a reason in log-odds; less is none
MOST_REASONS = 3
WORK = MATCHES[:3]  # the nearest first


@dataclass(frozen=True)
class Offer:
    """A vacancy offered, and what speaks for it: reasons of the policy's ``because``, each with its log-odds."""

    vacancy: Vacancy
    because: tuple[tuple[str, float], ...]


def offers(
    seekers: Sequence[Seeker],
    settled: Sequence[Collection[str]],
    vacancies: Sequence[Vacancy],
    matched: Matched,
    asked: Policy,
    day: date,
) -> list[tuple[Offer, ...]]:
    """The list of each seeker, best first, at most ``asked.places`` long; of equal ones the newest vacancy first.

    ``settled`` names per seeker the vacancies that were applied for or put away.
    """
    open_now = sorted(
        (one for one in vacancies if one.open_on(day)), key=lambda one: (-one.opens_on.toordinal(), one.id)
    )
    place = {one.id: column for column, one in enumerate(open_now)}
    allowed = qualified(seekers, open_now, asked)
    for row, gone in enumerate(settled):
        allowed[row, [place[one] for one in gone if one in place]] = False
    if not open_now:
        return [()] * len(seekers)
    tags, scorer = matched.grid.of_seekers(seekers), matched.scorer(open_now)
    ranked = rank(tags, scorer, allowed, LONGER * asked.places).indices
    chosen = [tuple(_within(row, open_now, asked)) for row in ranked.tolist()]
    rows = np.repeat(np.arange(len(chosen)), [len(own) for own in chosen])
    columns = np.array([column for own in chosen for column in own], dtype=np.int64)
    heavy, added = weightiest(tags, scorer, rows, columns, 2 * MOST_REASONS, LEAST_WEIGHT)
    told = iter(
        Offer(
            open_now[column],
            _because(open_now[column], [scorer.tags[m] for m in heavy.values[own].tolist()], added[own]),
        )
        for column, own in zip(columns.tolist(), map(slice, heavy.offsets[:-1], heavy.offsets[1:]), strict=True)
    )
    return [tuple(next(told) for _ in own) for own in chosen]


def _within(ranked: Sequence[int], vacancies: Sequence[Vacancy], asked: Policy) -> Iterator[int]:
    """The best of a list, of no employer more than it may have."""
    held: dict[str, int] = {}
    for column in ranked:
        employer = vacancies[column].employer
        if column < 0 or sum(held.values()) == asked.places:
            return
        if held.get(employer, 0) < asked.most_of_an_employer:
            held[employer] = held.get(employer, 0) + 1
            yield column


def _because(vacancy: Vacancy, marks: Sequence[str], added: npt.NDArray[np.float64]) -> tuple[tuple[str, float], ...]:
    """What speaks for a vacancy, most first: what matches by its name, all that was merely learned as one.

    The same work is of the same group, too: of WORK only the nearest is told, with the weight of all.
    """
    own, sums = set(traits(vacancy)), dict[str, float]()
    names = [match(mark) if counterpart(mark) in own else LEARNED for mark in marks]
    nearest = next((name for name in WORK if name in names), "")
    for name, weight in zip(names, added.tolist(), strict=True):
        called = nearest if name in WORK else name
        sums[called] = sums.get(called, 0.0) + weight
    return tuple(
        sorted(((name, round(weight, 4)) for name, weight in sums.items()), key=lambda one: (-one[1], one[0]))
    )[:MOST_REASONS]
