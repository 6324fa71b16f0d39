"""How many days a tag lasts by its rule, against the lifetime that it claims; it asks no file."""

import re
from collections.abc import Iterator

from tagging.rules import And, Atom, Leaf, Not, Or, Rule, Tree
from tagging.tag import Tag

_BACK = re.compile(r"as_of - INTERVAL (?P<amount>\d+) (?P<unit>DAY|MONTH|YEAR)")
# Fewest and most days of a unit.
_UNITS = {"DAY": (1, 1), "MONTH": (28, 31), "YEAR": (365, 366)}

Span = tuple[int, int]


def mistimed(tag: Tag, rule: Rule) -> Iterator[str]:
    """A sentence where ``lifetime_days`` is another number of days than the rule looks back, or is missing."""
    spans = sorted(_spans(rule.tree, positive=True))
    claimed = tag.lifetime_days
    if claimed is None:
        if spans and tag.family == "life_event":
            yield f"the rule looks back {_days(spans[-1])} days; add lifetime_days: {spans[-1][0]}"
    elif claimed <= 0:
        yield f"lifetime_days should be above 0, not {claimed}"
    elif not spans:
        yield f"lifetime_days is {claimed}, but the rule looks back at no span of days; remove lifetime_days"
    elif not spans[-1][0] <= claimed <= spans[-1][1]:
        yield f"lifetime_days is {claimed}, but the rule looks back {_days(spans[-1])} days; make them agree"


def _days(span: Span) -> str:
    return str(span[0]) if span[0] == span[1] else f"{span[0]} to {span[1]}"


def _spans(tree: Tree, *, positive: bool) -> Iterator[Span]:
    """The spans that must hold something for the rule to be true; those under NOT say when it ends otherwise."""
    if isinstance(tree, Not):
        yield from _spans(tree.child, positive=not positive)
    elif isinstance(tree, And | Or):
        for child in tree.children:
            yield from _spans(child, positive=positive)
    elif isinstance(tree, Leaf) and tree.atom.inner is not None:
        yield from _spans(tree.atom.inner, positive=positive)
    elif isinstance(tree, Leaf) and positive:
        yield from _span(tree.atom)


def _span(atom: Atom) -> Iterator[Span]:
    if atom.word == "within_days_of":
        yield int(atom.args[1]), int(atom.args[1])
    elif atom.word == "between" and atom.args[2] == "as_of" and (told := _BACK.fullmatch(str(atom.args[1]))):
        fewest, most = _UNITS[told["unit"]]
        yield fewest * int(told["amount"]), most * int(told["amount"])
