"""Turns a batch of files, with their tags, truths and acts, into rows of suggestions; it reads and writes no table.

Runs inside Spark's Python workers, batch by batch, and holds nothing between two batches.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from jobs.vocabulary import Offered, Vocabulary, acts_of, codes, days, flat, number_of
from recommender.arrange import leading, suggested
from recommender.basis import Basis
from recommender.event_steps import NONE
from recommender.packed import bits, numbers_of
from recommender.rank import Scorer, rank, told
from recommender.reasons import Known, Ragged, ragged, weightiest
from recommender.trace import Record, encode
from tagging.rules import UNKNOWN, YES

Truths = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
Ask = Callable[[str, Truths], tuple[str, ...]]

MOST_QUESTIONS = 3
MOST_TAGS = 3
LEAST_WEIGHT = 0.05  # of a tag in log-odds; less is no reason

# The columns of <kind>_suggestions.
SUGGESTIONS = (
    "subject STRING,"
    " items ARRAY<STRUCT<service: STRING, score: DOUBLE, probability: DOUBLE,"
    " reasons: ARRAY<STRUCT<clause: STRING, source: STRING, as_of: DATE>>,"
    " because: ARRAY<STRUCT<tag: STRING, weight: DOUBLE>>, through: STRING>>,"
    " unknown ARRAY<STRUCT<service: STRING, asks: ARRAY<STRING>>>,"
    " record BINARY"
)


@dataclass(frozen=True)
class Listed:
    """Offers laid flat: the row and the service of each, and how many there are before each row."""

    rows: npt.NDArray[np.int64]
    services: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]


def offers(batch: pa.RecordBatch, words: Vocabulary, basis: Basis) -> pa.RecordBatch:
    """Suggestions for a batch with columns subject, tags, truths, acts and known, on the basis's day."""
    tags, truths = words.tag_rows(batch["tags"]), words.truth_rows(batch["truths"])
    acts, _ = acts_of(batch["acts"], words.ids)
    offered = words.offered(truths, acts, number_of(basis.made.day))
    answers = offered.answers
    shown, steps = suggested(tags, answers == YES, offered.first, basis.ordering, basis.shelf)
    listed = _listed(shown)
    scores, _ = told(tags, basis.ordering, listed.rows, listed.services)
    _, probabilities = told(tags, basis.scorer, listed.rows, listed.services)
    events = ("", *basis.events)
    items = _structs(
        service=_words(words.ids, listed.services),
        score=_rounded(scores),
        probability=_rounded(probabilities),
        reasons=_reasons(batch, words, truths, listed),
        because=_because(tags, basis.ordering, listed),
        through=_words(events, _through(shown, steps) - NONE),
    )
    questions = _listed(rank(tags, basis.scorer, answers == UNKNOWN, MOST_QUESTIONS).indices)
    return pa.RecordBatch.from_arrays(
        [
            batch["subject"],
            _lists(listed.offsets, items),
            _lists(questions.offsets, _questions(words, truths, questions)),
            pa.array(_records(tags, offered, steps, shown, basis), pa.binary()),
        ],
        names=["subject", "items", "unknown", "record"],
    )


