"""The tags that officials write as YAML in ``registry/``, read and checked for form; it never runs a rule.

Whether a tag is true to its contracts and its examples is ``check``'s question.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, get_args

import yaml

from profiles.errors import RegistryError
from profiles.model import KINDS, Kind
from tagging.rules import Rule, parse

Family = Literal["life_event", "population_group", "industry", "occupation", "region", "status"]
Use = Literal["eligibility", "ranking", "display"]
Answer = Literal["no", "yes", "unknown"]

FAMILIES: tuple[Family, ...] = get_args(Family)
USES: tuple[Use, ...] = get_args(Use)
SENSITIVITIES = ("public", "internal", "restricted")

# An example's file stands on this day unless it says otherwise.
EXAMPLE_DAY = date(2025, 7, 1)

_REQUIRED = ("id", "kind", "name", "rule", "owner", "sources", "sensitivity", "uses", "valid_from", "examples")
_OPTIONAL = ("valid_until", "lifetime_days")


@dataclass(frozen=True)
class Example:
    """A file's columns (others are unknown) on the day ``as_of``, and the answer that the tag must give."""

    given: Mapping[str, object]
    as_of: date
    expect: Answer


@dataclass(frozen=True)
class Tag:
    """One named statement about a file, and the rule that makes it."""

    id: str
    kind: Kind
    family: Family
    zh: str
    en: str
    rule: str
    owner: str  # a department of vocabulary.yaml
    sources: tuple[str, ...]  # feeds
    sensitivity: str
    uses: tuple[Use, ...]
    valid_from: date
    valid_until: date | None
    lifetime_days: int | None
    examples: tuple[Example, ...]

    def name(self, locale: str) -> str:
        """The tag's name; English for any locale that is not Chinese."""
        return self.zh if locale.startswith("zh") else self.en


@dataclass(frozen=True)
class Registry:
    """All tags by id; ``version`` changes with anything that a tag says."""

    tags: tuple[Tag, ...]
    version: str

    def of(self, kind: Kind) -> tuple[Tag, ...]:
        """The tags of one kind of file, by id."""
        return tuple(tag for tag in self.tags if tag.kind == kind)

    def rules(self, kind: Kind) -> dict[str, str]:
        """Tag id → rule text, as ``tagging.rules.parse`` takes it for ``tag('...')``."""
        return {tag.id: tag.rule for tag in self.of(kind)}

    @cached_property
    def parsed(self) -> Mapping[str, Rule]:
        """Tag id → parsed rule. Raises RuleError for the first that does not parse."""
        known = {kind: self.rules(kind) for kind in KINDS}
        return {tag.id: parse(tag.rule, tag.kind, where=f"tag {tag.id}", tags=known[tag.kind]) for tag in self.tags}


def load(folder: Traversable | None = None) -> Registry:
    """The registry in ``folder``, by default the one that is installed with this package.

    Raises RegistryError naming the file, the tag and what is wrong with it.
    """
    folder = folder or files("tagging").joinpath("registry")
    tags: dict[str, Tag] = {}
    for family in FAMILIES:
        for tag in _family(folder, family):
            if tag.id in tags:
                raise RegistryError(f"tag {tag.id} is written twice, in {tags[tag.id].family}.yaml and {family}.yaml")
            tags[tag.id] = tag
    ordered = tuple(tags[name] for name in sorted(tags))
    return Registry(ordered, _version(ordered))


def read_yaml(folder: Traversable, name: str) -> object:
    """What a YAML file of the registry says. Raises RegistryError where it is missing or malformed."""
    try:
        return yaml.safe_load(folder.joinpath(name).read_text("utf-8"))
    except FileNotFoundError:
        raise RegistryError(f"{name} is missing from the registry; put it beside the others") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise RegistryError(f"{name}{place}: not well-formed YAML: {problem}") from None


def _family(folder: Traversable, family: Family) -> Iterator[Tag]:
    name = f"{family}.yaml"
    said = read_yaml(folder, name)
    if not isinstance(said, dict) or said.get("family") != family or not isinstance(said.get("tags"), list):
        raise RegistryError(f"{name}: expected `family: {family}` and a list `tags:`")
    for number, tag in enumerate(said["tags"], start=1):
        if not isinstance(tag, dict):
            raise RegistryError(f"{name}: tag number {number} is not a mapping")
        yield _tag(tag, family, f"{name}, tag {tag.get('id', f'number {number}')}")


