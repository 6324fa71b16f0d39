"""Compiles rules to DuckDB SQL text; it never opens DuckDB."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tagging.rules.compile import compiled
from tagging.rules.engine import NAMED_BY, Unit
from tagging.rules.model import Atom, Rule


class DuckDb:
    """DuckDB's spelling. Its list functions skip NULL answers, so three-valued ``exists`` is written out.

    Each lambda costs a single file as much as it costs two thousand; where the names in a list are at hand, one that
    has nothing of the name asked for is left alone.
    """

    def __init__(self, names: Mapping[str, str] = MappingProxyType({})) -> None:
        """``names``: list → a column that holds the names of its elements, where there is one."""
        self._names = names

    def any_of(self, column: str, item: str, predicate: str, of: str | None = None) -> str:
        none = f" WHEN NOT {self._has(column, of)} THEN FALSE" if of is not None and column in self._names else ""
        some = f"len(list_filter({column}, lambda {item}: {predicate})) > 0"
        unclear = f"len(list_filter({column}, lambda {item}: ({predicate}) IS NULL)) > 0"
        answer = f"WHEN {some} THEN TRUE WHEN {unclear} THEN NULL ELSE FALSE"
        return f"CASE WHEN {column} IS NULL THEN NULL{none} {answer} END"

    def days_of(self, column: str, item: str, predicate: str, days: Sequence[str], of: str | None = None) -> str:
        chosen = f"list_filter({column}, lambda {item}: {predicate})"
        found = f"flatten(list_transform({chosen}, lambda {item}: [{', '.join(days)}]))"
        return (
            f"CASE WHEN {self._has(column, of)} THEN {found} END" if of is not None and column in self._names else found
        )

    def dates(self, lists: Sequence[str], days: Sequence[str]) -> str:
        parts = [*lists, f"CAST([{', '.join(days)}] AS DATE[])"]
        return f"flatten([{', '.join(parts)}])"

    def shifted(self, date: str, amount: int, unit: Unit) -> str:
        if unit == "DAY":
            return f"({date} + ({amount}))"
        # The date plus an interval is a timestamp here; at midnight, so the cast loses nothing.
        return f"CAST({date} + INTERVAL ({amount}) {unit} AS DATE)"

    def _has(self, column: str, of: str) -> str:
        return f"list_contains({self._names[column]}, '{of}')"


# What finds the names in each list once for all that ask.
NAMES: Mapping[str, str] = MappingProxyType(
    {f"_{column}": f"list_transform({column}, lambda x: x.{name})" for column, name in NAMED_BY.items()}
)
AT_HAND = DuckDb({column: f"_{column}" for column in NAMED_BY})


def to_duckdb(what: Rule | Atom) -> str:
    """The rule or atom as DuckDB SQL.

    >>> from tagging.rules import parse
    >>> to_duckdb(parse("aged(60)", "person"))
    '(birth_date <= CAST(as_of + INTERVAL (-60) YEAR AS DATE))'
    """
    return compiled(what, DuckDb())
