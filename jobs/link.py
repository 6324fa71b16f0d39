"""The job that links records without an identity number to residents; it adds decisions and never takes one back.

Reads what the gate accepted, writes the table ``linkages``. Names and phones are opened in this process's memory and
go no further. What is decided stays decided: a record that is linked is not looked at again, and a pair that a person
took apart is never linked again.
"""

from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from jobs import accepted
from jobs.linkages import LINKED, add, decided, link_id
from jobs.run import Context, Summary
from profiles import contracts
from profiles.linkage import people, terms
from profiles.linkage.decide import decide
from profiles.linkage.match import Pair, scored
from profiles.linkage.opened import opened_records, opened_residents
from profiles.linkage.terms import Terms

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

BY = "job"
_KNOWN_FROM = ("residents", "kinship", "vital_events")


def run(context: Context) -> Summary:
    """Link what can be linked on the context's day.

    Counts: records of all linked feeds, those linked to a resident by now, how many of them are new, and those that a
    person must look at because more than one answer is likely.

    Raises:
        KeyMaterialError: the keys are missing, or not those that sealed the accepted rows.
        LinkageError: the terms of a feed are malformed.
    """
    counts: Counter[str] = Counter({"records": 0, "linked": 0, "new": 0, "unclear": 0})
    known = terms.load()
    rows: list[tuple[object, ...]] = []
    for done, each in enumerate(known.values()):
        context.progress(f"linking {each.feed}", done, len(known))
        found, counted = _link(context, each)
        rows += found
        counts.update(counted)
    if rows:
        add(context, rows, {each.feed: each.version for each in known.values()})
    context.progress("linked", len(known), len(known))
    return Summary("link", counts, "" if rows else "unchanged")


def _link(context: Context, how: Terms) -> tuple[list[tuple[object, ...]], dict[str, int]]:
    """New rows of the table for one feed, and its counts."""
    feeds = _accepted(context, how)
    sealed = people.records(feeds, how, context.day)
    residents = people.residents(feeds, how, context.day)
    if sealed is None or residents is None:
        return [], {}
    keys = context.keys
    records, before = sealed.toArrow(), decided(context, how.feed)
    waiting = records.filter(pc.invert(pc.is_in(records["id"], pa.array(sorted(before.links), pa.string()))))
    pairs: list[Pair] = []
    if len(waiting):  # else nobody's name needs to be opened
        opened = opened_records(waiting, how, keys), opened_residents(residents.toArrow(), keys)
        pairs = scored(*opened, how)
    decision = decide(pairs, how, set(before.links.values()), before.undone)
    counted = {
        "records": len(records),
        "linked": len(records) - len(waiting) + len(decision.linked),
        "new": len(decision.linked),
        "unclear": len(decision.unclear),
    }
    return [_row(pair, how, context) for pair in decision.linked], counted


def _row(pair: Pair, how: Terms, context: Context) -> tuple[object, ...]:
    evidence = [(one.comparison, one.level, one.weight) for one in pair.evidence]
    named = (link_id(how.feed, pair.record, pair.subject), how.feed, pair.record, pair.subject)
    return (*named, pair.probability, evidence, how.threshold, context.day, LINKED, BY, None)


def _accepted(context: Context, how: Terms) -> "dict[str, DataFrame]":
    agreed = contracts.load()
    found = {feed: accepted.read(context, agreed[feed]) for feed in (how.feed, *_KNOWN_FROM)}
    return {feed: frame for feed, frame in found.items() if frame is not None}
