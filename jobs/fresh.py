"""Makes the files and pages of a few subjects anew within seconds; it writes nothing and decides nothing itself.

The rules are the night's own: the same build, tags, truths, ranking and pages, over a handful of files, in one plan
per kind of subject. What it makes equals what the night makes of the same rows.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs import vacancies
from jobs.acts import GIVEN, SEEN_FEEDS, joined, seen
from jobs.deleted_tags import deleted
from jobs.neighbours import Around
from jobs.offers import offers
from jobs.outlook import MONTHS, MOST_SHOWN, displayed_tags, reads_behind, reads_of
from jobs.own_files import as_json
from jobs.rank import basis_of
from jobs.reading import whole_files
from jobs.run import Context
from jobs.session import few_rows_session
from jobs.shared_steps import PARTY, kept_apart, of_few, with_them
from jobs.tables import Manifest
from jobs.vocabulary import Vocabulary, vocabulary
from profiles import contracts
from profiles.deliveries import settled
from profiles.linkage.aliases import aliased
from profiles.model import KINDS, Kind, columns
from recommender import catalogue as catalogues
from recommender.basis import Basis
from recommender.catalogue import Catalogue
from recommender.compose import COLUMNS, Composer, bundle_matcher
from recommender.own_file import Tag, pack, tags_as_json
from recommender.page import encode
from recommender.store import Store
from recommender.trace import trace_of
from tagging import registry as registries
from tagging.evidence import entries
from tagging.few import Truths
from tagging.months import months_later
from tagging.outlook.one import OneFile
from tagging.registry import Registry
from tagging.rules import Atom

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class Fresh:
    """What was made of some subjects: files by kind, encoded pages and packed files (None where there is none any
    more), the records of the lists on the pages, and the bases that these were made by."""

    files: Mapping[Kind, pa.Table]
    pages: Mapping[str, bytes | None]
    own: Mapping[str, bytes | None]
    records: Mapping[str, bytes] = field(default_factory=dict)
    bases: tuple[Basis, ...] = ()

    def show(self, store: Store) -> None:
        """Put pages and files in the place of those that readers see, and keep what the lists were made from."""
        store.trace(self.records.items(), {basis.id: basis.save() for basis in self.bases})
        store.refresh(self.pages, self.own)


class Refresher:
    """Everything about one day that is the same for every refresh, made once."""

    def __init__(self, context: Context) -> None:
        """Raises TableMissing where nothing was trained yet, ModelMismatch where versions differ."""
        self._context = context
        self._registry, self._catalogue = registries.load(), catalogues.load()
        self._frames = Frames(few_rows_session(context.spark))
        self._kinds = {kind: _Kind(context, kind, self._registry, self._catalogue) for kind in KINDS}

    def refresh(self, concerned: Around) -> Fresh:
        """The files and pages of those whom ``concerned`` names."""
        feeds = self._frames.of(concerned)
        kinds = [kind for kind in KINDS if concerned.of(kind)]
        with ThreadPoolExecutor(len(KINDS)) as pool:
            made = dict(zip(kinds, pool.map(lambda kind: self._files(kind, feeds, concerned), kinds), strict=True))
        pages: dict[str, bytes | None] = dict.fromkeys(concerned.subjects)
        own = dict(pages)
        records: dict[str, bytes] = {}
        filled = [kind for kind, told in made.items() if told.num_rows]
        for kind in filled:
            alive = _living(made[kind], self._context.day)
            for subject, page, record in self._kinds[kind].pages(alive):
                pages[subject], records[subject] = page, record
            own.update(self._kinds[kind].own(alive))
        return Fresh(made, pages, own, records, tuple(self._kinds[kind].basis for kind in filled))

    def close(self) -> None:
        """Let go of the rules that DuckDB holds; nobody can be made anew afterwards."""
        for kind in self._kinds.values():
            kind.close()

    def _files(self, kind: Kind, feeds: "Mapping[str, DataFrame]", concerned: Around) -> pa.Table:
        """Files with tags, truths and acts; those who are only a record in a linked feed are left out."""
        from pyspark.sql import functions as F

        spark = self._frames.spark
        built = whole_files(kind, feeds, self._context.day, few=True)
        files = built.where(F.col("subject").isin(sorted(concerned.of(kind) | concerned.beside)))
        if kind == "person":
            files = files.where("identified")
        known = {feed: feeds.get(feed, self._frames.none_of(feed)) for feed in SEEN_FEEDS}
        feedback = self._context.tables.read_or_empty("feedback", GIVEN, spark)
        acted = joined(files, seen(known, feedback, kind), self._context.day)
        chosen = acted.join(deleted(self._context, spark), on="subject", how="left")
        apart = chosen.join(kept_apart(self._context, spark), on="subject", how="left")
        return self._kinds[kind].answered(apart, concerned.of(kind))


class _Kind:
    """The rules of one kind of subject, answered in one pass over its files."""

    def __init__(self, context: Context, kind: Kind, registry: Registry, catalogue: Catalogue) -> None:
        self._context, self._kind, self._registry, self._catalogue = context, kind, registry, catalogue
        self._words: Vocabulary = vocabulary(kind, registry, catalogue, context.day)
        matcher = bundle_matcher(catalogue, kind, registry.rules(kind), context.day)
        self._behind = reads_of(registry, kind)
        self._composer = Composer(kind, context.day, catalogue, matcher, self._behind)
        self._atoms: tuple[Atom, ...] = tuple(
            {atom.code: atom for atom in (*self._words.matcher.atoms, *self._composer.matcher.atoms)}.values()
        )

    @cached_property
    def basis(self) -> Basis:
        """What the day's lists are made by."""
        return basis_of(self._context, self._words, self._registry, self._catalogue)

    def answered(self, files: "DataFrame", subjects: Collection[str]) -> pa.Table:
        """The subjects' files with columns tags, truths (of all atoms), known (for reasons of offers), read (for
        bundles) and, of persons, shared; the files beside them say what was done for both.

        Spark builds the files, DuckDB answers the rules: the two are proven to agree, and for a handful of files
        planning hundreds of rules would take longer than all else.
        """
        from pyspark.sql import functions as F

        dated = files.withColumn("as_of", F.lit(self._context.day))
        reads = reads_behind(self._composer.matcher, self._behind)
        more = (f"{entries(self._words.reads)} AS known", f"{entries(reads)} AS read", f"{as_json()} AS own")
        told = self._shared(dated.selectExpr("*", *more).toArrow(), subjects)
        rows = told.select([*columns(self._kind), "as_of"]).to_pylist()
        gone = told["deleted"].to_pylist()
        earned = [
            [tag for tag in self._one_file.tags(row) if tag not in (without or ())]
            for row, without in zip(rows, gone, strict=True)
        ]
        tags = pa.array(earned, pa.list_(pa.string()))
        answers = pa.array(self._truths.of(rows), pa.list_(pa.int8()))
        return told.append_column("tags", tags).append_column("truths", answers)

    def _shared(self, told: pa.Table, subjects: Collection[str]) -> pa.Table:
        """The subjects' rows with what others did for both, in ``shared`` and among their acts."""
        own = told.filter(pc.is_in(told["subject"], pa.array(sorted(subjects), pa.string())))
        if self._kind == "enterprise":
            return own
        alive = _living(told, self._context.day)
        steps = of_few(alive.select(PARTY).to_pylist(), self._catalogue, self._context.day)
        return with_them(own, steps)

    def close(self) -> None:
        """Let go of the rules, where any were prepared."""
        for held in ("_one_file", "_truths"):
            if held in self.__dict__:
                self.__dict__.pop(held).close()

    def own(self, batch: pa.Table) -> Iterator[tuple[str, bytes]]:
        """The subject and the packed file of each; the clauses behind a tag are told from the next night on."""
        rows = batch.select([*columns(self._kind), "as_of"]).to_pylist()
        for row, text in zip(rows, batch["own"].to_pylist(), strict=True):
            tags = (Tag(one.tag, one.since, one.until) for one in self._one_file.earned(row))
            yield str(row["subject"]), pack(text, tags_as_json(tags))

    def pages(self, batch: pa.Table) -> Iterator[tuple[str, bytes, bytes]]:
        """Subject, encoded page and record of its list, of each."""
        answers = batch["truths"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        answers = answers.astype(np.int8).reshape(-1, len(self._atoms))
        asked = self._put(batch, "truths", self._words.matcher.atoms, answers)
        offered = offers(asked.to_batches()[0], self._words, self.basis).to_pylist()
        both = ["shared"] if self._kind == "person" else []
        shown = batch.select([*COLUMNS[self._kind], "read", *both]).to_pylist()
        ahead = self._ahead(batch)
        openings = vacancies.told(self._context, batch["subject"].to_pylist()) if self._kind == "person" else {}
        files = [
            {
                **file,
                "known": file["read"],
                "items": own["items"],
                "unknown": own["unknown"],
                "trace": trace_of(own["subject"], own["record"]),
                "ahead": coming,
                **openings.get(own["subject"], {}),
            }
            for file, own, coming in zip(shown, offered, ahead, strict=True)
        ]
        composed = self._composer.pages(files, answers[:, self._places(self._composer.matcher.atoms)])
        for own, page in zip(offered, composed, strict=True):
            yield str(own["subject"]), encode(page), own["record"]

    def _ahead(self, batch: pa.Table) -> list[list[dict[str, object]]]:
        """What a page shows of the coming two years, for each file of the batch: as ``jobs.outlook.shown_ahead``."""
        last = months_later(self._context.day, MONTHS)
        displayed = {*displayed_tags(self._registry, self._kind)}
        found = []
        for row in batch.select([*columns(self._kind), "as_of"]).to_pylist():
            coming = [one for one in self._one_file.outlook(row, last) if one.tag in displayed]
            coming.sort(key=lambda one: (one.day, one.tag, one.change))
            found.append([asdict(one) for one in coming[:MOST_SHOWN]])
        return found

    @cached_property
    def _one_file(self) -> OneFile:
        return OneFile(self._registry, self._kind)

    @cached_property
    def _truths(self) -> Truths:
        return Truths(self._atoms, self._kind)

    def _places(self, atoms: tuple[Atom, ...]) -> list[int]:
        place = {atom.code: number for number, atom in enumerate(self._atoms)}
        return [place[atom.code] for atom in atoms]

    def _put(self, batch: pa.Table, name: str, atoms: tuple[Atom, ...], answers: Any) -> pa.Table:
        """The batch with the answers of these atoms alone in the list column ``name``."""
        own = answers[:, self._places(atoms)]
        offsets = np.arange(len(own) + 1, dtype=np.int32) * own.shape[1]
        lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(own.reshape(-1), pa.int8()))
        return batch.set_column(batch.schema.get_field_index(name), name, lists)


