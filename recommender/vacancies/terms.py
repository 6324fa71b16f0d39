"""What a vacancy is, and by which policy vacancies are offered (``data/vacancies.yaml``); it ranks none."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import yaml

from profiles.errors import CatalogueError
from recommender.terms import Text

FILE = Path(__file__).parent.parent / "data" / "vacancies.yaml"
MATCHES = ("same_work", "close_work", "related_work", "own_district", "asked_education")
LEARNED = "learned"


@dataclass(frozen=True)
class Vacancy:
    """One vacancy as last told. `occupation` is a code of 职业分类大典 2022, `division` one of GB/T 2260, `education`
    the least that is asked for ("" for none), wages are yuan a month (0 where not told)."""

    id: str
    title: str
    employer: str
    occupation: str
    division: str
    education: str
    wage_from: int
    wage_to: int
    places: int
    opens_on: date
    closes_on: date
    as_of: date

    def open_on(self, day: date) -> bool:
        """Whether it can be applied for on the day."""
        return self.opens_on <= day <= self.closes_on


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom vacancies are offered, how many, and what speaks for one before anything was learned."""

    audience: tuple[str, ...] = msgspec.field(name="for")
    places: int
    most_of_an_employer: int
    weights: Mapping[str, float]
    least_tried: int
    education: tuple[tuple[str, ...], ...]
    because: Mapping[str, Text]

    def level(self, education: str) -> int:
        """How far an education reaches, from 1; 0 where none is named or known.

        >>> policy().level("vocational") == policy().level("senior") > policy().level("junior")
        True
        """
        return next((reach for reach, own in enumerate(self.education, start=1) if education in own), 0)


@cache
def policy() -> Policy:
    """The policy as declared; raises CatalogueError where the file is malformed."""
    try:
        return msgspec.convert(yaml.safe_load(FILE.read_text("utf-8")), Policy)
    except (msgspec.ValidationError, yaml.YAMLError) as wrong:
        raise CatalogueError(f"{FILE.name} does not say how vacancies are offered: {wrong}") from wrong


def problems(asked: Policy, tags: Collection[str], levels: Collection[str]) -> Iterator[str]:
    """One sentence per fault of the policy; ``tags`` may order persons' lists, ``levels`` are those of a file."""
    for tag in asked.audience:
        if tag not in tags:
            yield f"{FILE.name}, for: no tag {tag} of a person may order lists: name one whose uses include ranking"
    for name, expected in (("weights", {*MATCHES}), ("because", {*MATCHES, LEARNED})):
        found = set(getattr(asked, name))
        if found != expected:
            yield f"{FILE.name}, {name}: expected {', '.join(sorted(expected))}, found {', '.join(sorted(found))}"
    if any(weight < 0 for weight in asked.weights.values()):
        yield f"{FILE.name}, weights: what matches speaks for a vacancy, so no weight is below 0"
    if min(asked.places, asked.most_of_an_employer, asked.least_tried) < 1:
        yield f"{FILE.name}: places, most_of_an_employer and least_tried are 1 or more"
    named = [level for own in asked.education for level in own]
    if sorted(named) != sorted(levels):
        yield f"{FILE.name}, education: expected each of {', '.join(levels)} once, found {', '.join(named)}"
