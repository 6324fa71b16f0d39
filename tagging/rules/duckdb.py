"""Compiles rules to DuckDB SQL text; it never opens DuckDB."""

from collections.abc import Sequence

from tagging.rules.compile import compiled
from tagging.rules.engine import Unit
from tagging.rules.model import Atom, Rule


class DuckDb:
    """DuckDB's spelling. Its list functions skip NULL answers, so three-valued ``exists`` is written out."""

    def any_of(self, column: str, item: str, predicate: str, of: str | None = None) -> str:  # noqa: ARG002
        some = f"len(list_filter({column}, lambda {item}: {predicate})) > 0"
        unclear = f"len(list_filter({column}, lambda {item}: ({predicate}) IS NULL)) > 0"
        return f"CASE WHEN {column} IS NULL THEN NULL WHEN {some} THEN TRUE WHEN {unclear} THEN NULL ELSE FALSE END"

    def days_of(self, column: str, item: str, predicate: str, days: Sequence[str], of: str | None = None) -> str:  # noqa: ARG002
        chosen = f"list_filter({column}, lambda {item}: {predicate})"
        return f"flatten(list_transform({chosen}, lambda {item}: [{', '.join(days)}]))"

    def dates(self, lists: Sequence[str], days: Sequence[str]) -> str:
        parts = [*lists, f"CAST([{', '.join(days)}] AS DATE[])"]
        return f"flatten([{', '.join(parts)}])"

    def shifted(self, date: str, amount: int, unit: Unit) -> str:
        if unit == "DAY":
            return f"({date} + ({amount}))"
        # The date plus an interval is a timestamp here; at midnight, so the cast loses nothing.
        return f"CAST({date} + INTERVAL ({amount}) {unit} AS DATE)"


def to_duckdb(what: Rule | Atom) -> str:
    """The rule or atom as DuckDB SQL.

    >>> from tagging.rules import parse
    >>> to_duckdb(parse("aged(60)", "person"))
    '(birth_date <= CAST(as_of + INTERVAL (-60) YEAR AS DATE))'
    """
    return compiled(what, DuckDb())
