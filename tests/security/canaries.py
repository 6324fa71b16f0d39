"""Invented identity numbers, names, phones, addresses, plates and document numbers, planted in every feed; a search for
them in bytes of any kind. Nothing here runs a job."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.city.numbers import credit_codes, resident_numbers
from profiles.contracts import Column
from tests.faults.sheets import Sheet

# What a sealed column holds, by its name; a number makes it unique.
WORDS: Mapping[str, str] = {
    "name": "金丝雀", "address": "金丝雀弄", "phone": "1990000", "parent_phone": "1991111", "plate": "沪雀",
    "number": "雀证", "property_number": "雀产",
}  # fmt: skip
SHARE_OF_BAD = 0.04  # of a feed's rows: so few that the feed still comes in


@dataclass
class Planted:
    """The texts that must not be found, by what they are, and how many rows of each feed carry one."""

    texts: dict[str, str] = field(default_factory=dict)  # canary -> feed and column
    rows: dict[str, int] = field(default_factory=dict)

    def found_in(self, content: bytes) -> list[str]:
        """Canaries in bytes: as UTF-8, as JSON escapes them, as GB 18030, as UTF-16."""
        return [text for text in self.texts if any(form in content for form in _forms(text))]


def plant(sheets: Mapping[str, Sheet], wanted: int) -> Planted:
    """Adds rows to every feed, in turn, until so many canaries are planted; every other row is one for quarantine."""
    planted, numbers = Planted(), count(1)
    people, firms = _residents(wanted), _firms(wanted)
    for sheet in cycle(sheets.values()):
        known = planted.rows.get(sheet.feed, 0)
        if len(planted.texts) >= wanted and known > 1:
            return planted
        number, spoil = next(numbers), known % 2 == 1 and (known + 2) / 2 <= SHARE_OF_BAD * len(sheet.rows)
        row = [*sheet.rows[number % len(sheet.rows)]]
        for column in sheet.contract.columns:
            canary = _canary(column, number, people, firms, sheet)
            if canary and (row[sheet.place(column.name)] or column.required):
                text = canary if not (spoil and column.identifies) else canary[:-1] + "O"
                row[sheet.place(column.name)] = text
                planted.texts[text] = f"{sheet.feed}.{column.name}"
        for place in (
            sheet.place(name) for name in ("case_id", "event_id", "rating_id") if name in sheet.layout.headers
        ):
            row[place] = f"{row[place]}C{number}"
        if spoil and sheet.feed == "school_roll":
            row[sheet.place("since")] = f"1992222{number:06d}"  # a phone under a date
            planted.texts[f"1992222{number:06d}"] = "school_roll.since"
        sheet.rows.append(row)
        planted.rows[sheet.feed] = known + 1
    raise AssertionError("there are no feeds")


def decoded(path: Path) -> Iterator[bytes]:
    """A file's bytes, and what stands in it unpacked: columns of parquet as text, members of an archive."""
    content = path.read_bytes()
    yield content
    if path.suffix == ".parquet":
        for column in pq.read_table(io.BytesIO(content)).itercolumns():
            yield b"\n".join(_texts(column))
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield archive.read(name)


def as_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as text."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _texts(column: pa.ChunkedArray) -> Iterator[bytes]:
    for value in column.to_pylist():
        yield value if isinstance(value, bytes) else str(value).encode()


def _canary(column: Column, number: int, people: list[str], firms: list[str], sheet: Sheet) -> str:
    if column.identifies and sheet.feed == "school_roll":
        return f"雀学籍{number:06d}"
    if column.identifies == "person":
        return people.pop()
    if column.identifies == "enterprise":
        return firms.pop()
    return f"{WORDS[column.name]}{number:06d}" if column.sealed else ""


def _residents(wanted: int) -> list[str]:
    many = 3 * wanted + 100
    born = np.full(many, np.datetime64("1931-01-01", "D")) + np.arange(many)
    return [str(text) for text in resident_numbers(np.full(many, 659099), born, np.zeros(many, dtype=bool))]


def _firms(wanted: int) -> list[str]:
    many = 3 * wanted + 100
    return [str(text) for text in credit_codes(np.full(many, 659099), np.zeros(many, dtype=bool))]


def _forms(text: str) -> Iterator[bytes]:
    yield text.encode()
    if not text.isascii():
        yield text.encode("unicode_escape")
        yield text.encode("gb18030")
    yield text.encode("utf-16-le")
