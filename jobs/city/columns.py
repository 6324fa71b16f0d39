"""Plain columns of equal length and the calendar arithmetic on them; it never knows what a column means.

A table on its way to a file is a ``dict`` of numpy (or Arrow) columns. Dates are ``datetime64[D]`` with NaT for
"none"; subjects are row numbers into the list of persons or enterprises, with -1 for "nobody".
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Column: TypeAlias = NDArray[Any]
Columns: TypeAlias = dict[str, Any]

NEVER = np.datetime64("NaT", "D")
NOBODY = -1


def days(count: Column | float) -> Column:
    """Whole days as a time span, rounding down.

    >>> np.datetime64("2026-01-01") + days(2.9)
    np.datetime64('2026-01-03')
    """
    return np.floor(count).astype("timedelta64[D]")


def years_after(dates: Column, years: Column | int) -> Column:
    """The same calendar day `years` later; 29 February becomes 28 February where the year has none.

    >>> years_after(np.array(["2024-02-29", "2020-05-01"], dtype="M8[D]"), 1)
    array(['2025-02-28', '2021-05-01'], dtype='datetime64[D]')
    """
    months = dates.astype("M8[M]")
    within = (dates - months.astype("M8[D]")).astype(np.int64)
    moved = months + (12 * np.asarray(years)).astype("m8[M]")
    longest = ((moved + np.timedelta64(1, "M")).astype("M8[D]") - moved.astype("M8[D]")).astype(np.int64) - 1
    result: Column = moved.astype("M8[D]") + np.minimum(within, longest).astype("m8[D]")
    return result


def age_on(birth: Column, day: np.datetime64) -> Column:
    """Completed years on `day`.

    >>> age_on(np.array(["2000-03-02", "2000-03-01"], dtype="M8[D]"), np.datetime64("2020-03-01"))
    array([19, 20])
    """
    year = day.astype("M8[Y]").astype(np.int64) - birth.astype("M8[Y]").astype(np.int64)
    return year - (years_after(birth, year) > day)  # type: ignore[no-any-return]


def first_of_month(dates: Column, later: int = 0) -> Column:
    """The first day of the month `later` months after each date's own.

    >>> first_of_month(np.array(["2026-01-31"], dtype="M8[D]"), 1)
    array(['2026-02-01'], dtype='datetime64[D]')
    """
    result: Column = (dates.astype("M8[M]") + np.timedelta64(later, "M")).astype("M8[D]")
    return result


def on_in_year(year: Column, month: int, dom: int) -> Column:
    """The date of a fixed month and day in each year.

    >>> on_in_year(np.array([2026]), 9, 1)
    array(['2026-09-01'], dtype='datetime64[D]')
    """
    months = (np.asarray(year) - 1970) * 12 + (month - 1)
    result: Column = months.astype("M8[M]").astype("M8[D]") + np.timedelta64(dom - 1, "D")
    return result


def rows(columns: Mapping[str, Any]) -> int:
    """How many rows the columns have."""
    return len(next(iter(columns.values())))


def taken(columns: Mapping[str, Any], chosen: Column) -> Columns:
    """The rows named by a mask or by row numbers, in that order."""
    return {name: np.asarray(column)[chosen] for name, column in columns.items()}


def stacked(parts: Sequence[Mapping[str, Any]]) -> Columns:
    """Tables one under the other; all have the same column names."""
    return {name: np.concatenate([np.asarray(part[name]) for part in parts]) for name in parts[0]}


def labels(names: Sequence[str], codes: Column) -> pa.Array:
    """Text from a short list by position, as Arrow text; -1 is null.

    >>> labels(["a", "b"], np.array([1, -1])).to_pylist()
    ['b', None]
    """
    positions = pa.array(codes, type=pa.int32(), mask=np.asarray(codes) < 0)
    return pa.array(names, type=pa.string()).take(positions)


def serials(prefix: str, numbers: Column, width: int) -> pa.Array:
    """Numbered text such as ``XX00012``, made in Arrow so that millions stay compact.

    >>> serials("XX", np.array([12]), 5).to_pylist()
    ['XX00012']
    """
    return pa.array(numbered(prefix, np.asarray(numbers), width))


def numbered(prefix: str, numbers: Column, width: int) -> Column:
    """A prefix and zero-filled digits, as fixed-width text; no rows give no rows.

    >>> numbered("A", np.array([7]), 3)
    array(['A007'], dtype='<U4')
    """
    if not len(numbers):
        return np.zeros(0, dtype=f"U{len(prefix) + width}")
    return np.char.add(prefix, np.char.zfill(numbers.astype(f"U{width}"), width))
