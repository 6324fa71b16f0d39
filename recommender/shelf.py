"""What services have in common and what a list owes to that, by ``arrangement.yaml``; it orders no list.

A shelf holds numbers and arrays alone, so that a list of the past can be arranged again as it was.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import yaml

from profiles.errors import CatalogueError
from recommender.rank import Scorer
from recommender.terms import Service

FILE = Path(__file__).parent / "data" / "arrangement.yaml"

Numbers: TypeAlias = npt.NDArray[np.int32]


class New(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What counts as new, and the share of a list's places that it gets."""

    days: int
    uses: int
    share: float


class Contactless(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tags of those to whom a trip is hard, and what each adds to the log-odds of what needs none."""

    tags: tuple[str, ...]
    adds: float


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many places a list has, who may have how many of them, how much less likely a step may be that comes first,
    and for whom what needs no trip comes earlier."""

    places: int
    most_of_a_theme: int
    most_of_an_authority: int
    first_unless_less_likely: float
    new: New
    contactless: Contactless


@dataclass(frozen=True)
class Shelf:
    """Of S services the numbers of their first theme and of their authority, int32[S], and whether each is new,
    bool[S]; and how many places there are in a list, in all, for one theme, for one authority and for the new.

    ``most_behind`` is by how much the log-odds of a next step that comes first may be lower than the best ones of the
    list, where the service is ``known``, bool[S]: used often enough to tell whom it suits. ``eased`` bool[S] says which
    services need no trip, ``easing`` how much earlier each tag lets them stand.
    """

    themes: Numbers
    authorities: Numbers
    new: npt.NDArray[np.bool_]
    places: int
    most_of_a_theme: int
    most_of_an_authority: int
    for_new: int
    most_behind: float = math.inf
    known: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    eased: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    easing: Mapping[str, float] = field(default_factory=dict)


@cache
def policy() -> Policy:
    """The policy as declared; raises CatalogueError where the file is malformed."""
    try:
        asked = msgspec.convert(yaml.safe_load(FILE.read_text("utf-8")), Policy)
    except (msgspec.ValidationError, yaml.YAMLError) as wrong:
        raise CatalogueError(f"{FILE.name} does not say how lists are arranged: {wrong}") from wrong
    counts = (asked.places, asked.most_of_a_theme, asked.most_of_an_authority, asked.first_unless_less_likely)
    if min(counts) < 1 or not 0 <= asked.new.share <= 1:
        raise CatalogueError(
            f"{FILE.name}: expected places, caps and times of 1 or more and a share between 0 and 1, found {asked}"
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
        most_behind=math.log(asked.first_unless_less_likely),
        known=np.array([uses.get(service.id, 0) >= asked.new.uses for service in services], dtype=np.bool_),
        eased=np.array([service.contactless for service in services], dtype=np.bool_),
        easing=dict.fromkeys(asked.contactless.tags, asked.contactless.adds),
    )


def eased(scorer: Scorer, shelf: Shelf) -> Scorer:
    """The scorer with which what needs no trip stands earlier for those to whom a trip is hard."""
    columns = {scorer.tags.index(tag): adds for tag, adds in shelf.easing.items() if tag in scorer.tags}
    if not columns or not shelf.eased.any():
        return scorer
    weights = scorer.weights.astype(np.float32)
    for column, adds in columns.items():
        weights[column, shelf.eased] += np.float32(adds)
    return replace(scorer, tag_vectors=weights, service_vectors=np.eye(len(scorer.services), dtype=np.float32))


def problems(asked: Policy, ranking: Collection[str]) -> Iterator[str]:
    """One sentence per fault of the policy; ``ranking`` are the tags that may order lists."""
    for tag in asked.contactless.tags:
        if tag not in ranking:
            yield f"{FILE.name}, contactless: no tag {tag} may order lists: name one whose uses include ranking"
    if not 0 <= asked.contactless.adds <= 1:
        yield f"{FILE.name}, contactless: adds is a number from 0 to 1, not {asked.contactless.adds}"


def _theme(service: Service) -> str:
    return service.themes[0] if service.themes else ""
