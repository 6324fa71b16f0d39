"""One tag and its examples as an official writes them; it reads no file and runs no rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal, get_args

from profiles.errors import RegistryError
from profiles.model import KINDS, Kind

Family = Literal["life_event", "population_group", "industry", "occupation", "region", "status"]
Use = Literal["eligibility", "ranking", "display"]
Answer = Literal["no", "yes", "unknown"]

FAMILIES: tuple[Family, ...] = get_args(Family)
USES: tuple[Use, ...] = get_args(Use)
# What a tag may be used for at most, by its sensitivity: what is restricted never orders anybody's page.
ALLOWED_USES: Mapping[str, tuple[Use, ...]] = MappingProxyType(
    {"public": USES, "internal": USES, "restricted": ("eligibility", "display")}
)
SENSITIVITIES = tuple(ALLOWED_USES)  # from the least to the most sensitive

# An example's file stands on this day unless it says otherwise.
EXAMPLE_DAY = date(2025, 7, 1)

_REQUIRED = ("id", "kind", "name", "stage", "owner", "sources", "sensitivity", "uses", "examples")
_DATED = ("rule", "valid_from")  # of the tag itself, or of each of its versions
_OPTIONAL = ("valid_until", "lifetime_days", "versions")


@dataclass(frozen=True)
class Example:
    """A file's columns (others are unknown) on the day ``as_of``, and the answer that the tag must give."""

    given: Mapping[str, object]
    as_of: date
    expect: Answer


@dataclass(frozen=True)
class Version:
    """What a tag's rule is from its first to its last day."""

    rule: str
    valid_from: date
    valid_until: date | None

    @property
    def dated(self) -> str:
        """The rule, no on every day outside the version's own."""
        after = "" if self.valid_until is None else f"NOT from_day('{self.valid_until + timedelta(days=1)}') AND "
        return f"(from_day('{self.valid_from}') AND {after}({self.rule}))"


@dataclass(frozen=True)
class Tag:
    """One named statement about a file, and the rule that makes it.

    ``rule`` says of every day what the version of that day says; the validity runs from the first version to the last.
    """

    id: str
    kind: Kind
    family: Family
    zh: str
    en: str
    stage: str  # a stage of the kind's life in vocabulary.yaml
    rule: str
    owner: str  # a department of vocabulary.yaml
    sources: tuple[str, ...]  # feeds
    sensitivity: str
    uses: tuple[Use, ...]
    valid_from: date
    valid_until: date | None
    lifetime_days: int | None
    examples: tuple[Example, ...]
    versions: tuple[Version, ...] = ()  # as written; at least one where the tag was read from YAML
    at: str = ""  # file and line of the YAML

    @property
    def where(self) -> str:
        """How a message about the tag opens."""
        return f"{self.at}, tag {self.id}" if self.at else f"tag {self.id}"

    def name(self, locale: str) -> str:
        """The tag's name; English for any locale that is not Chinese."""
        return self.zh if locale.startswith("zh") else self.en


def tag(said: Mapping[str, object], family: Family, at: str) -> Tag:
    """The tag that ``said`` spells at the file and line ``at``; RegistryError says of a slip where it is."""
    where = f"{at}, tag {said.get('id', 'without an id')}"
    if "versions" in said and any(key in said for key in (*_DATED, "valid_until")):
        raise RegistryError(
            f"{where}: a tag with versions has its rule, valid_from and valid_until in each of them alone"
        )
    required = _REQUIRED if "versions" in said else _REQUIRED + _DATED
    missing = [key for key in required if said.get(key) in (None, "", [])]
    unknown = sorted(set(said) - set(required) - set(_OPTIONAL))
    if missing or unknown:
        problems = [f"{key} is missing" for key in missing] + [f"{key} is not a key of a tag" for key in unknown]
        raise RegistryError(f"{where}: {'; '.join(problems)}")
    name = said["name"]
    if not isinstance(name, dict) or not all(isinstance(name.get(locale), str) for locale in ("zh", "en")):
        raise RegistryError(f"{where}: name needs both zh and en")
    lifetime = said.get("lifetime_days")
    if lifetime is not None and not isinstance(lifetime, int):
        raise RegistryError(f"{where}: lifetime_days should be a whole number of days, not {lifetime!r}")
    versions = _versions(said, where)
    return Tag(
        id=_one_of(said, "id", where, None),
        kind=_one_of(said, "kind", where, KINDS),  # type: ignore[arg-type]  # checked against KINDS
        family=family,
        zh=name["zh"],
        en=name["en"],
        stage=_one_of(said, "stage", where, None),
        rule=versions[0].rule if len(versions) == 1 else " OR ".join(each.dated for each in versions),
        owner=_one_of(said, "owner", where, None),
        sources=_several(said, "sources", where, None),
        sensitivity=_one_of(said, "sensitivity", where, SENSITIVITIES),
        uses=_several(said, "uses", where, USES),  # type: ignore[arg-type]  # checked against USES
        valid_from=versions[0].valid_from,
        valid_until=versions[-1].valid_until,
        lifetime_days=lifetime,
        examples=_examples(said["examples"], where),
        versions=versions,
        at=at,
    )


def _versions(said: Mapping[str, object], where: str) -> tuple[Version, ...]:
    """What the tag says itself, or its dated versions, the oldest first."""
    if "versions" not in said:
        return (_dated(said, where),)
    listed = said["versions"]
    if not isinstance(listed, list) or not listed:
        raise RegistryError(f"{where}: versions should be a list of {{valid_from, valid_until?, rule}}")
    found = [_version(one, f"{where}, version {number}") for number, one in enumerate(listed, start=1)]
    return tuple(sorted(found, key=lambda version: version.valid_from))


def _version(said: object, where: str) -> Version:
    if not isinstance(said, dict) or not set(_DATED) <= set(said) <= {*_DATED, "valid_until"}:
        raise RegistryError(f"{where}: expected {{valid_from: a day, valid_until: a day?, rule: an expression}}")
    return _dated(said, where)


def _dated(said: Mapping[str, object], where: str) -> Version:
    until = said.get("valid_until")
    return Version(
        rule=_one_of(said, "rule", where, None).strip(),
        valid_from=_day(said["valid_from"], "valid_from", where),
        valid_until=None if until is None else _day(until, "valid_until", where),
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
