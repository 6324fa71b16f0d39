"""The days on which an answer may change while the file stays as it is, spelt once for both engines.

It answers nothing.

Every word and comparison has its turning days: as few as can be read off the file's dates and the rule's own spans.
On other days than these its answer is that of the day before. A day that turns nothing may be among them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from profiles.model import columns
from tagging.rules import Atom, Rule, leaves
from tagging.rules.comparisons import OF_COLUMN, moved
from tagging.rules.engine import Engine, Unit
from tagging.rules.model import Arg
from tagging.rules.words import PENSIONABLE, Call, retires_in
from tagging.tag import Tag


@dataclass(frozen=True)
class Turns:
    """SQL of single DATEs, NULL where the file has none, and SQL of lists of DATEs."""

    days: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


Turning = Callable[[Call], Turns]

NEVER = Turns()


def turning_days(asked: Iterable[Rule | Atom], engine: Engine) -> str | None:
    """SQL for ``ARRAY<DATE>``, NULLs among them: when any of ``asked`` may turn. None where nothing ever does."""
    found = [turns(atom, engine) for one in asked for atom in ([one] if isinstance(one, Atom) else one.atoms)]
    days = dict.fromkeys(day for one in found for day in one.days)
    lists = dict.fromkeys(each for one in found for each in one.lists)
    return engine.dates(tuple(lists), tuple(days)) if days or lists else None


def in_force(tag: Tag) -> str:
    """SQL: whether the tag's own validity holds on ``as_of``."""
    ends = f" AND as_of <= DATE '{tag.valid_until}'" if tag.valid_until else ""
    return f"as_of >= DATE '{tag.valid_from}'{ends}"


def validity_turns(tag: Tag) -> tuple[date, ...]:
    """The tag's own first day, and the day after its last."""
    return (tag.valid_from, tag.valid_until + timedelta(days=1)) if tag.valid_until else (tag.valid_from,)


def turns(atom: Atom, engine: Engine) -> Turns:
    """When the atom's answer may change, for a file whose columns the SQL names."""
    if atom.inner is not None:
        found = [turns(each, engine) for each in leaves(atom.inner)]
        days = tuple(dict.fromkeys(day for one in found for day in one.days))
        return Turns(days, tuple(dict.fromkeys(each for one in found for each in one.lists)))
    if atom.word in WORD_TURNS:
        return WORD_TURNS[atom.word](Call(engine, atom.args, atom.kind))
    return COMPARISON_TURNS[atom.word.removesuffix(OF_COLUMN)](atom, engine)


def reaching(date: str, amount: int, unit: Unit, engine: Engine) -> str:
    """SQL of the first day that, moved by ``amount`` units, is ``date`` or later.

    A birthday of 29 February comes on 1 March where the year has none: the day before, moved back by whole years,
    is 28 February.
    """
    moved_back = engine.shifted(date, -amount, unit)
    if unit == "DAY" or amount == 0:
        return moved_back if amount else date
    cut = f"day({moved_back}) < day({date})"
    return f"CASE WHEN {cut} THEN {engine.shifted(moved_back, 1, 'DAY')} ELSE {moved_back} END"


def _after(date: str, engine: Engine) -> str:
    return engine.shifted(date, 1, "DAY")


def _aged(call: Call) -> Turns:
    return Turns((reaching("birth_date", -int(call.args[0]), "YEAR", call.engine),))


def _documents(call: Call, *moves: int) -> Turns:
    """When one is issued, and so many days after it expires."""
    type_ = None if isinstance(call.args[0], int) else call.args[0]
    named = "TRUE" if type_ is None else f"COALESCE(d.type = '{type_}', FALSE)"
    days = ("d.issued_on", *(call.engine.shifted("d.expires_on", move, "DAY") for move in moves))
    return Turns(lists=(call.engine.days_of("documents", "d", f"{named} AND d.status = 'valid'", days, of=type_),))


def _holds(call: Call) -> Turns:
    return _documents(call, 1)


def _expires_within(call: Call) -> Turns:
    return _documents(call, -int(call.args[-1]), 1)


def _expired_within(call: Call) -> Turns:
    return _documents(call, 1, int(call.args[1]) + 1)


def _has(call: Call) -> Turns:
    return _links(call, str(call.args[0]))


def _links(call: Call, kind: str, *more: str) -> Turns:
    days = ("l.since", _after("l.until", call.engine), *more)
    return Turns(lists=(call.engine.days_of("links", "l", f"COALESCE(l.kind = '{kind}', FALSE)", days, of=kind),))


def _has_child_aged(call: Call) -> Turns:
    return _relatives(call, "child")


def _has_two_children_under(call: Call) -> Turns:
    return _relatives(call, "child", "l.birth_date")


