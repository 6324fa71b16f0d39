"""The tags of one kind as Spark SQL: what is answered of a file once, and what the answers make; it runs nothing.

``held`` answers each distinct leaf of all rules. The rules above them are compiled with it, a tag within a tag by its
own rule. What costs more, a rule's days and the facts that it reads, stands behind the tag's own condition. All of it
reads the columns of ``tagging.rules.spark.NAMES`` beside those of a file.
"""

from collections.abc import Iterator, Sequence

from profiles.model import Kind
from tagging.clauses import Clause, clauses
from tagging.outlook import many
from tagging.outlook.turns import in_force, turning_days
from tagging.registry import Registry
from tagging.rules import Rule
from tagging.rules.compile import bare_leaves, compiled, joined
from tagging.rules.spark import AT_HAND
from tagging.tag import Tag

HELD = "_held"

_TOLD = "ARRAY<STRUCT<clause: STRING, reads: ARRAY<STRING>>>"
# The days that bound its stretch as far as they are known, its rule's steps (NULL where no more need be asked) and
# the clauses that hold.
ENTRY = f"STRUCT<id: STRING, first: DATE, last: DATE, steps: {many.STEPS}, told: {_TOLD}>"


class Asked:
    """The tags of one kind as what must be answered of a file (``held``) and what is made of the answers."""

    def __init__(self, registry: Registry, kind: Kind) -> None:
        self._tags = registry.of(kind)
        self._rules = [registry.parsed[tag.id] for tag in self._tags]
        atoms = dict.fromkeys(atom for rule in self._rules for atom in bare_leaves(rule.tree))
        self._places = {atom: f"{HELD}[{place}]" for place, atom in enumerate(atoms)}
        # What no day turns is answered already, for every day.
        self._any_day = {
            atom: compiled(atom, AT_HAND) if turning_days([atom], AT_HAND) else place
            for atom, place in self._places.items()
        }

    @property
    def reads(self) -> tuple[str, ...]:
        """What decides the rules."""
        return tuple(dict.fromkeys(read for rule in self._rules for atom in rule.atoms for read in atom.reads))

    @property
    def held(self) -> str:
        """SQL for ``ARRAY<BOOLEAN>``: each distinct leaf's answer."""
        return f"CAST(array({', '.join(compiled(atom, AT_HAND) for atom in self._places)}) AS ARRAY<BOOLEAN>)"

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
        return f"{in_force(tag)} AND {joined(rule.tree, self._places)}"

    def _spelt(self, rule: Rule) -> str:
        """The rule for any day."""
        return joined(rule.tree, self._any_day)

    def _entry(self, tag: Tag, rule: Rule) -> str:
        alternatives = clauses(rule.tree)
        if alternatives is None:
            told = f"array({_told(rule.code, [read for atom in rule.atoms for read in atom.reads])})"
        elif len(alternatives) == 1:
            told = f"array({_clause(alternatives[0])})"
        else:
            each = (f"CASE WHEN {self._satisfied(one)} THEN {_clause(one)} END" for one in alternatives)
            told = f"filter(array({', '.join(each)}), t -> t IS NOT NULL)"
        known = many.known_stretch(alternatives[0]) if alternatives and len(alternatives) == 1 else None
        steps = "NULL" if known else many.steps(rule, self._spelt) or "NULL"
        begun, ended = known or ("", "")
        valid_until = f"DATE '{tag.valid_until}'" if tag.valid_until else "CAST(NULL AS DATE)"
        first, last = _most("greatest", f"DATE '{tag.valid_from}'", begun), _most("least", valid_until, ended)
        return f"named_struct('id', '{tag.id}', 'first', {first}, 'last', {last}, 'steps', {steps}, 'told', {told})"

    def _satisfied(self, clause: Clause) -> str:
        return " AND ".join(f"{'' if each.positive else 'NOT '}{self._places[each.atom]}" for each in clause)


def _most(which: str, own: str, days: str) -> str:
    return f"{which}({own}, {days})" if days else own


def _clause(clause: Clause) -> str:
    text = " AND ".join(each.code for each in clause)
    return _told(text, [read for each in clause for read in each.atom.reads])


def _told(text: str, reads: Sequence[str]) -> str:
    facts = ", ".join(f"'{read}'" for read in dict.fromkeys(reads) if not read.startswith("tag:"))
    quoted = text.replace("'", "\\'")
    return f"named_struct('clause', '{quoted}', 'reads', CAST(array({facts}) AS ARRAY<STRING>))"
