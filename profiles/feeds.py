"""What the build needs of each feed's contract, and its rows as known on a day; it never checks rows, the gate did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from pyspark.sql import DataFrame

from profiles import contracts
from profiles.gather import Part
from profiles.versions import on

Feeds = Mapping[str, DataFrame]


@dataclass(frozen=True)
class Feed:
    """One feed's columns, as its contract gives them."""

    name: str
    owner: str
    key: tuple[str, ...]  # as_of left out
    types: Mapping[str, str]  # column -> SQL type
    sensitivity: Mapping[str, str]  # column -> class
    sealed: frozenset[str]

    def fields(self, subject: str) -> tuple[str, ...]:
        """Columns of a gathered row about ``subject``: the rest of the key, as_of, then everything else."""
        key = [column for column in self.key if column != subject]
        rest = [column for column in self.types if column not in {*self.key, "as_of"}]
        return (*key, "as_of", *rest)

    def row_type(self, subject: str) -> str:
        """SQL type of a gathered row about ``subject``."""
        return "STRUCT<" + ", ".join(f"{name}: {self.types[name]}" for name in self.fields(subject)) + ">"

    def rows(self, frame: DataFrame, subject: str) -> DataFrame:
        """(subject, row) of every row of ``frame``."""
        fields = ", ".join(f"{name} AS {name}" for name in self.fields(subject))
        return frame.selectExpr(f"{subject} AS subject", f"struct({fields}) AS row")


@cache
def feed(name: str) -> Feed:
    """What the contract says of feed ``name``.

    >>> feed("vehicles").key, sorted(feed("vehicles").sealed)
    (('person', 'plate'), ['plate'])
    """
    contract = contracts.load()[name]
    return Feed(
        name=name,
        owner=contract.owner.zh,
        key=tuple(column for column in contract.key if column != "as_of"),
        types=contract.schema,
        sensitivity={column.name: column.sensitivity for column in contract.columns},
        sealed=frozenset(column.name for column in contract.columns if column.sealed),
    )


def known(feeds: Feeds, name: str, day: date) -> DataFrame | None:
    """What was known of a feed on ``day``: its rows with ``as_of`` up to that day; None where it was not delivered."""
    frame = feeds.get(name)
    return None if frame is None else frame.where(f"as_of <= {on(day)}")


def part(feeds: Feeds, name: str, day: date, subject: str) -> Part:
    """What was known of a feed on ``day``, as a part about ``subject`` (person or enterprise)."""
    told, rows = feed(name), known(feeds, name, day)
    return Part(told.row_type(subject), None if rows is None else told.rows(rows, subject))