def _through(shown: npt.NDArray[np.int32], steps: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Per offer the event as whose next step it came first; NONE where it stands in its own place."""
    events = np.take_along_axis(steps, np.maximum(shown, 0), axis=1)
    return np.where(leading(shown, steps), events, NONE)[shown >= 0].astype(np.int64)


def _records(
    tags: csr_matrix, offered: Offered, steps: npt.NDArray[np.int32], shown: npt.NDArray[np.int32], basis: Basis
) -> list[bytes]:
    """Per row the record by which its list can be made again."""
    rows, next_ones = np.nonzero(steps != NONE)
    pairs = np.stack([next_ones, steps[rows, next_ones]], axis=1)
    columns = zip(
        bits(tags.toarray() > 0),
        bits(offered.answers == YES),
        numbers_of(pairs, 2 * np.bincount(rows, minlength=len(steps))),
        numbers_of(shown[shown >= 0], np.count_nonzero(shown >= 0, axis=1)),
        numbers_of(np.nonzero(offered.waits)[1], np.count_nonzero(offered.waits, axis=1)),
        strict=True,
    )
    return [encode(Record(basis.id, basis.made.day, *own)) for own in columns]


def _reasons(batch: pa.RecordBatch, words: Vocabulary, truths: Truths, listed: Listed) -> pa.Array:
    """Per offer the clauses that hold, each with the newest entry of the file that it was read from."""
    clauses, holds = _coded(words.matcher.satisfied, words, truths, listed)
    rows = np.repeat(listed.rows, np.diff(holds.offsets))
    offsets, entries = flat(batch["known"])
    known = Known(
        rows=np.repeat(np.arange(len(batch)), np.diff(offsets)),
        reads=codes(entries.field("reads"), words.reads).astype(np.int64),
        as_of=days(entries.field("as_of"), missing=0),
        shape=(len(batch), len(words.reads)),
    )
    place = {read: number for number, read in enumerate(words.reads)}
    asked = [[place[read] for read in words.matcher.reads(code) if read in place] for code in clauses]
    entry = _entry(known, rows, holds, asked)
    found = pa.array(entry, mask=entry < 0)
    reasons = _structs(
        clause=_words(clauses, holds.values),
        source=entries.field("source").take(found).fill_null(""),
        as_of=entries.field("as_of").take(found),
    )
    return _lists(holds.offsets, reasons)


def _entry(known: Known, rows: npt.NDArray[np.int64], holds: Ragged, asked: list[list[int]]) -> npt.NDArray[np.int64]:
    """The entry behind each clause: of everything it reads, what is newest; -1 where the file says nothing of it."""
    best = np.full(len(rows), -1, dtype=np.int64)
    for turn in range(max(map(len, asked), default=0)):
        reads = np.array([own[turn] if turn < len(own) else -1 for own in asked], dtype=np.int64)[holds.values]
        left = np.flatnonzero(reads >= 0)
        found, so_far = known.newest(rows[left], reads[left]), best[left]
        newer = (found >= 0) & ((so_far < 0) | (known.as_of[found] > known.as_of[so_far]))
        best[left[newer]] = found[newer]
    return best


def _because(tags: object, scorer: Scorer, listed: Listed) -> pa.Array:
    heavy, added = weightiest(tags, scorer, listed.rows, listed.services, MOST_TAGS, LEAST_WEIGHT)
    return _lists(heavy.offsets, _structs(tag=_words(scorer.columns, heavy.values), weight=_rounded(added)))


def _questions(words: Vocabulary, truths: Truths, listed: Listed) -> pa.Array:
    """Per open service the reads that would decide it."""
    asks, open_reads = _coded(words.matcher.deciding, words, truths, listed)
    texts = _lists(open_reads.offsets, _words(asks, open_reads.values))
    return _structs(service=_words(words.ids, listed.services), asks=texts)


def _coded(ask: Ask, words: Vocabulary, truths: Truths, listed: Listed) -> tuple[tuple[str, ...], Ragged]:
    """The texts that `ask` answers for every offer: the distinct ones, and per offer their places among these."""
    place: dict[str, int] = {}
    lists: list[list[int]] = []
    which = np.empty(len(listed.rows), dtype=np.int64)
    by_service = np.argsort(listed.services, kind="stable")
    services, starts = np.unique(listed.services[by_service], return_index=True)
    for service, offered in zip(services.tolist(), np.split(by_service, starts)[1:], strict=True):
        rows, sorts = words.matcher.alike(words.ids[service], truths, listed.rows[offered])
        which[offered] = len(lists) + sorts
        answers = (ask(words.ids[service], truths[row]) for row in rows)
        lists += ([place.setdefault(text, len(place)) for text in texts] for texts in answers)
    return tuple(place), ragged(lists).take(which)


def _listed(indices: npt.NDArray[np.int32]) -> Listed:
    rows, places = np.nonzero(indices >= 0)
    offsets = np.concatenate(([0], np.cumsum((indices >= 0).sum(axis=1)))).astype(np.int64)
    return Listed(rows, indices[rows, places].astype(np.int64), offsets)


def _words(known: tuple[str, ...], places: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(known, pa.string()).take(pa.array(places))


def _rounded(numbers: npt.NDArray[np.floating]) -> pa.Array:
    """As doubles of six decimals; what is no number (a chance that nobody knows) is 0."""
    whole = np.round(np.asarray(numbers, dtype=np.float64), 6)
    return pa.array(np.where(np.isfinite(whole), whole, 0.0))


def _structs(**fields: pa.Array) -> pa.Array:
    return pa.StructArray.from_arrays(list(fields.values()), names=list(fields))


def _lists(offsets: npt.NDArray[np.int64], values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), values)
