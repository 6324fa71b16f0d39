"""The tags that officials write as YAML in ``registry/``, read and checked for form; it never runs a rule.

Whether a tag is true to its contracts and its examples is ``check``'s question.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from profiles.errors import RegistryError
from profiles.model import KINDS, Kind
from tagging.rules import Rule, parse
from tagging.tag import FAMILIES, Family, Tag, tag


@dataclass(frozen=True)
class Registry:
    """All tags by id; ``version`` changes with anything that a tag says."""

    tags: tuple[Tag, ...]
    version: str

    def of(self, kind: Kind) -> tuple[Tag, ...]:
        """The tags of one kind of file, by id."""
        return tuple(tag for tag in self.tags if tag.kind == kind)

    def rules(self, kind: Kind) -> dict[str, str]:
        """Tag id → rule text, as ``tagging.rules.parse`` takes it for ``tag('...')``."""
        return {tag.id: tag.rule for tag in self.of(kind)}

    @cached_property
    def parsed(self) -> Mapping[str, Rule]:
        """Tag id → parsed rule. Raises RuleError for the first that does not parse."""
        known = {kind: self.rules(kind) for kind in KINDS}
        return {tag.id: parse(tag.rule, tag.kind, where=tag.where, tags=known[tag.kind]) for tag in self.tags}


def load(folder: Traversable | None = None) -> Registry:
    """The registry in ``folder``, by default the one that is installed with this package, read once per process.

    Raises RegistryError naming the file, the tag and what is wrong with it.
    """
    return _in(folder) if folder else _installed()


@cache
def _installed() -> Registry:
    return _in(files("tagging").joinpath("registry"))


def _in(folder: Traversable) -> Registry:
    tags: dict[str, Tag] = {}
    for family in FAMILIES:
        for one in _family(folder, family, f"{family}.yaml"):
            if one.id in tags:
                raise RegistryError(
                    f"tag {one.id} is written twice, at {tags[one.id].at} and {one.at}; one tag has one entry,"
                    " and versions with valid_from and valid_until where its rule changes on a day"
                )
            tags[one.id] = one
    ordered = tuple(tags[name] for name in sorted(tags))
    return Registry(ordered, _version(ordered))


def with_tags_of(base: Registry, file: Path) -> Registry:
    """``base`` with the tags of one more file in the registry's form, in the place of those that have their ids.

    Raises RegistryError as ``load``.
    """
    said = read_yaml(file.parent, file.name)
    family = said.get("family") if isinstance(said, dict) else None
    if family not in FAMILIES:
        raise RegistryError(f"{file.name}: expected `family:` with one of {', '.join(FAMILIES)}, and a list `tags:`")
    proposed = {tag.id: tag for tag in _family(file.parent, family, file.name)}
    tags = {tag.id: tag for tag in base.tags} | proposed
    ordered = tuple(tags[name] for name in sorted(tags))
    return Registry(ordered, _version(ordered))


def read_yaml(folder: Traversable, name: str) -> object:
    """What a YAML file of the registry says. Raises RegistryError where it is missing or malformed."""
    return _read(folder, name)[0]


def _read(folder: Traversable, name: str) -> tuple[object, yaml.Node | None]:
    """What the file says, and the nodes that know their lines."""
    try:
        loader = yaml.CSafeLoader(folder.joinpath(name).read_text("utf-8"))
        node = loader.get_single_node()
        return (None if node is None else loader.construct_document(node)), node
    except FileNotFoundError:
        raise RegistryError(f"{name} is missing from the registry; put it beside the others") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise RegistryError(f"{name}{place}: not well-formed YAML: {problem}") from None


def _family(folder: Traversable, family: Family, name: str) -> Iterator[Tag]:
    said, node = _read(folder, name)
    if not isinstance(said, dict) or said.get("family") != family or not isinstance(said.get("tags"), list):
        raise RegistryError(f"{name}: expected `family: {family}` and a list `tags:`")
    for one, line in zip(said["tags"], _lines(node), strict=True):
        if not isinstance(one, dict):
            raise RegistryError(f"{name}:{line}: expected a tag, a mapping that opens with id")
        yield tag(one, family, f"{name}:{line}")


def _lines(node: yaml.Node | None) -> list[int]:
    """The first line of each entry under ``tags``."""
    sections = node.value if isinstance(node, yaml.MappingNode) else []
    tags = next(value.value for key, value in sections if key.value == "tags")
    return [entry.start_mark.line + 1 for entry in tags]


def _version(tags: Sequence[Tag]) -> str:
    # A tag that only moved in its file is the same tag.
    fields = [field for field in Tag.__dataclass_fields__ if field not in ("at", "versions")]
    said = [[str(getattr(tag, field)) for field in fields] for tag in tags]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:12]
