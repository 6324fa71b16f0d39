"""Which feeds stand behind what a rule reads, and what their contracts let be done with it; it reads no data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from profiles.model import Kind
from profiles.precedence import precedence

# What is not one fact with a line of its own in profiles/precedence.yaml.
_DOCUMENTS: Mapping[Kind, tuple[str, ...]] = {"person": ("documents",), "enterprise": ("permits",)}
# What is read from a fact's text comes from whoever states the text.
_READ: Mapping[str, str] = {
    "occupation_read": "job_title",
    "occupation_confidence": "job_title",
    "trades": "scope",
    "permits_needed": "scope",
}
_LINKS = {
    "child": ("vital_events", "kinship"),
    "parent": ("vital_events", "kinship"),
    "spouse": ("vital_events", "kinship"),
    "carer": ("kinship",),
    "cared_for": ("kinship",),
    "employer": ("employment",),
    "mandate": ("mandates",),
    "legal_representative": ("enterprises", "mandates"),
}
_EVENTS = {
    "birth": ("vital_events",),
    "marriage": ("vital_events",),
    "divorce": ("vital_events",),
    "death": ("vital_events",),
    "moved": ("residents",),
    "graduated": ("schooling",),
    "job_started": ("employment",),
    "job_ended": ("employment",),
    "retired": ("social_insurance",),
    "home_bought": ("property",),
    "vehicle_registered": ("vehicles",),
    "labour_dispute": ("labour_disputes",),
    "founded": ("enterprises",),
}


def feeds_behind(read: str, kind: Kind) -> tuple[str, ...]:
    """The feeds that may state what ``read`` names, the one that owns it first; none for ``tag:``.

    >>> feeds_behind("event:birth", "person")
    ('vital_events',)
    """
    family, _, name = read.partition(":")
    if family == "document":
        return _DOCUMENTS[kind]
    if family == "case":
        return ("cases",)
    if family == "link":
        return _LINKS[name]
    if family == "event":
        return _EVENTS[name]
    if family == "tag":
        return ()
    line = precedence()[kind][_READ.get(name, name)]
    return tuple(sorted(line, key=lambda feed: line[feed]))


@dataclass(frozen=True)
class Terms:
    """What a feed may be used for, and how sensitive it is."""

    uses: tuple[str, ...]
    sensitivity: str


@cache
def terms() -> Mapping[str, Terms]:
    """Feed → terms, as its contract says. Whether the contract itself is sound is asked by ``profiles.contracts``."""
    sheets = (entry for entry in files("profiles").joinpath("contracts").iterdir() if entry.name.endswith(".yaml"))
    return {sheet.name.removesuffix(".yaml"): _terms(sheet.read_text("utf-8")) for sheet in sheets}


def _terms(text: str) -> Terms:
    said = yaml.load(text, Loader=yaml.CSafeLoader)
    own = {entry["property"]: entry["value"] for entry in said["customProperties"]}
    return Terms(tuple(own["uses"]), own["sensitivity"])
