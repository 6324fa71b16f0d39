"""What may stand in a rule, node by node, with its types; anything not named here is refused."""

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from profiles.model import NESTED_COLUMNS, Kind
from tagging.rules import comparisons
from tagging.rules.complaint import nearest, refusal
from tagging.rules.model import Arg, Atom
from tagging.rules.words import EVENT_KINDS, LINK_KINDS, WORDS, Takes, Word


@dataclass(frozen=True)
class Source:
    """The rule being read: its text, how errors name it, and the SQL types of its file's columns."""

    text: str
    where: str
    kind: Kind
    types: dict[str, str]


# The parts each node may have. A part of any other name (an ESCAPE, a subquery, a quoted name) is refused, so a
# construct that a later sqlglot learns to parse is refused too until it is named here.
_PARTS: dict[type[exp.Expression], frozenset[str]] = {
    node: frozenset(parts.split())
    for node, parts in {
        exp.Paren: "this",
        exp.And: "this expression",
        exp.Or: "this expression",
        exp.Not: "this",
        exp.Boolean: "this",
        exp.Null: "",
        exp.Anonymous: "this expressions",
        exp.EQ: "this expression",
        exp.NEQ: "this expression",
        exp.LT: "this expression",
        exp.LTE: "this expression",
        exp.GT: "this expression",
        exp.GTE: "this expression",
        exp.Between: "this low high",
        exp.In: "this expressions",
        exp.Like: "this expression negate",
        exp.Is: "this expression",
        exp.Column: "this",
        exp.Identifier: "this",
        exp.Literal: "this is_string",
        exp.Neg: "this",
        exp.Add: "this expression",
        exp.Sub: "this expression",
        exp.Interval: "this unit",
        exp.Var: "this",
    }.items()
}

_OPERATORS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.Like: "like",
}
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_UNITS = ("DAY", "MONTH", "YEAR")
_LONGEST_SPAN = 200 * 366  # days; beyond a lifetime it is a slip of the pen


def guarded(node: exp.Expression, source: Source) -> None:
    """Refuses a node with a comment or with a part that its whitelist entry does not name."""
    if node.comments:
        raise refusal(source.where, source.text, node, "a comment is not allowed in a rule; put it into the YAML")
    extra = {part for part, value in node.args.items() if value} - _PARTS.get(type(node), frozenset(node.args))
    if extra:
        what = node.sql()[:60]
        raise refusal(source.where, source.text, node, f"{what} is not allowed in a rule ({', '.join(sorted(extra))})")


def comparison(node: exp.Expression, source: Source) -> Atom:
    """The atom of a comparison, BETWEEN, IN, LIKE or IS NULL; the column always ends up on the left."""
    guarded(node, source)
    word, left, right = _sides(node, source)
    column = _column(left, source)
    type_ = source.types[column]
    _fits(word, type_, node, source)
    if word in _MIRRORED and isinstance(right[0], exp.Column) and right[0].name != "as_of":
        return _between_columns(word, column, right[0], node, source)
    args = (column, *(_value(value, type_, source) for value in right))
    return Atom(comparisons.code(word, args, source.types), word, args, (f"fact:{column}",), source.kind)


def word_call(node: exp.Anonymous, source: Source) -> tuple[Word, tuple[Arg, ...]]:
    """The domain word called and its checked arguments."""
    name = str(node.this)
    word = WORDS.get(name)
    known = [each.name for each in WORDS.values() if source.kind in each.kinds]
    if word is None or source.kind not in word.kinds:
        problem = "no such word" if word is None else f"not a word for a file of kind {source.kind}"
        raise refusal(source.where, source.text, node, f"{name}: {problem}{nearest(name, known)}")
    given = len(node.expressions)
    if given < len(word.takes) or (given > len(word.takes) and not word.repeats):
        wanted = ", ".join(word.takes) + (", ..." if word.repeats else "")
        raise refusal(source.where, source.text, node, f"{name} takes ({wanted}), {given} arguments were given")
    takes = word.takes + word.takes[-1:] * (given - len(word.takes))
    args = tuple(_argument(part, take, name, source) for part, take in zip(node.expressions, takes, strict=True))
    if name == "has_child_aged" and int(args[0]) >= int(args[1]):
        raise refusal(source.where, source.text, node, f"{name} wants from < below: {args}")
    return word, args


