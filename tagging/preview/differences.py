"""How two registries differ, tag by tag, and what that does to the example files; it counts nobody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from profiles.model import KINDS
from tagging.outlook.one import OneFile
from tagging.personas import Persona
from tagging.registry import Registry
from tagging.rules import to_duckdb
from tagging.tag import Tag

# Where the tag stands in its file, and the versions that its rule already tells of.
_UNSAID = ("at", "versions")


@dataclass(frozen=True)
class Differences:
    """Ids of tags that one registry has and the other has not, or says otherwise.

    ``changed`` maps an id to the fields that differ; ``following`` are tags that read the same and answer otherwise,
    because a tag that they name has changed.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    following: tuple[str, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """Every tag that may be given to others than before."""
        ruled = [name for name, fields in self.changed.items() if {"kind", "rule"} & {*fields} or _dated(fields)]
        return tuple(sorted({*self.added, *self.removed, *ruled, *self.following}))


@dataclass(frozen=True)
class PersonaChange:
    """What an example file would gain and lose."""

    persona: Persona
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def differences(old: Registry, new: Registry) -> Differences:
    """How ``new`` differs from ``old``. Raises RuleError where a rule does not parse."""
    before, after = ({tag.id: tag for tag in registry.tags} for registry in (old, new))
    both = sorted(before.keys() & after.keys())
    changed = {name: fields for name in both if (fields := _fields(before[name], after[name]))}
    following = [name for name in both if name not in changed and _sql(old, name) != _sql(new, name)]
    return Differences(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=changed,
        following=tuple(following),
    )


def persona_changes(old: Registry, new: Registry, personas: Sequence[Persona]) -> tuple[PersonaChange, ...]:
    """The example files whose tags would differ, by id."""
    return tuple(change for kind in KINDS for change in _of(old, new, [one for one in personas if one.kind == kind]))


def _of(old: Registry, new: Registry, personas: Sequence[Persona]) -> Iterator[PersonaChange]:
    if not personas:
        return
    before, after = (OneFile(registry, personas[0].kind) for registry in (old, new))
    for persona in personas:
        had, has = {*before.tags(persona.file)}, {*after.tags(persona.file)}
        if had != has:
            yield PersonaChange(persona, tuple(sorted(has - had)), tuple(sorted(had - has)))


def _fields(one: Tag, other: Tag) -> tuple[str, ...]:
    return tuple(
        field
        for field in Tag.__dataclass_fields__
        if field not in _UNSAID and getattr(one, field) != getattr(other, field)
    )


def _dated(fields: Sequence[str]) -> bool:
    return bool({"valid_from", "valid_until"} & {*fields})


def _sql(registry: Registry, name: str) -> str:
    return to_duckdb(registry.parsed[name])
