"""Rows of a CSV file with the line each begins on, and what is wrong with the file as a table; it reads no cell.

UTF-8 with or without its mark is read, and GB18030, as spreadsheets in Chinese offices write it.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from recommender.sheets.columns import Column, Columns


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong, and where: the line of the file, the column, what was expected there and what came."""

    line: int
    column: str
    expected: str
    came: str

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{where}: expected {self.expected}, got {self.came or 'nothing'}"


@dataclass(frozen=True)
class TableRow:
    """A row by its columns; cells that say nothing are left out."""

    line: int
    cells: dict[Column, str]


def rows(raw: bytes, columns: Columns) -> tuple[list[TableRow], list[Fault]]:
    """The rows of a list and the faults of the table itself; with faults in its first line there are no rows."""
    try:
        lines = list(_lines(_text(raw)))
    except (UnicodeDecodeError, csv.Error) as broken:
        return [], [Fault(1, "", "a CSV file in UTF-8 or GB18030", str(broken))]
    if not lines:
        return [], [Fault(1, "", "a first line with the names of the columns", "")]
    (first, names), *body = lines
    faults = list(_heading(first, names, columns))
    if faults:
        return [], faults
    heading = [columns.by_name[name.strip()] for name in names]
    found = []
    for line, cells in body:
        if len(cells) > len(heading):
            faults.append(Fault(line, "", f"{len(heading)} cells as in the first line", f"{len(cells)}"))
        told = {column: cell.strip() for column, cell in zip(heading, cells, strict=False) if cell.strip()}
        if told:
            found.append(TableRow(line, told))
    return found, faults


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1


def _heading(line: int, names: list[str], columns: Columns) -> Iterator[Fault]:
    known = [columns.by_name.get(name.strip()) for name in names]
    for name, column in zip(names, known, strict=True):
        if column is None:
            yield Fault(line, name, "a column that CONTRIBUTING.md names", name.strip() or "an empty name")
        elif known.count(column) > 1:
            yield Fault(line, column.shown, "each column once", f"it {known.count(column)} times")
