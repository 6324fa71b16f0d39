"""Which facts stand behind a tag, as native Spark SQL; it never decides whether a file has the tag.

A leaf of the tag's rule counts as evidence where it helped: where it holds, or under NOT, where it fails. So of
``a OR b`` only what is true is cited.
"""

from collections.abc import Callable, Iterator, Sequence

from tagging.rules import And, Atom, Leaf, Not, Tree

# One entry of evidence. as_of stands before source so that the greatest entry is the newest.
ENTRY = "STRUCT<reads: STRING, as_of: DATE, source: STRING>"

_LISTS = (
    ("facts", "fact", "name"),
    ("documents", "document", "type"),
    ("links", "link", "kind"),
    ("events", "event", "kind"),
    ("cases", "case", "service"),
)
_ANY_DOCUMENT = "document:*"


def entries(reads: Sequence[str]) -> str:
    """SQL for ``ARRAY<ENTRY>``: everything in a file that one of ``reads`` names, with its source and as-of date."""
    parts = [_listed(column, family, field, reads) for column, family, field in _LISTS]
    if _ANY_DOCUMENT in reads:
        parts.append(_shaped("documents", f"'{_ANY_DOCUMENT}'"))
    found = ", ".join(part for part in parts if part)
    return f"concat({found})" if found else f"CAST(array() AS ARRAY<{ENTRY}>)"


def cited(tree: Tree, holds: Callable[[Atom], str]) -> str:
    """SQL for ``ARRAY<STRING>``: what the leaves read that make the tree true; ``holds`` spells a leaf's truth."""
    parts: dict[str, None] = {}
    for atom, positive, certain in _used(tree, True, True):
        for read in atom.reads:
            if read.startswith("tag:"):
                continue
            helped = holds(atom) if positive else f"NOT {holds(atom)}"
            parts[f"'{read}'" if certain else f"CASE WHEN {helped} THEN '{read}' END"] = None
    if not parts:
        return "CAST(array() AS ARRAY<STRING>)"
    return f"array_distinct(array_compact(array({', '.join(parts)})))"


def found(reads: str, known: str) -> str:
    """SQL for the evidence: the newest entry of ``known`` for each of ``reads``; what has none is left out."""
    newest = f"array_max(filter({known}, e -> e.reads = r))"
    shown = "named_struct('reads', e.reads, 'source', e.source, 'as_of', e.as_of)"
    return f"transform(array_compact(transform({reads}, r -> {newest})), e -> {shown})"


def _used(tree: Tree, positive: bool, certain: bool) -> Iterator[tuple[Atom, bool, bool]]:
    # certain: where the whole is true, this leaf must have helped, as no alternative stands beside it.
    if isinstance(tree, Leaf):
        if tree.atom.inner is not None:
            yield from _used(tree.atom.inner, positive, certain)
        else:
            yield tree.atom, positive, certain
    elif isinstance(tree, Not):
        yield from _used(tree.child, not positive, certain)
    else:
        alternatives = isinstance(tree, And) != positive
        for child in tree.children:
            yield from _used(child, positive, certain and not alternatives)


def _listed(column: str, family: str, field: str, reads: Sequence[str]) -> str:
    names = [read.removeprefix(f"{family}:") for read in reads if read.startswith(f"{family}:")]
    names = [name for name in names if name != "*"]
    if not names:
        return ""
    wanted = f"e.{field} IN ({', '.join(_quoted(name) for name in names)})"
    if column == "facts":
        wanted += " AND e.in_force"
    return _shaped(f"filter({column}, e -> {wanted})", f"concat('{family}:', e.{field})")


def _shaped(items: str, reads: str) -> str:
    entry = f"CAST(named_struct('reads', {reads}, 'as_of', e.as_of, 'source', e.source) AS {ENTRY})"
    return f"coalesce(transform({items}, e -> {entry}), array())"


def _quoted(text: str) -> str:
    return f"'{text}'"
