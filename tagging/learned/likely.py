"""Likelihoods by weights per tag, as native Spark columns and for one set of tags alike; it learns nothing."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from tagging.learned.declared import LearnedTag
from tagging.rules import to_spark

MOST_REASONS = 3

_ENTRY = "STRUCT<id: STRING, probability: DOUBLE, until: DATE, because: ARRAY<STRING>>"
LIKELY = f"subject STRING, as_of DATE, likely ARRAY<{_ENTRY}>"


@dataclass(frozen=True)
class Weights:
    """The calibrated log-odds of one learned tag: ``bias`` and the sum of ``by_tag`` over the tags that a file has.

    The tag is given from the probability ``threshold`` on.
    """

    tag: str
    bias: float
    by_tag: Mapping[str, float]
    threshold: float


def probability(weights: Weights, tags: Collection[str]) -> float:
    """How likely it is for a file with these tags.

    >>> round(probability(Weights("likely", -2.0, {"old": 1.5}, 0.2), {"old", "other"}), 4)
    0.3775
    """
    return 1.0 / (1.0 + math.exp(-(weights.bias + sum(weights.by_tag.get(tag, 0.0) for tag in sorted(tags)))))


def likely(files: DataFrame, learned: Sequence[tuple[LearnedTag, Weights]]) -> DataFrame:
    """(subject, as_of, likely): what is likely for each file, an empty array where nothing is.

    ``likely`` is ``ARRAY<STRUCT<id: STRING, probability: DOUBLE, until: DATE, because: ARRAY<STRING>>>``, where
    ``because`` are the tags that raise the likelihood most.

    Args:
        files: files with ``as_of`` and ``tags``, ids as ``tagging.apply.tag_ids`` gives them.
    """
    if not learned:
        return files.select("subject", "as_of", F.expr(f"CAST(array() AS ARRAY<{_ENTRY}>)").alias("likely"))
    asked = files.select(
        "subject", "as_of", "tags", *(F.expr(_odds(tag, weights)).alias(f"_{tag.id}") for tag, weights in learned)
    )
    given = ", ".join(_given(tag, weights) for tag, weights in learned)
    return asked.select(
        "subject", "as_of", F.expr(f"CAST(array_compact(array({given})) AS ARRAY<{_ENTRY}>)").alias("likely")
    )


def _odds(tag: LearnedTag, weights: Weights) -> str:
    """SQL: the probability, NULL for those who are not among the asked."""
    parts = [f"IF(array_contains(tags, '{name}'), {weight!r}D, 0D)" for name, weight in sorted(weights.by_tag.items())]
    total = " + ".join([f"{weights.bias!r}D", *parts])
    return f"CASE WHEN {to_spark(tag.among)} THEN 1D / (1D + exp(-({total}))) END"


def _given(tag: LearnedTag, weights: Weights) -> str:
    heavy = [name for name, weight in sorted(weights.by_tag.items(), key=lambda one: (-one[1], one[0])) if weight > 0]
    # In order of weight, so the first that a file has are its reasons.
    listed = ", ".join(f"'{name}'" for name in heavy)
    known = f"array_intersect(CAST(array({listed}) AS ARRAY<STRING>), tags)"
    return (
        f"IF(_{tag.id} >= {weights.threshold!r}D, named_struct('id', '{tag.id}', 'probability', _{tag.id},"
        f" 'until', date_add(as_of, {tag.horizon_days}), 'because', slice({known}, 1, {MOST_REASONS})), NULL)"
    )
