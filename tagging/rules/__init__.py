"""One rule is one boolean expression over a file, parsed once and compiled for two engines that answer alike.

``parse`` reads and checks the text, ``words`` defines the domain words, ``spark`` and ``duckdb`` spell a rule for
their engine. Importing it loads neither engine, nor numpy, which ``logic``, the same three-valued logic over arrays,
needs.
"""

from tagging.rules.duckdb import to_duckdb
from tagging.rules.model import NO, UNKNOWN, YES, And, Atom, Leaf, Not, Or, Rule, Tree, leaves
from tagging.rules.parse import parse
from tagging.rules.spark import to_spark

__all__ = [
    "NO",
    "UNKNOWN",
    "YES",
    "And",
    "Atom",
    "Leaf",
    "Not",
    "Or",
    "Rule",
    "Tree",
    "leaves",
    "parse",
    "to_duckdb",
    "to_spark",
]
