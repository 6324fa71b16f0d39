"""Whose word counts for a fact, read from ``precedence.yaml``; it never compares values itself."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from profiles.errors import ContractError


@cache
def precedence() -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """For ``person``, ``enterprise`` and ``link``: fact → feed → place in line, 0 for the owner.

    >>> dict(precedence()["person"]["marital_status"])
    {'vital_events': 0, 'residents': 1}
    """
    told = yaml.safe_load(files("profiles").joinpath("precedence.yaml").read_text("utf-8"))
    return MappingProxyType({kind: _places(kind, facts) for kind, facts in told.items()})


def place(kind: str, fact: str, feed: str) -> int:
    """Where ``feed`` stands in line for ``fact``; 0 goes first.

    Raises:
        ContractError: precedence.yaml does not let the feed state the fact.

    >>> place("person", "employment_status", "unemployment")
    0
    """
    try:
        return precedence()[kind][fact][feed]
    except KeyError:
        raise ContractError(
            f"profiles/precedence.yaml must say where feed {feed} stands for {kind} fact {fact}: "
            f"add {feed} to the line `{fact}:` under `{kind}:`."
        ) from None


def _places(kind: str, facts: Mapping[str, list[str | list[str]]]) -> Mapping[str, Mapping[str, int]]:
    lines: dict[str, Mapping[str, int]] = {}
    for fact, line in facts.items():
        if not isinstance(line, list) or not line:
            raise ContractError(
                f"profiles/precedence.yaml, {kind}, {fact}: expected a list of feeds, got {line!r}; "
                f"write it as `{fact}: [owner_feed, other_feed]`."
            )
        tiers = [tier if isinstance(tier, list) else [tier] for tier in line]
        lines[fact] = MappingProxyType({feed: number for number, tier in enumerate(tiers) for feed in tier})
    return MappingProxyType(lines)
