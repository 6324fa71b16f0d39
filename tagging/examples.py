"""Runs every tag's examples on DuckDB; it needs no Spark and reads no table."""

from collections.abc import Iterator, Sequence

import duckdb

from profiles.errors import RegistryError
from profiles.model import KINDS, Kind
from tagging.files import duckdb_rows, to_json
from tagging.registry import Registry
from tagging.rules import to_duckdb
from tagging.tag import Answer, Example, Tag

_ANSWERS: dict[bool | None, Answer] = {True: "yes", False: "no", None: "unknown"}


def contradicted(registry: Registry) -> list[str]:
    """One sentence for each example that the tag's rule answers otherwise.

    Raises RuleError where a rule does not parse, RegistryError where an example is no file.
    """
    return [sentence for kind in KINDS for sentence in _of(registry, kind)]


def _of(registry: Registry, kind: Kind) -> Iterator[str]:
    tags = registry.of(kind)
    asked = [(tag, number, example) for tag in tags for number, example in enumerate(tag.examples, start=1)]
    answers = _answers(registry, tags, asked, kind)
    for (tag, number, example), answer in zip(asked, answers, strict=True):
        if answer != example.expect:
            yield (
                f"tag {tag.id}, example {number}: expected {example.expect}, the rule says {answer}"
                f" of {dict(example.given)} on {example.as_of}"
            )


def _answers(
    registry: Registry, tags: Sequence[Tag], asked: Sequence[tuple[Tag, int, Example]], kind: Kind
) -> list[Answer]:
    if not asked:
        return []
    rows = [_row(tag, number, example) for tag, number, example in asked]
    # Each row is put to its own tag alone: the branches of CASE run on their rows only.
    branches = " ".join(f"WHEN '{tag.id}' THEN {to_duckdb(registry.parsed[tag.id])}" for tag in tags)
    query = f"SELECT CASE subject {branches} END FROM ({duckdb_rows(kind)})"  # noqa: S608  # our own rules
    with duckdb.connect(":memory:") as connection:
        try:
            found = connection.execute(query, [to_json(rows, kind)]).fetchall()
        except duckdb.Error as error:
            raise RegistryError(f"an example of a tag for a file of kind {kind} has a wrong value: {error}") from None
    return [_ANSWERS[answer] for (answer,) in found]


def _row(tag: Tag, number: int, example: Example) -> dict[str, object]:
    row = {**example.given, "subject": tag.id, "as_of": example.as_of}
    try:
        to_json([row], tag.kind)
    except ValueError as error:
        raise RegistryError(f"tag {tag.id}, example {number}: {error}") from None
    return row
