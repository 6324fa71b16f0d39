"""One file's tags, since when, until when, and what comes next, on DuckDB; it reads no table and starts no Spark.

For a page that is asked for, a persona's preview, a what-if: the rules are prepared once per kind of file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import compress

import duckdb

from profiles.errors import RuleError
from profiles.model import Kind
from tagging.files import duckdb_rows, quoted, to_json
from tagging.outlook.stretches import Change, changes, stretch
from tagging.outlook.turns import in_force, turning_days, validity_turns
from tagging.registry import Registry
from tagging.rules import Atom, Rule
from tagging.rules.compile import bare_leaves, compiled, joined
from tagging.rules.duckdb import AT_HAND, NAMES
from tagging.tag import Tag


@dataclass(frozen=True)
class Earned:
    """A tag that a file has on its day, and the unbroken stretch around that day."""

    tag: str
    since: date | None
    until: date | None


class OneFile:
    """The tags of one kind of file, prepared for one file at a time; for one thread."""

    def __init__(self, registry: Registry, kind: Kind) -> None:
        """Raises RuleError where a rule does not parse."""
        self._kind, self._tags = kind, registry.of(kind)
        self._connection = duckdb.connect(":memory:", config={"threads": "1"})
        rules = [registry.parsed[tag.id] for tag in self._tags]
        atoms = dict.fromkeys(atom for rule in rules for atom in bare_leaves(rule.tree))
        places = {atom: f"a{place}" for place, atom in enumerate(atoms)}
        answers = ", ".join(["as_of", *(f"{compiled(atom, AT_HAND)} AS {place}" for atom, place in places.items())])
        told = ", ".join(["as_of", *(_held(tag, rule, places) for tag, rule in zip(self._tags, rules, strict=True))])
        starts = ", ".join(f"DATE '{day}'" for day in sorted({date.min}.union(*map(validity_turns, self._tags))))
        turning = turning_days(rules, AT_HAND) or "CAST([] AS DATE[])"
        names = [f"{path} AS {name}" for name, path in NAMES.items() if f"({name}," in f"{answers}{turning}"]
        rows = duckdb_rows(kind, f"{answers} {turning} {names}")
        files = f"WITH files AS MATERIALIZED (SELECT {', '.join(['*', *names])} FROM ({rows}))"  # noqa: S608
        days = f"SELECT unnest(list_distinct(flatten([{turning}, [as_of, {starts}]]))) AS day FROM files"  # noqa: S608
        near = "day BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)"
        chosen = f"SELECT files.* REPLACE (day AS as_of) FROM files, days WHERE {near}"  # noqa: S608
        now = f"{files} SELECT {told} FROM (SELECT {answers} FROM files)"  # noqa: S608
        ahead = f"{files}, days AS ({days}) SELECT {told} FROM (SELECT {answers} FROM ({chosen})) ORDER BY as_of"  # noqa: S608
        self._connection.execute(f"PREPARE now AS {now}; PREPARE days AS {ahead}")

    def close(self) -> None:
        """Let go of the rules; nothing may be asked afterwards."""
        self._connection.close()
        del self._connection

    def tags(self, row: Mapping[str, object]) -> tuple[str, ...]:
        """The ids of the tags that the file has on its ``as_of``, in order. Raises RuleError where it is no file."""
        ((_, held),) = self._answers("now", row)
        return tuple(sorted(held))

    def earned(self, row: Mapping[str, object]) -> tuple[Earned, ...]:
        """The same with their stretches, as ``tagging.apply`` says them."""
        today = _day(row)
        answers = self._answers("days", row, date.min, date.max)
        held = next(tags for day, tags in answers if day == today)
        found = {tag: stretch([(day, tag in tags) for day, tags in answers], today) for tag in sorted(held)}
        return tuple(Earned(tag, each.since, each.until) for tag, each in found.items())

    def outlook(self, row: Mapping[str, object], last: date) -> tuple[Change, ...]:
        """The tags that the file gains and loses after its ``as_of`` and up to the day ``last``, by day and tag."""
        return changes(self._answers("days", row, _day(row), last))

    def _answers(self, prepared: str, row: Mapping[str, object], *days: date) -> list[tuple[date, frozenset[str]]]:
        try:
            said = ", ".join([quoted(to_json([row], self._kind)), *(f"DATE '{day.isoformat()}'" for day in days)])
            found = self._connection.execute(f"EXECUTE {prepared}({said})").fetchall()
        except (ValueError, duckdb.Error) as error:
            raise RuleError(f"this is no file of kind {self._kind}: {error}") from None
        ids = [tag.id for tag in self._tags]
        return [(day, frozenset(compress(ids, held))) for day, *held in found]


def _held(tag: Tag, rule: Rule, places: Mapping[Atom, str]) -> str:
    return f"coalesce({joined(rule.tree, places)}, FALSE) AND {in_force(tag)}"


def _day(row: Mapping[str, object]) -> date:
    day = row.get("as_of")
    return day if isinstance(day, date) else date.fromisoformat(str(day))
