"""Ranks for every subject the services that it may be offered, and writes why; it learns nothing and holds no rule.

Spark evaluates the atoms of all rules over the files; numpy answers the rules, masks and orders in its workers, a
batch of files at a time.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from jobs import bases
from jobs.acts import with_acts
from jobs.deleted_tags import deleted, left
from jobs.files import living
from jobs.offers import SUGGESTIONS, offers
from jobs.run import Context, Summary
from jobs.shared_steps import shared, with_theirs
from jobs.vocabulary import Vocabulary, vocabulary
from profiles.errors import ModelMismatch
from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from recommender.basis import Basis, Made
from recommender.catalogue import Catalogue
from recommender.rank import Scorer
from recommender.shelf import policy, shelf
from tagging import registry as registries
from tagging.apply import truths
from tagging.evidence import entries
from tagging.registry import Registry

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def run(context: Context) -> Summary:
    """Writes person_suggestions and enterprise_suggestions from files, tags and the two models.

    Raises ModelMismatch where tags, model and catalogue were not made from the same versions.
    """
    registry, catalogue = registries.load(), catalogues.load()
    counts: dict[str, int] = {}
    for number, kind in enumerate(KINDS):
        context.progress(f"rank {kind}", number, len(KINDS))
        words = vocabulary(kind, registry, catalogue, context.day)
        basis = basis_of(context, words, registry, catalogue)
        bases.keep(context, basis)
        frame = suggestions(subjects(context, words, catalogue), words, basis)
        extra = {"registry": registry.version, "catalogue": catalogue.version}
        written = context.tables.write(f"{kind}_suggestions", frame, day=context.day, extra=extra)
        counts[f"{kind} lists"] = written.rows
        counts[f"{kind} offers"] = _offers(context, kind)
    context.progress("rank", len(KINDS), len(KINDS))
    return Summary("rank", counts)


def suggestions(rows: "DataFrame", words: Vocabulary, basis: Basis) -> "DataFrame":
    """Rows (subject, tags, truths, acts, known) as SUGGESTIONS, ranked in Spark's workers."""

    def in_worker(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield offers(batch, words, basis)

    return rows.mapInArrow(in_worker, SUGGESTIONS)


def subjects(context: Context, words: Vocabulary, catalogue: Catalogue) -> "DataFrame":
    """Files of the living with what ranking reads of them; a person's acts with those that another did for both."""
    from pyspark.sql import functions as F

    files = living(with_acts(context, words.kind).withColumn("as_of", F.lit(context.day)), words.kind)
    if words.kind == "person":
        both = files.join(shared(context, catalogue), on="subject", how="left")
        files = both.withColumn("acts", F.expr(with_theirs())).drop("shared")
    known = truths(files, words.matcher.atoms).select(
        "subject", "truths", "acts", F.expr(entries(words.reads)).alias("known")
    )
    tags = context.tables.read(f"{words.kind}_tags", context.spark)
    used = tags.join(deleted(context, context.spark), on="subject", how="left")
    ids = used.select("subject", F.expr(left("transform(tags, t -> t.id)")).alias("tags"))
    return known.join(ids, on="subject", how="left")


def basis_of(context: Context, words: Vocabulary, registry: Registry, catalogue: Catalogue) -> Basis:
    """What the day's lists of a kind are made by; the columns of its scorer are the vocabulary's.

    Raises ModelMismatch naming the versions that differ.
    """
    now = {"registry": registry.version, "catalogue": catalogue.version}
    model = f"model_{words.kind}"
    for table, names in ((f"{words.kind}_tags", ("registry",)), (model, ("registry", "catalogue"))):
        made = context.tables.manifest(table).extra
        stale = [f"{name} {made.get(name)} (now {now[name]})" for name in names if made.get(name) != now[name]]
        if stale:
            raise ModelMismatch(f"{table} was made from {' and '.join(stale)}: run tag and train for this day again")
    run = context.tables.manifest(model)
    scorer = Scorer.load((context.tables.run_path(model, run.run) / "scorer.npz").read_bytes())
    if (scorer.tags, scorer.services) != (words.tags, words.ids):
        raise ModelMismatch(
            f"{model} orders {len(scorer.services)} services by {len(scorer.tags)} tags, {context.day} has"
            f" {len(words.ids)} and {len(words.tags)}: run train for this day again"
        )
    uses = cast("Mapping[str, int]", run.extra.get("used") or {})
    return Basis(
        Made(words.kind, context.day, run.run, **now),
        scorer,
        shelf(words.services, uses, context.day, policy()),
        words.matcher.events,
    )


def _offers(context: Context, kind: Kind) -> int:
    from pyspark.sql import functions as F

    total = context.tables.read(f"{kind}_suggestions", context.spark).agg(F.sum(F.size("items"))).first()
    return int(total[0] or 0) if total else 0
