"""A sample of files and every tag's answer to each of them, asked of DuckDB at once; it judges no answer.

The sample is all that the registry's own words can be tried on without data: the tags' examples, the personas, and
files made up from the values that rules name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import duckdb

from profiles.errors import RegistryError
from profiles.model import Kind
from tagging.files import duckdb_rows, to_json
from tagging.madeup import made_up
from tagging.personas import Persona
from tagging.registry import Registry
from tagging.rules import Rule, to_duckdb
from tagging.tag import Example, Tag


@dataclass(frozen=True)
class Sampled:
    """One file of the sample: a tag's example, a persona's, or made up and then nobody's."""

    where: str
    row: Mapping[str, object]
    tag: Tag | None = None
    example: Example | None = None
    persona: Persona | None = None


@dataclass(frozen=True)
class Answers:
    """What the rules of ``tags`` answer to each file: True, False or None for unknown, ``table[file][tag]``."""

    tags: tuple[Tag, ...]
    files: tuple[Sampled, ...]
    table: Sequence[Sequence[bool | None]]


def answers(registry: Registry, rules: Mapping[str, Rule], personas: Sequence[Persona], kind: Kind) -> Answers:
    """All answers about files of ``kind`` by the tags that ``rules`` has a parsed rule for.

    Raises RegistryError naming the example or persona that is no file.
    """
    tags = tuple(tag for tag in registry.of(kind) if tag.id in rules)
    parsed = [rules[tag.id] for tag in tags]
    files = tuple(chain(_examples(tags), _personas(personas, kind), _made_up(parsed, kind)))
    if not tags:
        return Answers(tags, files, [() for _ in files])
    said = [_json(file, kind) for file in files]
    asked = ", ".join(to_duckdb(rule) for rule in parsed)
    query = f"SELECT {asked} FROM ({duckdb_rows(kind)})"  # noqa: S608  # our own rules, parsed and whitelisted
    with duckdb.connect(":memory:") as connection:
        try:
            return Answers(tags, files, connection.execute(query, [f"[{', '.join(said)}]"]).fetchall())
        except duckdb.Error as error:
            raise RegistryError(_blamed(connection, query, files, said) or str(error)) from None


def _examples(tags: Sequence[Tag]) -> Iterator[Sampled]:
    for tag in tags:
        for number, example in enumerate(tag.examples, start=1):
            row = {**example.given, "subject": tag.id, "as_of": example.as_of}
            yield Sampled(f"{tag.where}, example {number}", row, tag=tag, example=example)


def _personas(personas: Sequence[Persona], kind: Kind) -> Iterator[Sampled]:
    for persona in personas:
        if persona.kind == kind:
            yield Sampled(f"persona {persona.id}", persona.file, persona=persona)


def _made_up(rules: Sequence[Rule], kind: Kind) -> Iterator[Sampled]:
    for number, row in enumerate(made_up(rules, kind)):
        yield Sampled(f"made-up file {number}", row)


def _json(file: Sampled, kind: Kind) -> str:
    try:
        return to_json([file.row], kind)[1:-1]
    except ValueError as error:
        raise RegistryError(f"{file.where}: {error}") from None


def _blamed(
    connection: duckdb.DuckDBPyConnection, query: str, files: Sequence[Sampled], said: Sequence[str]
) -> str | None:
    """The sentence about the first file that DuckDB refuses alone."""
    for file, one in zip(files, said, strict=True):
        try:
            connection.execute(query, [f"[{one}]"]).fetchall()
        except duckdb.Error as error:
            return f"{file.where}: a value is of the wrong type: {str(error).splitlines()[0]}"
    return None
