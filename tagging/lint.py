"""What a tag's YAML must be besides well-formed: true to its contracts, named, exemplified; it runs no example.

Every finding is one sentence that opens with the tag's id.
"""

import re
from collections.abc import Iterator, Mapping

from profiles import contracts
from profiles.errors import RuleError
from profiles.model import KINDS
from tagging.origins import feeds_behind
from tagging.registry import Registry
from tagging.rules import Atom, Rule, leaves, parse
from tagging.rules.complaint import nearest
from tagging.tag import Tag

_ID = re.compile(r"[a-z][a-z0-9_]*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def findings(registry: Registry, vocabulary: Mapping[str, Mapping[str, object]]) -> list[str]:
    """All that is wrong with the registry; ``vocabulary`` is what vocabulary.yaml says."""
    found = list(_alike(registry))
    for tag in registry.tags:
        found += [f"tag {tag.id}: {sentence}" for sentence in _form(tag, vocabulary)]
        try:
            rule = parse(tag.rule, tag.kind, where=f"tag {tag.id}", tags=registry.rules(tag.kind))
        except RuleError as error:
            found.append(str(error))
            continue
        found += [f"tag {tag.id}: {sentence}" for sentence in (*_sources(tag, rule), *_values(rule, vocabulary))]
    return found


def _alike(registry: Registry) -> Iterator[str]:
    for kind in KINDS:
        for locale in ("zh", "en"):
            names: dict[str, str] = {}
            for tag in registry.of(kind):
                other = names.setdefault(tag.name(locale), tag.id)
                if other != tag.id:
                    yield f"tag {tag.id}: has the same {locale} name as tag {other}: {tag.name(locale)}"


def _form(tag: Tag, vocabulary: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    if not _ID.fullmatch(tag.id):
        yield "an id is small letters, digits and underscores, and opens with a letter"
    if not _CHINESE.search(tag.zh) or _CHINESE.search(tag.en):
        yield f"the names should be Chinese and English, not {tag.zh!r} and {tag.en!r}"
    if tag.owner not in vocabulary["departments"]:
        known = vocabulary["departments"]
        yield f"the owner {tag.owner!r} is not a department of vocabulary.yaml{nearest(tag.owner, known)}"
    if tag.valid_until is not None and tag.valid_until < tag.valid_from:
        yield f"valid_until {tag.valid_until} lies before valid_from {tag.valid_from}"
    if tag.lifetime_days is not None and tag.lifetime_days <= 0:
        yield f"lifetime_days should be above 0, not {tag.lifetime_days}"
    for answer in ("yes", "no", "unknown"):
        if all(example.expect != answer for example in tag.examples):
            yield f"no example expects {answer}; add one"


def _sources(tag: Tag, rule: Rule) -> Iterator[str]:
    terms = contracts.load()
    reads = [read for atom in rule.atoms for read in atom.reads if not read.startswith("tag:")]
    behind = {read: feeds_behind(read, tag.kind) for read in reads}
    possible = {feed for feeds in behind.values() for feed in feeds}
    for read, feeds in behind.items():
        if not set(feeds) & set(tag.sources):
            yield f"reads {read}, so sources should name {' or '.join(feeds)}"
    for feed in tag.sources:
        if feed not in terms:
            yield f"the source {feed!r} is no feed{nearest(feed, terms)}"
        elif feed not in possible:
            yield f"the source {feed} stands behind nothing that the rule reads; remove it"
    for use in tag.uses:
        for feed in sorted((possible | set(tag.sources)) & set(terms)):
            if use not in terms[feed].uses:
                yield f"the contract of {feed} does not allow {use}; remove that use or do not read from it"


def _values(rule: Rule, vocabulary: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    coded = vocabulary["values"]
    for atom in _bare(rule):
        column = str(atom.args[0]) if atom.args else ""
        if atom.word not in ("=", "<>", "in") or column not in coded:
            continue
        known = coded[column]
        for value in atom.args[1:]:
            if isinstance(known, Mapping) and value not in known:
                yield f"{atom.code}: {value!r} is not a value of {column}{nearest(str(value), known)}"


def _bare(rule: Rule) -> Iterator[Atom]:
    for atom in rule.atoms:
        yield from [atom] if atom.inner is None else leaves(atom.inner)
