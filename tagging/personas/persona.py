"""One persona as its YAML file tells it, read and checked for form; it never asks which tags the file earns."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable

from profiles.errors import RegistryError
from profiles.model import KINDS, NESTED_COLUMNS, Kind
from tagging.files import Shape, shape, to_json
from tagging.personas.days import moment
from tagging.registry import read_yaml
from tagging.tag import EXAMPLE_DAY

_KEYS = frozenset(("id", "kind", "name", "story", "as_of", "file", "tags"))
_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Persona:
    """An example file of ``kind`` on the day ``as_of``, and the ids of exactly the tags that it must have.

    ``file`` maps columns of ``profiles.model`` to values, ``subject`` and ``as_of`` among them, as ``tagging.files``
    takes them; every day in it is a date.
    """

    id: str
    kind: Kind
    zh: str
    en: str
    story_zh: str
    story_en: str
    as_of: date
    file: Mapping[str, object]
    tags: frozenset[str]

    def name(self, locale: str) -> str:
        """What the persona is called; English for any locale that is not Chinese."""
        return self.zh if locale.startswith("zh") else self.en


def load_personas(folder: Traversable | None = None) -> tuple[Persona, ...]:
    """Every persona, by id. Raises RegistryError naming the file and what is wrong in it."""
    folder = folder or files("tagging").joinpath("personas")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return tuple(_persona(read_yaml(folder, name), name) for name in names)


def _persona(said: object, where: str) -> Persona:
    if not isinstance(said, dict) or not _KEYS - {"as_of"} <= set(said) <= _KEYS:
        raise RegistryError(f"{where}: expected the keys {', '.join(sorted(_KEYS))}")
    if said["id"] != where.removesuffix(".yaml") or not _ID.fullmatch(str(said["id"])):
        raise RegistryError(f"{where}: the id should be the file's own name, not {said['id']!r}")
    if said["kind"] not in KINDS:
        raise RegistryError(f"{where}: kind should be {' or '.join(KINDS)}, not {said['kind']!r}")
    name, story = (_both(said[key], key, where) for key in ("name", "story"))
    as_of, tags = said.get("as_of", EXAMPLE_DAY), said["tags"]
    if not isinstance(as_of, date) or not isinstance(said["file"], dict):
        raise RegistryError(f"{where}: as_of should be a date and file a mapping of columns")
    if not isinstance(tags, list) or len(set(tags)) < len(tags):
        raise RegistryError(f"{where}: tags should be a list of ids, each once")
    return Persona(
        id=said["id"],
        kind=said["kind"],
        zh=name[0],
        en=name[1],
        story_zh=story[0],
        story_en=story[1],
        as_of=as_of,
        file=_file(said["file"], said["kind"], said["id"], as_of, where),
        tags=frozenset(tags),
    )


def _both(said: object, key: str, where: str) -> tuple[str, str]:
    if not isinstance(said, dict) or not all(isinstance(said.get(locale), str) for locale in ("zh", "en")):
        raise RegistryError(f"{where}: {key} needs both zh and en")
    return said["zh"].strip(), said["en"].strip()


def _file(said: Mapping[str, object], kind: Kind, subject: str, as_of: date, where: str) -> Mapping[str, object]:
    nothing: dict[str, object] = {name: [] for name in NESTED_COLUMNS}
    row = {**nothing, **said, "subject": subject, "as_of": as_of}
    if kind == "person":
        row.setdefault("identified", True)
    try:
        to_json([row], kind)
        return dict(_dated(row, shape(kind), as_of))
    except ValueError as error:
        raise RegistryError(f"{where}: {error}") from None


def _dated(item: Mapping[str, object], known: Mapping[str, Shape], as_of: date) -> Iterator[tuple[str, object]]:
    """The item with every day that is told from ``as_of`` as a date."""
    for name, value in item.items():
        fields = known[name]
        if isinstance(value, list) and isinstance(fields, list):
            yield name, [dict(_dated(one, fields[0], as_of)) for one in value]
        else:
            yield name, moment(value, as_of) if fields == "DATE" and isinstance(value, str) else value
