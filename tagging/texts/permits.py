"""Which permits a scope cannot go without, by ``rules/permits.yaml``; it says nothing of what the firm holds.

An item is a clause with its bracket: 食品销售（凭许可证） calls for the permit, and what needs none
(医疗器械（仅限不需许可证的品种）) does not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tagging.texts.rules_file import section
from tagging.texts.scope import without_approval

# Long enough to recognise the item by, short enough for a card.
LONGEST_SAID = 40

_BRACKET = re.compile(r"[(【\[][^()【】\[\]]*[)】\]]")
_FREED = "\x00"
_ENDS = re.compile(r"[,、;。:\n]+")


@dataclass(frozen=True)
class Permit:
    """The type of a document, and the words of the scope that call for it."""

    type: str
    said: str


def read(scope: str | None) -> list[Permit]:
    """The permits of a scope, each once, in the order in which the scope calls for them.

    >>> [permit.type for permit in read("餐饮服务，卷烟零售，餐饮管理")]
    ['FOOD_PERMIT', 'TOBACCO_LICENCE']
    """
    found: dict[str, Permit] = {}
    for item in _items(without_approval(scope or "")):
        for type_, says, unless in _permits():
            if type_ not in found and (said := says.search(item)) and not (unless and unless.search(item)):
                found[type_] = Permit(type_, said.group()[:LONGEST_SAID])
    return list(found.values())


def names() -> Mapping[str, Mapping[str, str]]:
    """Type → its name by language."""
    return {str(one["type"]): one["name"] for one in section("permits", "permits", list)}


def _items(scope: str) -> Iterator[str]:
    """The scope's items; what a bracket takes out of an item is taken out, what it adds stays with the item."""
    text = scope
    for _ in range(4):  # brackets within brackets
        text = _BRACKET.sub(lambda found: _within(found.group()), text)
    for item in _ENDS.split(text):
        if item and _FREED not in item and not _free().search(item):
            yield item


def _within(bracket: str) -> str:
    """化工产品（除危险化学品）: only what is named is out. 医疗器械（不需许可证的品种）: the item needs none."""
    inside = bracket[1:-1]
    if "不需" in inside or "无需" in inside:
        return _FREED
    return "" if _free().search(inside) else "·" + _ENDS.sub("·", inside)


@cache
def _free() -> re.Pattern[str]:
    return re.compile(section("permits", "free", str))


@cache
def _permits() -> list[tuple[str, re.Pattern[str], re.Pattern[str] | None]]:
    return [
        (str(one["type"]), re.compile(one["says"]), re.compile(one["unless"]) if one.get("unless") else None)
        for one in section("permits", "permits", list)
    ]
