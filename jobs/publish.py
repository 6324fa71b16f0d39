"""Writes every subject's page, then lets readers see all of them at once; it ranks nothing and decides nothing.

Spark joins files with suggestions and answers the bundles' rules; its workers compose pages, which go to the table
``pages`` and from there into the store as one generation, named after its content.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import reduce
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs import own_files, traces
from jobs.files import identified, living
from jobs.offers import SUGGESTIONS
from jobs.outlook import reads_behind, reads_of, shown_ahead
from jobs.run import Context, Summary
from jobs.shared_steps import shared
from jobs.vacancies import OFFERED
from jobs.vacancies import TABLE as VACANCIES
from profiles.errors import ModelMismatch
from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from recommender.catalogue import Catalogue
from recommender.compose import COLUMNS, Composer, bundle_matcher
from recommender.duties import COLUMNS as DUTY_COLUMNS
from recommender.generation import Generation, bits_for
from recommender.ledger import Saved
from recommender.own_file import pack
from recommender.page import encode
from recommender.store import Store
from recommender.trace import trace_of
from tagging import registry as registries
from tagging.apply import truths
from tagging.evidence import entries
from tagging.learned.likely import LIKELY
from tagging.registry import Registry

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE = "pages"
# What the subject saves in all, should everything that the page suggests be taken up, stands beside each page.
SAVED = tuple(field.name for field in fields(Saved))
PAGES = (
    "subject STRING, kind STRING, payload BINARY, file BINARY, trace STRING, record BINARY, "
    f"{', '.join(f'{name} INT' for name in SAVED)}"
)
# As tagging.apply makes it, and as much of it as an owner is told.
TAGS = (
    "subject STRING, tags ARRAY<STRUCT<id: STRING, since: DATE, until: DATE, clauses: ARRAY<STRING>,"
    " evidence: ARRAY<STRUCT<reads: STRING, source: STRING, as_of: DATE>>>>"
)
MOST_POPULAR = 12
POPULAR_DAYS = 365

Batches = Iterator[pa.RecordBatch]


def run(context: Context) -> Summary:
    """Write ``pages`` for the context's day and publish them to the store.

    Raises:
        TableMissing: files or suggestions were not made yet.
        ModelMismatch: suggestions were made from another registry or catalogue.
        StoreUnavailable: the store does not answer; the table is written, and readers see the generation before.
    """
    catalogue = catalogues.load()
    versions = {"registry": registries.load().version, "catalogue": catalogue.version}
    for kind in KINDS:
        _refuse_others(context, kind, versions)
    frame = reduce(lambda one, other: one.unionByName(other), [pages(context, kind, catalogue) for kind in KINDS])
    context.progress("composing pages", 0, 2)
    written = context.tables.write(TABLE, frame, day=context.day, extra=versions)
    context.progress("filling the store", 1, 2)
    popular: dict[str, Sequence[str]] = {kind: most_used(context, kind, catalogue) for kind in KINDS}
    generation = Generation(context.day, bits_for(written.rows), _digest(written.content_hash, popular))
    with Store(context.settings.store_url) as store:
        known = store.generation() == generation
        traces.keep(context, generation, store)
        held = store.publish(generation, _rows(context, "payload"), popular, _rows(context, "file"))
    context.progress("filling the store", 2, 2)
    saved = {f"{name} saved": count for name, count in _saved(context).items() if count}
    return Summary(
        "publish", {"pages": held, **saved}, f"generation {generation.text}{' (unchanged)' if known else ''}"
    )


def _refuse_others(context: Context, kind: Kind, now: Mapping[str, str]) -> None:
    """Raises ModelMismatch where the suggestions, if there are any, are not of these versions."""
    table = f"{kind}_suggestions"
    if not context.tables.exists(table):
        return
    made = context.tables.manifest(table).extra
    stale = [f"{name} {made.get(name)} (now {version})" for name, version in now.items() if made.get(name) != version]
    if stale:
        raise ModelMismatch(f"{table} was made from {' and '.join(stale)}: run tag, train and rank for this day again")


def pages(context: Context, kind: Kind, catalogue: Catalogue) -> "DataFrame":
    """Rows of PAGES for every living person or every enterprise."""
    from pyspark.sql import functions as F

    registry = registries.load()
    behind = reads_of(registry, kind)
    matcher = bundle_matcher(catalogue, kind, registry.rules(kind), context.day)
    composer = Composer(kind, context.day, catalogue, matcher, behind)
    atoms = matcher.atoms
    reads = reads_behind(matcher, behind)
    files = living(identified(context, kind).withColumn("as_of", F.lit(context.day)), kind)
    columns = _needed(composer)
    own = f"{own_files.as_json()} AS file"
    needed = truths(files, atoms).selectExpr(*columns, "truths", f"{entries(reads)} AS known", own)
    offered = context.tables.read_or_empty(f"{kind}_suggestions", SUGGESTIONS, context.spark)
    more = [offered, shown_ahead(context, kind, registry), likely(context, kind, registry), _tags(context, kind)]
    if kind == "person":
        more.append(context.tables.read_or_empty(VACANCIES, OFFERED, context.spark))
        more.append(shared(context, catalogue))
    joined = needed
    for one in more:
        joined = joined.join(one, on="subject", how="left")
    return joined.mapInArrow(_mapper(composer), PAGES)


def _tags(context: Context, kind: Kind) -> "DataFrame":
    """(subject, own_tags): each file's tags with their stretches, clauses and evidence, as JSON."""
    tags = context.tables.read_or_empty(f"{kind}_tags", TAGS, context.spark)
    return tags.selectExpr("subject", "to_json(tags) AS own_tags")


