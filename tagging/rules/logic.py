"""Three-valued (Kleene) logic over arrays of no, yes and unknown; the SQL engines' NULL logic, in numpy."""

from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from tagging.rules.model import And, Leaf, Not, Rule, Tree

Truths = NDArray[np.int8]


def kleene(rules: Sequence[Rule], codes: Sequence[str], truths: Truths) -> Truths:
    """Each rule's answer for each row, int8[N, rules] of NO, YES, UNKNOWN.

    ``truths`` int8[N, atoms] are of the atoms with these codes; a code that a rule misses raises KeyError.

    >>> from tagging.rules import parse
    >>> rule = parse("aged(60) AND sex = 'female'", "person")
    >>> rows = np.array([[1, 1], [1, 2], [2, 0]], np.int8)
    >>> kleene([rule], ["aged(60)", "sex = 'female'"], rows).ravel().tolist()
    [1, 2, 0]
    """
    # Rules read each column many times, and one that lies in one piece is read several times as fast.
    columns = dict(zip(codes, _turned(np.ascontiguousarray(truths.T)), strict=True))
    answers = [_ordered(rule.tree, columns) for rule in rules]
    return _turned(np.stack(answers, axis=1)) if answers else np.zeros((len(truths), 0), dtype=np.int8)


def _turned(truths: Truths) -> Truths:
    """Unknown (2) between no (0) and yes (1), and back again: in that order and is the minimum, or the maximum, and
    not the mirror image."""
    turned: Truths = (np.int8(3) - truths) * (truths != 0)
    return turned


def _ordered(tree: Tree, columns: Mapping[str, Truths]) -> Truths:
    if isinstance(tree, Leaf):
        return columns[tree.atom.code]
    if isinstance(tree, Not):
        return np.int8(2) - _ordered(tree.child, columns)
    children = [_ordered(child, columns) for child in tree.children]
    return reduce(np.minimum if isinstance(tree, And) else np.maximum, children)
