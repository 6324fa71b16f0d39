"""Orders what a made-up city's subjects may be offered by the ways that others know, beside ours; none of them serves.

All see the same past, the same tags and the same mask; what is compared is the order alone. A list is held against the
hidden truth as ``judge`` holds ours.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from jobs import rank, train
from jobs.judge import open_needs, recalls
from jobs.judged import K
from jobs.run import Context
from jobs.vocabulary import Vocabulary, acts_of, number_of, vocabulary
from profiles.errors import MissingExtra
from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from recommender.evaluate.baselines import every
from recommender.evaluate.product import Rows
from recommender.evaluate.run import OURS
from recommender.features import aged
from recommender.learn import Names, Past
from recommender.parts import acts_matrix
from recommender.rank import best
from tagging import registry as registries
from tagging.registry import Registry
from tagging.rules import YES

TABLE = "peers"
# The family of tags by whose groups popularity is counted: what people are, and what firms do.
GROUP: Mapping[Kind, str] = {"person": "population_group", "enterprise": "industry"}


def compared(context: Context, truth: Path) -> dict[Kind, dict[str, float]]:
    """Write ``peers``: kind → way → recall at five of open needs, over those in need who have a list.

    Raises:
        TableMissing: nothing was ranked yet.
    """
    registry, needs = registries.load(), open_needs(context, truth)
    found = {kind: _of(context, kind, needs[kind], registry) for kind in KINDS}
    content = {"recall.json": json.dumps(found, indent=1).encode()}
    context.tables.write_files(TABLE, content, day=context.day, extra={"recall": found})
    return found


def lines(found: Mapping[Kind, Mapping[str, float]]) -> list[str]:
    """A line per kind, the best first.

    >>> lines({"person": {"Yidang": 0.93, "popularity": 0.8}, "enterprise": {}})
    ['person recall@5 of open needs: Yidang 0.930 · popularity 0.800']
    """
    ordered = {kind: sorted(ways.items(), key=lambda one: -one[1]) for kind, ways in found.items() if ways}
    return [
        f"{kind} recall@{K} of open needs: " + " · ".join(f"{way} {recall:.3f}" for way, recall in ways)
        for kind, ways in ordered.items()
    ]


def _of(context: Context, kind: Kind, needs: dict[str, set[str]], registry: Registry) -> dict[str, float]:
    words = vocabulary(kind, registry, catalogues.load(), context.day)
    lists = context.tables.read(f"{kind}_suggestions", context.spark)
    shown = {
        row.subject: [item.service for item in row["items"]][:K] for row in lists.collect() if row.subject in needs
    }
    if not shown:
        return {}
    found = {OURS: _recall(needs, shown)}
    known, asked, who = _rows(context, words, registry, shown)
    for name, way in every(GROUP[kind], context.settings.seed).items():
        try:
            scores = way(known, asked).astype(np.float32)
        except MissingExtra:
            continue
        found[name] = _recall(needs, dict(zip(who, _listed(scores, asked, words), strict=True)))
    return found


def _rows(
    context: Context, words: Vocabulary, registry: Registry, shown: Collection[str]
) -> tuple[Rows, Rows, list[str]]:
    """The past as rows of tags and uses, and those in need as they are today, whose uses nobody is told."""
    past, traits = train.learned_from(context, words, registry)
    family = {tag.id: tag.family for tag in registry.tags}
    names = Names(tuple(f"{family[tag]}={tag}" for tag in words.tags), words.ids, traits)
    today = rank.subjects(context, words, catalogues.load()).toArrow()
    rows = [place for place, subject in enumerate(today["subject"].to_pylist()) if subject in shown]
    own = today.take(rows)
    truths, (acts, _) = words.truth_rows(own["truths"]), acts_of(own["acts"], words.ids)
    allowed = words.offerable(truths, acts, number_of(context.day)) == YES
    used, tags = _uses(past, len(words.ids)), words.tag_rows(own["tags"])
    everything = np.ones(used.shape, dtype=np.bool_)
    known = Rows(names, past.tags, used, everything).some(np.flatnonzero(np.diff(used.indptr)))
    asked = Rows(names, tags, csr_matrix((len(rows), len(words.ids))), allowed)
    return known, asked, own["subject"].to_pylist()


def _uses(past: Past, services: int) -> csr_matrix:
    uses = replace(past.uses, weights=aged(past.uses.weights, past.ages))
    return acts_matrix(uses, past.tags.shape[0], services)


def _listed(scores: npt.NDArray[np.float32], asked: Rows, words: Vocabulary) -> list[list[str]]:
    indices, _ = best(scores, asked.allowed, K)
    return [[words.ids[one] for one in row if one >= 0] for row in indices.tolist()]


def _recall(needs: dict[str, set[str]], shown: dict[str, list[str]]) -> float:
    return round(fmean(recalls({who: needs[who] for who in shown}, shown)), 4)
