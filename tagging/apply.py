"""Tags onto files, for millions of them, in native Spark columns; it reads and writes no table.

``files`` has the columns of ``profiles.model`` and a DATE column ``as_of``: the day to answer for. Every distinct
leaf of all rules is answered once per file; the rules above them are compiled. What costs more, the facts behind a
tag and the days of its stretch, is asked of the tags that hold alone.

Spark compiles a projection, but interprets whatever stands within a lambda or is its argument. So what lambdas walk
is made in a projection before theirs.
"""

from collections.abc import Iterator, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.model import Kind
from tagging.clauses import Clause, clauses
from tagging.evidence import entries, found
from tagging.outlook import many
from tagging.registry import Registry
from tagging.rules import And, Atom, Leaf, Not, Rule, Tree, to_spark
from tagging.tag import Tag

# Columns of our own on the way, by names that no file has.
_HELD, _KNOWN, _NAMES, _EARNED = "_held", "_known", "_names", "_earned"


def apply_tags(files: DataFrame, registry: Registry, kind: Kind) -> DataFrame:
    """(subject, as_of, tags): each tag with its stretch, its satisfied clauses and the facts behind them.

    ``tags`` is ``ARRAY<STRUCT<id: STRING, since: DATE, until: DATE, clauses: ARRAY<STRING>, evidence:
    ARRAY<STRUCT<reads: STRING, source: STRING, as_of: DATE>>>>``, by id; a file without tags keeps its row with an
    empty array. ``since`` and ``until`` are those of ``tagging.outlook.many.stretch``: the file as it is now, asked
    about other days. ``clauses`` are rule text, the alternatives of the rule that hold.
    """
    asked = _Asked(registry, kind)
    reads = tuple(dict.fromkeys(read for rule in asked.rules for atom in rule.atoms for read in atom.reads))
    cited = found("array_distinct(flatten(t.told.reads))", _KNOWN, _NAMES)
    shown = f"named_struct('id', t.id, 'since', t.days.since, 'until', t.days.until, 'clauses', t.told.clause, 'evidence', {cited})"
    earned = files.select("*", F.col("as_of").alias(many.TODAY), F.expr(asked.held).alias(_HELD)).select(
        "subject",
        "as_of",
        F.expr(asked.earned).alias(_EARNED),
        F.expr(entries(reads)).alias(_KNOWN),
    )
    return earned.select("*", F.col(f"{_KNOWN}.reads").alias(_NAMES)).select(
        "subject", "as_of", F.expr(f"transform({_kept(_EARNED)}, t -> {shown})").alias("tags")
    )


def tag_ids(files: DataFrame, registry: Registry, kind: Kind) -> DataFrame:
    """``files`` with a column ``tags``: the ids of the tags that hold, ``ARRAY<STRING>`` by id."""
    asked = _Asked(registry, kind)
    ids = f"array_remove({asked.ids}, '')"
    return files.select("*", F.expr(asked.held).alias(_HELD)).select(*files.columns, F.expr(ids).alias("tags"))


def truths(files: DataFrame, atoms: Sequence[Atom]) -> DataFrame:
    """``files`` with a column ``truths``: per atom 0 for no, 1 for yes, 2 for unknown, ``ARRAY<TINYINT>``."""
    answers = ", ".join(f"coalesce(CAST({to_spark(atom)} AS TINYINT), 2Y)" for atom in atoms)
    return files.select("*", F.expr(f"CAST(array({answers}) AS ARRAY<TINYINT>)").alias("truths"))


class _Asked:
    """The tags of one kind as what must be answered of a file (``held``) and what the answers make of it."""

    def __init__(self, registry: Registry, kind: Kind) -> None:
        self._tags = registry.of(kind)
        self.rules = [registry.parsed[tag.id] for tag in self._tags]
        atoms = dict.fromkeys(atom for rule in self.rules for atom in _leaves(rule.tree))
        self._places = {atom: f"{_HELD}[{place}]" for place, atom in enumerate(atoms)}

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
        """SQL for an array of ``STRUCT<id, days: STRUCT<since, until>, told: ARRAY<STRUCT<clause, reads>>>``.

        What does not hold is NULL.
        """
        found = [f"CASE WHEN {self._holds(tag, rule)} THEN {self._entry(tag, rule)} END" for tag, rule in self._both()]
        told = "ARRAY<STRUCT<clause: STRING, reads: ARRAY<STRING>>>"
        entry = f"STRUCT<id: STRING, days: STRUCT<since: DATE, until: DATE>, told: {told}>"
        return f"CAST(array({', '.join(found)}) AS ARRAY<{entry}>)"

    def _both(self) -> Iterator[tuple[Tag, Rule]]:
        return zip(self._tags, self.rules, strict=True)

    def _holds(self, tag: Tag, rule: Rule) -> str:
        return f"{many.in_force(tag)} AND {self._answer(rule.tree)}"

    def _answer(self, tree: Tree) -> str:
        if isinstance(tree, Leaf):
            return self._places[tree.atom] if tree.atom.inner is None else self._answer(tree.atom.inner)
        if isinstance(tree, Not):
            return f"(NOT {self._answer(tree.child)})"
        joint = " AND " if isinstance(tree, And) else " OR "
        return f"({joint.join(map(self._answer, tree.children))})"

    def _entry(self, tag: Tag, rule: Rule) -> str:
        alternatives = clauses(rule.tree)
        if alternatives is None:
            told = _told(rule.code, [read for atom in rule.atoms for read in atom.reads])
        elif len(alternatives) == 1:
            told = _clause(alternatives[0])
        else:
            told = ", ".join(f"CASE WHEN {self._satisfied(each)} THEN {_clause(each)} END" for each in alternatives)
        told = f"array({told})" if alternatives is None or len(alternatives) == 1 else _kept(f"array({told})")
        return f"named_struct('id', '{tag.id}', 'days', {many.stretch(tag, rule)}, 'told', {told})"

    def _satisfied(self, clause: Clause) -> str:
        signed = (f"{'' if each.positive else 'NOT '}{self._places[each.atom]}" for each in clause)
        return " AND ".join(signed)


def _leaves(tree: Tree) -> Iterator[Atom]:
    """Every leaf, that of a tag within being its rule's."""
    if isinstance(tree, Leaf):
        yield from [tree.atom] if tree.atom.inner is None else _leaves(tree.atom.inner)
    else:
        for child in [tree.child] if isinstance(tree, Not) else tree.children:
            yield from _leaves(child)


def _kept(items: str) -> str:
    return f"filter({items}, t -> t IS NOT NULL)"


def _clause(clause: Clause) -> str:
    text = " AND ".join(each.code for each in clause)
    return _told(text, [read for each in clause for read in each.atom.reads])


def _told(text: str, reads: Sequence[str]) -> str:
    facts = ", ".join(f"'{read}'" for read in dict.fromkeys(reads) if not read.startswith("tag:"))
    quoted = text.replace("'", "\\'")
    return f"named_struct('clause', '{quoted}', 'reads', CAST(array({facts}) AS ARRAY<STRING>))"
