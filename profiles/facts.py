"""Candidates for facts, and which of them is in force; it knows no feed and no fact by name.

Every accepted value becomes a candidate. Candidates of one fact are put in order: what holds on the day before
what does not, then the feed that goes first in line, then the spell that began last, then the newest word. The
first is in force, the rest are kept. Facts of which there may be several (a plate a vehicle) carry an ``item``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from profiles.feeds import Feed
from profiles.model import Kind
from profiles.precedence import place
from profiles.versions import null, same, struct

_UNDATED = 2**31 - 1
_NEVER = null("DATE")


@dataclass(frozen=True)
class Stated:
    """One fact that a row of a feed states; texts are SQL in which ``{row}`` stands for the row."""

    name: str
    column: str  # the feed's column that it comes from: its class and its seal go with it
    value: str = ""  # the column itself where empty; NULL states nothing
    holds: str = "TRUE"  # whether it is so on the day
    since: str = _NEVER
    until: str = _NEVER
    begun: str = _NEVER  # what orders spells that are not versions of each other
    item: str = "''"
    as_of: str = "{row}.as_of"
    yields: int = 0  # below what the same feed says with a lower number

    @property
    def said(self) -> str:
        """The value as text."""
        return f"CAST({self.value or '{row}.' + self.column} AS STRING)"


@dataclass(frozen=True)
class Source:
    """What the rows of one feed state, in the array column ``rows`` sorted by ``key``."""

    feed: Feed
    rows: str
    key: tuple[str, ...] | None  # None: no row is a version of another
    stated: tuple[Stated, ...]


class Docket:
    """All facts that a kind of subject may have, numbered, and the SQL that settles them."""

    def __init__(self, kind: Kind, sources: Sequence[Source]) -> None:
        self._kind = kind
        self._sources = tuple(sources)
        self._stated = [(source, one) for source in sources for one in source.stated]
        self._names = sorted({one.name for _, one in self._stated})

    def candidates(self) -> str:
        """Sorted array of candidates from the sources' array columns; old versions where the next one differs."""
        told, number = [], 0
        for source in self._sources:
            versions = _pairs(source)
            rows = [self._candidate(source.feed, one, number + i) for i, one in enumerate(source.stated)]
            told.append(f"flatten(transform({versions}, pair -> array({', '.join(rows)})))")
            number += len(source.stated)
        return f"array_sort(filter(concat({', '.join(told)}), one -> one.value IS NOT NULL))"

    def facts(self, ordered: str) -> str:
        """The file's ``facts`` from the array column of ``candidates``."""
        known = [
            struct(
                name=f"'{one.name}'", source=f"'{source.feed.name}'", owner=f"'{source.feed.owner}'",
                sensitivity=f"'{source.feed.sensitivity[one.column]}'", sealed=str(one.column in source.feed.sealed),
            )
            for source, one in self._stated
        ]  # fmt: skip
        of = f"get(array({', '.join(known)}), one.stated)"
        fact = struct(
            name=f"{of}.name", value="one.value", source=f"{of}.source", owner=f"{of}.owner", as_of="one.as_of",
            valid_from="one.valid_from", valid_until="one.valid_until", sensitivity=f"{of}.sensitivity",
            sealed=f"{of}.sealed", in_force=_wins(ordered),
        )  # fmt: skip
        return f"transform({ordered}, (one, i) -> {fact})"

    def held(self, ordered: str) -> str:
        """Values in force by number, as a map, for facts of which there is one."""
        winners = f"filter({ordered}, (one, i) -> one.item = '' AND {_wins(ordered)})"
        return f"map_from_entries(transform({winners}, one -> struct(one.fact, one.value)))"

    def typed(self, held: str, columns: Mapping[str, str], defaults: Mapping[str, str]) -> str:
        """A struct of the file's typed columns from the map ``held``; a default (SQL) is what no word at all means.

        It is evaluated as one lambda: spelt out as thirty columns, the code that Spark generates for the row grows
        beyond what the JVM compiles, and is interpreted for every row.
        """
        typed = {
            name: f"CAST(coalesce(held[{self._names.index(name)}], {defaults.get(name, 'NULL')}) AS {type_})"
            for name, type_ in columns.items()
        }
        return f"get(transform(array({held}), held -> {struct(**typed)}), 0)"

    def _candidate(self, feed: Feed, one: Stated, number: int) -> str:
        said, next_said = one.said.format(row="pair.row"), one.said.format(row="pair.next")
        # In the order that settles conflicts; ``fact`` and ``stated`` are places in this docket's lists.
        fields = struct(
            fact=str(self._names.index(one.name)),
            item=one.item,
            lost=f"pair.next IS NOT NULL OR NOT coalesce({one.holds}, FALSE)",
            place=str(10 * place(self._kind, one.name, feed.name) + one.yields),
            begun=f"coalesce(-unix_date({one.begun}), {_UNDATED})",
            newer=f"-unix_date({one.as_of})",
            value=f"IF(pair.next IS NOT NULL AND {next_said} <=> {said}, NULL, {said})",
            stated=str(number),
            as_of=one.as_of,
            valid_from=one.since,
            valid_until=one.until,
        )
        return fields.format(row="pair.row")


def _wins(ordered: str) -> str:
    return f"(NOT one.lost AND NOT {same(f'get({ordered}, i - 1)', 'one', ['fact', 'item'])})"


def _pairs(source: Source) -> str:
    """Each row with the next version of it, if any."""
    follower = f"get({source.rows}, i + 1)"
    superseded = "FALSE" if source.key is None else same(follower, "row", source.key)
    return f"transform({source.rows}, (row, i) -> struct(row AS row, IF({superseded}, {follower}, NULL) AS next))"
