"""What likelihoods may be learnt from: tags that rank and are true to the past, and steps of age; it reads no data.

The past is asked of today's files, so a tag counts only where all that its rule reads carries its own day: an event,
a document, a link, a birth. Where somebody worked or lived before is not in the file, and a rule on it would be
answered with what came after.
"""

from collections.abc import Collection
from dataclasses import replace

from profiles.model import Kind
from tagging.registry import Registry
from tagging.tag import Tag

# Facts that do not change, or whose day stands beside them and is asked for by the words that read them.
_LASTING = frozenset(
    {"birth_date", "sex", "founded_on", "industry", "scope", "name", "enterprise_type", "capital_yuan"}
)
_DATED = ("event:", "document:", "link:", "case:")
# Steps of age that no tag need be named after, in years.
AGES = tuple(range(20, 75, 5))


def feature_tags(registry: Registry, kind: Kind) -> Registry:
    """The registry's tags of that kind alone from which likelihoods may be learnt, and for persons ``aged_20`` ....

    A tag that may not rank is none of them: feeds whose contract bars ranking stand behind it.
    """
    ranking = {tag.id for tag in registry.of(kind) if "ranking" in tag.uses}
    kept = [tag for tag in registry.of(kind) if tag.id in ranking and _true_to_the_past(registry, tag, ranking)]
    steps = [_step(kept[0], years) for years in AGES] if kind == "person" and kept else []
    return Registry(tuple(sorted([*kept, *steps], key=lambda tag: tag.id)), registry.version)


def _step(like: Tag, years: int) -> Tag:
    zh, en = f"年满{years}周岁", f"aged {years} or over"
    return replace(like, id=f"aged_{years}", zh=zh, en=en, kind="person", rule=f"aged({years})", valid_until=None)


def _true_to_the_past(registry: Registry, tag: Tag, ranking: Collection[str]) -> bool:
    """Whether all that the rule reads is dated, and the tags that it names rank too."""
    reads = [read for atom in registry.parsed[tag.id].atoms for read in atom.reads]
    return all(
        read.removeprefix("tag:") in ranking or read.startswith(_DATED) or read.removeprefix("fact:") in _LASTING
        for read in reads
    )
