"""What the words of ``rules/trades.yaml`` say of a clause and a firm's name; it weighs nothing and knows no model."""

import re
from collections.abc import Mapping
from functools import cache

from tagging.texts.rules_file import section, words
from tagging.texts.scope import Clause

_FORM = re.compile(r"(股份|集团)?有限(责任)?公司.*$|\(.*?\)|合伙企业.*$")


def told(clause: Clause, usual: str | None) -> str | None:
    """The code that the rules' longest words give a clause; None where they say nothing of it."""
    service, goods = _longest("services", clause.text), _longest("goods", clause.text)
    if service and (not goods or len(service[0]) >= len(goods[0]) or clause.deed is None):
        return str(service[1]["code"])
    if goods is None:
        return None
    deed = clause.deed or usual or "sell"
    if deed == "sell" and usual == "retail":
        deed = "retail"
    return "43" if deed == "repair" else str(goods[1][deed])


def named(name: str) -> str | None:
    """The code that a firm's name speaks for; None where it names no trade."""
    found = _longest("names", _FORM.sub("", name), last=True)
    return str(found[1]["code"]) if found else None


def usual(name: str) -> str:
    """What a firm of such a name does with the goods that its scope only lists: make, retail or sell."""
    if _makers().search(name):
        return "make"
    return "retail" if (named(name) or "").startswith("52") else "sell"


def empty(clause: str) -> bool:
    """Whether the clause says nothing of a trade."""
    return _empty().search(clause) is not None


def worked_examples() -> list[tuple[str, str]]:
    """(clause, code) for every word of the rules and every deed."""
    found = [(word, str(one["code"])) for one in section("trades", "services", list) for word in words(one["says"])]
    for one in section("trades", "goods", list):
        for word in words(one["says"]):
            found += [(f"{word}{verb}", str(one[deed])) for verb, deed in _VERBS.items()]
    return found


_VERBS = {"销售": "sell", "批发": "sell", "零售": "retail", "制造": "make"}


def _longest(table: str, text: str, *, last: bool = False) -> tuple[str, Mapping[str, str]] | None:
    """The longest word of a table that stands in the text, of equals the first, or the last."""
    found = [match.group() for match in _pattern(table).finditer(text)]
    if not found:
        return None
    longest = max(len(word) for word in found)
    equals = [word for word in found if len(word) == longest]
    word = equals[-1 if last else 0]
    return word, _entries(table)[word]


@cache
def _entries(table: str) -> Mapping[str, Mapping[str, str]]:
    return {word: one for one in reversed(section("trades", table, list)) for word in words(str(one["says"]))}


@cache
def _pattern(table: str) -> re.Pattern[str]:
    return re.compile(
        "|".join(re.escape(word) for word in sorted(_entries(table), key=lambda word: (-len(word), word)))
    )


@cache
def _makers() -> re.Pattern[str]:
    return re.compile(section("trades", "makers", str))


@cache
def _empty() -> re.Pattern[str]:
    return re.compile(section("trades", "empty", str).strip())