def likely(context: Context, kind: Kind, registry: Registry) -> "DataFrame":
    """(subject, likely): what is likely of each file as this day's learning told; an older guess is not repeated.

    Fresh events say nothing of it: what just happened may have made the guess stale, so it waits for the next night.

    Raises:
        ModelMismatch: it was told from another registry.
    """
    table = f"{kind}_likely"
    told = context.tables.read_or_empty(table, LIKELY, context.spark)
    if context.tables.exists(table):
        made = context.tables.manifest(table).extra.get("registry")
        if made != registry.version:
            raise ModelMismatch(f"{table} was made from registry {made} (now {registry.version}): run learn again")
    return told.where(told["as_of"] == context.day).select("subject", "likely")


def _needed(composer: Composer) -> list[str]:
    """SQL of only what a page shows: a file also holds every superseded fact and the whole history of cases."""
    asked = composer.forms.columns
    lists = {
        "facts": ("f.in_force AND f.name", {"name", *DUTY_COLUMNS[composer.kind], *asked["facts"]}),
        "links": ("f.kind", {"mandate", *asked["links"]}),
        "events": ("f.kind", set(asked["events"])),
    }
    return [_filtered(column, *lists[column]) if column in lists else column for column in COLUMNS[composer.kind]]


def _filtered(column: str, of: str, names: set[str]) -> str:
    quoted = ", ".join(f"'{name}'" for name in sorted(names)) or "NULL"
    return f"filter({column}, f -> {of} IN ({quoted})) AS {column}"


def most_used(context: Context, kind: Kind, catalogue: Catalogue) -> tuple[str, ...]:
    """The services applied for most in a year, then the others by id: what anyone may be shown."""
    from pyspark.sql import functions as F

    applied = (
        identified(context, kind).select(F.explode("cases").alias("case")).select("case.service", "case.applied_on")
    )
    recent = applied.where(
        F.col("applied_on").between(F.date_sub(F.lit(context.day), POPULAR_DAYS), F.lit(context.day))
    )
    uses = {row["service"]: row["count"] for row in recent.groupBy("service").count().collect()}
    offered = [service.id for service in catalogue.offered(kind, context.day)]
    return tuple(sorted(offered, key=lambda service: (-uses.get(service, 0), service))[:MOST_POPULAR])


def _mapper(composer: Composer) -> Callable[[Batches], Batches]:
    """Composes pages inside Spark's workers, a batch at a time."""

    def composed(batches: Batches) -> Batches:
        width = len(composer.matcher.atoms)
        for batch in batches:
            files = [_traced(file) for file in batch.drop_columns(["truths", "file", "own_tags"]).to_pylist()]
            answers = batch["truths"].flatten().to_numpy(zero_copy_only=False).astype(np.int8).reshape(-1, width)
            made = composer.pages(files, answers)
            kinds = pa.array([composer.kind] * len(files), pa.string())
            saved = [composer.saved(page) for page in made]
            numbers = [pa.array([getattr(one, name) for one in saved], pa.int32()) for name in SAVED]
            own = map(pack, batch["file"].to_pylist(), batch["own_tags"].to_pylist())
            pages = [pa.array(map(encode, made), pa.binary()), pa.array(own, pa.binary())]
            behind = [pa.array([file["trace"] for file in files], pa.string()), batch["record"]]
            arrays = [batch["subject"], kinds, *pages, *behind, *numbers]
            names = ["subject", "kind", "payload", "file", "trace", "record", *SAVED]
            yield pa.RecordBatch.from_arrays(arrays, names=names)

    return composed


def _traced(file: dict[str, Any]) -> dict[str, Any]:
    """The file with the trace of its list; it is named only now, for keys may have been rotated since ranking."""
    return {**file, "trace": trace_of(file["subject"], file["record"]) if file["record"] else None}


def _saved(context: Context) -> dict[str, int]:
    """What all subjects together save, should they take up everything that is suggested."""
    parts = [pq.read_table(part, columns=list(SAVED)) for part in context.tables.path(TABLE).glob("*.parquet")]
    return {name: sum(pc.sum(part[name]).as_py() or 0 for part in parts) for name in SAVED}


def _digest(content_hash: str, popular: Mapping[str, Sequence[str]]) -> str:
    return blake2b(f"{content_hash} {sorted(popular.items())}".encode(), digest_size=6).hexdigest()


def _rows(context: Context, column: str) -> Iterator[tuple[str, bytes]]:
    """The pages or the files as written, a batch in memory at a time."""
    for part in sorted(context.tables.path(TABLE).glob("*.parquet")):
        for batch in pq.ParquetFile(part).iter_batches(columns=["subject", column]):
            yield from zip(batch["subject"].to_pylist(), batch[column].to_pylist(), strict=True)
