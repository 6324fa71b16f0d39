"""Reads the tables that are measured on, plain or gzipped CSV, and says what is wrong with them; it keeps nothing."""

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO, cast

from profiles.errors import DataUnfit

Row = dict[str, str]
FIRST_LINE = 2  # of the rows, below the columns' names


def table(file: Path, columns: Sequence[str]) -> list[Row]:
    """The rows, every one with a text in every column; a short row's missing ones are empty.

    Raises:
        DataUnfit: the file is not there, is no CSV in UTF-8, lacks one of `columns`, or has no row.
    """
    if not file.is_file():
        raise DataUnfit(f"{file} is not there; --data names the folder of the real data")
    try:
        with _opened(file) as opened:
            reader = csv.DictReader(opened, restval="")
            named, rows = list(reader.fieldnames or ()), list(reader)
    except (UnicodeDecodeError, gzip.BadGzipFile, csv.Error) as wrong:
        raise DataUnfit(f"{file} is no CSV in UTF-8 ({wrong}): write it anew, gzipped where it ends in .gz") from wrong
    if missing := [name for name in columns if name not in named]:
        raise DataUnfit(f"{file} must have the columns {', '.join(columns)}; {', '.join(missing)} is not among its own")
    if not rows:
        raise DataUnfit(f"{file} names its columns and has no row below them: nothing can be measured on it")
    if long := [number for number, row in enumerate(rows, FIRST_LINE) if None in row]:
        raise DataUnfit(f"{file}, row {long[0]} has more values than there are columns ({len(named)})")
    return rows


def filled(file: Path, rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Raises DataUnfit where one of `columns` is empty in some row."""
    for number, row in enumerate(rows, FIRST_LINE):
        for name in columns:
            if not row[name].strip():
                raise DataUnfit(f"{file}, row {number}: {name} is empty; write its value, or leave the row out")


def count(file: Path, number: int, name: str, text: str) -> float:
    """A number of uses.

    Raises:
        DataUnfit: it is none, or negative.
    """
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise DataUnfit(f"{file}, row {number}: {name} must be a number of uses, 0 or more, and is {text!r}")
    return found


def _opened(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return cast("TextIO", gzip.open(file, "rt", encoding="utf-8", newline=""))
    return file.open(encoding="utf-8", newline="")
