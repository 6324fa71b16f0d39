"""What the build needs of each feed's contract, and its rows as known on a day; it never checks rows, the gate did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from profiles import contracts

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

    def row(self, subject: str) -> Column:
        """A gathered row about ``subject``."""
        return F.struct(*[F.col(name).cast(self.types[name]).alias(name) for name in self.fields(subject)])


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
    return None if frame is None else frame.where(F.col("as_of") <= F.lit(day))
