"""Three-valued (Kleene) logic over arrays of no, yes and unknown; the SQL engines' NULL logic, in numpy."""

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from tagging.rules.model import And, Leaf, Not, Rule, Tree

Truths = NDArray[np.int8]

# Unknown lies between no and yes; with that order, and is the minimum, or the maximum, not the mirror image.
# The permutation is its own inverse, so the same table leads there and back.
_ORDER: Truths = np.array([0, 2, 1], dtype=np.int8)


def kleene(rule: Rule, truths: Mapping[str, Truths]) -> Truths:
    """The rule's answer for each row, int8[N] of NO, YES, UNKNOWN.

    ``truths`` maps the code of every atom of the rule to int8[N]; a missing code raises KeyError.

    >>> from tagging.rules import parse
    >>> rule = parse("aged(60) AND sex = 'female'", "person")
    >>> rows = {"aged(60)": np.array([1, 1, 2], np.int8), "sex = 'female'": np.array([1, 2, 0], np.int8)}
    >>> kleene(rule, rows).tolist()
    [1, 2, 0]
    """
    return _ORDER[_ordered(rule.tree, truths)]


def _ordered(tree: Tree, truths: Mapping[str, Truths]) -> Truths:
    if isinstance(tree, Leaf):
        return _ORDER[truths[tree.atom.code]]
    if isinstance(tree, Not):
        return np.int8(2) - _ordered(tree.child, truths)
    children = [_ordered(child, truths) for child in tree.children]
    return reduce(np.minimum if isinstance(tree, And) else np.maximum, children)
