"""The words that sentences are made of, read from tagging's registry and the catalogue; it makes no sentence itself.

Only YAML is read here, so that the API can speak without loading the rule language's parser.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from profiles.errors import RegistryError
from recommender.catalogue import Catalogue, Text, load

Templates = Mapping[str, Mapping[str, object]]
# How a code's meaning is looked up: exactly, or by its longest known prefix.
_PREFIXED = ("divisions", "occupations", "industries")


LEARNED = "life_event"  # what is learnt is which events of life are likely


@dataclass(frozen=True)
class Wording:
    """Templates by rule word, and names by family (``links``, ``events``, ``columns``, ``values`` ...) and key."""

    templates: Templates
    names: Mapping[tuple[str, str], Text]
    tags: Mapping[str, tuple[str, Text]]  # id -> (kind of file, name)
    families: Mapping[str, Text]  # tag id -> what its family is called
    begins: Mapping[str, date]  # tag id -> the first day of its rule, on which nothing need have happened to anybody
    columns: Mapping[str, str]  # column -> kind of file
    catalogue: Catalogue

    def name(self, family: str, key: str) -> Text | None:
        """The name of ``key``; a division, occupation or industry goes by its longest known prefix."""
        if family == "documents":
            kind = self.catalogue.documents.get(key)
            return kind.name if kind else None
        if family == "services":
            service = self.catalogue.by_id.get(key)
            return service.name if service else None
        if family == "questions":
            return self.catalogue.questions.get(key)
        if family == "tags":
            return self.tags[key][1] if key in self.tags else None
        shortest = 1 if family in _PREFIXED else len(key)
        found = (self.names.get((family, key[:size])) for size in range(len(key), shortest - 1, -1))
        return next((text for text in found if text), None)

    def template(self, word: str, kind: str, holds: bool, *, dated: bool = False) -> Text | None:
        """The sentence of a rule word for a kind of file, positive or negative, with ``{0}`` where arguments go.

        Days are compared in other words than amounts.
        """
        entry = self.templates.get(word)
        if entry is None:
            return None
        of_days = entry.get("dated") if dated else None
        entry = of_days if isinstance(of_days, dict) else entry
        own = entry.get("enterprise") if kind == "enterprise" else None
        spoken = own if isinstance(own, dict) else entry
        said = spoken if holds else spoken.get("not")
        if not isinstance(said, dict) or not {"zh", "en"} <= said.keys():
            return None
        return Text(zh=str(said["zh"]), en=str(said["en"]))


@cache
def wording() -> Wording:
    """The words of this release, read once per process; raises RegistryError where a file has another shape."""
    vocabulary, tags = _mapping("vocabulary.yaml"), tuple(_tags())
    columns = vocabulary.get("columns", {})
    return Wording(
        templates=MappingProxyType(_mapping("words.yaml")),
        names=MappingProxyType(dict(_names(vocabulary))),
        tags=MappingProxyType({tag: (kind, name) for tag, _, kind, name, _ in tags}),
        families=MappingProxyType({tag: _text(vocabulary["families"][family]) for tag, family, *_ in tags}),
        begins=MappingProxyType({tag: first for tag, *_, first in tags if first}),
        columns=MappingProxyType({column: kind for kind, names in columns.items() for column in names}),
        catalogue=load(),
    )


def _names(vocabulary: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Text]]:
    for family, entries in vocabulary.items():
        for key, entry in entries.items():
            if "zh" in entry:
                yield (family, key), _text(entry)
                continue
            # One level deeper: columns by kind of file, values by column.
            for inner, text in entry.items():
                if isinstance(text, dict):
                    prefix = "" if family == "columns" else f"{key}="
                    yield (family, f"{prefix}{inner}"), _text(text)


def _tags() -> Iterator[tuple[str, str, str, Text, date | None]]:
    """(id, family, kind of file, name, first day) of every tag."""
    for file in sorted((files("tagging") / "registry").iterdir(), key=lambda file: file.name):
        sheet = _mapping(file.name) if file.name.endswith(".yaml") else {}
        for tag in sheet.get("tags", ()):
            first = tag.get("versions", [tag])[0].get("valid_from")
            yield tag["id"], sheet.get("family", LEARNED), tag["kind"], _text(tag["name"]), first


def _text(told: Mapping[str, Any]) -> Text:
    return Text(zh=str(told["zh"]), en=str(told["en"]))


def _mapping(name: str) -> dict[str, Any]:
    text = (files("tagging") / "registry" / name).read_text(encoding="utf-8")
    try:
        content = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as wrong:
        raise RegistryError(f"{name} is no YAML: {wrong}") from None
    if not isinstance(content, dict):
        raise RegistryError(f"{name}: expected a mapping of words, found {type(content).__name__}")
    return content
