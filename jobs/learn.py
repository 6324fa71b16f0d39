"""Learns which events are likely within the next days and says for whom; what is declared is ``tagging.learned``'s.

It writes ``likely_models`` (weights, model cards as JSON and as a page) and ``person_likely`` and
``enterprise_likely``. What leaves Spark are counts of files that are alike; no pseudonym is part of the weights.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from jobs.deleted_tags import deleted, left
from jobs.files import identified, living, sampled
from jobs.render import render
from jobs.run import Context, Summary
from jobs.vocabulary import codes, flat
from profiles.model import KINDS, Kind
from recommender.explain import likely_reason
from recommender.features import code_matrix
from tagging import registry as registries
from tagging.apply import tag_ids
from tagging.groups import district, group
from tagging.language import vocabulary
from tagging.learned.declared import LearnedTag, load_learned, outcome
from tagging.learned.features import feature_tags
from tagging.learned.fit import Learnt, Past, learn
from tagging.learned.likely import likely
from tagging.registry import Registry
from tagging.rules import to_spark
from tagging.rules.spark import Spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE = "likely_models"
PAST_WINDOWS = 8


def run(context: Context) -> Summary:
    """Write the three tables as of the context's day.

    Raises:
        TableMissing: the files have not been built.
        RegistryError, RuleError: what is declared is malformed.
    """
    registry = registries.load()
    declared = load_learned(registry)
    found: list[Learnt] = []
    counts = {"tags": len(declared)}
    for done, kind in enumerate(KINDS, start=1):
        context.progress(f"learning from {kind} files", done - 1, len(KINDS))
        wanted = [tag for tag in declared if tag.kind == kind]
        features = feature_tags(registry, kind)
        learnt = [learn(tag, past) for tag, past in _past(context, kind, wanted, features)]
        found += learnt
        counts[f"{kind}s told"] = _tell(context, kind, learnt, features)
    files = {"weights.json": _weights(found), "cards.json": _cards(found), "cards.html": page(found, context.day)}
    context.tables.write_files(TABLE, files, day=context.day, extra={"registry": registry.version})
    counts["given"] = sum(one.weights is not None for one in found)
    return Summary("learn", counts, f"see {context.tables.path(TABLE) / 'cards.html'}")


def page(found: Sequence[Learnt], day: date) -> bytes:
    """The model cards as a page."""
    return render("cards.html", day=day.isoformat(), found=found, called=_called, reason=likely_reason)


def _called(part: str, kind: Kind) -> Mapping[str, str]:
    """What a group of a card is called in both languages: an age band and a sex, or a district."""
    words = vocabulary()
    if kind == "enterprise":
        named = words["divisions"].get(part) or {"zh": part or "地址不详", "en": part or "no district on record"}
        return {"zh": named["zh"], "en": named["en"]}
    band, _, sex = part.rpartition(" ")
    named = words["values"]["sex"].get(sex)
    if named is None:
        band, named = part, {"zh": "", "en": ""}
    zh, en = f"{band}岁" if band else "年龄不详", band or "no age on record"
    return {"zh": f"{zh} {named['zh']}".strip(), "en": f"{en}, {named['en']}".removesuffix(", ")}


def _past(
    context: Context, kind: Kind, wanted: Sequence[LearnedTag], features: Registry
) -> list[tuple[LearnedTag, Past]]:
    """What became of files at past days, for each tag that is wanted."""
    if not wanted:
        return []
    step = max(tag.horizon_days for tag in wanted)
    days = [context.day - timedelta(days=step * ago) for ago in range(PAST_WINDOWS, 0, -1)]
    files = sampled(identified(context, kind), context.tables.manifest(f"{kind}_files").rows)
    files = files.join(deleted(context, context.spark), on="subject", how="left")
    told = _counted(files, kind, wanted, features, days).toArrow()
    offsets, tags = flat(told["tags"])
    names = tuple(tag.id for tag in features.tags)
    matrix = code_matrix(offsets, codes(tags, names), len(names))
    outcomes = np.array(told["outcomes"].combine_chunks().flatten()).reshape(-1, len(wanted))
    counts, groups = told["count"].to_numpy().astype(np.float64), np.array(told["part"].to_pylist())
    dates = told["day"].cast(pa.date32()).to_numpy().astype("datetime64[D]")
    found = []
    for place, tag in enumerate(wanted):
        asked = outcomes[:, place] >= 0
        past = Past(
            tuple(days), names, matrix[asked], dates[asked], counts[asked], groups[asked], outcomes[asked, place] == 1
        )
        found.append((tag, past))
    return found


def _counted(
    files: "DataFrame", kind: Kind, wanted: Sequence[LearnedTag], features: Registry, days: Sequence[date]
) -> "DataFrame":
    """(day, tags, part, outcomes, count) of the files as on each day; the outcome is -1 for those not asked."""
    from pyspark.sql import functions as F

    dated = living(files.withColumn("as_of", F.explode(F.array(*(F.lit(day) for day in days)))), kind)
    among = [F.expr(to_spark(tag.among)).alias(f"_{tag.id}") for tag in wanted]
    told = _tagged(dated, features, kind).select(
        "*", F.col("as_of").alias("day"), F.expr(_part(kind)).alias("part"), *among
    )
    for tag in wanted:
        later = told.withColumn("as_of", F.date_add("day", tag.horizon_days))
        told = later.withColumn(f"_{tag.id}", F.expr(outcome(tag, f"_{tag.id}")))
    outcomes = ", ".join(f"_{tag.id}" for tag in wanted)
    asked = told.selectExpr("day", "tags", "part", f"array({outcomes}) AS outcomes")
    return asked.groupBy("day", "tags", "part", "outcomes").count()


def _tagged(files: "DataFrame", features: Registry, kind: Kind) -> "DataFrame":
    """Files with their ``tags``, less those that their subject deleted: from these nothing is learnt or foretold."""
    from pyspark.sql import functions as F

    return tag_ids(files, features, kind).withColumn("tags", F.expr(left("tags")))


def _part(kind: Kind) -> str:
    """SQL: the group by which a card looks at files, age band and sex for persons and the district for enterprises."""
    if kind == "enterprise":
        return district(kind)
    return f"concat_ws(' ', {group(kind, Spark())}, sex)"


def _tell(context: Context, kind: Kind, learnt: Sequence[Learnt], features: Registry) -> int:
    """Write for whom what is likely; how many files are told anything."""
    from pyspark.sql import functions as F

    given = [(one.tag, one.weights) for one in learnt if one.weights is not None]
    known = identified(context, kind).join(deleted(context, context.spark), on="subject", how="left")
    files = living(known.withColumn("as_of", F.lit(context.day)), kind)
    # A row for every file: a filter would be pushed below and ask each rule again for each weight.
    told, table = likely(_tagged(files, features, kind), given), f"{kind}_likely"
    context.tables.write(table, told, day=context.day, extra={"registry": features.version})
    return context.tables.read(table, context.spark).where("size(likely) > 0").count()


def _weights(found: Sequence[Learnt]) -> bytes:
    return _json([asdict(one.weights) for one in found if one.weights is not None])


def _cards(found: Sequence[Learnt]) -> bytes:
    return _json([one.card.told() for one in found])


def _json(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()
