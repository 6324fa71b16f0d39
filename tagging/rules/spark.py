"""Compiles rules to Spark SQL text; it never starts Spark."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tagging.rules.compile import compiled
from tagging.rules.engine import NAMED_BY, Unit
from tagging.rules.model import Atom, Rule


class Spark:
    """Spark's spelling. ``exists`` is three-valued by itself; interval arithmetic clamps at the month's end.

    Spark interprets lambdas element by element, and compiles all else. So where a list has nothing of the name that
    is asked for, which is so for most names and files, its lambda does not run at all.
    """

    def __init__(self, names: Mapping[str, str] = MappingProxyType({})) -> None:
        """``names``: list → a column that holds the names of its elements, where there is one."""
        self._names = names

    def any_of(self, column: str, item: str, predicate: str, of: str | None = None) -> str:
        some = f"exists({column}, {item} -> {predicate})"
        if of is None:
            return some
        return f"CASE WHEN {column} IS NULL THEN NULL WHEN {self._has(column, of)} THEN {some} ELSE FALSE END"

    def days_of(self, column: str, item: str, predicate: str, days: Sequence[str], of: str | None = None) -> str:
        found = f"flatten(transform(filter({column}, {item} -> {predicate}), {item} -> array({', '.join(days)})))"
        return found if of is None else f"CASE WHEN {self._has(column, of)} THEN {found} END"

    def dates(self, lists: Sequence[str], days: Sequence[str]) -> str:
        none = "CAST(array() AS ARRAY<DATE>)"
        parts = [f"coalesce({one}, {none})" for one in lists] + ([f"array({', '.join(days)})"] if days else [])
        return f"concat({', '.join(parts)})"

    def shifted(self, date: str, amount: int, unit: Unit) -> str:
        if unit == "DAY":
            return f"date_add({date}, {amount})"
        return f"add_months({date}, {amount * 12 if unit == 'YEAR' else amount})"

    def _has(self, column: str, of: str) -> str:
        return f"array_contains({self._names.get(column, f'{column}.{NAMED_BY[column]}')}, '{of}')"


# What finds the names in each list once for all that ask. Taken as they are, Spark would take them again each time.
NAMES: Mapping[str, str] = MappingProxyType(
    {f"_{column}": f"array_remove({column}.{name}, '')" for column, name in NAMED_BY.items()}
)
AT_HAND = Spark({column: f"_{column}" for column in NAMED_BY})


def to_spark(what: Rule | Atom) -> str:
    """The rule or atom as Spark SQL, for ``pyspark.sql.functions.expr``.

    >>> from tagging.rules import parse
    >>> to_spark(parse("aged(60)", "person"))
    '(birth_date <= add_months(as_of, -720))'
    """
    return compiled(what, Spark())