def _has_parent_aged(call: Call) -> Turns:
    return _relatives(call, "parent")


def _relatives(call: Call, kind: str, *more: str) -> Turns:
    """When such links begin and end, and when whom they name comes of each of the ages."""
    birthdays = (reaching("l.birth_date", -int(years), "YEAR", call.engine) for years in call.args)
    return _links(call, kind, *more, *birthdays)


def _within_days_of(call: Call) -> Turns:
    kind, days = call.args
    window = ("e.happened_on", call.engine.shifted("e.happened_on", int(days), "DAY"))
    named = f"COALESCE(e.kind = '{kind}', FALSE)"
    return Turns(lists=(call.engine.days_of("events", "e", named, window, of=str(kind)),))


def _has_done(call: Call) -> Turns:
    named = f"COALESCE(c.service = '{call.args[0]}', FALSE)"
    return Turns(lists=(call.engine.days_of("cases", "c", named, ("c.finished_on",), of=str(call.args[0])),))


def _lives_in(call: Call) -> Turns:
    return Turns(("resident_since",)) if call.kind == "person" else NEVER


def _employed_as(_call: Call) -> Turns:
    return Turns(("employed_since",))


def _report_due(_call: Call) -> Turns:
    # Years that no calendar writes with four digits would be refused by the engines.
    due = "make_date(last_report_year + 2, 1, 1)"
    return Turns((f"CASE WHEN last_report_year BETWEEN 1 AND 9990 THEN {due} END",))


def _pension_age_within(call: Call) -> Turns:
    months = (f"({retires_in(terms)} - {int(call.args[0]) * 12})" for terms in PENSIONABLE)
    return Turns(tuple(_first_of(month) for month in months))


def _first_of(month: str) -> str:
    """SQL of the first day of a month, counted as ``year * 12 + month``."""
    year = f"floor(({month} - 1) / 12)"
    return f"make_date(CAST({year} AS INT), CAST({month} - 12 * {year} AS INT), 1)"


def _from_day(call: Call) -> Turns:
    return Turns((f"DATE '{call.args[0]}'",))


def _never(_call: Call) -> Turns:
    return NEVER


WORD_TURNS: Mapping[str, Turning] = MappingProxyType(
    {
        "aged": _aged,
        "holds": _holds,
        "expires_within": _expires_within,
        "expired_within": _expired_within,
        "any_expires_within": _expires_within,
        "has": _has,
        "has_child_aged": _has_child_aged,
        "has_two_children_under": _has_two_children_under,
        "has_parent_aged": _has_parent_aged,
        "pension_age_within": _pension_age_within,
        "within_days_of": _within_days_of,
        "has_done": _has_done,
        "lives_in": _lives_in,
        "registered_in": _never,
        "employed_as": _employed_as,
        "industry_in": _never,
        "trade_in": _never,
        "needs_permit": _never,
        "report_due": _report_due,
        "from_day": _from_day,
    }
)


def _fixed(_atom: Atom, _engine: Engine) -> Turns:
    return NEVER


def _below(atom: Atom, engine: Engine) -> Turns:
    """``column <= day`` comes true when the day reaches the column; ``>`` then comes false."""
    return Turns(_reached(atom, atom.args[1], engine, later=False))


def _under(atom: Atom, engine: Engine) -> Turns:
    """``column < day`` comes true when the day has passed the column; ``>=`` then comes false."""
    return Turns(_reached(atom, atom.args[1], engine, later=True))


def _same(atom: Atom, engine: Engine) -> Turns:
    both = [_reached(atom, value, engine, later=later) for value in atom.args[1:] for later in (False, True)]
    return Turns(tuple(day for days in both for day in days))


def _between(atom: Atom, engine: Engine) -> Turns:
    low, high = atom.args[1:]
    return Turns((*_reached(atom, low, engine, later=True), *_reached(atom, high, engine, later=False)))


def _reached(atom: Atom, value: Arg, engine: Engine, *, later: bool) -> tuple[str, ...]:
    column = str(atom.args[0])
    shift = moved(value) if columns(atom.kind)[column] == "DATE" else None
    if shift is None or atom.word.endswith(OF_COLUMN):
        return ()
    return (reaching(_after(column, engine) if later else column, *shift, engine),)


COMPARISON_TURNS: Mapping[str, Callable[[Atom, Engine], Turns]] = MappingProxyType(
    {
        "=": _same,
        "<>": _same,
        "<": _under,
        ">=": _under,
        "<=": _below,
        ">": _below,
        "between": _between,
        "in": _same,
        "like": _fixed,
        "is_null": _fixed,
        "true": _fixed,
    }
)
