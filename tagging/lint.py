"""What a tag's YAML must be besides well-formed: named, placed in a life, dated, exemplified; it asks no file.

Every finding is one sentence that opens with the YAML's file and line and the tag's id, and says what to do.
"""

import re
from collections.abc import Iterator, Mapping

from profiles.errors import RuleError
from profiles.model import KINDS
from tagging.clearance import uncleared
from tagging.registry import Registry
from tagging.rules import Atom, Rule, leaves, parse
from tagging.rules.complaint import nearest
from tagging.tag import Tag
from tagging.validity import misdated
from tagging.windows import mistimed

Vocabulary = Mapping[str, Mapping[str, Mapping[str, object]]]

_ID = re.compile(r"[a-z][a-z0-9_]*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def parsed(registry: Registry) -> tuple[dict[str, Rule], list[str]]:
    """Tag id → rule of the tags whose rules parse, and one sentence for each that does not."""
    rules: dict[str, Rule] = {}
    refused: list[str] = []
    for kind in KINDS:
        texts = registry.rules(kind)
        for tag in registry.of(kind):
            try:
                rules[tag.id] = parse(tag.rule, kind, where=tag.where, tags=texts)
            except RuleError as error:
                refused.append(str(error))
    return rules, refused


def findings(registry: Registry, rules: Mapping[str, Rule], vocabulary: Vocabulary) -> list[str]:
    """All that is wrong with the tags one by one; ``vocabulary`` is what vocabulary.yaml says."""
    found = list(_alike(registry))
    for tag in registry.tags:
        said = [*_form(tag, vocabulary), *misdated(tag)]
        if tag.id in rules:
            rule = rules[tag.id]
            said += [*uncleared(tag, rule), *_values(rule, vocabulary), *mistimed(tag, rule)]
        found += [f"{tag.where}: {sentence}" for sentence in said]
    return found


def unstaged(registry: Registry, vocabulary: Vocabulary) -> Iterator[str]:
    """One sentence for each stage of life that no tag names."""
    for kind in KINDS:
        for stage in vocabulary["stages"][kind]:
            if all(tag.stage != stage for tag in registry.of(kind)):
                yield f"vocabulary.yaml, stages, {kind}: no tag has the stage {stage}; write one, or drop the stage"


def _alike(registry: Registry) -> Iterator[str]:
    for kind in KINDS:
        for locale in ("zh", "en"):
            names: dict[str, str] = {}
            for tag in registry.of(kind):
                other = names.setdefault(tag.name(locale), tag.id)
                if other != tag.id:
                    yield f"{tag.where}: has the same {locale} name as tag {other}: {tag.name(locale)}; tell them apart"


def _form(tag: Tag, vocabulary: Vocabulary) -> Iterator[str]:
    if not _ID.fullmatch(tag.id):
        yield "an id is small letters, digits and underscores, and opens with a letter"
    if not _CHINESE.search(tag.zh) or _CHINESE.search(tag.en):
        yield f"the names should be Chinese and English, not {tag.zh!r} and {tag.en!r}"
    for place, named, known in (
        ("department", tag.owner, vocabulary["departments"]),
        (f"stage of a {tag.kind}", tag.stage, vocabulary["stages"][tag.kind]),
    ):
        if named not in known:
            yield f"{named!r} is no {place} of vocabulary.yaml{nearest(named, known)}"
    for answer in ("yes", "no", "unknown"):
        if all(example.expect != answer for example in tag.examples):
            yield f"no example expects {answer}; add one"


def _values(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    coded = vocabulary["values"]
    for atom in _bare(rule):
        column = str(atom.args[0]) if atom.args else ""
        if atom.word not in ("=", "<>", "in") or column not in coded:
            continue
        known = coded[column]
        for value in atom.args[1:]:
            if value not in known:
                yield f"{atom.code}: {value!r} is not a value of {column}{nearest(str(value), known)}"


def _bare(rule: Rule) -> Iterator[Atom]:
    for atom in rule.atoms:
        yield from [atom] if atom.inner is None else leaves(atom.inner)
