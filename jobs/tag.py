"""The job that puts tags on files; it reads the two file tables and writes the two tag tables."""

from jobs.files import identified
from jobs.run import Context, Summary
from profiles.model import KINDS, Kind
from tagging.apply import apply_tags
from tagging.registry import Registry, load


def run(context: Context) -> Summary:
    """Write ``person_tags`` and ``enterprise_tags`` of the context's day, with the registry's version.

    Raises:
        TableMissing: the files have not been built.
        RegistryError, RuleError: the registry is malformed.
    """
    registry = load()
    counts = {"tags": len(registry.tags)}
    unchanged = True
    for done, kind in enumerate(KINDS, start=1):
        context.progress(f"tagging {kind} files", done - 1, len(KINDS))
        subjects, given, same = _tag(context, registry, kind)
        counts |= {f"{kind}s": subjects, f"{kind}_tags": given}
        unchanged = unchanged and same
        context.progress(f"tagged {kind} files", done, len(KINDS))
    return Summary("tag", counts, "unchanged" if unchanged else "")


def _tag(context: Context, registry: Registry, kind: Kind) -> tuple[int, int, bool]:
    """(files, tags given, whether the table is the same as before)."""
    from pyspark.sql import functions as F

    files = identified(context, kind).withColumn("as_of", F.lit(context.day))
    extra = {"registry": registry.version}
    table = f"{kind}_tags"
    manifest = context.tables.write(table, apply_tags(files, registry, kind), day=context.day, extra=extra)
    given = context.tables.read(table, context.spark).agg(F.sum(F.size("tags"))).first()
    return manifest.rows, int((given[0] if given else 0) or 0), manifest.unchanged
