"""Builds the files of a past day again, beside the lake, and says whether they are what was built then.

It never touches the tables that readers see. They differ where something was taken out since for good (an erased
subject, a rotation of keys) or where this release builds otherwise.
"""

import json
from pathlib import Path

from jobs.build import BUILT, built
from jobs.run import Context, Summary
from jobs.tables import Tables
from profiles.errors import TableMissing


def rebuild(context: Context, out: Path) -> Summary:
    """Write ``person_files`` and ``enterprise_files`` as known on the context's day into the folder ``out``.

    Raises:
        TableMissing: no delivery of that day or before is kept.
        FeedMissing: nothing was accepted by then.
    """
    persons, enterprises, feeds, rows = built(context, Tables(out, context.tables.key_id))
    counts = {"feeds": feeds, "rows": rows, "persons": persons.rows, "enterprises": enterprises.rows}
    then = _then(context)
    if then is None:
        return Summary("rebuild", counts, f"nothing was built on {context.day} to compare with")
    now = {one.table: {"rows": one.rows, "content_hash": one.content_hash} for one in (persons, enterprises)}
    other = [table for table in now if now[table] != then[table]]
    if not other:
        return Summary("rebuild", counts, f"the same content as on {context.day}")
    said = ", ".join(f"{table} had {then[table]['rows']:,} rows" for table in other)
    return Summary("rebuild", counts, f"differs from {context.day}: {said}")


def _then(context: Context) -> dict[str, dict[str, object]] | None:
    try:
        runs = zip(context.tables.manifests(BUILT), context.tables.paths(BUILT), strict=True)
        [folder] = [path for manifest, path in runs if manifest.slot == context.day.isoformat()]
    except (TableMissing, ValueError):
        return None
    found: dict[str, dict[str, object]] = json.loads((folder / "built.json").read_text())
    return found
