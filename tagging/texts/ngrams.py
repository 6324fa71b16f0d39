"""Texts as weighted counts of their character n-grams, in numpy alone; it learns no more than how rare a gram is.

A gram of one to four characters is a 32-bit hash of its code points, computed over all texts at once, so the same
text has the same row on any machine and in any batch.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

SIZES = (1, 2, 3, 4)
# What stands behind this many characters decides nothing; a text without an end must not take the memory of all.
LONGEST = 2000

_PRIME, _MIX = np.uint64(1_099_511_628_211), np.uint64(0x9E3779B97F4A7C15)
_BREAK = np.uint64(ord("\n"))
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff]+")


def plain(text: str) -> str:
    """The text in one width and case, without marks that nobody sees.

    >>> plain("ＪＡＶＡ\\u200b工程师")
    'java工程师'
    """
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text[:LONGEST])).lower().strip()[:LONGEST]


@dataclass(frozen=True)
class Grams:
    """The grams that are known, uint32[V] in order, and how much each tells, float32[V]."""

    hashes: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.float32]

    @staticmethod
    def learned(texts: Sequence[str]) -> "Grams":
        """Every gram of the texts; the fewer texts it stands in, the more it tells (smoothed inverse frequency)."""
        row, gram = _grams(texts)
        pairs = np.unique(np.stack([gram.astype(np.uint64), row.astype(np.uint64)]), axis=1)
        hashes, counts = np.unique(pairs[0].astype(np.uint32), return_counts=True)
        return Grams(hashes, (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32))

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """csr float32[N, V] with rows of length one, or empty where no gram of the text is known."""
        row, gram = _grams(texts)
        place = np.searchsorted(self.hashes, gram)
        known = (place < len(self.hashes)) & (self.hashes[np.minimum(place, len(self.hashes) - 1)] == gram)
        counts = csr_matrix(
            (np.ones(int(known.sum()), np.float32), (row[known], place[known])), shape=(len(texts), len(self.hashes))
        )
        counts.sum_duplicates()
        counts.sort_indices()
        counts.data = (1 + np.log(counts.data)) * self.weights[counts.indices]
        lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
        counts.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(counts.indptr)).astype(np.float32)
        return counts


def _grams(texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """The text's number and the hash of every gram of every text."""
    joined = "\n".join(texts)
    points = np.frombuffer(joined.encode("utf-32-le"), np.uint32).astype(np.uint64)
    breaks = points == _BREAK
    row = np.cumsum(breaks)
    rows, hashes = [], []
    rolling = np.zeros(len(points), np.uint64)
    for size in SIZES:
        if len(points) < size:
            break
        rolling = (rolling[: len(points) - size + 1] * _PRIME) ^ points[size - 1 :]
        inside = ~breaks[size - 1 :] & ~breaks[: len(rolling)] & (row[: len(rolling)] == row[size - 1 :])
        mixed = ((rolling + np.uint64(size)) * _MIX) >> np.uint64(32)
        rows.append(row[: len(rolling)][inside])
        hashes.append(mixed[inside].astype(np.uint32))
    if not rows:
        return np.empty(0, np.int64), np.empty(0, np.uint32)
    return np.concatenate(rows), np.concatenate(hashes)