def _sides(node: exp.Expression, source: Source) -> tuple[str, exp.Expression, list[exp.Expression]]:
    if isinstance(node, exp.Is):
        if not isinstance(node.expression, exp.Null):
            raise refusal(source.where, source.text, node, f"{node.sql()}: only IS NULL and IS NOT NULL are allowed")
        return "is_null", node.this, []
    if isinstance(node, exp.Between):
        return "between", node.this, [node.args["low"], node.args["high"]]
    if isinstance(node, exp.In):
        if not node.expressions:
            raise refusal(source.where, source.text, node, f"{node.sql()}: name at least one value")
        return "in", node.this, list(node.expressions)
    word, left, right = _OPERATORS[type(node)], node.this, node.expression
    if word in _MIRRORED and not _is_file_column(left) and _is_file_column(right):
        return _MIRRORED[word], right, [left]
    return word, left, [right]


def _is_file_column(node: exp.Expression) -> bool:
    return isinstance(node, exp.Column) and node.name != "as_of"


def _column(node: exp.Expression, source: Source) -> str:
    if not isinstance(node, exp.Column):
        message = f"{node.sql()[:60]} stands where a column of the file should; write column = value"
        raise refusal(source.where, source.text, node, message)
    guarded(node, source)
    if node.this.args.get("quoted"):
        raise refusal(source.where, source.text, node, f"write {node.name} without quotes; texts stand in '...'")
    name = node.name
    usable = [column for column in source.types if column not in NESTED_COLUMNS and column != "subject"]
    if name in NESTED_COLUMNS or name == "subject":
        message = f"{name} cannot be compared; use words such as holds, has, within_days_of"
        raise refusal(source.where, source.text, node, message)
    if name not in usable:
        message = f"a file of kind {source.kind} has no column {name}{nearest(name, usable)}"
        raise refusal(source.where, source.text, node, message)
    return name


def _fits(word: str, type_: str, node: exp.Expression, source: Source) -> None:
    if type_ == "STRING" and word in ("<", "<=", ">", ">=", "between"):
        raise refusal(source.where, source.text, node, f"{node.sql()[:60]} orders texts; use =, IN or LIKE")
    if type_ != "STRING" and word == "like":
        raise refusal(source.where, source.text, node, f"{node.sql()[:60]}: LIKE is for texts, the column is {type_}")


def _between_columns(word: str, left: str, right: exp.Column, node: exp.Expression, source: Source) -> Atom:
    other = _column(right, source)
    if source.types[left] != source.types[other]:
        message = f"{left} is {source.types[left]} and {other} is {source.types[other]}; compare columns of one type"
        raise refusal(source.where, source.text, node, message)
    full, args = word + comparisons.OF_COLUMN, (left, other)
    reads = (f"fact:{left}", f"fact:{other}")
    return Atom(comparisons.code(full, args, source.types), full, args, reads, source.kind)


def _value(node: exp.Expression, type_: str, source: Source) -> Arg:
    if type_ == "DATE":
        return _day(node, source)
    guarded(node, source)
    if type_ == "STRING":
        return _text(node, source)
    return _number(node, type_, source)


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
            raise refusal(source.where, source.text, node, f"{node.name!r} is no date; write '2024-02-29'") from None
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


def _text(node: exp.Expression, source: Source) -> str:
    if not isinstance(node, exp.Literal) or not node.is_string:
        raise refusal(source.where, source.text, node, f"{node.sql()[:60]} should be a text in '...'")
    text = node.name
    if not text.isprintable() or any(sign in text for sign in "'\"\\"):
        message = f"{text[:40]!r} holds a quote, a backslash or an unprintable sign; leave it out"
        raise refusal(source.where, source.text, node, message)
    return text


def _number(node: exp.Expression, type_: str, source: Source) -> Arg:
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


def _argument(node: exp.Expression, take: Takes, word: str, source: Source) -> Arg:
    guarded(node, source)
    if take in ("years", "days"):
        number = _number(node, "INT", source)
        if not 0 <= int(number) <= (150 if take == "years" else 3660):
            raise refusal(source.where, source.text, node, f"{word}({number}): {number} {take} is out of range")
        return int(number)
    text = _text(node, source)
    known = {"link": LINK_KINDS, "event": EVENT_KINDS}.get(take)
    if known is not None and text not in known:
        raise refusal(source.where, source.text, node, f"{word}({text!r}): no such {take}{nearest(text, known)}")
    allowed = text.replace("-", "").isdigit() if take == "prefix" else bool(text.strip())
    if not allowed:
        wanted = "digits of a code, e.g. '3101'" if take == "prefix" else "not empty"
        raise refusal(source.where, source.text, node, f"{word}({text!r}): the {take} should be {wanted}")
    return text
