"""Candidates for facts, and which of them is in force; it knows no feed and no fact by name.

Every accepted value becomes a candidate. Candidates of one fact are put in order: what holds on the day before
what does not, then the feed that goes first in line, then the spell that began last, then the newest word. The
first is in force, the rest are kept. Facts of which there may be several (a plate a vehicle) carry an ``item``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

from profiles.feeds import Feed
from profiles.precedence import place
from profiles.versions import same

Read = Callable[[Column], Column]

# The leading fields put candidates in order; the trailing ones are carried.
CANDIDATE = (
    "STRUCT<name: STRING, item: STRING, lost: BOOLEAN, place: INT, begun: INT, newer: INT, value: STRING,"
    " source: STRING, as_of: DATE, valid_from: DATE, valid_until: DATE, owner: STRING, sensitivity: STRING,"
    " sealed: BOOLEAN>"
)
_NAMES = tuple(pair.split(":")[0] for pair in CANDIDATE.removeprefix("STRUCT<").split(", "))
_LAST = 2**31 - 1
_SHOWN = ("value", "source", "owner", "as_of", "valid_from", "valid_until", "sensitivity", "sealed")


def _always(row: Column) -> Column:
    return F.lit(True)


def _unknown(row: Column) -> Column:
    return F.lit(None).cast("DATE")


@dataclass(frozen=True)
class Stated:
    """One fact that a row of a feed states."""

    name: str
    column: str  # the feed's column that it comes from: its class and its seal go with it
    value: Read | None = None  # the column itself where None
    holds: Read = _always  # whether it is so on the day
    since: Read = _unknown
    until: Read = _unknown
    begun: Read = _unknown  # what orders spells that are not versions of each other
    item: Read | None = None
    as_of: str = "as_of"
    yields: int = 0  # below what the same feed says with a lower number

    def read(self, row: Column) -> Column:
        """The value as text; NULL states nothing."""
        value = row[self.column] if self.value is None else self.value(row)
        return value.cast("STRING")


def states(kind: str, feed: Feed, rows: Column, key: Sequence[str], stated: Sequence[Stated]) -> Column:
    """Candidates from the sorted versions ``rows``: an old version's value is kept where the next one changed it."""

    def of_row(row: Column, index: Column) -> Column:
        follower = F.get(rows, index + 1)
        superseded = same(follower, row, key)
        return F.array(*[_candidate(kind, feed, one, row, follower, superseded) for one in stated])

    told = F.flatten(F.transform(rows, of_row)).cast(f"ARRAY<{CANDIDATE}>")
    return F.filter(told, lambda candidate: candidate["value"].isNotNull())


def measured(kind: str, feed: Feed, name: str, column: str, value: Column, as_of: Column) -> Column:
    """The one candidate for a fact that is counted over rows of ``feed``; none where ``value`` is NULL."""
    nothing = F.lit(None).cast("DATE")
    candidate = _named(
        F.lit(name), F.lit(""), F.lit(False), F.lit(place(kind, name, feed.name)), F.lit(0), F.lit(0),
        value.cast("STRING"), F.lit(feed.name), as_of, nothing, nothing,
        F.lit(feed.owner), F.lit(feed.sensitivity[column]), F.lit(False),
    )  # fmt: skip
    none = F.array().cast(f"ARRAY<{CANDIDATE}>")
    return F.when(value.isNotNull(), F.array(candidate).cast(f"ARRAY<{CANDIDATE}>")).otherwise(none)


def facts(ordered: Column) -> Column:
    """The file's ``facts`` from all candidates sorted."""

    def fact(candidate: Column, index: Column) -> Column:
        shown = [candidate[field].alias(field) for field in _SHOWN]
        return F.struct(candidate["name"].alias("name"), *shown, _wins(ordered, candidate, index).alias("in_force"))

    return F.transform(ordered, fact)


def held(ordered: Column) -> Column:
    """Fact → value in force, as a map, for facts of which there is one."""
    winners = F.filter(
        ordered, lambda candidate, index: (candidate["item"] == "") & _wins(ordered, candidate, index)
    )
    return F.map_from_entries(F.transform(winners, lambda one: F.struct(one["name"], one["value"])))


def typed(values: Column, columns: Mapping[str, str], defaults: Mapping[str, object]) -> list[Column]:
    """The file's typed columns from the values in force; a default says what no word on it means."""
    return [
        F.coalesce(values[name].cast(type_), F.lit(defaults.get(name)).cast(type_)).alias(name)
        for name, type_ in columns.items()
    ]


def _wins(ordered: Column, candidate: Column, index: Column) -> Column:
    return ~candidate["lost"] & ~same(F.get(ordered, index - 1), candidate, ("name", "item"))


def _candidate(kind: str, feed: Feed, one: Stated, row: Column, follower: Column, superseded: Column) -> Column:
    value = one.read(row)
    kept = F.when(~(superseded & one.read(follower).eqNullSafe(value)), value)
    return _named(
        F.lit(one.name),
        F.lit("") if one.item is None else one.item(row),
        superseded | ~F.coalesce(one.holds(row), F.lit(False)),
        F.lit(10 * place(kind, one.name, feed.name)) + F.lit(one.yields),
        F.coalesce(-F.unix_date(one.begun(row)), F.lit(_LAST)),
        -F.unix_date(row[one.as_of]),
        kept,
        F.lit(feed.name),
        row[one.as_of],
        one.since(row),
        one.until(row),
        F.lit(feed.owner),
        F.lit(feed.sensitivity[one.column]),
        F.lit(one.column in feed.sealed),
    )


def _named(*fields: Column) -> Column:
    return F.struct(*[field.alias(name) for name, field in zip(_NAMES, fields, strict=True)])