def _tag(said: Mapping[str, object], family: Family, where: str) -> Tag:
    missing = [key for key in _REQUIRED if said.get(key) in (None, "", [])]
    unknown = sorted(set(said) - set(_REQUIRED) - set(_OPTIONAL))
    if missing or unknown:
        problems = [f"{key} is missing" for key in missing] + [f"{key} is not a key of a tag" for key in unknown]
        raise RegistryError(f"{where}: {'; '.join(problems)}")
    name = said["name"]
    if not isinstance(name, dict) or not all(isinstance(name.get(locale), str) for locale in ("zh", "en")):
        raise RegistryError(f"{where}: name needs both zh and en")
    valid_until, lifetime = said.get("valid_until"), said.get("lifetime_days")
    if valid_until is not None and not isinstance(valid_until, date):
        raise RegistryError(f"{where}: valid_until should be a date such as 2030-12-31, not {valid_until!r}")
    if lifetime is not None and not isinstance(lifetime, int):
        raise RegistryError(f"{where}: lifetime_days should be a whole number of days, not {lifetime!r}")
    return Tag(
        id=_one_of(said, "id", where, None),
        kind=_one_of(said, "kind", where, KINDS),  # type: ignore[arg-type]  # checked against KINDS
        family=family,
        zh=name["zh"],
        en=name["en"],
        rule=_one_of(said, "rule", where, None).strip(),
        owner=_one_of(said, "owner", where, None),
        sources=_several(said, "sources", where, None),
        sensitivity=_one_of(said, "sensitivity", where, SENSITIVITIES),
        uses=_several(said, "uses", where, USES),  # type: ignore[arg-type]  # checked against USES
        valid_from=_day(said["valid_from"], "valid_from", where),
        valid_until=valid_until,
        lifetime_days=lifetime,
        examples=_examples(said["examples"], where),
    )


def _examples(said: object, where: str) -> tuple[Example, ...]:
    if not isinstance(said, list):
        raise RegistryError(f"{where}: examples should be a list")
    return tuple(_example(one, f"{where}, example {number}") for number, one in enumerate(said, start=1))


def _example(said: object, where: str) -> Example:
    # YAML reads a bare yes and no as true and false.
    answers: dict[object, Answer] = {True: "yes", False: "no", "unknown": "unknown"}
    if (
        not isinstance(said, dict)
        or not isinstance(said.get("given"), dict)
        or set(said) - {"given", "expect", "as_of"}
    ):
        raise RegistryError(f"{where}: expected {{given: {{column: value}}, expect: yes|no|unknown, as_of: a day?}}")
    if said.get("expect") not in answers:
        raise RegistryError(f"{where}: expect should be yes, no or unknown, not {said.get('expect')!r}")
    as_of = _day(said.get("as_of", EXAMPLE_DAY), "as_of", where)
    return Example(said["given"], as_of, answers[said["expect"]])


def _day(value: object, key: str, where: str) -> date:
    if not isinstance(value, date):
        raise RegistryError(f"{where}: {key} should be a date such as 2025-07-01, not {value!r}")
    return value


def _one_of(said: Mapping[str, object], key: str, where: str, allowed: Sequence[str] | None) -> str:
    value = said[key]
    if not isinstance(value, str) or (allowed is not None and value not in allowed):
        raise RegistryError(f"{where}: {key} should be {' or '.join(allowed or ('a text',))}, not {value!r}")
    return value


def _several(said: Mapping[str, object], key: str, where: str, allowed: Sequence[str] | None) -> tuple[str, ...]:
    values = said[key]
    if not isinstance(values, list):
        raise RegistryError(f"{where}: {key} should be a list, not {values!r}")
    return tuple(_one_of({key: value}, key, where, allowed) for value in values)


def _version(tags: Sequence[Tag]) -> str:
    said = [[str(getattr(tag, field)) for field in Tag.__dataclass_fields__] for tag in tags]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:12]
