"""Which version of a row counts, as SQL over rows gathered in an array; it never looks at what a row means.

A gathered row is a struct whose fields are its key, then ``as_of``, then everything else. The natural order of
such structs is total, so a sorted array is the same however its rows arrived, and in it the newest version of a
key is the last one of that key. One pass over a sorted array thus does what a window over a shuffle would.

Texts of SQL rather than Column objects: a file takes thousands of expressions, and each Column costs a call to
the JVM. Arrays that a lambda looks back into must be plain columns, or they are made anew for every element.
"""

from collections.abc import Sequence
from datetime import date


def newest(rows: str, key: Sequence[str]) -> str:
    """The newest version of each key in the sorted array column ``rows``.

    >>> newest("permits", ["type"])
    'filter(permits, (row, i) -> NOT (get(permits, i + 1) IS NOT NULL AND get(permits, i + 1).type <=> row.type))'
    """
    return f"filter({rows}, (row, i) -> NOT {same(f'get({rows}, i + 1)', 'row', key)})"


def same(one: str, other: str, key: Sequence[str]) -> str:
    """Whether two rows agree in every field of ``key``; a missing row agrees with none."""
    return "(" + " AND ".join([f"{one} IS NOT NULL", *(f"{one}.{field} <=> {other}.{field}" for field in key)]) + ")"


def under_way(since: str, until: str, day: date) -> str:
    """Whether something from ``since`` until ``until``, both days included, holds on ``day``; NULL means open."""
    return f"(coalesce({since} <= {on(day)}, TRUE) AND coalesce({until} >= {on(day)}, TRUE))"


def on(day: date) -> str:
    """``day`` as SQL.

    >>> on(date(2026, 3, 1))
    "DATE'2026-03-01'"
    """
    return f"DATE'{day.isoformat()}'"


def null(type_: str) -> str:
    """No value of a SQL type."""
    return f"CAST(NULL AS {type_})"


def struct(**fields: str) -> str:
    """A struct of SQL expressions by name.

    >>> struct(kind="'child'", other="person")
    "named_struct('kind', 'child', 'other', person)"
    """
    return "named_struct(" + ", ".join(f"'{name}', {value}" for name, value in fields.items()) + ")"
