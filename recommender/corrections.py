"""What a subject may say is wrong in its file, and whose word it is; it never changes a fact.

A fact or a link belongs to the feed that goes first in line for it, a document to the feed that shares documents, what
happened to the feed that tells of it. The department behind the feed is asked; until it delivers a newer word, the
correction is pending.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from profiles.model import Kind
from profiles.precedence import precedence
from recommender.terms import Text
from recommender.wording import wording

DOCUMENTS: Mapping[Kind, str] = MappingProxyType({"person": "documents", "enterprise": "permits"})

OF_ENTERPRISES = ("legal_representative", "mandate")


@cache
def correctable(kind: Kind) -> Mapping[str, str]:
    """``fact:<name>``, ``document:<type>``, ``link:<kind>`` or ``event:<kind>`` → the feed whose word it is.

    Facts stand in the order of ``precedence.yaml``, which is that of the page.

    >>> correctable("person")["fact:marital_status"], correctable("enterprise")["document:FOOD_PERMIT"]
    ('vital_events', 'permits')
    >>> correctable("person")["link:child"], correctable("enterprise").get("event:birth")
    ('vital_events', None)
    """
    lines = {f"fact:{name}": line for name, line in precedence()[kind].items()}
    facts = {about: next(iter(line)) for about, line in lines.items() if _named(about, kind)}
    kinds = wording().catalogue.documents.values()
    held = {f"document:{one.type}": DOCUMENTS[kind] for one in kinds if one.audience == kind}
    told = {about: owner_of(about, kind) for about in (*_links(kind), *_events(kind))}
    return MappingProxyType({**facts, **held, **told})


def put_to_reader(kind: Kind, types: Collection[str]) -> list[str]:
    """What the reader of a page is asked about: the documents held, of these ``types``, then facts.

    Nobody who reads it has died.

    >>> put_to_reader("person", {"ID_CARD"})[:2], "fact:died_on" in put_to_reader("person", ())
    (['document:ID_CARD', 'fact:name'], False)
    """
    every = [about.partition(":") for about in correctable(kind)]
    held = [f"document:{key}" for family, _, key in every if family == "document" and key in types]
    return held + [f"fact:{key}" for family, _, key in every if family == "fact" and key != "died_on"]


def _links(kind: Kind) -> Iterator[str]:
    """What may be linked to a file of that kind."""
    for family, link in wording().names:
        if family == "links" and (link in OF_ENTERPRISES if kind == "enterprise" else link != "legal_representative"):
            yield f"link:{link}"


def _events(kind: Kind) -> Iterator[str]:
    """What may have happened to a subject of that kind: an enterprise was founded, a person has all else."""
    for event in wording().catalogue.questions:
        if (event == "founded") == (kind == "enterprise"):
            yield f"event:{event}"


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
    if family in ("link", "event"):
        return words.name("links" if family == "link" else "questions", key)
    return words.name("columns", key) if words.columns.get(key) == kind else words.name("facts", key)
