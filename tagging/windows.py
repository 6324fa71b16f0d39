"""How many days a tag lasts by its rule, against the lifetime that it claims; it asks no file."""

import re
from collections.abc import Iterator

from tagging.rules import And, Atom, Leaf, Not, Rule, Tree
from tagging.tag import Tag

_BACK = re.compile(r"as_of - INTERVAL (?P<amount>\d+) (?P<unit>DAY|MONTH|YEAR)")
# Fewest and most days of a unit.
_UNITS = {"DAY": (1, 1), "MONTH": (28, 31), "YEAR": (365, 366)}

Span = tuple[int, int]


def mistimed(tag: Tag, rule: Rule) -> Iterator[str]:
    """A sentence where ``lifetime_days`` is another number of days than the rule looks back, or is missing."""
    span, claimed = _span(rule.tree, positive=True), tag.lifetime_days
    if claimed is None:
        if span and tag.family == "life_event":
            yield f"the rule looks back {_days(span)} days; add lifetime_days: {span[0]}"
    elif claimed <= 0:
        yield f"lifetime_days should be above 0, not {claimed}"
    elif span is None:
        yield f"lifetime_days is {claimed}, but the rule looks back at no span of days; remove lifetime_days"
    elif not span[0] <= claimed <= span[1]:
        yield f"lifetime_days is {claimed}, but the rule looks back {_days(span)} days; make them agree"


def _days(span: Span) -> str:
    return str(span[0]) if span[0] == span[1] else f"{span[0]} to {span[1]}"


def _span(tree: Tree, *, positive: bool) -> Span | None:
    """How far back the rule looks at most: what must hold together ends with the first of it, or else with the last.

    What stands under NOT ends the tag in another way and has no span.
    """
    if isinstance(tree, Not):
        return _span(tree.child, positive=not positive)
    if isinstance(tree, Leaf):
        inner = tree.atom.inner
        return _span(inner, positive=positive) if inner is not None else _looked_back(tree.atom) if positive else None
    spans = [span for child in tree.children if (span := _span(child, positive=positive))]
    together = isinstance(tree, And) == positive
    return (min if together else max)(spans, default=None)


def _looked_back(atom: Atom) -> Span | None:
    if atom.word == "within_days_of":
        return int(atom.args[1]), int(atom.args[1])
    if atom.word == "between" and atom.args[2] == "as_of" and (told := _BACK.fullmatch(str(atom.args[1]))):
        fewest, most = _UNITS[told["unit"]]
        return fewest * int(told["amount"]), most * int(told["amount"])
    return None
