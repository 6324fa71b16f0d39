"""A parsed rule as plain data: leaves, and the and/or/not above them; it never evaluates anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from profiles.model import Kind

Arg = str | int

# What a rule answers.
NO, YES, UNKNOWN = 0, 1, 2


@dataclass(frozen=True)
class Atom:
    """One leaf predicate: a domain word or a comparison.

    ``word`` is the domain word's name, or for a comparison one of ``= <> < <= > >= between in like is_null true``,
    with `` column`` appended where the right side is a column too. ``args`` are the word's arguments; for a
    comparison the column comes first. A date on the right is ISO text or an ``as_of`` expression.
    ``reads`` names what decides it: ``fact:birth_date``, ``document:HKM_PERMIT``, ``link:child``, ``event:birth``,
    ``case:<service>``; ``tag:<id>`` comes first for ``tag('<id>')``, followed by what that tag's rule reads.
    """

    code: str
    word: str
    args: tuple[Arg, ...]
    reads: tuple[str, ...]
    kind: Kind
    inner: Tree | None = None  # the rule behind tag('...'), else None


@dataclass(frozen=True)
class Leaf:
    """An atom standing in a tree."""

    atom: Atom


@dataclass(frozen=True)
class Not:
    """True where its child is false; unknown stays unknown."""

    child: Tree


@dataclass(frozen=True)
class And:
    """True where all children are true, false where any is false, else unknown."""

    children: tuple[Tree, ...]


@dataclass(frozen=True)
class Or:
    """True where any child is true, false where all are false, else unknown."""

    children: tuple[Tree, ...]


Tree = Leaf | Not | And | Or


@dataclass(frozen=True)
class Rule:
    """One boolean expression over a file of ``kind``; ``code`` is its canonical text, ``atoms`` its distinct leaves."""

    kind: Kind
    tree: Tree
    code: str
    atoms: tuple[Atom, ...]


def leaves(tree: Tree) -> Iterator[Atom]:
    """Every atom of the tree, left to right, repeated ones repeated."""
    if isinstance(tree, Leaf):
        yield tree.atom
    elif isinstance(tree, Not):
        yield from leaves(tree.child)
    else:
        for child in tree.children:
            yield from leaves(child)


def code_of(tree: Tree) -> str:
    """The tree as canonical rule text; parsing it again gives the same tree."""
    if isinstance(tree, Leaf):
        return tree.atom.code
    if isinstance(tree, Not):
        return f"NOT ({code_of(tree.child)})"
    joint = " AND " if isinstance(tree, And) else " OR "
    return joint.join(_wrapped(child) for child in tree.children)


def _wrapped(tree: Tree) -> str:
    # Comparisons with BETWEEN hold an AND of their own, which binds tighter, so only and/or need brackets.
    return f"({code_of(tree)})" if isinstance(tree, And | Or) else code_of(tree)
