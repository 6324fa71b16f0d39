"""Flags and small numbers as few bytes, and back; it knows nothing of what they stand for."""

import numpy as np
import numpy.typing as npt


def bits(flags: npt.NDArray[np.bool_]) -> list[bytes]:
    """Each row of bool[N, W] as bits.

    >>> bits(np.array([[True, False, True]]))
    [b'\\xa0']
    """
    return [row.tobytes() for row in np.packbits(flags, axis=1)]


def flags(packed: bytes, width: int) -> npt.NDArray[np.bool_]:
    """bool[width] of what ``bits`` made of one row."""
    return np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=width).astype(np.bool_)


def numbers(values: npt.ArrayLike) -> bytes:
    """Small whole numbers, two bytes each."""
    return np.asarray(values, dtype="<u2").tobytes()


def values(packed: bytes) -> npt.NDArray[np.int64]:
    """What ``numbers`` packed.

    >>> values(numbers([3, 400])).tolist()
    [3, 400]
    """
    return np.frombuffer(packed, dtype="<u2").astype(np.int64)
