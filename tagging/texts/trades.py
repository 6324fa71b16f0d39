"""Scopes to industries (GB/T 4754-2017): what each clause and the firm's name say, weighed into a main trade and sides.

Words of ``rules/trades.yaml`` go before the model, which reads the clauses that no word tells of. The confidence of a
trade is the share of everything read that speaks for its division (two digits), less where the model alone spoke.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tagging.texts import lexicon
from tagging.texts.likeness import BLOCK, Likeness
from tagging.texts.ngrams import plain
from tagging.texts.scope import Clause, clauses
from tagging.texts.weights import weights

# Below this share the main trade is left unsaid, and a side trade is none.
SURE = 0.3
SIDE = 0.08
# The model alone is heard from here on.
HEARD = 0.5
# What is registered first is the main trade unless much speaks against it; a name counts as much as such a clause.
FIRST = 1.5
NAME = 1.5
FADING = 0.15
# A four-digit class stands for its division where it is this share of it; else the division alone is said.
CLASS_SHARE = 0.5
MOST_SIDES = 4

_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")


@dataclass(frozen=True)
class Trade:
    """A class of two to four digits, whether it is the main one, and 0 to 1 how much of what was read speaks for it."""

    industry: str
    main: bool
    confidence: float


def read(names: Sequence[str | None], scopes: Sequence[str | None], model: Likeness | None = None) -> list[list[Trade]]:
    """The trades of each firm, the main one first; none where nothing sure was read."""
    model = model or weights().trades
    taken = [clauses(scope or "") for scope in scopes]
    learned = _learned({clause.text for listed in taken for clause in listed if not lexicon.told(clause, None)}, model)
    return [_weighed(plain(name or ""), listed, learned) for name, listed in zip(names, taken, strict=True)]


def _weighed(name: str, listed: Sequence[Clause], learned: Mapping[str, tuple[str, float]]) -> list[Trade]:
    if not listed:
        return []
    weight: dict[str, float] = defaultdict(float)
    named, usual = lexicon.named(name), lexicon.usual(name)
    mentions: dict[str, int] = defaultdict(int)
    doubted = 0.0
    for number, clause in enumerate(listed):
        code, trust = lexicon.told(clause, usual), 1.0
        if code is None and clause.text in learned:
            code, trust = learned[clause.text]
        if code:
            # A list of forty goods is one trade, not forty.
            mentions[code[:2]] += 1
            share = 1 / (1 + FADING * number) / mentions[code[:2]] ** 0.5
            share += FIRST if sum(mentions.values()) == 1 else 0.0
            weight[code] += trust * share
            doubted += (1 - trust) * share
    if named and weight:
        weight[named] += NAME
    return _ordered(weight, sum(weight.values()) + doubted)


def _ordered(weight: Mapping[str, float], total: float) -> list[Trade]:
    divisions: dict[str, dict[str, float]] = defaultdict(dict)
    for code, share in weight.items():
        divisions[code[:2]][code] = share
    shares = ((sum(codes.values()) / total, two) for two, codes in divisions.items())
    ranked = sorted(shares, key=lambda one: (-one[0], one[1]))
    if not ranked or ranked[0][0] < SURE:
        return []
    sides = [(share, two) for share, two in ranked[1 : MOST_SIDES + 1] if share >= SIDE]
    return [
        Trade(_class(two, divisions[two]), number == 0, round(share, 4))
        for number, (share, two) in enumerate([ranked[0], *sides])
    ]


def _class(division: str, codes: Mapping[str, float]) -> str:
    """The class that most of a division's clauses name, or the division where none stands out."""
    whole = sum(codes.values())
    finer = {code: share for code, share in codes.items() if len(code) > 2}
    if not finer:
        return division
    code, share = min(finer.items(), key=lambda one: (-one[1], one[0]))
    return code if share >= CLASS_SHARE * (whole - codes.get(division, 0.0)) else division


def _learned(texts: set[str], model: Likeness) -> dict[str, tuple[str, float]]:
    """What the model says of clauses without a rule's word, where it may be heard."""
    asked = sorted(text for text in texts if _WORD.search(text) and not lexicon.empty(text))
    found = {}
    for start in range(0, len(asked), BLOCK):
        part = asked[start : start + BLOCK]
        scores = model.scores(part)
        best, trust = scores.argmax(axis=1), model.confidence(scores)
        told = zip(part, best, trust, strict=True)
        found.update({text: (model.codes[place], float(sure)) for text, place, sure in told if sure >= HEARD})
    return found
