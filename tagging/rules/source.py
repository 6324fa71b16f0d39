"""The rule being read, and which parts each of its nodes may have; it reads no meaning into them."""

from dataclasses import dataclass

from sqlglot import exp

from profiles.model import Kind
from tagging.rules.complaint import refusal


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


def guarded(node: exp.Expression, source: Source) -> None:
    """Refuses a node with a comment or with a part that its whitelist entry does not name."""
    if node.comments:
        raise refusal(source.where, source.text, node, "a comment is not allowed in a rule; put it into the YAML")
    extra = {part for part, value in node.args.items() if value} - _PARTS.get(type(node), frozenset(node.args))
    if extra:
        what = node.sql()[:60]
        raise refusal(source.where, source.text, node, f"{what} is not allowed in a rule ({', '.join(sorted(extra))})")
