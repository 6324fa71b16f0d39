"""A few files written by hand, as JSON that both engines read alike: for examples and previews, never for millions."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlglot import exp

from profiles.model import Kind, columns
from tagging.rules.complaint import nearest

# A scalar's SQL type, a struct's fields, or a list of one of them: DuckDB's way of writing the shape of JSON.
Shape = str | dict[str, Any] | list[Any]

_SCALARS = {"TEXT": "VARCHAR", "VARCHAR": "VARCHAR", "STRING": "VARCHAR"}


@cache
def shape(kind: Kind) -> Mapping[str, Shape]:
    """The columns of ``profiles.model`` and ``as_of``, the day to answer for."""
    types = {**columns(kind), "as_of": "DATE"}
    return {name: _shape(exp.DataType.build(type_)) for name, type_ in types.items()}


def to_json(rows: Sequence[Mapping[str, object]], kind: Kind) -> str:
    """Rows as one JSON list; a column that a row does not name is NULL, and so is a field that an item does not name.

    Raises ValueError naming a column or a field that no file has.
    """
    known = shape(kind)
    return json.dumps([_filled(row, known, "column") for row in rows], default=str, ensure_ascii=False)


def duckdb_rows(kind: Kind, read_by: str | None = None) -> str:
    """A DuckDB query with one parameter, the text of ``to_json``, that yields the rows, typed.

    ``read_by`` is the SQL that will read them: what it does not name is left out, which for a single row saves most
    of the time, since DuckDB makes room for two thousand of whatever it meets.
    """
    known = shape(kind) if read_by is None else _named(shape(kind), f"{read_by} subject as_of")
    # Cast, because a prepared statement whose parameter has no type is planned again each time.
    return f"SELECT unnest(json_transform_strict(CAST(? AS VARCHAR), '{json.dumps([dict(known)])}'), max_depth := 2)"


def quoted(text: str) -> str:
    """The text as a literal of DuckDB's, for a prepared statement, which takes no parameters of another.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _named(known: Mapping[str, Shape], sql: str) -> Mapping[str, Shape]:
    """The columns whose names stand in ``sql``, and of lists the fields that it names after a point."""
    words, fields = set(re.findall(r"\w+", sql)), set(re.findall(r"\.(\w+)", sql))
    return {name: _fields(fields, told) for name, told in known.items() if name in words}


def _fields(named: set[str], told: Shape) -> Shape:
    if not isinstance(told, list):
        return told
    kept = {field: type_ for field, type_ in told[0].items() if field in named}
    return [kept or told[0]]


def _filled(item: Mapping[str, object], known: Mapping[str, Shape], what: str) -> dict[str, object]:
    for name in item:
        if name not in known:
            raise ValueError(f"a file has no {what} {name}{nearest(name, known)}")
    return {name: _value(item.get(name), fields, name) for name, fields in known.items()}


def _value(value: object, fields: Shape, name: str) -> object:
    if isinstance(value, list) and isinstance(fields, list):
        return [None if item is None else _filled(item, fields[0], f"field of {name}") for item in value]
    return value


def _shape(node: exp.DataType) -> Shape:
    if node.is_type("array"):
        return [_shape(node.expressions[0])]
    if node.is_type("struct"):
        return {part.name: _shape(part.args["kind"]) for part in node.expressions}
    return _SCALARS.get(node.sql(), node.sql())
