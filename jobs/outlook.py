"""The job that says what each subject will gain and lose in the coming two years; it tags nothing and tells nobody.

The rules are those of the day's tags, asked about later days: what it says is true of the files as they are now.
"""

from jobs.files import identified
from jobs.run import Context, Summary
from profiles.errors import ModelMismatch
from profiles.model import KINDS, Kind
from tagging.apply import outlook
from tagging.registry import Registry, load

MONTHS = 24


def run(context: Context) -> Summary:
    """Write ``person_outlook`` and ``enterprise_outlook``: (subject, as_of, tag, day, change), a row per change.

    ``change`` is ``gained`` or ``lost``, from ``day`` on. The dead are left out.

    Raises:
        TableMissing: the files have no tags yet.
        ModelMismatch: the tags are another registry's, or another day's.
    """
    registry = load()
    counts: dict[str, int] = {}
    unchanged = True
    for done, kind in enumerate(KINDS):
        context.progress(f"looking ahead for {kind} files", done, len(KINDS))
        rows, same = _ahead(context, registry, kind)
        counts[f"{kind} changes"] = rows
        unchanged = unchanged and same
    context.progress("looking ahead", len(KINDS), len(KINDS))
    return Summary("outlook", counts, "unchanged" if unchanged else "")


def _ahead(context: Context, registry: Registry, kind: Kind) -> tuple[int, bool]:
    """(changes, whether the table is the same as before)."""
    from pyspark.sql import functions as F

    tags, files = context.tables.manifest(f"{kind}_tags"), context.tables.manifest(f"{kind}_files")
    made = tags.extra.get("registry")
    if (made, tags.day) != (registry.version, context.day.isoformat()):
        raise ModelMismatch(
            f"{kind}_tags was made of {tags.day} from registry {made}, not of {context.day} from {registry.version}:"
            " run tag for this day again"
        )
    table, extra = f"{kind}_outlook", {"registry": registry.version, "files": files.content_hash}
    if context.tables.exists(table):
        before = context.tables.manifest(table)
        if (before.day, dict(before.extra)) == (context.day.isoformat(), extra):
            return before.rows, True
    living = identified(context, kind).withColumn("as_of", F.lit(context.day))
    if kind == "person":
        living = living.where("died_on IS NULL OR died_on > as_of")
    written = context.tables.write(table, outlook(living, registry, kind, MONTHS), day=context.day, extra=extra)
    return written.rows, written.unchanged
