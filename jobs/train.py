"""Learns per kind of subject how to order services, from cases and page events; it holds no rule of its own.

Tags are evaluated as of the start of the window in which a subject acted, and what could be offered as of the start
of the last windows, so nothing is learned from what was not known yet. What leaves Spark are tags, truths and acts
of numbered rows; no pseudonym is part of a model.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix

from jobs import accepted
from jobs.acts import ACTIONS, PAGE_ACTIONS, SEEN_FEEDS, with_acts
from jobs.deleted_tags import deleted, left
from jobs.files import living, sampled
from jobs.models import Settled, settle
from jobs.run import Context, Summary
from jobs.vocabulary import Vocabulary, acts_of, days, number_of, vocabulary
from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from recommender.catalogue import Service
from recommender.features import WEIGHTS, Uses, service_matrix
from recommender.learn import HELD_OUT, WINDOW_DAYS, Learned, Names, Past, Window, learn
from tagging import registry as registries
from tagging.apply import tag_ids, truths
from tagging.groups import district, group
from tagging.registry import Registry
from tagging.rules import YES
from tagging.rules.spark import Spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

HISTORY_DAYS = 730
# The groups by which fair reach is told, in SQL over a file and its acts; a model never sees them.
GROUPS: Mapping[Kind, Mapping[str, str]] = {
    "person": {
        "age": group("person", Spark()),
        "sex": "coalesce(sex, '')",
        "district": district("person"),
        "disability": "CASE WHEN disability_grade IS NULL THEN 'none known' ELSE 'disabled' END",
        "channel": f"CASE WHEN exists(acts, a -> a.action IN {PAGE_ACTIONS} AND a.acted_on <= as_of)"
        " THEN 'online' ELSE 'counter' END",
    },
    "enterprise": {"industry": group("enterprise", Spark()), "district": district("enterprise")},
}
TAKEN = tuple(ACTIONS.index(action) for action in ("applied", "started", "done"))


def run(context: Context) -> Summary:
    """Writes model_person and model_enterprise: what serves from the day on, as ``models`` says, and why."""
    registry, catalogue = registries.load(), catalogues.load()
    counts: dict[str, int] = {}
    notes = []
    for number, kind in enumerate(KINDS):
        context.progress(f"train {kind}", number, len(KINDS))
        words = vocabulary(kind, registry, catalogue, context.day)
        found, last = _learned(context, words, registry)
        versions = {"registry": registry.version, "catalogue": catalogue.version}
        settled = settle(context, kind, found, last, versions)
        counts[f"{kind} uses"] = found.uses
        notes.append(_note(kind, found, settled))
    context.progress("train", len(KINDS), len(KINDS))
    return Summary("train", counts, "; ".join(notes))


def _note(kind: Kind, found: Learned, settled: Settled) -> str:
    if not found.uses:
        return f"{kind}: nobody used anything yet, so what few may have comes first"
    if found.trial is None:
        return f"{kind}: too few days to measure"
    gained, popular = found.trial.figures["ndcg_10"], found.alone["popularity"]
    return f"{kind} nDCG@10 {gained:.3f} against {popular:.3f} by popularity, {_serves(settled)}"


def _serves(settled: Settled) -> str:
    """What serves from now on and why, in words."""
    decision, served = settled.decision, settled.served
    if decision.promoted:
        passed = [why.removeprefix("passed ") for why in decision.reasons if why.startswith("passed ")]
        told = [f"passed {', '.join(why.partition(':')[0] for why in passed)}"] if passed else []
        if decision.few is not None:
            told.append(f"too few subjects ({decision.few}) to tell which orders better")
        return f"the new model serves: {', '.join(told)}"
    which = "popularity" if served.popular else f"the model of {served.since}"
    failed = [why for why in decision.reasons if why.startswith("failed ")]
    return f"not the new model but {which} serves: {'; '.join(failed) or 'too few days to try the new one on'}"


def _learned(context: Context, words: Vocabulary, registry: Registry) -> tuple[Learned, Window]:
    """What the acts of two years teach, and the last window, on which models are compared."""
    windows = [context.day - timedelta(days=WINDOW_DAYS * number) for number in range(HELD_OUT, 0, -1)]
    begins = windows if _used(context) else [context.day]
    table = _evaluated(_taught(context, words.kind), words, registry, context.day, begins)
    past = _past(table, words, number_of(context.day))
    offered = [_window(table, words, number_of(begin)) for begin in begins]
    names = Names(words.tags, words.ids, _features(words))
    return learn(past, offered, offered[-1].entitled, names, context.settings.seed), offered[-1]


def learned_from(context: Context, words: Vocabulary, registry: Registry) -> tuple[Past, csr_matrix]:
    """The past that a model of the day learns from, and the services' traits csr[S, F]."""
    table = _evaluated(_taught(context, words.kind), words, registry, context.day, [context.day])
    return _past(table, words, number_of(context.day)), _features(words)


