"""Reads a YAML file and remembers on which line each value stands; it judges nothing in it."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from profiles.errors import YidangError

Step = str | int
Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Located:
    """A YAML mapping with the line of every value in it."""

    path: Path
    data: Mapping[str, object]
    lines: Mapping[Steps, int]

    def where(self, *steps: Step) -> str:
        """``file, line n`` of the value at ``steps``, or of the nearest thing around it."""
        known = next(steps[:end] for end in range(len(steps), -1, -1) if steps[:end] in self.lines)
        return f"{self.path}, line {self.lines[known]}"


def read(path: Path, error: type[YidangError]) -> Located:
    """The mapping written in ``path``.

    Raises:
        YidangError: of the given type, where the file is not readable, not YAML, no mapping, or repeats a key;
            the message names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines = dict(_lines(node, ())) if node is not None else {}
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        raise error(f"{path}, line {line}, is not YAML: {problem.problem}. Correct that line and rerun.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise error(f"{path} cannot be read as YAML text in UTF-8: {problem}. Restore the file and rerun.") from None
    except _RepeatedKey as problem:
        raise error(f"{path}, line {problem.line}: {problem.key!r} is written twice. Keep one of them.") from None
    if not isinstance(data, dict):
        raise error(f"{path}, line 1: expected a mapping of names to values, found {type(data).__name__}.")
    return Located(path, data, lines)


def nearest(name: str, known: Iterable[str]) -> str:
    """`` Did you mean 'x'?`` with a leading space, or nothing where no known name is near.

    >>> nearest("shool", ["school", "stage"])
    " Did you mean 'school'?"
    >>> nearest("zzz", ["school"])
    ''
    """
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" Did you mean {found[0]!r}?" if found else ""


class _RepeatedKey(Exception):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


def _lines(node: yaml.Node, steps: Steps) -> Iterable[tuple[Steps, int]]:
    yield steps, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _lines(item, (*steps, number))
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                raise _RepeatedKey(key.value, line)
            seen.add(key.value)
            for found, at in _lines(value, (*steps, key.value)):
                yield found, line if len(found) == len(steps) + 1 else at
