"""Puts entries into the catalogue's YAML: new ones into a file of their own, changes where the services stand.

What officials wrote around a change (comments, order, line breaks) stays as it is. It makes texts; the caller writes.
"""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from profiles.errors import CatalogueError
from recommender.sheets.imported import Entry

_WIDE = 100_000  # no line is broken that was not
_BLOCKS = ("description", "evidence")  # what is long stands in lines of its own


def new_file(entries: Sequence[Entry]) -> str:
    """A services file of these entries; the audience and stage of most of them stand at its head.

    >>> print(new_file([{"id": "senior_card", "audience": "person", "stage": "old_age", "trips": 1}]), end="")
    audience: person
    stage: old_age
    services:
      - id: senior_card
        trips: 1
    """
    (audience, stage), _ = Counter((entry["audience"], entry["stage"]) for entry in entries).most_common(1)[0]
    head = {"audience": audience, "stage": stage}
    services = CommentedSeq(
        _styled({key: value for key, value in entry.items() if head.get(key) != value}) for entry in entries
    )
    return _dumped(CommentedMap({**head, "services": services}))


def changed_files(entries: Sequence[Entry], folder: Path) -> Mapping[Path, tuple[str, str]]:
    """(text before, text after) of every file under ``folder`` that these changes of services touch.

    Raises CatalogueError where a service stands in none of its files.
    """
    wanted = {entry["id"]: entry for entry in entries}
    found: dict[Path, tuple[str, str]] = {}
    for file in sorted(folder.glob("*.yaml")):
        before = file.read_text(encoding="utf-8")
        sheet = _yaml().load(before)
        mine = [service for service in sheet["services"] if service["id"] in wanted]
        for service in mine:
            _put(service, wanted.pop(service["id"]))
        if mine:
            found[file] = before, _dumped(sheet)
    if wanted:
        raise CatalogueError(f"expected {', '.join(sorted(wanted))} in a file of {folder}, found them in none")
    return found


def _put(place: Any, changes: Entry) -> None:
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(place.get(key), dict):
            _put(place[key], value)
        elif place.get(key) != value:
            place[key] = _flow(value)


def _styled(entry: Entry) -> CommentedMap:
    """An entry as officials write it: a line for each thing, names in both languages side by side."""
    styled = CommentedMap()
    for key, value in entry.items():
        if key in _BLOCKS:
            parts = [_flow(part) for part in value] if isinstance(value, list) else value
            styled[key] = CommentedSeq(parts) if isinstance(value, list) else CommentedMap(parts)
        else:
            styled[key] = _flow(value)
    return styled


def _flow(value: Any) -> Any:
    """Lists and mappings on one line."""
    if isinstance(value, dict):
        mapping = CommentedMap({key: _flow(part) for key, part in value.items()})
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        sequence = CommentedSeq(_flow(part) for part in value)
        sequence.fa.set_flow_style()
        return sequence
    return value


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = _WIDE
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(content: Any) -> str:
    text = io.StringIO()
    _yaml().dump(content, text)
    return text.getvalue()
