"""A parsed rule to SQL with whichever engine is given; it checks nothing, the parser has."""

from collections.abc import Iterator, Mapping

from tagging.rules import comparisons
from tagging.rules.engine import Engine
from tagging.rules.model import And, Atom, Leaf, Not, Rule, Tree, leaves
from tagging.rules.words import WORDS, Call


def compiled(what: Rule | Atom, engine: Engine) -> str:
    """Boolean SQL over the columns of ``profiles.model`` and a DATE column ``as_of``; NULL means unknown."""
    return _atom(what, engine) if isinstance(what, Atom) else _tree(what.tree, engine)


def bare_leaves(tree: Tree) -> Iterator[Atom]:
    """Every leaf, left to right, those of a tag within instead of the tag."""
    for atom in leaves(tree):
        yield from [atom] if atom.inner is None else bare_leaves(atom.inner)


def joined(tree: Tree, spelt: Mapping[Atom, str]) -> str:
    """Boolean SQL over what stands for each of the tree's bare leaves, common to all engines."""
    if isinstance(tree, Leaf):
        return spelt[tree.atom] if tree.atom.inner is None else joined(tree.atom.inner, spelt)
    if isinstance(tree, Not):
        return f"(NOT {joined(tree.child, spelt)})"
    joint = " AND " if isinstance(tree, And) else " OR "
    return f"({joint.join(joined(child, spelt) for child in tree.children)})"


def _tree(tree: Tree, engine: Engine) -> str:
    if isinstance(tree, Leaf):
        return _atom(tree.atom, engine)
    if isinstance(tree, Not):
        return f"(NOT {_tree(tree.child, engine)})"
    joint = " AND " if isinstance(tree, And) else " OR "
    return "(" + joint.join(_tree(child, engine) for child in tree.children) + ")"


def _atom(atom: Atom, engine: Engine) -> str:
    if atom.inner is not None:
        return _tree(atom.inner, engine)
    if atom.word in WORDS:
        return f"({WORDS[atom.word].sql(Call(engine, atom.args, atom.kind))})"
    return f"({comparisons.sql(atom, engine)})"
