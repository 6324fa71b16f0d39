"""A scope (经营范围) taken apart into clauses, each with what is done to its goods; it knows no code.

Sentences end at ；。 and clauses at ，、. A deed stands before its goods (销售A、B) or after them (A、B的销售), and
holds for the neighbours that have none of their own. What a bracket or 除…外 takes out is no clause.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from tagging.texts.ngrams import plain
from tagging.texts.rules_file import section

# 依法须经批准的项目，经相关部门批准后方可开展经营活动: said of all, it names no trade.
_APPROVAL = re.compile(
    r"[【\[(]?\s*(?:依法须经批准的项目|企业经营涉及行政许可的|涉及行政许可的|依法须批准的项目)[^】\]。;]*[】\])。;]?"
)
_BRACKETED = re.compile(r"\([^()]*\)|【[^【】]*】|\[[^\[\]]*\]|〔[^〔〕]*〕|「[^「」]*」")
_EXCEPT = re.compile(r"除[^,、;。()]{1,30}(?:以?外|除外)")
_SENTENCES = re.compile(r"[;。!?\n]+")
_CLAUSES = re.compile(r"[,、:·*|/\s]+|以及|及其")


@dataclass(frozen=True)
class Clause:
    """A few words of a scope, and the deed that holds for them: make, sell, retail, repair, or none said."""

    text: str
    deed: str | None


def needs_approval(scope: str) -> bool:
    """Whether the scope ends as scopes do of which some item needs an approval.

    >>> needs_approval("餐饮服务。【依法须经批准的项目，经相关部门批准后方可开展经营活动】")
    True
    """
    return _APPROVAL.search(plain(scope)) is not None


def without_approval(scope: str) -> str:
    """The plain scope without that sentence."""
    return _APPROVAL.sub("", plain(scope))


def clauses(scope: str) -> list[Clause]:
    """The scope's clauses in order.

    >>> clauses("钢材、木材的销售，餐饮服务（除烧烤）")
    [Clause(text='钢材', deed='sell'), Clause(text='木材的销售', deed='sell'), Clause(text='餐饮服务', deed=None)]
    """
    text = without_approval(scope)
    for _ in range(4):  # brackets within brackets
        text = _BRACKETED.sub("", text)
    text = _EXCEPT.sub("", text)
    return [clause for sentence in _SENTENCES.split(text) for clause in _sentence(sentence)]


def _sentence(sentence: str) -> list[Clause]:
    parts = [part.strip(" ()【】") for part in _CLAUSES.split(sentence)]
    found = [Clause(part, _deed(part)) for part in parts if part]
    return _told_backwards(_told_forwards(found))


def _told_forwards(found: Sequence[Clause]) -> list[Clause]:
    """A deed that opens a clause holds for what follows without one."""
    told, held = [], None
    for clause in found:
        if clause.deed is not None:
            held = clause.deed if _opens().match(clause.text) else None
        told.append(replace(clause, deed=clause.deed or held))
    return told


def _told_backwards(found: Sequence[Clause]) -> list[Clause]:
    """A deed that ends a clause holds for what stands before it without one."""
    told, held = [], None
    for clause in reversed(found):
        if clause.deed is not None:
            held = None if _opens().match(clause.text) and not _ends().search(clause.text) else clause.deed
        told.append(replace(clause, deed=clause.deed or held))
    return told[::-1]


def _deed(text: str) -> str | None:
    """The deed that a clause names; making something goes before selling it."""
    return next((deed for deed, pattern in _deeds().items() if pattern.search(text)), None)


@cache
def _deeds() -> dict[str, re.Pattern[str]]:
    return {deed: re.compile(str(says)) for deed, says in section("trades", "deeds", dict).items()}


def _all() -> str:
    return "|".join(str(says) for says in section("trades", "deeds", dict).values())


@cache
def _opens() -> re.Pattern[str]:
    return re.compile(rf"(?:从事|主营|兼营)?(?:{_all()})")


@cache
def _ends() -> re.Pattern[str]:
    return re.compile(rf"(?:{_all()})(?:服务|业务)?$")
