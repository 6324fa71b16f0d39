"""One tag and its examples as an official writes them; it reads no file and runs no rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from profiles.errors import RegistryError
from profiles.model import KINDS, Kind

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


def tag(said: Mapping[str, object], family: Family, where: str) -> Tag:
    """The tag that ``said`` spells; ``where`` opens what RegistryError says of a slip."""
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
