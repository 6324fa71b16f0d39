"""A clean made-up city's deliveries as sheets of text, to be spoilt and written again; nothing is spoilt here."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.city.columns import Columns
from jobs.city.town import Town, build
from jobs.city.write import Layout, deliver, layouts, texts
from profiles import bindings, contracts
from profiles.contracts import Contract

Bytes = Callable[[bytes], bytes]


@dataclass
class Sheet:
    """One feed's delivery: header and rows as text, "" where nothing stands; ``last`` changes the bytes as written."""

    contract: Contract
    layout: Layout
    header: list[str]
    rows: list[list[str]]
    schemes: frozenset[str] = frozenset()  # columns of numbers that are the supplier's own
    last: Bytes | None = None
    delivered: bool = True

    @property
    def feed(self) -> str:
        return self.contract.feed

    @property
    def csv(self) -> bool:
        return self.layout.format == "csv"

    def place(self, name: str) -> int:
        """Where the contract's column stands."""
        return self.header.index(self.layout.headers[name])

    def get(self, row: int, name: str) -> str:
        return self.rows[row][self.place(name)]

    def put(self, row: int, name: str, text: str) -> None:
        self.rows[row][self.place(name)] = text

    def column(self, name: str) -> list[str]:
        place = self.place(name)
        return [row[place] for row in self.rows]

    def copy(self) -> "Sheet":
        return replace(self, header=[*self.header], rows=[[*row] for row in self.rows])

    def write(self, day: date, out: Path) -> None:
        """Put the delivery where its binding expects it, or nothing where there is none."""
        if not self.delivered:
            return
        file = out / self.layout.path.replace("{day}", day.isoformat())
        file.parent.mkdir(parents=True, exist_ok=True)
        content = self._as_csv() if self.csv else self._as_parquet()
        file.write_bytes(self.last(content) if self.last else content)

    def _as_csv(self) -> bytes:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([self.header, *self.rows])
        return text.getvalue().encode()

    def _as_parquet(self) -> bytes:
        columns = {
            name: pa.array([row[place] or None for row in self.rows], pa.string())
            for place, name in enumerate(self.header)
        }
        sink = io.BytesIO()
        pq.write_table(pa.table(columns), sink)
        return sink.getvalue()


@dataclass(frozen=True)
class Clean:
    """A made-up city without dirt, as known on one day."""

    town: Town
    day: date
    feeds: dict[str, Columns] = field(repr=False)

    def write(self, out: Path) -> None:
        """Deliver every feed as departments would."""
        people, firms = (pa.array(found.astype(object)) for found in (self.town.city.number, self.town.firms.code))
        known = layouts()
        for feed, columns in self.feeds.items():
            pupils = pa.array(self.town.roll.number.astype(object)) if feed == "school_roll" else people
            deliver(known[feed], texts(known[feed], columns, pupils, firms), self.day.isoformat(), out)


def clean(people: int, seed: int, day: date) -> Clean:
    """A city as ``jobs.city.make`` would write it, but for the dirt."""
    town = build(people, seed, np.datetime64(day, "D"))
    return Clean(town, day, {**town.feeds, "school_roll": town.roll.columns})


def sheets(out: Path, day: date) -> dict[str, Sheet]:
    """What lies delivered for the day, by feed."""
    agreed, known = contracts.load(), layouts()
    bound = {binding.feed: binding for binding in bindings.load(("city",), agreed)[0]}
    return {
        feed: _read(agreed[feed], layout, frozenset(bound[feed].schemes), day, out)
        for feed, layout in sorted(known.items())
    }


def _read(contract: Contract, layout: Layout, schemes: frozenset[str], day: date, out: Path) -> Sheet:
    file = out / layout.path.replace("{day}", day.isoformat())
    if layout.format == "parquet":
        table = pq.read_table(file)
        rows = [[row[name] or "" for name in table.column_names] for row in table.to_pylist()]
        return Sheet(contract, layout, table.column_names, rows, schemes)
    with file.open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    return Sheet(contract, layout, header, rows, schemes)
