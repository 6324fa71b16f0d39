"""The services, bundles and documents of the city as data, in the terms of CPSV-AP 3.2; it never parses a rule.

Officials edit the YAML under ``data/``: ``services/`` (one file per life-cycle stage), ``bundles/``, ``documents/``,
``authorities.yaml`` (who answers for a service, and at which counter), ``themes.yaml`` and ``events.yaml``.
``load`` reads it into frozen structs and says which file and which service is at fault when it cannot.
``recommender.check`` goes further: it parses the rules and follows every reference.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeVar

import msgspec
import yaml

from profiles.errors import CatalogueError

DATA = Path(__file__).parent / "data"

Audience = Literal["person", "enterprise"]
Locale = Literal["zh", "en"]
T = TypeVar("T")


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same words in both languages."""

    zh: str
    en: str

    def say(self, locale: str) -> str:
        """English for any ``en`` locale, Chinese otherwise.

        >>> Text(zh="居民身份证", en="identity card").say("en-GB")
        'identity card'
        """
        return self.en if locale.lower().startswith("en") else self.zh


class Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The public body that answers for a service; ``code`` is its key in ``authorities.yaml``."""

    code: str
    zh: str
    en: str

    def say(self, locale: str) -> str:
        return self.en if locale.lower().startswith("en") else self.zh


class Channels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a service is applied for: online or not, and always a counter with hours and a telephone."""

    online: bool
    hall: Text
    hours: Text
    phone: str


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paper that a service asks for; ``satisfied_by`` is ``document:TYPE``, ``fact:column`` or ``link:kind``."""

    name: Text
    satisfied_by: str | None = None


class LegalBasis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The law or regulation behind a service, as it is cited in Chinese."""

    zh: str


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One public service (事项). Days are working days, ``division`` is a GB/T 2260 prefix ("" = the whole city)."""

    id: str
    audience: Audience
    stage: str
    name: Text
    description: Text
    authority: Authority
    themes: tuple[str, ...]
    events: tuple[str, ...]
    requirement: str
    evidence: tuple[Evidence, ...]
    output: Text
    channels: Channels
    processing_days: int
    legal_basis: LegalBasis
    valid_from: date
    delivery_days: int = 0
    valid_until: date | None = None
    trips: int = 0
    cost_yuan: float = 0
    minutes: int = 10
    division: str = ""
    contactless: bool = False
    renews: str | None = None
    recurs_months: int | None = None

    def in_force(self, day: date) -> bool:
        """Whether the service is offered on ``day``."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One service of a bundle, and the steps that must be done before it."""

    service: str
    after: tuple[str, ...] = ()


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A life or business event as one thing (一件事): the services it calls for, as a graph."""

    id: str
    audience: Audience
    name: Text
    description: Text
    opened_by: str
    steps: tuple[Step, ...]


class DocumentKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of certificate or licence; ``lead_days`` is how many calendar days ahead its expiry is announced."""

    type: str
    name: Text
    audience: Audience = "person"
    lead_days: int = 30
    renewal_service: str | None = None


class DutyKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A duty that comes back. Due ``months`` after the first known of ``counted_from``, or each year on ``yearly``.

    A yearly duty is for the year before; it is done once the column ``last_year`` names that year, and begins the
    year after the one of the column ``since``. ``where`` names columns and the values they must have.
    """

    code: str
    audience: Audience
    name: Text
    service: str
    lead_days: int = 30
    counted_from: tuple[str, ...] = ()
    months: int = 0
    where: Mapping[str, str] = MappingProxyType({})
    yearly: str | None = None
    last_year: str | None = None
    since: str | None = None


class Ladder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The steps of a reminder in days before the due day, longest first, and how long the overdue stays in sight."""

    steps: tuple[int, ...]
    overdue_days: int


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A life or business event that services name."""

    code: str
    audience: Audience
    name: Text


class Catalogue(msgspec.Struct, frozen=True):
    """Everything under ``data/`` at one version; services and bundles stand in the order of their ids."""

    services: tuple[Service, ...]
    bundles: tuple[Bundle, ...]
    documents: Mapping[str, DocumentKind]
    duties: tuple[DutyKind, ...]
    ladder: Ladder
    themes: Mapping[tuple[str, str], Text]
    events: Mapping[str, Event]
    sources: Mapping[str, Text]
    questions: Mapping[str, Text]
    sentences: Mapping[str, Text]
    by_id: Mapping[str, Service]
    version: str

    def service(self, code: str) -> Service:
        """The service whose id is ``code``; raises CatalogueError where there is none."""
        if code not in self.by_id:
            raise CatalogueError(f"no service is called {code!r} in catalogue {self.version}: look in data/services")
        return self.by_id[code]

    def offered(self, audience: str, day: date) -> tuple[Service, ...]:
        """The services for one audience that are in force on ``day``."""
        return tuple(s for s in self.services if s.audience == audience and s.in_force(day))

    def document(self, code: str) -> DocumentKind:
        """The kind of document; a type no file describes is called by its own text, with the default lead."""
        return self.documents.get(code) or DocumentKind(type=code, name=Text(zh=code, en=code))

    def due_name(self, what: str) -> Text:
        """What falls due in words: ``what`` is a document's type or a duty's code, as on the page."""
        return next((duty.name for duty in self.duties if duty.code == what), self.document(what).name)


@cache
def load(root: Path = DATA) -> Catalogue:
    """Reads the catalogue under ``root`` (once per process); raises CatalogueError naming file and entry."""
    files = sorted(root.rglob("*.yaml"))
    if not files:
        raise CatalogueError(f"expected catalogue YAML under {root}, found none: is the package installed whole?")
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    authorities = _mapping(root / "authorities.yaml")
    services = tuple(sorted(_services(root, authorities), key=lambda s: s.id))
    bundles = tuple(sorted(_entries(root / "bundles", Bundle), key=lambda b: b.id))
    kinds = tuple(_entries(root / "documents", DocumentKind))
    for what, ids in (
        ("service", [s.id for s in services]),
        ("bundle", [b.id for b in bundles]),
        ("document type", [k.type for k in kinds]),
    ):
        _refuse_twins(what, ids, root)
    return Catalogue(
        services=services,
        bundles=bundles,
        documents=MappingProxyType({kind.type: kind for kind in kinds}),
        duties=tuple(_listed(root / "duties.yaml", DutyKind)),
        ladder=_struct(_mapping(root / "ladder.yaml"), Ladder, root / "ladder.yaml", "ladder"),
        themes=_themes(root / "themes.yaml"),
        events=MappingProxyType({event.code: event for event in _listed(root / "events.yaml", Event)}),
        sources=_names(root / "sources.yaml"),
        questions=_names(root / "questions.yaml"),
        sentences=_names(root / "sentences.yaml"),
        by_id=MappingProxyType({service.id: service for service in services}),
        version=digest.hexdigest()[:12],
    )


def _services(root: Path, authorities: Mapping[str, object]) -> Iterator[Service]:
    """Services with their stage, audience, authority and counter filled in from where they are written once."""
    for file in sorted((root / "services").glob("*.yaml")):
        sheet = _mapping(file)
        if not {"audience", "stage", "services"} <= sheet.keys() or not isinstance(sheet["services"], list):
            raise CatalogueError(f"{file.name} must say audience, stage and a list of services; it has {sorted(sheet)}")
        for entry in sheet["services"]:
            where = entry.get("id", "?") if isinstance(entry, dict) else "?"
            office = authorities.get(entry.get("authority", "")) if isinstance(entry, dict) else None
            if not isinstance(office, dict) or not {"zh", "en", "hall", "hours", "phone"} <= office.keys():
                raise CatalogueError(
                    f"{file.name}, service {where}: expected an authority of authorities.yaml with zh, en, hall, hours"
                    f" and phone, found {entry.get('authority') if isinstance(entry, dict) else entry!r}"
                )
            counter = {key: office[key] for key in ("hall", "hours", "phone")}
            filled = {
                "audience": sheet["audience"],
                "stage": sheet["stage"],
                **entry,
                "authority": {"code": entry["authority"], "zh": office["zh"], "en": office["en"]},
                "channels": {**counter, **entry.get("channels", {})},
            }
            yield _struct(filled, Service, file, where)


def _themes(file: Path) -> Mapping[tuple[str, str], Text]:
    """(audience, code) -> name."""
    return MappingProxyType(
        {
            (audience, code): _struct(name, Text, file, f"{audience} {code}")
            for audience, names in _mapping(file).items()
            if isinstance(names, dict)
            for code, name in names.items()
        }
    )


def _names(file: Path) -> Mapping[str, Text]:
    """Key -> name."""
    return MappingProxyType({key: _struct(name, Text, file, key) for key, name in _mapping(file).items()})


def _entries(folder: Path, of: type[T]) -> Iterator[T]:
    for file in sorted(folder.glob("*.yaml")):
        yield from _listed(file, of)


def _listed(file: Path, of: type[T]) -> Iterator[T]:
    entries = _yaml(file)
    if not isinstance(entries, list):
        raise CatalogueError(f"{file.name}: expected a list of entries, found {type(entries).__name__}")
    for number, entry in enumerate(entries, 1):
        yield _struct(entry, of, file, f"entry {number}")


def _mapping(file: Path) -> dict[str, object]:
    content = _yaml(file)
    if not isinstance(content, dict):
        raise CatalogueError(f"{file.name}: expected a mapping, found {type(content).__name__}")
    return content


def _yaml(file: Path) -> object:
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except FileNotFoundError as gone:
        raise CatalogueError(f"expected the catalogue file {file.name} in {file.parent}, it is not there") from gone
    except yaml.YAMLError as broken:
        raise CatalogueError(f"{file.name} is not YAML: {' '.join(str(broken).split())}") from broken


def _struct(entry: object, of: type[T], file: Path, where: str) -> T:
    try:
        return msgspec.convert(entry, of, builtin_types=(date,))
    except msgspec.ValidationError as wrong:
        name = entry.get("id", where) if isinstance(entry, dict) else where
        raise CatalogueError(f"{file.name}, {name}: {wrong}; mend this {of.__name__} and run the check") from wrong


def _refuse_twins(what: str, ids: list[str], root: Path) -> None:
    twins = sorted({each for each in ids if ids.count(each) > 1})
    if twins:
        raise CatalogueError(f"each {what} is written once, but {', '.join(twins)} stand twice under {root.name}/")
