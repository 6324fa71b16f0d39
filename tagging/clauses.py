"""Rules as alternatives of facts that must hold together; it answers nothing and knows no engine.

A rule is true exactly where all literals of one of its clauses are: that holds in three-valued logic too, since an
unknown literal makes its clause unknown. So the satisfied clauses are the reason for a tag, and rules become data
that an engine walks, where sixty expressions would have to be compiled.
"""

from dataclasses import dataclass

from tagging.rules import And, Atom, Leaf, Not, Tree

# More clauses than this and a rule is better asked as a whole.
MOST = 64


@dataclass(frozen=True)
class Literal:
    """An atom that must hold, or where ``positive`` is false, must fail."""

    atom: Atom
    positive: bool

    @property
    def code(self) -> str:
        """It as rule text."""
        return self.atom.code if self.positive else f"NOT {self.atom.code}"


Clause = tuple[Literal, ...]


def clauses(tree: Tree) -> tuple[Clause, ...] | None:
    """The tree's clauses with ``tag('...')`` replaced by its rule; None where they would be more than ``MOST``.

    >>> from tagging.rules import parse
    >>> found = clauses(parse("aged(60) AND NOT (sex = 'male' AND holds('X'))", "person").tree)
    >>> [[each.code for each in clause] for clause in found]
    [['aged(60)', "NOT sex = 'male'"], ['aged(60)', "NOT holds('X')"]]
    """
    return _clauses(tree, positive=True)


def _clauses(tree: Tree, *, positive: bool) -> tuple[Clause, ...] | None:
    if isinstance(tree, Leaf):
        inner = tree.atom.inner
        return ((Literal(tree.atom, positive),),) if inner is None else _clauses(inner, positive=positive)
    if isinstance(tree, Not):
        return _clauses(tree.child, positive=not positive)
    parts = [_clauses(child, positive=positive) for child in tree.children]
    # Under NOT, and becomes or, and or becomes and.
    together = isinstance(tree, And) == positive
    found: tuple[Clause, ...] = ((),) if together else ()
    for part in parts:
        if part is None:
            return None
        found = tuple(_joined(one, other) for one in found for other in part) if together else found + part
        if len(found) > MOST:
            return None
    return found


def _joined(one: Clause, other: Clause) -> Clause:
    return tuple(dict.fromkeys((*one, *other)))
