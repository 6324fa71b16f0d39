"""Puts the feeds into files under the departments' own Chinese headers; it never changes a value's meaning.

Headers, value texts and date formats are those of `profiles/bindings/city`, read backwards, so that the city and its
bindings cannot drift apart.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import yaml

import profiles
from jobs.city.columns import Column, Columns

BINDINGS = Path(profiles.__file__).parent / "bindings" / "city"
PERSON_COLUMNS = ("person", "relative", "other", "legal_representative")
_PATTERNS = {"yyyy-MM-dd": "%Y-%m-%d", "yyyy/MM/dd": "%Y/%m/%d", "yyyyMMdd": "%Y%m%d", "yyyy年MM月dd日": "%Y年%m月%d日"}


@dataclass(frozen=True)
class Layout:
    """How one feed is delivered: canonical column to header, value texts and date pattern; `extra` unbound headers."""

    feed: str
    path: str
    format: str
    headers: dict[str, str]
    values: dict[str, dict[str, str]]
    patterns: dict[str, str]
    capital: tuple[str, ...]
    extra: tuple[str, ...]
    title: str


def layouts() -> dict[str, Layout]:
    """The city's bindings by feed."""
    read = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(BINDINGS.glob("*.yaml"))]
    return {binding["feed"]: _layout(binding) for binding in read}


def _layout(binding: dict[str, Any]) -> Layout:
    full: dict[str, dict[str, Any]] = {
        name: {"from": value} if isinstance(value, str) else value for name, value in binding["columns"].items()
    }
    formats = {name: each["formats"][0] for name, each in full.items() if "formats" in each}
    return Layout(
        feed=binding["feed"],
        path=binding["path"],
        format=binding["format"],
        headers={name: each["from"] for name, each in full.items()},
        values={
            name: {code: text for text, code in each["map"].items()} for name, each in full.items() if "map" in each
        },
        patterns={name: _PATTERNS.get(form, form) for name, form in formats.items()},
        capital=tuple(name for name, each in full.items() if each.get("parse") == "capital"),
        extra=tuple(binding.get("expect", ())),
        title=binding["name"]["zh"],
    )


def texts(layout: Layout, columns: Columns, people: pa.Array, firms: pa.Array) -> pa.Table:
    """Every value as text, under canonical names; `people` and `firms` are the numbers by position."""
    made = {}
    for name in layout.headers:
        column = columns[name]
        if name in PERSON_COLUMNS or name == "enterprise":
            column = _looked_up(people if name != "enterprise" else firms, column)
        elif name in layout.capital:
            column = pa.array([f"{value // 10_000:.0f}万人民币" for value in column])
        made[name] = _text(column, layout.patterns.get(name, "%Y-%m-%d"))
    return pa.table(made)


def _looked_up(numbers: pa.Array, positions: Column) -> pa.Array:
    positions = np.asarray(positions)
    return numbers.take(pa.array(positions, type=pa.int64(), mask=positions < 0))


def _text(column: Any, pattern: str) -> pa.Array:
    if isinstance(column, pa.Array | pa.ChunkedArray):
        return column
    if column.dtype == np.dtype("M8[D]"):
        return _dates(column, pattern)
    if column.dtype.kind == "M":
        return pc.replace_substring(pa.array(np.datetime_as_string(column, unit="s")), "T", " ")
    if column.dtype.kind == "i":
        return pc.cast(pa.array(column, mask=column == -1), pa.string())
    if column.dtype.kind == "f":
        return pa.array([f"{value:.2f}" for value in column], type=pa.string())
    listed = pa.array(column.astype(object), type=pa.string())
    return pc.if_else(pc.equal(listed, ""), pa.scalar(None, pa.string()), listed)


def _dates(column: Column, pattern: str) -> pa.Array:
    """Dates as text by a table of all days between the first and the last."""
    none = np.isnat(column)
    if none.all():
        return pa.nulls(len(column), pa.string())
    first, last = column[~none].min(), column[~none].max()
    table = [each.strftime(pattern) for each in np.arange(first, last + np.timedelta64(1, "D")).tolist()]
    index = np.where(none, 0, (column - first).astype(np.int64))
    return pa.array(table).take(pa.array(index, mask=none))


def deliver(layout: Layout, table: pa.Table, day: str, out: Path) -> Path:
    """Write one feed below `out`; returns the file."""
    columns = {}
    for name, header in layout.headers.items():
        column = table.column(name)
        if name in layout.values:
            column = _spelt(column.combine_chunks(), layout.values[name])
        columns[header] = column
    for header in layout.extra:
        columns[header] = pa.array([layout.title.split("·")[0]] * table.num_rows, type=pa.string())
    file = out / layout.path.replace("{day}", day)
    file.parent.mkdir(parents=True, exist_ok=True)
    written = pa.table(columns)
    if layout.format == "parquet":
        pq.write_table(written, file, compression="zstd")
    else:
        pa_csv.write_csv(written, file, pa_csv.WriteOptions(quoting_style="needed"))
    return file


def _spelt(column: pa.Array, texts: dict[str, str]) -> pa.Array:
    """Codes replaced by the department's words; a code without a word is a mistake of ours, not dirt."""
    coded = column.dictionary_encode()
    names = coded.dictionary.to_pylist()
    unknown = [name for name in names if name not in texts]
    if unknown:
        raise KeyError(f"the city's binding has no word for {unknown}; known: {sorted(texts)}")
    return pa.array([texts[name] for name in names], type=pa.string()).take(coded.indices)
