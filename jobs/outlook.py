"""The job that says what each subject will gain and lose in the coming two years; it tags nothing and tells nobody.

The rules are those of the day's tags, asked about later days: what it says is true of the files as they are now.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from jobs.files import identified, living
from jobs.run import Context, Summary
from profiles.errors import ModelMismatch
from profiles.model import KINDS, Kind
from recommender.eligibility import Matcher
from tagging.apply import outlook
from tagging.registry import Registry, load

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MONTHS = 24
MOST_SHOWN = 8
OUTLOOK = "subject STRING, as_of DATE, tag STRING, day DATE, change STRING"


def shown_ahead(context: Context, kind: Kind, registry: Registry) -> "DataFrame":
    """(subject, ahead): the next changes that a page shows, ``ARRAY<STRUCT<day, tag, change>>``, the soonest first.

    Changes of tags that may not be displayed are left out, and so is what a table of an earlier day says of days
    that are over.

    Raises:
        ModelMismatch: the table was made from another registry.
    """
    from pyspark.sql import functions as F

    table = f"{kind}_outlook"
    if context.tables.exists(table):
        made = context.tables.manifest(table).extra.get("registry")
        if made != registry.version:
            raise ModelMismatch(
                f"{table} was made from registry {made} (now {registry.version}): run tag and outlook again"
            )
    known = context.tables.read_or_empty(table, OUTLOOK, context.spark)
    displayed = known.where(F.col("tag").isin(displayed_tags(registry, kind)) & (F.col("day") > context.day))
    soonest = f"slice(array_sort(collect_list(struct(day, tag, change))), 1, {MOST_SHOWN})"
    return displayed.groupBy("subject").agg(F.expr(soonest).alias("ahead"))


def displayed_tags(registry: Registry, kind: Kind) -> list[str]:
    """The tags of a kind that its page may show."""
    return [tag.id for tag in registry.of(kind) if "display" in tag.uses]


def reads_of(registry: Registry, kind: Kind) -> dict[str, tuple[str, ...]]:
    """Of each tag that a page may show what its rule reads, the tags within it left out."""
    return {
        tag: tuple(
            dict.fromkeys(
                read for atom in registry.parsed[tag].atoms for read in atom.reads if not read.startswith("tag:")
            )
        )
        for tag in displayed_tags(registry, kind)
    }


def reads_behind(matcher: Matcher, behind: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """All that a page names the source of: what its bundles' rules read, and those of the tags ahead."""
    bundles = (read for atom in matcher.atoms for read in atom.reads)
    return tuple(dict.fromkeys(chain(bundles, *behind.values())))


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
    alive = living(identified(context, kind).withColumn("as_of", F.lit(context.day)), kind)
    written = context.tables.write(table, outlook(alive, registry, kind, MONTHS), day=context.day, extra=extra)
    return written.rows, written.unchanged
