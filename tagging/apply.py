"""Tags onto files, for millions of them, in native Spark columns; it reads and writes no table.

``files`` has the columns of ``profiles.model`` and a DATE column ``as_of``: the day to answer for. Every distinct
leaf of all rules is answered once per file; the rules themselves are data (see ``clauses``) that one expression
walks, so the plan hardly grows with the number of tags.
"""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.model import Kind
from tagging.clauses import Clause, clauses
from tagging.evidence import entries, found
from tagging.registry import Registry
from tagging.rules import Atom, Rule, to_spark
from tagging.tag import Tag

# Columns of our own on the way, by names that no file has.
_HELD, _KNOWN, _NAMES = "_held", "_known", "_names"

_HOLDS = f"forall(c.literals, l -> IF(l > 0, {_HELD}[l - 1], NOT {_HELD}[-l - 1]))"
_EARNED = f"t.valid_from <= as_of AND coalesce(t.valid_until >= as_of, TRUE) AND exists(t.clauses, c -> {_HOLDS})"
_CITED = f"array_distinct(flatten(transform(filter(t.clauses, c -> {_HOLDS}), c -> c.reads)))"


def apply_tags(files: DataFrame, registry: Registry, kind: Kind) -> DataFrame:
    """(subject, as_of, tags): each tag with the facts behind its satisfied clauses.

    ``tags`` is ``ARRAY<STRUCT<id: STRING, evidence: ARRAY<STRUCT<reads: STRING, source: STRING, as_of: DATE>>>>``,
    by id; a file without tags keeps its row with an empty array.
    """
    asked = _Asked(registry, kind)
    reads = tuple(dict.fromkeys(read for rule in asked.rules for atom in rule.atoms for read in atom.reads))
    evidence = found(_CITED, _KNOWN, _NAMES)
    return (
        files.select("subject", "as_of", F.expr(asked.held).alias(_HELD), F.expr(entries(reads)).alias(_KNOWN))
        .select("*", F.col(f"{_KNOWN}.reads").alias(_NAMES))
        .select("subject", "as_of", F.expr(asked.earned(f"named_struct('id', t.id, 'evidence', {evidence})")))
    )


def tag_ids(files: DataFrame, registry: Registry, kind: Kind) -> DataFrame:
    """``files`` with a column ``tags``: the ids of the tags that hold, ``ARRAY<STRING>`` by id."""
    asked = _Asked(registry, kind)
    return files.select("*", F.expr(asked.held).alias(_HELD)).select(*files.columns, F.expr(asked.earned("t.id")))


def truths(files: DataFrame, atoms: Sequence[Atom]) -> DataFrame:
    """``files`` with a column ``truths``: per atom 0 for no, 1 for yes, 2 for unknown, ``ARRAY<TINYINT>``."""
    answers = ", ".join(f"coalesce(CAST({to_spark(atom)} AS TINYINT), 2Y)" for atom in atoms)
    return files.select("*", F.expr(f"CAST(array({answers}) AS ARRAY<TINYINT>)").alias("truths"))


class _Asked:
    """The tags of one kind as what must be answered of a file (``held``) and how the answers make tags (``earned``)."""

    def __init__(self, registry: Registry, kind: Kind) -> None:
        self.rules = [registry.parsed[tag.id] for tag in registry.of(kind)]
        self._places: dict[str, int] = {}
        self._answers: list[str] = []
        self._tags = [self._tag(tag, rule) for tag, rule in zip(registry.of(kind), self.rules, strict=True)]

    @property
    def held(self) -> str:
        """SQL for ``ARRAY<BOOLEAN>``: each distinct leaf's answer."""
        return f"CAST(array({', '.join(self._answers)}) AS ARRAY<BOOLEAN>)"

    def earned(self, shown: str) -> str:
        """SQL for the column ``tags``: ``shown`` of each tag ``t`` that holds."""
        return f"transform(filter(array({', '.join(self._tags)}), t -> {_EARNED}), t -> {shown}) AS tags"

    def _tag(self, tag: Tag, rule: Rule) -> str:
        alternatives = clauses(rule.tree)
        if alternatives is None:
            reads = [read for atom in rule.atoms for read in atom.reads]
            told = [_clause([self._place(rule)], reads)]
        else:
            told = [self._told(clause) for clause in alternatives]
        until = f"DATE '{tag.valid_until}'" if tag.valid_until else "CAST(NULL AS DATE)"
        return (
            f"named_struct('id', '{tag.id}', 'valid_from', DATE '{tag.valid_from}', 'valid_until', {until},"
            f" 'clauses', array({', '.join(told)}))"
        )

    def _told(self, clause: Clause) -> str:
        places = [self._place(literal.atom) * (1 if literal.positive else -1) for literal in clause]
        return _clause(places, [read for literal in clause for read in literal.atom.reads])

    def _place(self, what: Atom | Rule) -> int:
        """Where its answer stands, from 1, so that a sign can say that it must fail."""
        if what.code not in self._places:
            self._answers.append(to_spark(what))
            self._places[what.code] = len(self._answers)
        return self._places[what.code]


def _clause(places: Sequence[int], reads: Sequence[str]) -> str:
    facts = ", ".join(f"'{read}'" for read in dict.fromkeys(reads) if not read.startswith("tag:"))
    signs = ", ".join(map(str, places))
    return f"named_struct('literals', array({signs}), 'reads', CAST(array({facts}) AS ARRAY<STRING>))"
