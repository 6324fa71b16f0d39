"""Job titles to occupations (职业分类大典 2022): strips what an advertisement adds, reads the rest, and how surely.

A rule of ``rules/titles.yaml`` goes before the model, and below the threshold nothing is said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tagging.texts.likeness import BLOCK, Floats, Likeness, lead
from tagging.texts.ngrams import plain
from tagging.texts.rules_file import section, texts_of
from tagging.texts.weights import weights

# Below this a title is left unread; above it three of four are right, whatever letter they begin with.
SURE = 0.5
# How much a rule's word adds to a code's score: above the best score that the model alone gives.
RULE = 1.0

_PARTS = re.compile(r"[，,。;；/|｜+＋\s、·—\-_~～!！?？:：()（）【】\[\]<>《》\"“”'’&＆*#@=…\.]+")
_HAN_OR_LETTER = re.compile(r"[a-z\u4e00-\u9fff]")


@dataclass(frozen=True)
class Occupation:
    """An occupation's code, and how probably it is the right one; ``code`` is None where nothing sure was read."""

    code: str | None
    confidence: float


def read(titles: Sequence[str | None], model: Likeness | None = None) -> list[Occupation]:
    """The occupation behind each title, by the model that is installed unless another is given."""
    model = model or weights().titles
    found: list[Occupation] = []
    for start in range(0, len(titles), BLOCK):
        found += _block([title or "" for title in titles[start : start + BLOCK]], model)
    return [one if one.confidence >= SURE else Occupation(None, one.confidence) for one in found]


def best(titles: Sequence[str], model: Likeness) -> list[Occupation]:
    """The most likely code for every title that has any, however unsure."""
    return [one for start in range(0, len(titles), BLOCK) for one in _block(titles[start : start + BLOCK], model)]


def stripped(title: str) -> str:
    """The title without what is offered, wanted and by whom.

    >>> stripped("伟晨物流有限公司招聘理货员（包吃住，月入8000+）")
    '理货员'
    """
    rest = _opened(plain(title))
    kept = []
    for part in _PARTS.split(rest):
        bare = _noise().sub("", part)
        if bare == part or (len(bare) > 1 and _job().search(bare)):
            kept.append(bare)
    return " ".join(part for part in kept if part) or rest


def add_rules(scores: Floats, bare: Sequence[str], model: Likeness) -> None:
    """Add to the scores of stripped titles, in place, what the first rule that holds says."""
    for row, text in enumerate(bare):
        for says, unless, code in _rules():
            if says.search(text) and not (unless and unless.search(text)):
                scores[row, model.place[code]] += RULE
                break


def _opened(title: str) -> str:
    if named := _recruiting().match(title):
        title = named["job"]
    while (shorter := _opening().sub("", title)) != title and shorter:
        title = shorter
    return title


def _block(titles: Sequence[str], model: Likeness) -> list[Occupation]:
    bare = [stripped(title) for title in titles]
    scores = model.scores(bare)
    add_rules(scores, bare, model)
    top = scores.argmax(axis=1)
    sure = model.confidence(scores)
    return [
        Occupation(model.codes[place], round(float(trust), 4)) if readable else Occupation(None, 0.0)
        for place, trust, readable in zip(top, sure, _readable(bare, scores), strict=True)
    ]


def _readable(texts: Sequence[str], scores: Floats) -> list[bool]:
    positive = lead(scores)[:, 0] > 0
    return [bool(has and _HAN_OR_LETTER.search(text)) for text, has in zip(texts, positive, strict=True)]


@cache
def _rules() -> list[tuple[re.Pattern[str], re.Pattern[str] | None, str]]:
    return [
        (re.compile(one["says"]), re.compile(one["unless"]) if one.get("unless") else None, str(one["code"]))
        for one in section("titles", "rules", list)
    ]


@cache
def _noise() -> re.Pattern[str]:
    return re.compile("|".join(str(one) for one in section("titles", "noise", list)))


@cache
def _job() -> re.Pattern[str]:
    return re.compile(section("titles", "job", str).strip())


@cache
def _recruiting() -> re.Pattern[str]:
    verbs, unless = section("titles", "recruiting", str), section("titles", "unless_followed_by", str)
    return re.compile(rf".{{2,}}?(?:{verbs})(?!{unless}|$)(?P<job>.+)$")


@cache
def _opening() -> re.Pattern[str]:
    verbs, unless = section("titles", "recruiting", str), section("titles", "unless_followed_by", str)
    return re.compile(rf"^(?:{verbs}|高薪|招(?!生|商|标|投标|聘|募|牌))(?!{unless}|$)")


def worked_examples() -> list[tuple[str, str]]:
    """(title, code) as written under ``known``."""
    return texts_of(section("titles", "known", dict))
