"""Whether a document issued in another region is recognised here, read from ``recognition.yaml``; it reads no row."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from profiles.errors import ContractError

_KEYS = ("here", "nationwide", "regional")


@cache
def regions() -> tuple[tuple[str, ...], frozenset[str], Mapping[str, tuple[str, ...]]]:
    """Our own province codes, the kinds recognised from anywhere, and for others the provinces they are taken from.

    Raises:
        ContractError: the file has another shape.
    """
    told = yaml.safe_load(files("profiles").joinpath("recognition.yaml").read_text("utf-8"))
    if not isinstance(told, dict) or set(told) != set(_KEYS):
        raise ContractError(f"profiles/recognition.yaml: expected exactly the keys {', '.join(_KEYS)}.")
    provinces = [*told["here"], *(code for codes in told["regional"].values() for code in codes)]
    if wrong := [code for code in provinces if not (isinstance(code, str) and len(code) == 2 and code.isdigit())]:
        raise ContractError(f"profiles/recognition.yaml: {wrong[0]!r} is no province code; write it as '31'.")
    regional = {kind: tuple(codes) for kind, codes in told["regional"].items()}
    return tuple(told["here"]), frozenset(told["nationwide"]), MappingProxyType(regional)


def recognised(row: str) -> str:
    """SQL for whether the document in ``row`` is recognised here; NULL where nobody says where it was issued."""
    here, nationwide, regional = regions()
    province = f"substr({row}.issuer_region, 1, 2)"
    tests = [f"{province} IN ({_quoted(here)})", f"{row}.type IN ({_quoted(sorted(nationwide))})"]
    tests += [f"({row}.type = '{kind}' AND {province} IN ({_quoted(codes)}))" for kind, codes in regional.items()]
    return f"IF({row}.issuer_region IS NULL, NULL, {' OR '.join(tests)})"


def _quoted(words: "tuple[str, ...] | list[str]") -> str:
    return ", ".join(f"'{word}'" for word in words)
