"""``words.yaml`` and ``vocabulary.yaml``: how rules and files read in both languages; it renders no sentence.

``gaps`` says what the two lack, so that a sentence is never found missing when a page is made.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from profiles.model import ENTERPRISE_COLUMNS, PERSON_COLUMNS, READ_COLUMNS
from tagging.registry import read_yaml
from tagging.rules.words import EVENT_KINDS, LINK_KINDS, WORDS
from tagging.tag import FAMILIES

# Comparisons and how many places their sentences may have.
_COMPARISONS = {"=": 2, "<>": 2, "<": 2, "<=": 2, ">": 2, ">=": 2, "between": 3, "in": 2, "like": 2, "is_null": 1}
_PLACE = re.compile(r"\{(\d+)\}")


@cache
def words() -> Mapping[str, Any]:
    """Word → ``{zh, en, not: {zh, en}, enterprise: {zh, en, not}}``. Raises RegistryError where it is malformed."""
    return _mapping("words.yaml")


@cache
def vocabulary() -> Mapping[str, Any]:
    """Section → name → ``{zh, en}``, one level deeper for columns and values. Raises RegistryError as ``words``."""
    return _mapping("vocabulary.yaml")


def gaps() -> list[str]:
    """What is missing or superfluous, one sentence each."""
    return [*_word_gaps(words()), *_name_gaps(vocabulary())]


def _mapping(name: str) -> Mapping[str, Any]:
    said = read_yaml(files("tagging").joinpath("registry"), name)
    return said if isinstance(said, dict) else {}


def _word_gaps(said: Mapping[str, Any]) -> Iterator[str]:
    arity = {name: len(word.takes) for name, word in WORDS.items()} | _COMPARISONS | {"true": 0}
    for name, places in arity.items():
        if name not in said:
            yield f"words.yaml has no sentence for {name}"
            continue
        for where, form in _forms(name, said[name]):
            for locale in ("zh", "en"):
                text = form.get(locale)
                if not text:
                    yield f"words.yaml, {where}: {locale} is missing"
                elif any(int(place) >= places for place in _PLACE.findall(text)):
                    yield f"words.yaml, {where}: {text!r} has a place beyond the {places} that {name} takes"
    for name in set(said) - set(arity):
        yield f"words.yaml: {name} is no word of the rule language"


def _forms(name: str, said: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield name, said
    yield f"{name}, not", said.get("not") or {}
    for other in ("enterprise", "dated"):
        if other in said:
            yield from _forms(f"{name}, {other}", said[other])


def _name_gaps(said: Mapping[str, Any]) -> Iterator[str]:
    columns = said.get("columns", {})
    stages = said.get("stages", {})
    wanted = {
        "stages, person": (stages.get("person", {}), stages.get("person", ())),
        "stages, enterprise": (stages.get("enterprise", {}), stages.get("enterprise", ())),
        "families": (said.get("families", {}), FAMILIES),
        "links": (said.get("links", {}), LINK_KINDS),
        "events": (said.get("events", {}), EVENT_KINDS),
        "columns, person": (columns.get("person", {}), {**PERSON_COLUMNS, **READ_COLUMNS["person"]}),
        "columns, enterprise": (columns.get("enterprise", {}), ENTERPRISE_COLUMNS),
    }
    for section, (named, names) in wanted.items():
        for name in names:
            if not all((named.get(name) or {}).get(locale) for locale in ("zh", "en")):
                yield f"vocabulary.yaml, {section}: {name} needs zh and en"
