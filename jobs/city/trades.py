"""The trades of the city's enterprises as read from trades.yaml; it holds no figure of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from jobs.city.columns import Column


@dataclass(frozen=True)
class Trade:
    """One trade: `industries`, `occupations` and `trained` map codes to Chinese names; `permits` types to terms."""

    key: str
    share: float
    size: float
    traders: float
    words: tuple[str, ...]
    industries: dict[str, str]
    licensed: tuple[str, ...]
    general: tuple[str, ...]
    permits: dict[str, dict[str, float]]
    occupations: dict[str, str]
    trained: dict[str, str]


@cache
def trades() -> tuple[Trade, ...]:
    """All trades, in the order of the file."""
    text = Path(__file__).with_name("trades.yaml").read_text(encoding="utf-8")
    read: dict[str, dict[str, Any]] = yaml.safe_load(text)
    listed = ("words", "licensed", "general")
    found = []
    for key, entry in read.items():
        fields: dict[str, Any] = {name: tuple(value) if name in listed else value for name, value in entry.items()}
        found.append(Trade(key=key, **fields))
    return tuple(found)


def position(key: str) -> int:
    """Where the trade stands in `trades()`; raises ValueError for a name that is not in the file."""
    return [trade.key for trade in trades()].index(key)


def draw(lengths: Column, group: Column, rng: np.random.Generator) -> Column:
    """For each row a position within its group's `lengths[g]` options, the earlier ones more often."""
    longest = int(lengths.max())
    weights = np.where(np.arange(longest) < lengths[:, None], 1 / np.arange(2, longest + 2), 0.0)
    heads = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    drawn = (rng.random(len(group))[:, None] >= heads[group]).sum(axis=1)
    return np.minimum(drawn, lengths[group] - 1)  # type: ignore[no-any-return]


def padded(options: Sequence[Sequence[str]]) -> Column:
    """The options of all groups as one object matrix, None behind the last of each."""
    matrix = np.full((len(options), max(len(each) for each in options)), None, dtype=object)
    for number, each in enumerate(options):
        matrix[number, : len(each)] = list(each)
    return matrix


def pick(options: Sequence[Sequence[str]], group: Column, rng: np.random.Generator) -> Column:
    """For each row one of its group's options, the earlier ones more often; an object column of text."""
    drawn = draw(np.array([len(each) for each in options]), group, rng)
    result: Column = padded(options)[group, drawn]
    return result
