"""One rule is one boolean expression over a file, parsed once and compiled for two engines that answer alike.

``parse`` reads and checks the text, ``words`` defines the domain words, ``spark`` and ``duckdb`` spell a rule for
their engine, ``logic`` is the same three-valued logic over arrays. Importing it loads neither engine.
"""

from tagging.rules.duckdb import to_duckdb
from tagging.rules.logic import NO, UNKNOWN, YES, kleene
from tagging.rules.model import And, Atom, Leaf, Not, Or, Rule, Tree, leaves
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
    "kleene",
    "leaves",
    "parse",
    "to_duckdb",
    "to_spark",
]
