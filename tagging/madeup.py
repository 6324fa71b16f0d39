"""Files made up from the values that rules name, every column of them known; nothing in them is drawn by chance.

They are no likely people: they are there so that a rule which is always or never true is seen to be.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from profiles.model import Kind
from tagging.files import Shape, shape
from tagging.language import vocabulary
from tagging.rules import Atom, Rule, Tree, leaves
from tagging.rules.words import WORDS

FILES = 100
_FIRST_DAY = date(2024, 2, 29)

# Days before and after the file's day, from tomorrow to a long life.
_AHEAD = (0, 1, 20, 50, 80, 150, 280, 700, 2000)
_BEHIND = (*_AHEAD, 1500, 2500, 5000, 6000, 8000, 11000, 14500, 18000, 20000, 22500, 26000, 30000, 34000)
_WORDS_OF_COLUMNS = {
    "registered_in": "hukou_division",
    "lives_in": "residence_division",
    "employed_as": "occupation",
    "industry_in": "industry",
    "trade_in": "industry",
}
_FIELDS = {"links": ("has",), "events": ("within_days_of",), "cases": ("has_done",)}
_SHIFT = re.compile(r"as_of [+-] INTERVAL (?P<amount>\d+) (?P<unit>DAY|MONTH|YEAR)")
_UNITS = {"days": 1, "years": 365, "DAY": 1, "MONTH": 30, "YEAR": 365}
_SPANS = "days to and fro"  # no column is called so
_UNNAMED = "99"  # no code of a division, an industry or an occupation begins so
_PAST = ("birth_date", "issued_on", "happened_on", "founded_on")
_LINKS = ("child", "parent", "spouse", "mandate")


def made_up(rules: Sequence[Rule], kind: Kind) -> Iterator[dict[str, object]]:
    """``FILES`` files of ``kind``, the same for the same rules."""
    named = _named(atom for rule in rules for atom in _bare(rule.tree))
    for number in range(FILES):
        as_of = _FIRST_DAY + timedelta(days=11 * number)
        maker = _Maker(number, as_of, named)
        yield {**maker.item("", shape(kind)), "subject": f"made up {number}", "as_of": as_of}


class _Maker:
    """One file in the making: each value is picked by the file's number and the value's own place."""

    def __init__(self, number: int, as_of: date, named: Mapping[str, Sequence[Any]]) -> None:
        self._number, self._as_of, self._named = number, as_of, named

    def item(self, place: str, fields: Mapping[str, Shape]) -> dict[str, object]:
        return {name: self._value(f"{place}{name}", name, shape) for name, shape in fields.items()}

    def _value(self, place: str, name: str, wanted: Shape) -> object:
        if isinstance(wanted, list):
            count = 0 if name == "facts" else self._pick(f"{place} count", (0, 1, 2, 4))
            return [self.item(f"{place}.{at}.", wanted[0]) for at in range(count)]
        if wanted == "DATE":
            return self._day(place, name)
        if wanted == "BOOLEAN":
            return self._pick(place, (True, True, False))
        if name == "last_report_year":
            return self._as_of.year - self._pick(place, (0, 1, 2, 3))
        kept = self._named.get(place.rpartition(".")[0].partition(".")[0] + "." + name if "." in place else name)
        plain: Sequence[Any] = {"INT": (0, 1, 3, 25, 100, 200, 400), "DOUBLE": (0.5, 2e4, 3e6, 2e8)}.get(
            str(wanted), ("x",)
        )
        return self._pick(place, kept or plain)

    def _day(self, place: str, name: str) -> date:
        ahead = name not in _PAST and self._pick(f"{place} way", (False, True))
        days = self._pick(place, (*(_AHEAD if ahead else _BEHIND), *self._named[_SPANS]))
        return self._as_of + timedelta(days=days if ahead else -days)

    def _pick(self, place: str, options: Sequence[Any]) -> Any:
        return options[crc32(f"{self._number} {place}".encode()) % len(options)]


def _named(atoms: Iterator[Atom]) -> dict[str, list[Any]]:
    """Column, or list and field → the values that vocabulary.yaml and the rules name."""
    found: dict[str, dict[Any, None]] = {
        column: dict.fromkeys(known) for column, known in vocabulary()["values"].items() if isinstance(known, dict)
    }
    for atom in atoms:
        for place, value in _values(atom):
            # Beside what rules name stands something that none of them does.
            named = found.setdefault(place, {_UNNAMED: None} if isinstance(value, str) else {})
            named[value] = None
    found.setdefault(_SPANS, {})
    found.setdefault("documents.status", {}).update({"valid": None, "revoked": None})
    found.setdefault("cases.status", {}).update({"done": None, "failed": None})
    found.setdefault("links.kind", {}).update(dict.fromkeys(_LINKS))
    return {place: list(values) for place, values in found.items()}


def _values(atom: Atom) -> Iterator[tuple[str, Any]]:
    yield from ((_SPANS, days) for days in _spans(atom))
    if column := _WORDS_OF_COLUMNS.get(atom.word):
        for prefix in atom.args:
            yield column, prefix
            yield column.removeprefix("residence_"), prefix
            yield "trades.industry", prefix
    elif atom.word == "needs_permit":
        yield "permits_needed.type", atom.args[0]
    elif atom.reads and atom.reads[0].startswith("document:"):
        yield "documents.type", atom.reads[0].partition(":")[2].replace("*", "ID_CARD")
    elif nested := next((name for name, words in _FIELDS.items() if atom.word in words), None):
        yield f"{nested}.{'service' if nested == 'cases' else 'kind'}", atom.args[0]
    elif atom.word in ("=", "<>", "in", "like", "<", "<=", ">", ">=", "between"):
        for value in atom.args[1:]:
            if isinstance(value, int):
                yield from ((str(atom.args[0]), near) for near in (value - 1, value, value + 1))
            elif not value.startswith("as_of") and "." not in value:
                yield str(atom.args[0]), value.strip("%")


def _spans(atom: Atom) -> Iterator[int]:
    """Days on both sides of what the atom counts in days or years."""
    word = WORDS.get(atom.word)
    told = zip(word.takes, atom.args, strict=False) if word else _shifts(atom)
    for unit, amount in told:
        if unit in _UNITS:
            days = int(amount) * _UNITS[unit]
            yield from (max(days - 3, 0), days + 3, days + days // 10)


def _shifts(atom: Atom) -> Iterator[tuple[str, str]]:
    for arg in atom.args[1:]:
        if shift := _SHIFT.fullmatch(str(arg)):
            yield shift["unit"], shift["amount"]


def _bare(tree: Tree) -> Iterator[Atom]:
    for atom in leaves(tree):
        yield from [atom] if atom.inner is None else _bare(atom.inner)
