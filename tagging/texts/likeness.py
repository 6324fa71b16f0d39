"""A linear model of codes over n-grams, as plain arrays: it reads texts by their likeness to worked examples.

It is kernel ridge regression in its dual form: a text is compared with every example, and the examples vote by
weights that training found, for whole codes and for each level above them (a code is scored with its groups). Training
is in ``train``; this file neither learns nor knows scikit-learn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from tagging.texts.ngrams import Grams

BLOCK = 1024

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    """``votes`` is csr[examples, targets]; targets are codes and their groups, ``levels`` the length and share of each.

    ``slope`` and ``bias`` turn the best score and its lead into the log-odds that the best code is right.
    """

    grams: Grams
    examples: csr_matrix
    votes: csr_matrix
    targets: tuple[str, ...]
    levels: tuple[tuple[int, float], ...]
    codes: tuple[str, ...]
    slope: Floats
    bias: float

    @cached_property
    def columns(self) -> list[tuple[float, npt.NDArray[np.int64]]]:
        """For each level its share, and which column of ``votes`` is each code's group there."""
        place = {target: number for number, target in enumerate(self.targets)}
        return [(share, np.array([place[code[:length]] for code in self.codes])) for length, share in self.levels]

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Code → its column in ``scores``."""
        return {code: number for number, code in enumerate(self.codes)}

    @cached_property
    def _transposed(self) -> csr_matrix:
        return self.examples.T.tocsr()

    def scores(self, texts: Sequence[str]) -> Floats:
        """float32[N, codes] for at most a block of texts; zeros where a text has no known gram."""
        raw = ((self.grams.rows(texts) @ self._transposed) @ self.votes).toarray()
        total = np.zeros((len(texts), len(self.codes)), np.float32)
        for share, columns in self.columns:
            total += np.float32(share) * raw[:, columns]
        return total

    def confidence(self, scores: Floats) -> npt.NDArray[np.float64]:
        """How probably the best code of each row is right, float64[N]."""
        signs = lead(scores)
        odds = signs @ self.slope.astype(np.float64) + self.bias
        return np.where(signs[:, 0] > 0, 1 / (1 + np.exp(-odds)), 0.0)

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything as arrays without objects, votes in half precision."""
        return {
            "hashes": self.grams.hashes,
            "weights": self.grams.weights,
            **_taken_apart("examples", self.examples),
            **_taken_apart("votes", self.votes),
            "targets": np.array(self.targets, np.str_),
            "codes": np.array(self.codes, np.str_),
            "lengths": np.array([length for length, _ in self.levels], np.int32),
            "shares": np.array([share for _, share in self.levels], np.float32),
            "slope": self.slope,
            "bias": np.array(self.bias, np.float64),
        }

    @staticmethod
    def of(arrays: Mapping[str, npt.NDArray[np.generic]]) -> "Likeness":
        """What ``arrays`` gave, or what was read from it again."""
        targets = tuple(str(one) for one in arrays["targets"])
        grams = Grams(arrays["hashes"].astype(np.uint32), arrays["weights"].astype(np.float32))
        return Likeness(
            grams=grams,
            examples=_put_together("examples", arrays, len(grams.hashes)),
            votes=_put_together("votes", arrays, len(targets)),
            targets=targets,
            levels=tuple(
                (int(length), float(share)) for length, share in zip(arrays["lengths"], arrays["shares"], strict=True)
            ),
            codes=tuple(str(one) for one in arrays["codes"]),
            slope=arrays["slope"].astype(np.float32),
            bias=float(arrays["bias"]),
        )


def lead(scores: Floats) -> npt.NDArray[np.float64]:
    """float64[N, 2]: the best score of each row, and by how much it leads the second."""
    best = np.partition(scores, -2, axis=1)[:, -2:].astype(np.float64)
    return np.stack([best[:, 1], best[:, 1] - best[:, 0]], axis=1)


def _taken_apart(name: str, matrix: csr_matrix) -> dict[str, npt.NDArray[np.generic]]:
    return {
        f"{name}_data": matrix.data.astype(np.float16),
        f"{name}_indices": matrix.indices.astype(np.uint32),
        f"{name}_indptr": matrix.indptr.astype(np.int64),
    }


def _put_together(name: str, arrays: Mapping[str, npt.NDArray[np.generic]], width: int) -> csr_matrix:
    data, indices, indptr = (arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr"))
    parts = (data.astype(np.float32), indices.astype(np.int32), indptr.astype(np.int32))
    return csr_matrix(parts, shape=(len(indptr) - 1, width))
