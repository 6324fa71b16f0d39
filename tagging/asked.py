"""The tags of one kind as Spark SQL: what is answered of a file once, and what the answers make; it runs nothing.

``held`` answers each distinct leaf of all rules. The rules above them are compiled with it, a tag within a tag by its
own rule. What costs more, a rule's days and the facts that it reads, stands behind the tag's own condition.
"""

from collections.abc import Iterator, Mapping, Sequence

from profiles.model import Kind
from tagging.clauses import Clause, clauses
from tagging.outlook import many
from tagging.outlook.turns import turning_days
from tagging.registry import Registry
from tagging.rules import And, Atom, Leaf, Not, Rule, Tree, to_spark
from tagging.rules.spark import Spark
from tagging.tag import Tag

HELD = "_held"

_TOLD = "ARRAY<STRUCT<clause: STRING, reads: ARRAY<STRING>>>"
# A tag's own first and last day, its rule's steps (NULL where the day turns nothing) and the clauses that hold.
ENTRY = f"STRUCT<id: STRING, first: DATE, last: DATE, steps: {many.STEPS}, told: {_TOLD}>"


class Asked:
    """The tags of one kind as what must be answered of a file (``held``) and what is made of the answers."""

    def __init__(self, registry: Registry, kind: Kind) -> None:
        self._tags = registry.of(kind)
        self._rules = [registry.parsed[tag.id] for tag in self._tags]
        atoms = dict.fromkeys(atom for rule in self._rules for atom in _leaves(rule.tree))
        self._places = {atom: f"{HELD}[{place}]" for place, atom in enumerate(atoms)}
        # What no day turns is answered already, for every day.
        self._any_day = {
            atom: to_spark(atom) if turning_days([atom], Spark()) else place for atom, place in self._places.items()
        }

    @property
    def reads(self) -> tuple[str, ...]:
        """What decides the rules."""
        return tuple(dict.fromkeys(read for rule in self._rules for atom in rule.atoms for read in atom.reads))

    @property
    def held(self) -> str:
        """SQL for ``ARRAY<BOOLEAN>``: each distinct leaf's answer."""
        return f"CAST(array({', '.join(map(to_spark, self._places))}) AS ARRAY<BOOLEAN>)"

    @property
    def ids(self) -> str:
        """SQL for ``ARRAY<STRING>``: the id of each tag that holds, and of each other an empty text."""
        found = (f"IF({self._holds(tag, rule)}, '{tag.id}', '')" for tag, rule in self._both())
        return f"CAST(array({', '.join(found)}) AS ARRAY<STRING>)"

    @property
    def earned(self) -> str:
        """SQL for an array of ENTRY, NULL for each tag that does not hold."""
        found = (f"CASE WHEN {self._holds(tag, rule)} THEN {self._entry(tag, rule)} END" for tag, rule in self._both())
        return f"CAST(array({', '.join(found)}) AS ARRAY<{ENTRY}>)"

    def ahead(self, last: str) -> str:
        """SQL for ``ARRAY<STRUCT<id, held, steps>>``: each tag's steps up to the day ``last``."""
        found = (
            f"named_struct('id', '{tag.id}', 'held', coalesce({self._holds(tag, rule)}, FALSE),"
            f" 'steps', {many.steps_ahead(tag, rule, self._spelt, last)})"
            for tag, rule in self._both()
        )
        return f"CAST(array({', '.join(found)}) AS ARRAY<STRUCT<id: STRING, held: BOOLEAN, steps: {many.STEPS}>>)"

    def _both(self) -> Iterator[tuple[Tag, Rule]]:
        return zip(self._tags, self._rules, strict=True)

    def _holds(self, tag: Tag, rule: Rule) -> str:
        return f"{many.in_force(tag)} AND {_answered(rule.tree, self._places)}"

    def _spelt(self, rule: Rule) -> str:
        """The rule for any day."""
        return _answered(rule.tree, self._any_day)

    def _entry(self, tag: Tag, rule: Rule) -> str:
        alternatives = clauses(rule.tree)
        if alternatives is None:
            told = f"array({_told(rule.code, [read for atom in rule.atoms for read in atom.reads])})"
        elif len(alternatives) == 1:
            told = f"array({_clause(alternatives[0])})"
        else:
            each = (f"CASE WHEN {self._satisfied(one)} THEN {_clause(one)} END" for one in alternatives)
            told = f"filter(array({', '.join(each)}), t -> t IS NOT NULL)"
        last = f"DATE '{tag.valid_until}'" if tag.valid_until else "NULL"
        own = f"'id', '{tag.id}', 'first', DATE '{tag.valid_from}', 'last', {last}"
        return f"named_struct({own}, 'steps', {many.steps(rule, self._spelt) or 'NULL'}, 'told', {told})"

    def _satisfied(self, clause: Clause) -> str:
        return " AND ".join(f"{'' if each.positive else 'NOT '}{self._places[each.atom]}" for each in clause)


def _answered(tree: Tree, spelt: Mapping[Atom, str]) -> str:
    """The tree as SQL over its leaves as ``spelt``."""
    if isinstance(tree, Leaf):
        return spelt[tree.atom] if tree.atom.inner is None else _answered(tree.atom.inner, spelt)
    if isinstance(tree, Not):
        return f"(NOT {_answered(tree.child, spelt)})"
    joint = " AND " if isinstance(tree, And) else " OR "
    return f"({joint.join(_answered(child, spelt) for child in tree.children)})"


def _leaves(tree: Tree) -> Iterator[Atom]:
    """Every leaf, those of a tag within instead of the tag."""
    if isinstance(tree, Leaf):
        yield from [tree.atom] if tree.atom.inner is None else _leaves(tree.atom.inner)
    else:
        for child in [tree.child] if isinstance(tree, Not) else tree.children:
            yield from _leaves(child)


def _clause(clause: Clause) -> str:
    text = " AND ".join(each.code for each in clause)
    return _told(text, [read for each in clause for read in each.atom.reads])


def _told(text: str, reads: Sequence[str]) -> str:
    facts = ", ".join(f"'{read}'" for read in dict.fromkeys(reads) if not read.startswith("tag:"))
    quoted = text.replace("'", "\\'")
    return f"named_struct('clause', '{quoted}', 'reads', CAST(array({facts}) AS ARRAY<STRING>))"
