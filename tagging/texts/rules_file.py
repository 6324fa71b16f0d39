"""What officials write in ``rules/*.yaml`` about reading texts, checked for form; it reads no text by them."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from profiles.errors import RegistryError
from tagging.registry import read_yaml


@cache
def said(name: str) -> Mapping[str, Any]:
    """``rules/<name>.yaml``. Raises RegistryError where it is missing or malformed."""
    found = read_yaml(files("tagging").joinpath("texts", "rules"), f"{name}.yaml")
    if not isinstance(found, dict):
        raise RegistryError(f"rules/{name}.yaml: expected a mapping of sections")
    return found


def section(name: str, key: str, kind: type[Any]) -> Any:
    """One section of a file. Raises RegistryError where it is missing or of another kind."""
    found = said(name).get(key)
    if not isinstance(found, kind):
        raise RegistryError(f"rules/{name}.yaml: `{key}` should be a {kind.__name__}, it is {type(found).__name__}")
    return found


def words(text: str) -> tuple[str, ...]:
    """Words written as ``one|other``.

    >>> words("批发|零售")
    ('批发', '零售')
    """
    return tuple(part for part in text.strip().split("|") if part)


def texts_of(known: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """(text, code) of every worked example of a ``known`` section."""
    return [(str(text), str(code)) for code, listed in known.items() for text in listed]
