"""How many files would gain, keep or lose a tag, by district and group, counted on DuckDB; it names nobody.

Groups are age bands for persons and divisions of industry for enterprises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from profiles.errors import RegistryError
from profiles.model import ALIVE, KINDS, Kind
from tagging.groups import district, group
from tagging.outlook.turns import in_force
from tagging.registry import Registry
from tagging.rules import to_duckdb
from tagging.rules.duckdb import DuckDb
from tagging.tag import Tag


@dataclass(frozen=True)
class Count:
    """Files that have the tag by the old registry, by the new one, and those that gain or lose it."""

    had: int
    has: int
    gained: int
    lost: int


@dataclass(frozen=True)
class Reach:
    """Whom a tag reaches: everybody counted, and by district code and group ("" where the file does not say)."""

    tag: str
    kind: Kind
    files: int
    total: Count
    by_district: Mapping[str, Count]
    by_group: Mapping[str, Count]


def reach(old: Registry, new: Registry, tags: Sequence[str], folders: Sequence[Path], day: date) -> tuple[Reach, ...]:
    """Who is reached by each of the tags on ``day``; tags of a kind of which there are no files are left out.

    Args:
        folders: of parquet files of persons or enterprises, one kind each.

    Raises:
        RegistryError: a folder holds no files, or files that lack a column.
    """
    found: dict[Kind, list[Path]] = {}
    for folder in folders:
        found.setdefault(kind_of(folder), []).append(folder)
    with duckdb.connect(":memory:") as connection:
        return tuple(
            _reach(connection, old, new, tag, kind, found[kind], day)
            for kind in KINDS
            if kind in found
            for tag in sorted(tags)
            if kind == _tag(old, new, tag).kind
        )


def kind_of(folder: Path) -> Kind:
    """Whose files the parquet files in the folder are; raises RegistryError where they are nobody's."""
    try:
        with duckdb.connect(":memory:") as connection:
            described = connection.execute(f"DESCRIBE SELECT * FROM {_parquet([folder])}").fetchall()  # noqa: S608
    except duckdb.Error:
        raise RegistryError(f"{folder} holds no parquet files; name the folder of a run of the file tables") from None
    columns = {str(name) for name, *_ in described}
    if {"subject", "facts"} <= columns:
        return "person" if "birth_date" in columns else "enterprise"
    raise RegistryError(f"the parquet files in {folder} are no files of persons or enterprises")


def _reach(
    connection: duckdb.DuckDBPyConnection,
    old: Registry,
    new: Registry,
    tag: str,
    kind: Kind,
    folders: Sequence[Path],
    day: date,
) -> Reach:
    alive = f"identified AND {ALIVE[kind]}" if kind == "person" else ALIVE[kind]
    where = f"{district(kind)} AS district, {group(kind, DuckDb())} AS part"
    told = f"{where}, {_held(old, tag)} AS had, {_held(new, tag)} AS has"
    dated = f"SELECT *, DATE '{day}' AS as_of FROM {_parquet(folders)}"  # noqa: S608  # our own rules
    query = (
        "SELECT district, part, grouping(district, part), count(*), count(*) FILTER (had), count(*) FILTER (has),"  # noqa: S608
        " count(*) FILTER (has AND NOT had), count(*) FILTER (had AND NOT has)"
        f" FROM (SELECT {told} FROM ({dated}) WHERE {alive}) GROUP BY GROUPING SETS ((), (district), (part))"
    )
    try:
        rows = connection.execute(query).fetchall()
    except duckdb.BinderException as error:
        lacking = str(error).splitlines()[0]
        raise RegistryError(
            f"the files in {', '.join(map(str, folders))} are of an earlier version ({lacking}); run"
            " `python -m jobs build` and name its new run"
        ) from None
    total = next((row for row in rows if row[2] == 3), (None, None, 3, 0, 0, 0, 0, 0))
    by_district = {str(row[0]): Count(*row[4:]) for row in rows if row[2] == 1}
    by_group = {str(row[1]): Count(*row[4:]) for row in rows if row[2] == 2}
    return Reach(tag, kind, int(total[3]), Count(*total[4:]), by_district, by_group)


def _tag(old: Registry, new: Registry, name: str) -> Tag:
    return next(tag for registry in (new, old) for tag in registry.tags if tag.id == name)


def _held(registry: Registry, name: str) -> str:
    """SQL: whether the file has the tag by that registry; no where the registry has no such tag."""
    tag = next((tag for tag in registry.tags if tag.id == name), None)
    if tag is None:
        return "FALSE"
    return f"(coalesce({to_duckdb(registry.parsed[name])}, FALSE) AND {in_force(tag)})"


def _parquet(folders: Sequence[Path]) -> str:
    # A quote within a name is doubled: that is all that a text of DuckDB's escapes.
    quoted = ", ".join("'" + str(folder / "*.parquet").replace("'", "''") + "'" for folder in folders)
    return f"read_parquet([{quoted}])"
