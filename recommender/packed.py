"""Flags and small numbers as few bytes, and back; it knows nothing of what they stand for."""

import numpy as np
import numpy.typing as npt


def bits(flags: npt.NDArray[np.bool_]) -> list[bytes]:
    """Each row of bool[N, W] as bits.

    >>> bits(np.array([[True, False, True]]))
    [b'\\xa0']
    """
    packed = np.packbits(flags, axis=1)
    whole, width = packed.tobytes(), packed.shape[1]
    return [whole[start : start + width] for start in range(0, len(packed) * width, width)]


def flags(packed: bytes, width: int) -> npt.NDArray[np.bool_]:
    """bool[width] of what ``bits`` made of one row."""
    return np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=width).astype(np.bool_)


def numbers(values: npt.ArrayLike) -> bytes:
    """Small whole numbers, two bytes each."""
    return np.asarray(values, dtype="<u2").tobytes()


def numbers_of(values: npt.ArrayLike, counts: npt.NDArray[np.int64]) -> list[bytes]:
    """As ``numbers``, of rows laid flat; ``counts`` says how many of the values each row has.

    >>> numbers_of([3, 400, 7], np.array([1, 0, 2]))
    [b'\\x03\\x00', b'', b'\\x90\\x01\\x07\\x00']
    """
    whole, ends = numbers(values), (2 * np.cumsum(counts)).tolist()
    return [whole[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def values(packed: bytes) -> npt.NDArray[np.int64]:
    """What ``numbers`` packed.

    >>> values(numbers([3, 400])).tolist()
    [3, 400]
    """
    return np.frombuffer(packed, dtype="<u2").astype(np.int64)
