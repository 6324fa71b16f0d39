"""The services, bundles and documents of the city as data, in the terms of CPSV-AP 3.2; it never parses a rule.

Officials edit the YAML under ``data/``: ``services/`` (by life-cycle stage), ``bundles/``, ``documents/``,
``reminders/`` (recurring duties, the ladder, how reminders are sent), ``forms/`` (what applications ask for) and
``words/`` (authorities with their counters, themes, events, sentences). ``load`` reads it into the frozen structs of
``terms``, and says which file and service is at fault.
``recommender.check`` goes further: it parses the rules and follows every reference.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import msgspec
import yaml

from profiles.errors import CatalogueError
from profiles.model import KINDS
from recommender.terms import (
    Audience,
    Authority,
    Bundle,
    Channels,
    Delivery,
    DocumentKind,
    DutyKind,
    Event,
    Evidence,
    FormField,
    Ladder,
    LegalBasis,
    Service,
    Source,
    Step,
    Text,
)

__all__ = [
    "DATA",
    "Audience",
    "Authority",
    "Bundle",
    "Catalogue",
    "Channels",
    "Delivery",
    "DocumentKind",
    "DutyKind",
    "Event",
    "Evidence",
    "FormField",
    "Ladder",
    "LegalBasis",
    "Service",
    "Source",
    "Step",
    "Text",
    "authorities_of",
    "load",
    "service_of",
]

DATA = Path(__file__).parent / "data"

T = TypeVar("T")
_COUNTER = ("hall", "hours", "phone")
_OF_COUNTER = (*_COUNTER, "appointment_url")


class Catalogue(msgspec.Struct, frozen=True):
    """Everything under ``data/`` at one version; services and bundles stand in the order of their ids."""

    services: tuple[Service, ...]
    bundles: tuple[Bundle, ...]
    documents: Mapping[str, DocumentKind]
    duties: tuple[DutyKind, ...]
    ladder: Ladder
    delivery: Delivery
    themes: Mapping[tuple[str, str], Text]
    stages: Mapping[tuple[str, str], Text]
    types: Mapping[str, Text]
    events: Mapping[str, Event]
    sources: Mapping[str, Source]
    forms: Mapping[Audience, tuple[FormField, ...]]
    questions: Mapping[str, Text]
    holders: Mapping[str, str]
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
    # The words of messages have versions of their own: what is ranked does not depend on them.
    files = sorted(file for file in root.rglob("*.yaml") if file.parent.name != "messages")
    if not files:
        raise CatalogueError(f"expected catalogue YAML under {root}, found none: is the package installed whole?")
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    authorities = _mapping(root / "words" / "authorities.yaml")
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
        duties=tuple(_listed(root / "reminders" / "duties.yaml", DutyKind)),
        ladder=_sheet(root / "reminders" / "ladder.yaml", Ladder),
        delivery=_sheet(root / "reminders" / "delivery.yaml", Delivery),
        themes=_by_audience(root / "words" / "themes.yaml"),
        stages=_by_audience(root / "words" / "stages.yaml"),
        types=_named(root / "words" / "types.yaml", Text),
        events=MappingProxyType({event.code: event for event in _listed(root / "words" / "events.yaml", Event)}),
        sources=_named(root / "words" / "sources.yaml", Source),
        forms=MappingProxyType({kind: tuple(_listed(root / "forms" / f"{kind}.yaml", FormField)) for kind in KINDS}),
        questions=_named(root / "words" / "questions.yaml", Text),
        holders=MappingProxyType({read: str(feed) for read, feed in _mapping(root / "words" / "holders.yaml").items()}),
        sentences=_named(root / "words" / "sentences.yaml", Text),
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
            if not isinstance(entry, dict):
                raise CatalogueError(f"{file.name}: expected a mapping for each service, found {entry!r}")
            yield service_of({"audience": sheet["audience"], "stage": sheet["stage"], **entry}, authorities, file)


def service_of(entry: Mapping[str, object], authorities: Mapping[str, object], file: Path) -> Service:
    """The service that an entry of a services file stands for; raises CatalogueError naming the file and the entry."""
    office = _office(entry.get("authority"), authorities, f"{file.name}, service {entry.get('id', '?')}")
    counter = {key: office[key] for key in _OF_COUNTER if key in office}
    own = entry.get("channels", {})
    filled = {
        **entry,
        "authority": {"code": entry["authority"], "zh": office["zh"], "en": office["en"]},
        "channels": {**counter, **own} if isinstance(own, dict) else own,
    }
    return _struct(filled, Service, file, "?")


def authorities_of(root: Path = DATA) -> Mapping[str, Mapping[str, object]]:
    """The authorities of ``authorities.yaml`` by code, with their names and counters."""
    found = _mapping(root / "words" / "authorities.yaml")
    return {code: office for code, office in found.items() if isinstance(office, dict)}


def _office(code: object, authorities: Mapping[str, object], where: str) -> Mapping[str, object]:
    office = authorities.get(code) if isinstance(code, str) else None
    if not isinstance(office, dict) or not {"zh", "en", *_COUNTER} <= office.keys():
        raise CatalogueError(
            f"{where}: expected an authority that authorities.yaml describes with zh, en, {', '.join(_COUNTER)},"
            f" found {code!r}"
        )
    return office


def _by_audience(file: Path) -> Mapping[tuple[str, str], Text]:
    """(audience, code) -> name."""
    return MappingProxyType(
        {
            (audience, code): _struct(name, Text, file, f"{audience} {code}")
            for audience, names in _mapping(file).items()
            if isinstance(names, dict)
            for code, name in names.items()
        }
    )


def _named(file: Path, of: type[T]) -> Mapping[str, T]:
    """Key -> what it names."""
    return MappingProxyType({key: _struct(entry, of, file, key) for key, entry in _mapping(file).items()})


def _entries(folder: Path, of: type[T]) -> Iterator[T]:
    for file in sorted(folder.glob("*.yaml")):
        yield from _listed(file, of)


def _sheet(file: Path, of: type[T]) -> T:
    """A file that is one entry."""
    return _struct(_mapping(file), of, file, file.stem)


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
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
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
