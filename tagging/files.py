"""A few files as an Arrow table, typed as ``profiles.model`` says, for examples and previews; never for millions."""

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa
from sqlglot import exp

from profiles.model import Kind, columns
from tagging.rules.complaint import nearest

_TYPES = {
    "STRING": pa.string(),
    "DATE": pa.date32(),
    "INT": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
}


def schema(kind: Kind) -> pa.Schema:
    """The Arrow schema of a file: the columns of ``profiles.model`` and ``as_of``, the day to answer for."""
    return pa.schema([*((name, _arrow(type_)) for name, type_ in columns(kind).items()), ("as_of", pa.date32())])


def table(rows: Sequence[Mapping[str, object]], kind: Kind) -> pa.Table:
    """Rows as a table; a column that a row does not name is NULL, and so is a field that a list's item does not name.

    Raises ValueError naming a column or field that no file has, or a value of a wrong type.
    """
    shape = schema(kind)
    for row in rows:
        _known(row, shape, "column")
        for name, value in row.items():
            if isinstance(value, list):
                for item in value:
                    _known(item, shape.field(name).type.value_type, f"field of {name}")
    try:
        return pa.Table.from_pylist([dict(row) for row in rows], schema=shape)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ValueError(str(error).splitlines()[0]) from None


def file_on(given: Mapping[str, object], as_of: date) -> dict[str, object]:
    """A row for ``table``: what is given, on its day."""
    return {"subject": "example", **given, "as_of": as_of}


def _known(item: Mapping[str, object], shape: pa.Schema | pa.StructType, what: str) -> None:
    names = [field.name for field in shape]
    for name in item:
        if name not in names:
            raise ValueError(f"a file has no {what} {name}{nearest(name, names)}")


def _arrow(type_: str) -> pa.DataType:
    if type_ in _TYPES:
        return _TYPES[type_]
    return _built(exp.DataType.build(type_, dialect="spark"))


def _built(node: exp.DataType) -> pa.DataType:
    if node.is_type("array"):
        return pa.list_(_built(node.expressions[0]))
    if node.is_type("struct"):
        return pa.struct([(part.name, _built(part.args["kind"])) for part in node.expressions])
    return _TYPES[{"TEXT": "STRING", "VARCHAR": "STRING"}.get(node.sql(), node.sql())]
