"""Which version of a row counts, for rows gathered in an array; it never looks at what a row means.

A gathered row is a struct whose fields are its key, then ``as_of``, then everything else. The natural order of
such structs is total, so a sorted array is the same however its rows arrived, and in it the newest version of a
key is the last one of that key. One pass over a sorted array thus does what a window over a shuffle would.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F


def is_newest(rows: Column, row: Column, index: Column, key: Sequence[str]) -> Column:
    """Whether ``row``, at ``index`` of the sorted ``rows``, is the last version of its key."""
    return ~same(F.get(rows, index + 1), row, key)


def newest(rows: Column, key: Sequence[str]) -> Column:
    """The newest version of each key in the sorted ``rows``; ``rows`` must be a plain column."""
    return F.filter(rows, lambda row, index: is_newest(rows, row, index, key))


def first(rows: Column, key: Sequence[str]) -> Column:
    """The first row of each key in the sorted ``rows``; ``rows`` must be a plain column."""
    return F.filter(rows, lambda row, index: (index == 0) | ~same(before(rows, index), row, key))


def before(rows: Column, index: Column) -> Column:
    """The row before ``index``, NULL at the start."""
    return F.get(rows, index - 1)


def same(one: Column, other: Column, key: Sequence[str]) -> Column:
    """Whether two rows agree in every field of ``key``; a missing row agrees with none.

    """
    agrees = [one[field].eqNullSafe(other[field]) for field in key]
    return reduce(lambda both, more: both & more, agrees, one.isNotNull())


def under_way(since: Column, until: Column, day: date) -> Column:
    """Whether something from ``since`` until ``until``, both days included, holds on ``day``; NULL means open."""
    on = F.lit(day)
    return F.coalesce(since <= on, F.lit(True)) & F.coalesce(until >= on, F.lit(True))

