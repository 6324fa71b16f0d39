"""Tags onto files, for millions of them, in native Spark columns; it reads and writes no table.

``files`` has the columns of ``profiles.model`` and a DATE column ``as_of``: the day to answer for. Every distinct
leaf of all rules is answered once per file, then the rules combine the answers.
"""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.model import Kind
from tagging.evidence import cited, entries, found
from tagging.registry import Registry, Tag
from tagging.rules import And, Atom, Leaf, Not, Tree, leaves, to_spark

# Names that no file has.
_HELD = "_held"
_KNOWN = "_known"
_EARNED = "_earned"


def apply_tags(files: DataFrame, registry: Registry, kind: Kind) -> DataFrame:
    """(subject, as_of, tags): each tag with the facts behind it.

    ``tags`` is ``ARRAY<STRUCT<id: STRING, evidence: ARRAY<STRUCT<reads: STRING, source: STRING, as_of: DATE>>>>``,
    by id; a file without tags keeps its row with an empty array.
    """
    tags = registry.of(kind)
    atoms = _atoms(tags, registry)
    spelt = _spelling(atoms)
    reads = tuple(dict.fromkeys(read for atom in atoms for read in atom.reads))
    earned = [
        f"CASE WHEN {_condition(tag, registry, spelt)} THEN"
        f" named_struct('id', '{tag.id}', 'reads', {cited(registry.parsed[tag.id].tree, lambda a: spelt[a.code])}) END"
        for tag in tags
    ]
    evidence = found("t.reads", _KNOWN)
    return (
        files.select("subject", "as_of", F.expr(_held(atoms)).alias(_HELD), F.expr(entries(reads)).alias(_KNOWN))
        .select("subject", "as_of", F.expr(_compact(earned)).alias(_EARNED), _KNOWN)
        .select(
            "subject",
            "as_of",
            F.expr(f"transform({_EARNED}, t -> named_struct('id', t.id, 'evidence', {evidence}))").alias("tags"),
        )
    )


def tag_ids(files: DataFrame, registry: Registry, kind: Kind) -> DataFrame:
    """``files`` with a column ``tags``: the ids of the tags that hold, ``ARRAY<STRING>`` by id."""
    tags = registry.of(kind)
    atoms = _atoms(tags, registry)
    spelt = _spelling(atoms)
    earned = [f"CASE WHEN {_condition(tag, registry, spelt)} THEN '{tag.id}' END" for tag in tags]
    return files.select("*", F.expr(_held(atoms)).alias(_HELD)).select(
        *files.columns, F.expr(_compact(earned)).alias("tags")
    )


def truths(files: DataFrame, atoms: Sequence[Atom]) -> DataFrame:
    """``files`` with a column ``truths``: per atom 0 for no, 1 for yes, 2 for unknown, ``ARRAY<TINYINT>``."""
    answers = ", ".join(f"coalesce(CAST({to_spark(atom)} AS TINYINT), 2Y)" for atom in atoms)
    return files.select("*", F.expr(f"CAST(array({answers}) AS ARRAY<TINYINT>)").alias("truths"))


def _atoms(tags: Sequence[Tag], registry: Registry) -> tuple[Atom, ...]:
    found: dict[str, Atom] = {}
    for tag in tags:
        for atom in _bare(registry.parsed[tag.id].tree):
            found.setdefault(atom.code, atom)
    return tuple(found.values())


def _bare(tree: Tree) -> Sequence[Atom]:
    return [inner for atom in leaves(tree) for inner in ([atom] if atom.inner is None else _bare(atom.inner))]


def _held(atoms: Sequence[Atom]) -> str:
    return f"CAST(array({', '.join(to_spark(atom) for atom in atoms)}) AS ARRAY<BOOLEAN>)"


def _spelling(atoms: Sequence[Atom]) -> dict[str, str]:
    return {atom.code: f"{_HELD}[{place}]" for place, atom in enumerate(atoms)}


def _condition(tag: Tag, registry: Registry, spelt: dict[str, str]) -> str:
    condition = f"{_combined(registry.parsed[tag.id].tree, spelt)} AND as_of >= DATE '{tag.valid_from}'"
    return f"{condition} AND as_of <= DATE '{tag.valid_until}'" if tag.valid_until else condition


def _combined(tree: Tree, spelt: dict[str, str]) -> str:
    if isinstance(tree, Leaf):
        return spelt[tree.atom.code] if tree.atom.inner is None else _combined(tree.atom.inner, spelt)
    if isinstance(tree, Not):
        return f"(NOT {_combined(tree.child, spelt)})"
    joint = " AND " if isinstance(tree, And) else " OR "
    return "(" + joint.join(_combined(child, spelt) for child in tree.children) + ")"


def _compact(items: Sequence[str]) -> str:
    return f"array_compact(array({', '.join(items)}))" if items else "array()"
