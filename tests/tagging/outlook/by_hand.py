"""Tags of every day, asked day by day: what the outlook must equal."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
from hypothesis import strategies as st

from profiles.model import Kind
from tagging.files import duckdb_rows, to_json
from tagging.registry import Registry
from tagging.rules import Atom, Rule, to_duckdb
from tagging.tag import Tag
from tests.tagging.rules.strategies import DAYS, SPANS, rules
from tests.tagging.sample import registry, tag

HORIZON = 800
BACK = 800


def each_day(row: Mapping[str, object], tags: Registry, kind: Kind) -> list[tuple[date, frozenset[str]]]:
    """The file's tags on every day from BACK days before its own to HORIZON days after it, by DuckDB."""
    own = [(each, tags.parsed[each.id]) for each in tags.of(kind)]
    return [
        (day, frozenset(each.id for (each, _), yes in zip(own, answers, strict=True) if yes and in_force(each, day)))
        for _, day, *answers in daily([row], [rule for _, rule in own], kind)
    ]


def daily(rows: Sequence[Mapping[str, object]], asked: Sequence[Rule | Atom], kind: Kind) -> list[tuple[Any, ...]]:
    """(subject, day, answer of each asked) by subject and day, from BACK days before to HORIZON days after a file's."""
    days = f"unnest(generate_series(as_of - {BACK}, as_of + {HORIZON}, INTERVAL 1 DAY))::DATE AS day"
    files = f"SELECT * REPLACE (day AS as_of) FROM (SELECT {days}, * FROM ({duckdb_rows(kind)}))"  # noqa: S608
    query = f"SELECT subject, as_of, {', '.join(map(to_duckdb, asked))} FROM ({files}) ORDER BY 1, 2"  # noqa: S608
    with duckdb.connect(":memory:") as connection:
        return connection.execute(query, [to_json(rows, kind)]).fetchall()


def in_force(each: Tag, day: date) -> bool:
    return each.valid_from <= day and (each.valid_until is None or day <= each.valid_until)


@st.composite
def registries(draw: st.DrawFn, kind: Kind, size: int = 12) -> Registry:
    """Tags by random rules; some begin or end on a day near those of the files."""
    found = []
    for number in range(size):
        first = draw(st.just(date(1900, 1, 1)) | DAYS)
        last = draw(st.none() | st.builds(lambda days, first=first: first + timedelta(days=days), SPANS))
        found.append(tag(f"tag{number:02}", draw(rules(kind)), kind, first, last))
    return registry(*found)
