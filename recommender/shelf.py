"""What services have in common and what a list owes to that, by ``arrangement.yaml``; it orders nothing.

A shelf holds numbers and arrays alone, so that a list of the past can be arranged again as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import yaml

from profiles.errors import CatalogueError
from recommender.terms import Service

FILE = Path(__file__).parent / "data" / "arrangement.yaml"

Numbers: TypeAlias = npt.NDArray[np.int32]


class New(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What counts as new, and the share of a list's places that it gets."""

    days: int
    uses: int
    share: float


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many places a list has, and who may have how many of them."""

    places: int
    most_of_a_theme: int
    most_of_an_authority: int
    new: New


@dataclass(frozen=True)
class Shelf:
    """Of S services the numbers of their first theme and of their authority, int32[S], and whether each is new,
    bool[S]; and how many places there are in a list, in all, for one theme, for one authority and for the new."""

    themes: Numbers
    authorities: Numbers
    new: npt.NDArray[np.bool_]
    places: int
    most_of_a_theme: int
    most_of_an_authority: int
    for_new: int


@cache
def policy() -> Policy:
    """The policy as declared; raises CatalogueError where the file is malformed."""
    try:
        asked = msgspec.convert(yaml.safe_load(FILE.read_text("utf-8")), Policy)
    except (msgspec.ValidationError, yaml.YAMLError) as wrong:
        raise CatalogueError(f"{FILE.name} does not say how lists are arranged: {wrong}") from wrong
    if min(asked.places, asked.most_of_a_theme, asked.most_of_an_authority) < 1 or not 0 <= asked.new.share <= 1:
        raise CatalogueError(
            f"{FILE.name}: expected places and caps of 1 or more and a share between 0 and 1, found {asked}"
        )
    return asked


def shelf(services: Sequence[Service], uses: Mapping[str, int], day: date, asked: Policy) -> Shelf:
    """The shelf of ``services`` on ``day``; ``uses`` says how often each was used, what it does not name never."""
    themes = sorted({_theme(service) for service in services})
    authorities = sorted({service.authority.code for service in services})
    newest = day - timedelta(days=asked.new.days)
    return Shelf(
        themes=np.array([themes.index(_theme(service)) for service in services], dtype=np.int32),
        authorities=np.array([authorities.index(service.authority.code) for service in services], dtype=np.int32),
        new=np.array(
            [service.valid_from > newest and uses.get(service.id, 0) < asked.new.uses for service in services],
            dtype=np.bool_,
        ),
        places=asked.places,
        most_of_a_theme=asked.most_of_a_theme,
        most_of_an_authority=asked.most_of_an_authority,
        for_new=int(asked.new.share * asked.places),
    )


def _theme(service: Service) -> str:
    return service.themes[0] if service.themes else ""
