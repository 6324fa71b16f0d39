"""Turns tags, services and what subjects did into the sparse arrays that training reads; it knows no subject's name.

A row is one subject at one past day, known only by its number; two rows with the same tags are the same to every
model. How much one act counts (``WEIGHTS``) and how fast it ages (``HALF_LIFE_DAYS``) is decided here alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

# Applying for a service says most, looking at it says least, putting it away speaks against it. Who rates a service
# has used it, which counts already: what they think of it adds or takes as much as a look.
WEIGHTS = MappingProxyType(
    {
        "applied": 3.0,
        "started": 2.0,
        "done": 2.0,
        "opened": 1.0,
        "dismissed": -1.0,
        "praised": 1.0,
        "criticised": -1.0,
    }
)
# An act of a year ago counts half: what a city asks for changes with its rules and its seasons.
HALF_LIFE_DAYS = 365

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Uses:
    """M acts: which row (int32[M]) did something about which service (int32[M]) and what it weighs (float32[M])."""

    rows: npt.NDArray[np.int32]
    services: npt.NDArray[np.int32]
    weights: Floats

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.services) == len(self.weights):
            raise ValueError(
                f"rows, services and weights of uses must be equally long,"
                f" got {len(self.rows)}, {len(self.services)} and {len(self.weights)}"
            )

    def __len__(self) -> int:
        return len(self.rows)

    def select(self, kept: npt.NDArray[np.bool_]) -> "Uses":
        """The acts where `kept` (bool[M]) is true."""
        return Uses(self.rows[kept], self.services[kept], self.weights[kept])


def tag_matrix(offsets: Numbers, tags: Sequence[str] | npt.NDArray[np.str_], known: Sequence[str]) -> csr_matrix:
    """csr float32[N, len(known)] with 1 where a row has a tag; tags that are not `known` are left out.

    offsets int[N + 1] and tags are a list column laid flat: row i has ``tags[offsets[i]:offsets[i + 1]]``.

    >>> tag_matrix(np.array([0, 2, 3]), ["minor", "barred", "minor"], ["driver", "minor"]).toarray().tolist()
    [[0.0, 1.0], [0.0, 1.0]]
    """
    codes, columns = np.unique(np.asarray(tags, dtype=np.str_), return_inverse=True)
    place = {tag: column for column, tag in enumerate(known)}
    column_of = np.array([place.get(tag, -1) for tag in codes.tolist()], dtype=np.int32)
    return code_matrix(offsets, column_of[columns] if len(codes) else np.empty(0, dtype=np.int32), len(known))


def code_matrix(offsets: Numbers, columns: Numbers, width: int) -> csr_matrix:
    """As `tag_matrix` for column numbers; negative ones are left out, repeated ones count once."""
    known = columns >= 0
    starts = np.concatenate(([0], np.cumsum(known)))[offsets]
    held = columns[known].astype(np.int32)
    found = csr_matrix((np.ones(len(held), dtype=np.float32), held, starts), shape=(len(offsets) - 1, width))
    found.sum_duplicates()
    found.data[:] = 1
    return found


def service_matrix(services: Sequence[str], traits: Sequence[Iterable[str]]) -> csr_matrix:
    """csr float32[S, S + traits]: each service is itself plus its traits (themes, events, authority).

    What two services share is learned once for both; a service that nobody used yet starts from its traits.

    >>> service_matrix(["a", "b"], [["theme:030"], ["theme:030"]]).toarray().tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]
    """
    names = sorted({trait for own in traits for trait in own})
    place = {name: len(services) + column for column, name in enumerate(names)}
    columns = [[number, *sorted({place[trait] for trait in own})] for number, own in enumerate(traits)]
    offsets = np.cumsum([0, *(len(own) for own in columns)])
    flat = np.array([column for own in columns for column in own], dtype=np.int32)
    return code_matrix(offsets, flat, len(services) + len(names))


def aged(weights: Floats, days: Numbers) -> Floats:
    """Weights after `days` of ageing; halved every `HALF_LIFE_DAYS`.

    >>> aged(np.array([3.0], dtype=np.float32), np.array([365])).tolist()
    [1.5]
    """
    return (weights * np.exp2(-np.asarray(days) / HALF_LIFE_DAYS)).astype(np.float32)