def _taught(context: Context, kind: Kind) -> "DataFrame":
    """The files that teach, with their acts and with the tags that their subjects deleted."""
    files = sampled(with_acts(context, kind), context.tables.manifest(f"{kind}_files").rows)
    return files.join(deleted(context, context.spark), on="subject", how="left")


def _features(words: Vocabulary) -> csr_matrix:
    return service_matrix(words.ids, [_traits(one) for one in words.services])


def _traits(service: Service) -> tuple[str, ...]:
    """What a service shares with others."""
    themes, events = (f"theme:{code}" for code in service.themes), (f"event:{code}" for code in service.events)
    return (*themes, *events, f"authority:{service.authority.code}")


def _used(context: Context) -> bool:
    """Whether anybody did anything yet: a city in which nobody did has nothing to hold out."""
    told = [one for feed in ("cases", *SEEN_FEEDS) for one in accepted.deliveries(context, feed)]
    return any(manifest.rows for manifest in (*told, *context.tables.manifests("feedback")))


def _evaluated(
    files: "DataFrame", words: Vocabulary, registry: Registry, day: date, begins: Sequence[date]
) -> pa.Table:
    """A row per file and day on which a window with an act of its subject began, or that is one of `begins`.

    A tag that its subject deleted teaches nothing, not even of the days when it was not deleted yet.
    Columns tags and groups, from the first of `begins` on also truths; acts of the row's own window, from there on all.
    Windows are counted back from the day, so an act is always later than the day its row is evaluated for.
    """
    from pyspark.sql import functions as F

    today, first = f"DATE'{day.isoformat()}'", f"DATE'{begins[0].isoformat()}'"
    ago = f"datediff({today}, a.acted_on)"
    begin = f"date_sub({today}, CAST({WINDOW_DAYS} * (floor({ago} / {WINDOW_DAYS}) + 1) AS INT))"
    begun = f"transform(filter(acts, a -> {ago} BETWEEN 0 AND {HISTORY_DAYS - 1}), a -> {begin})"
    asked = ", ".join(f"DATE'{one.isoformat()}'" for one in begins)
    dated = files.withColumn("as_of", F.explode(F.expr(f"array_distinct(concat({begun}, array({asked})))")))
    rows = dated.withColumn("groups", F.array(*(F.expr(sql) for sql in GROUPS[words.kind].values())))
    known = truths(tag_ids(living(rows, words.kind), registry, words.kind), words.matcher.atoms)
    shown = known.select(
        "subject",
        "as_of",
        F.expr(left("tags")).alias("tags"),
        "groups",
        F.expr(f"CASE WHEN as_of >= {first} THEN truths END").alias("truths"),
        F.expr(f"CASE WHEN as_of >= {first} THEN acts ELSE filter(acts, a -> {begin} = as_of) END").alias("acts"),
    )
    return shown.toArrow().sort_by([("as_of", "ascending"), ("subject", "ascending")])


def _past(table: pa.Table, words: Vocabulary, day: int) -> Past:
    """Every act of the last two years beside the tags that its subject had when its window began."""
    acts, actions = acts_of(table["acts"], words.ids)
    begin = days(table["as_of"].combine_chunks())[acts.rows]
    own = (begin < acts.on) & (acts.on <= np.minimum(begin + WINDOW_DAYS, day))
    weights = np.array([WEIGHTS[action] for action in ACTIONS], dtype=np.float32)
    ours = own & (acts.services >= 0) & (actions >= 0)
    uses = Uses(acts.rows, acts.services, weights[actions]).select(ours)
    return Past(words.tag_rows(table["tags"]), uses, (day - acts.on)[ours].astype(np.int32))


def _window(every: pa.Table, words: Vocabulary, begin: int) -> Window:
    """What could be offered on the first day of a window, and what was then taken up in it."""
    table = every.filter(pa.array(days(every["as_of"].combine_chunks()) == begin))
    acts, actions = acts_of(table["acts"], words.ids)
    later = (acts.on > begin) & (acts.on <= begin + WINDOW_DAYS) & (acts.services >= 0) & np.isin(actions, TAKEN)
    taken = np.zeros((len(table), len(words.services)), dtype=np.float32)
    taken[acts.rows[later], acts.services[later]] = 1
    truths = words.truth_rows(table["truths"])
    allowed, entitled = words.offerable(truths, acts, begin) == YES, words.answers(truths) == YES
    labels = np.array(table["groups"].to_pylist(), dtype=np.str_).reshape(len(table), len(GROUPS[words.kind]))
    groups = {name: labels[:, number] for number, name in enumerate(GROUPS[words.kind])}
    return Window(words.tag_rows(table["tags"]), allowed, taken, entitled, groups)