class Frames:
    """Rows as Spark frames in the contracts' columns, settled over their deliveries; no worker starts for them."""

    def __init__(self, spark: "SparkSession") -> None:
        self.spark = spark
        self._empty: dict[str, DataFrame] = {}  # most feeds say nothing of a few subjects, and a frame takes its time

    def of(self, concerned: Around) -> "dict[str, DataFrame]":
        """A frame per feed; in linked feeds residents stand in the place of records."""
        found = {feed: self._settled(feed, parts) for feed, parts in concerned.rows.items()}
        named = [
            (link.feed, link.record, link.subject) for link in concerned.links if link.subject in concerned.subjects
        ]
        if not named:
            return found
        columns = [pa.array([one[place] for one in named], pa.string()) for place in range(3)]
        return dict(aliased(found, self._frame(pa.table(columns, names=["feed", "record", "subject"]))))

    def none_of(self, feed: str) -> "DataFrame":
        """No rows, in the columns of the feed's contract."""
        return self.spark.createDataFrame([], contracts.load()[feed].ddl)

    def _settled(self, feed: str, parts: Sequence[tuple[Manifest, pa.Table]]) -> "DataFrame":
        contract = contracts.load()[feed]
        told = [(one.slot, self._frame(table)) for one, table in parts if table.num_rows]
        if told:
            return settled(told, contract)
        if feed not in self._empty:
            self._empty[feed] = settled([("", self._frame(parts[0][1]))], contract)
        return self._empty[feed]

    def _frame(self, table: pa.Table) -> "DataFrame":
        return self.spark.createDataFrame(table).coalesce(1)


def _living(told: pa.Table, day: date) -> pa.Table:
    """The rows of persons who live on the day, or of enterprises."""
    died = told["died_on"].to_pylist() if "died_on" in told.column_names else [None] * told.num_rows
    alive = [place for place, on in enumerate(died) if on is None or on > day]
    return told.take(pa.array(alive, pa.int64())).combine_chunks()
