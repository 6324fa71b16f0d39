"""What a subject may say is wrong in its file, and whose word it is; it never changes a fact.

A fact belongs to the feed that goes first in line for it, a document to the feed that shares documents. The department
behind the feed is asked; until it delivers a newer word, the correction is pending.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from profiles.model import Kind
from profiles.precedence import precedence
from recommender.terms import Text
from recommender.wording import wording

DOCUMENTS: Mapping[Kind, str] = MappingProxyType({"person": "documents", "enterprise": "permits"})


@cache
def correctable(kind: Kind) -> Mapping[str, str]:
    """``fact:<name>`` or ``document:<type>`` → the feed whose word it is, in the order of the file.

    >>> correctable("person")["fact:marital_status"], correctable("enterprise")["document:FOOD_PERMIT"]
    ('vital_events', 'permits')
    """
    lines = {f"fact:{name}": line for name, line in precedence()[kind].items()}
    facts = {about: next(iter(line)) for about, line in lines.items() if _named(about, kind)}
    kinds = wording().catalogue.documents.values()
    held = {f"document:{one.type}": DOCUMENTS[kind] for one in kinds if one.audience == kind}
    return MappingProxyType({**facts, **held})


def owner_of(read: str, kind: Kind) -> str:
    """The feed whose word a fact, document, link, event or case is; "" where no feed states it.

    >>> owner_of("fact:home_kind", "person"), owner_of("link:employer", "person"), owner_of("event:death", "person")
    ('property', 'employment', 'vital_events')
    """
    family, _, key = read.partition(":")
    line = precedence()["link" if family == "link" else kind].get(key)
    if family in ("fact", "link") and line:
        return next(iter(line))
    if family == "document":
        return DOCUMENTS[kind]
    return "cases" if family == "case" else wording().catalogue.holders.get(read, "")


def about_name(about: str, kind: Kind, locale: str) -> str:
    """What the item is called in the file of a person or of an enterprise; its own code where it has no name.

    >>> about_name("fact:residence_division", "person", "en"), about_name("fact:name", "person", "zh")
    ('place of residence', '姓名')
    """
    name = _named(about, kind)
    return name.say(locale) if name else about.partition(":")[2]


def _named(about: str, kind: Kind) -> Text | None:
    family, _, key = about.partition(":")
    words = wording()
    if family == "document":
        return words.name("documents", key)
    return words.name("columns", key) if words.columns.get(key) == kind else words.name("facts", key)
