"""Why one rule is true, and what an unknown one hangs on, by walking its tree; it never evaluates an atom."""

import re
from collections.abc import Iterable, Iterator, Mapping

from tagging.rules import NO, UNKNOWN, YES, And, Atom, Leaf, Not, Or, Tree

Values = Mapping[str, int]  # the truth of every atom that is no tag, by code

_AGE = re.compile(r"(?P<under>NOT )?aged\((?P<years>\d+)\)")


def truth(tree: Tree, values: Values) -> int:
    """NO, YES or UNKNOWN of one tree; the scalar twin of ``tagging.rules.kleene``."""
    if isinstance(tree, Leaf):
        return truth(tree.atom.inner, values) if tree.atom.inner is not None else values[tree.atom.code]
    if isinstance(tree, Not):
        return {NO: YES, YES: NO, UNKNOWN: UNKNOWN}[truth(tree.child, values)]
    found = {truth(child, values) for child in tree.children}
    decided, otherwise = (NO, YES) if isinstance(tree, And) else (YES, NO)
    return decided if decided in found else UNKNOWN if UNKNOWN in found else otherwise


def holding(tree: Tree, values: Values) -> tuple[str, ...]:
    """The clauses that make a true tree true: what must hold first, then what must not, each once.

    A true AND needs all its children, a true OR only those that are true; under NOT it is the mirror image. Of several
    ages that were reached, or were not, the nearest is named: it says the others.
    """
    codes = _nearest_ages(dict.fromkeys(_supporting(tree, values, holds=True)))
    return tuple(sorted(codes, key=lambda code: code.startswith("NOT ")))


def _nearest_ages(codes: Iterable[str]) -> list[str]:
    """The clauses less those ages that another of them says already.

    >>> _nearest_ages(["aged(45)", "NOT aged(90)", "aged(60)", "NOT aged(75)", "sex = 'female'"])
    ['aged(60)', 'NOT aged(75)', "sex = 'female'"]
    """
    ages = {code: match for code in codes if (match := _AGE.fullmatch(code))}
    reached = [int(match["years"]) for match in ages.values() if not match["under"]]
    not_reached = [int(match["years"]) for match in ages.values() if match["under"]]
    nearest = {f"aged({max(reached, default=0)})", f"NOT aged({min(not_reached, default=0)})"}
    return [code for code in codes if code not in ages or code in nearest]


def decisive(tree: Tree, values: Values) -> tuple[str, ...]:
    """The reads of the unknown leaves that an unknown tree hangs on; those that decide it alone come first."""
    hanging = {atom.code: atom for atom in _hanging(tree, values)}
    reads = tuple(dict.fromkeys(read for atom in hanging.values() for read in atom.reads))
    return tuple(sorted(reads, key=lambda read: not _decides(read, tree, values, hanging.values())))


def without_tags(tree: Tree) -> Tree:
    """The tree with every tag replaced by that tag's own rule, so that each leaf is one fact of the file."""
    if isinstance(tree, Leaf):
        return without_tags(tree.atom.inner) if tree.atom.inner is not None else tree
    if isinstance(tree, Not):
        return Not(without_tags(tree.child))
    children = tuple(without_tags(child) for child in tree.children)
    return And(children) if isinstance(tree, And) else Or(children)


def shown(tree: Tree) -> tuple[str, ...]:
    """Every clause that ``holding`` can name for this tree, whatever the truths."""
    return tuple(dict.fromkeys(_nameable(tree, holds=True)))


def _nameable(tree: Tree, *, holds: bool) -> Iterator[str]:
    if isinstance(tree, Leaf):
        if isinstance(tree.atom.inner, Leaf | Not):
            yield from _nameable(tree.atom.inner, holds=holds)
        else:
            yield tree.atom.code if holds else f"NOT {tree.atom.code}"
    elif isinstance(tree, Not):
        yield from _nameable(tree.child, holds=not holds)
    else:
        for child in tree.children:
            yield from _nameable(child, holds=holds)


def _supporting(tree: Tree, values: Values, *, holds: bool) -> Iterator[str]:
    if isinstance(tree, Leaf):
        if isinstance(tree.atom.inner, Leaf | Not):
            # A tag whose rule is one atom: that atom says the same with its day or its document.
            yield from _supporting(tree.atom.inner, values, holds=holds)
        else:
            yield tree.atom.code if holds else f"NOT {tree.atom.code}"
    elif isinstance(tree, Not):
        yield from _supporting(tree.child, values, holds=not holds)
    else:
        wanted = YES if holds else NO
        for child in tree.children:
            if truth(child, values) == wanted:
                yield from _supporting(child, values, holds=holds)


def _hanging(tree: Tree, values: Values) -> Iterator[Atom]:
    if truth(tree, values) != UNKNOWN:
        return
    if isinstance(tree, Leaf):
        yield tree.atom
    elif isinstance(tree, Not):
        yield from _hanging(tree.child, values)
    else:
        for child in tree.children:
            yield from _hanging(child, values)


def _decides(read: str, tree: Tree, values: Values, hanging: Iterable[Atom]) -> bool:
    """Whether knowing ``read`` alone decides the tree, both where it speaks for its atoms and where against."""
    mine = [atom.code for atom in hanging if atom.reads == (read,)]
    return all(truth(tree, {**values, **dict.fromkeys(mine, answer)}) != UNKNOWN for answer in (YES, NO))
