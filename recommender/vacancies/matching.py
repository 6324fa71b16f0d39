"""What a seeker and a vacancy have in common, as columns: the marks of the one, the traits of the other.

A mark is a tag of this ranking alone (``did:4-03-02-01``, ``lives:310115``); nothing of sex, age, origin or health is
one. Marks and traits of the same code match.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.features import tag_matrix
from recommender.vacancies.terms import MATCHES, Policy, Vacancy

# Characters of an occupation's code that name its 小类 (4-03-02) and its 中类 (4-03).
MINOR, MIDDLE = 7, 4
# Of each match the prefix of the mark and of the trait, in the order of MATCHES.
_SIDES = (
    ("did:", "works:"), ("did_close:", "works_close:"), ("did_related:", "works_related:"), ("lives:", "in:"),
    ("schooled:", "asks:"),
)  # fmt: skip


@dataclass(frozen=True)
class Seeker:
    """Who looks for work: last occupation, place of residence and education, each "" where not known."""

    occupation: str
    division: str
    education: str


def marks(seeker: Seeker) -> tuple[str, ...]:
    """What is known of a seeker.

    >>> marks(Seeker("4-03-02-01", "310115", ""))
    ('did:4-03-02-01', 'did_close:4-03-02', 'did_related:4-03', 'lives:310115')
    """
    return _named(seeker.occupation, seeker.division, seeker.education, side=0)


def traits(vacancy: Vacancy) -> tuple[str, ...]:
    """What a vacancy is, in the same order."""
    return _named(vacancy.occupation, vacancy.division, vacancy.education, side=1)


def match(mark: str) -> str:
    """Of which of MATCHES a mark is."""
    return MATCHES[[own for own, _ in _SIDES].index(f"{mark.partition(':')[0]}:")]


def counterpart(mark: str) -> str:
    """The trait that matches a mark.

    >>> counterpart("lives:310115")
    'in:310115'
    """
    own, _, code = mark.partition(":")
    return dict(_SIDES)[f"{own}:"] + code


def _named(occupation: str, division: str, education: str, side: int) -> tuple[str, ...]:
    said = (occupation, occupation[:MINOR], occupation[:MIDDLE], division, education)
    return tuple(f"{sides[side]}{code}" for sides, code in zip(_SIDES, said, strict=True) if code)


def qualified(seekers: Sequence[Seeker], vacancies: Sequence[Vacancy], asked: Policy) -> npt.NDArray[np.bool_]:
    """bool[N, V]: whose education is known to reach what a vacancy asks for."""
    reached = np.array([asked.level(seeker.education) for seeker in seekers], dtype=np.int32)
    needed = np.array([asked.level(vacancy.education) for vacancy in vacancies], dtype=np.int32)
    found: npt.NDArray[np.bool_] = reached[:, None] >= needed[None, :]
    return found


@dataclass(frozen=True)
class Grid:
    """Which marks and traits the columns of all arrays stand for."""

    marks: tuple[str, ...]
    traits: tuple[str, ...]

    @staticmethod
    def of(seekers: Iterable[Seeker], vacancies: Iterable[Vacancy]) -> "Grid":
        """All that occur."""
        return Grid(
            tuple(sorted({mark for seeker in seekers for mark in marks(seeker)})),
            tuple(sorted({trait for vacancy in vacancies for trait in traits(vacancy)})),
        )

    def of_seekers(self, seekers: Sequence[Seeker]) -> csr_matrix:
        """csr float32[N, T]: 1 where a seeker has a mark; a mark that is no column is left out."""
        return _matrix([marks(seeker) for seeker in seekers], self.marks)

    def of_vacancies(self, vacancies: Sequence[Vacancy]) -> csr_matrix:
        """csr float32[V, F]: 1 where a vacancy has a trait."""
        return _matrix([traits(vacancy) for vacancy in vacancies], self.traits)

    def matching(self) -> dict[str, npt.NDArray[np.float64]]:
        """Of each of MATCHES float64[T, F]: 1 where mark and trait are of the same code."""
        place = {trait: column for column, trait in enumerate(self.traits)}
        found = {name: np.zeros((len(self.marks), len(self.traits))) for name in MATCHES}
        for row, mark in enumerate(self.marks):
            if (column := place.get(counterpart(mark))) is not None:
                found[match(mark)][row, column] = 1.0
        return found


def _matrix(rows: Sequence[Sequence[str]], known: tuple[str, ...]) -> csr_matrix:
    offsets = np.cumsum([0, *map(len, rows)])
    return tag_matrix(offsets, [name for row in rows for name in row], known)
