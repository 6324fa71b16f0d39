"""The constants of a rule: texts, numbers and days, each checked for its type; it knows no column and no word."""

from datetime import date

from sqlglot import exp

from tagging.rules.complaint import refusal
from tagging.rules.model import Arg
from tagging.rules.source import Source, guarded

_UNITS = ("DAY", "MONTH", "YEAR")
_LONGEST_SPAN = 200 * 366  # days; beyond a lifetime it is a slip of the pen


def value(node: exp.Expression, type_: str, source: Source) -> Arg:
    """What a column of SQL type ``type_`` is compared with; a date as ISO text or as an ``as_of`` expression."""
    if type_ == "DATE":
        return _day(node, source)
    guarded(node, source)
    if type_ == "STRING":
        return text(node, source)
    return number(node, type_, source)


def _day(node: exp.Expression, source: Source) -> str:
    if isinstance(node, exp.Cast) and _is_date_literal(node, source):
        node = node.this
    guarded(node, source)
    if isinstance(node, exp.Column) and node.name == "as_of":
        return "as_of"
    if isinstance(node, exp.Add | exp.Sub) and isinstance(node.expression, exp.Interval):
        return _shifted(node, source)
    if isinstance(node, exp.Literal) and node.is_string:
        try:
            return date.fromisoformat(node.name).isoformat()
        except ValueError:
            message = f"{node.name!r} is no date; write '2024-02-29', as_of or as_of - INTERVAL 30 DAY"
            raise refusal(source.where, source.text, node, message) from None
    message = f"{node.sql()[:60]} is no date; write '2024-02-29', as_of or as_of - INTERVAL 30 DAY"
    raise refusal(source.where, source.text, node, message)


def _is_date_literal(node: exp.Cast, source: Source) -> bool:
    # DATE '2024-02-29' and CAST('2024-02-29' AS DATE) parse alike; the word before the literal tells them apart.
    literal = node.this
    if not isinstance(literal, exp.Literal) or not node.to.is_type("date") or "start" not in literal.meta:
        return False
    return source.text[: literal.meta["start"]].rstrip().upper().endswith("DATE")


def _shifted(node: exp.Expression, source: Source) -> str:
    span = node.expression
    guarded(span, source)
    amount = span.this.name if isinstance(span.this, exp.Literal) else ""
    unit = span.unit.name.upper() if isinstance(span.unit, exp.Var) else ""
    base = node.this
    if not isinstance(base, exp.Column) or base.name != "as_of" or not amount.isdigit() or unit not in _UNITS:
        message = f"{node.sql()[:60]} is not allowed; write as_of - INTERVAL 30 DAY (or MONTH, YEAR)"
        raise refusal(source.where, source.text, node, message)
    days = int(amount) * {"DAY": 1, "MONTH": 31, "YEAR": 366}[unit]
    if days > _LONGEST_SPAN:
        raise refusal(source.where, source.text, node, f"{amount} {unit} is longer than 200 years")
    sign = "-" if isinstance(node, exp.Sub) else "+"
    return f"as_of {sign} INTERVAL {int(amount)} {unit}"


def text(node: exp.Expression, source: Source) -> str:
    """A text without what the engines escape differently."""
    if not isinstance(node, exp.Literal) or not node.is_string:
        raise refusal(source.where, source.text, node, f"{node.sql()[:60]} should be a text{_quoted(node)}")
    said = node.name
    if not said.isprintable() or any(sign in said for sign in "'\"\\"):
        message = f"{said[:40]!r} holds a quote, a backslash or an unprintable sign; leave it out"
        raise refusal(source.where, source.text, node, message)
    return said


def _quoted(node: exp.Expression) -> str:
    """What to write instead of a text without quotes, or in those of a name."""
    if isinstance(node, exp.Null):
        return "; whether it is known is asked with IS NULL"
    if isinstance(node, exp.Column | exp.Literal):
        return f" in single quotes; write '{node.name}'"
    return " in single quotes, such as 'male'"


def number(node: exp.Expression, type_: str, source: Source) -> Arg:
    """A whole number, or for DOUBLE a decimal as text; small enough that no engine rounds it."""
    sign = ""
    if isinstance(node, exp.Neg):
        sign, node = "-", node.this
        guarded(node, source)
    digits = node.name if isinstance(node, exp.Literal) and not node.is_string else ""
    if digits.isdigit() and len(digits) <= 15:
        return int(sign + digits)
    whole, _, part = digits.partition(".")
    if type_ == "DOUBLE" and whole.isdigit() and part.isdigit() and len(digits) <= 16:
        return sign + digits
    wanted = "a whole number" if type_ == "INT" else "a number"
    raise refusal(source.where, source.text, node, f"{node.sql()[:60]} should be {wanted}")
