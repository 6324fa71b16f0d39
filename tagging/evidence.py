"""Which facts stand behind a tag, as native Spark SQL; it never decides whether a file has the tag."""

from collections.abc import Sequence

# as_of stands before source, so that sorting puts the newest of one name first.
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
    """SQL for ``ARRAY<ENTRY>``: what a file holds of what ``reads`` names, the newest of each name first."""
    parts = [_listed(column, family, field, reads) for column, family, field in _LISTS]
    if _ANY_DOCUMENT in reads:
        parts.append(_shaped("documents", f"'{_ANY_DOCUMENT}'"))
    found = ", ".join(part for part in parts if part)
    return f"sort_array(concat({found}), false)" if found else f"CAST(array() AS ARRAY<{ENTRY}>)"


def found(reads: str, known: str, names: str) -> str:
    """SQL for the evidence: the newest entry for each of ``reads``; what has none is left out.

    ``known`` is a column as ``entries`` makes it, ``names`` the column of its ``reads``.
    """
    newest = f"get({known}, CAST(array_position({names}, r) AS INT) - 1)"
    shown = "named_struct('reads', e.reads, 'source', e.source, 'as_of', e.as_of)"
    return f"transform(array_compact(transform({reads}, r -> {newest})), e -> {shown})"


def _listed(column: str, family: str, field: str, reads: Sequence[str]) -> str:
    names = [read.removeprefix(f"{family}:") for read in reads if read.startswith(f"{family}:")]
    names = [name for name in names if name != "*"]
    if not names:
        return ""
    quoted = ", ".join(f"'{name}'" for name in names)
    wanted = f"e.{field} IN ({quoted})"
    if column == "facts":
        wanted += " AND e.in_force"
    return _shaped(f"filter({column}, e -> {wanted})", f"concat('{family}:', e.{field})")


def _shaped(items: str, reads: str) -> str:
    entry = f"CAST(named_struct('reads', {reads}, 'as_of', e.as_of, 'source', e.source) AS {ENTRY})"
    return f"coalesce(transform({items}, e -> {entry}), array())"
