"""Compiles rules to Spark SQL text; it never starts Spark."""

from tagging.rules.compile import compiled
from tagging.rules.engine import Unit
from tagging.rules.model import Atom, Rule


class Spark:
    """Spark's spelling. ``exists`` is three-valued by itself; interval arithmetic clamps at the month's end."""

    def any_of(self, column: str, item: str, predicate: str) -> str:
        return f"exists({column}, {item} -> {predicate})"

    def shifted(self, date: str, amount: int, unit: Unit) -> str:
        if unit == "DAY":
            return f"date_add({date}, {amount})"
        return f"add_months({date}, {amount * 12 if unit == 'YEAR' else amount})"


def to_spark(what: Rule | Atom) -> str:
    """The rule or atom as Spark SQL, for ``pyspark.sql.functions.expr``.

    >>> from tagging.rules import parse
    >>> to_spark(parse("aged(60)", "person"))
    '(birth_date <= add_months(as_of, -720))'
    """
    return compiled(what, Spark())
