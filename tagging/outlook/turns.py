"""The days on which a rule's answer may change while the file stays as it is, spelt once for both engines.

It answers nothing. Words have their days in ``word_turns``, comparisons here.

Every word and comparison has its turning days: as few as can be read off the file's dates and the rule's own spans.
On other days than these its answer is that of the day before. A day that turns nothing may be among them.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from profiles.model import columns
from tagging.outlook.days import NEVER, Turns, day_after, reaching
from tagging.outlook.word_turns import WORD_TURNS
from tagging.rules import Atom, Rule, leaves
from tagging.rules.comparisons import OF_COLUMN, moved
from tagging.rules.engine import Engine
from tagging.rules.model import Arg
from tagging.rules.words import Call
from tagging.tag import Tag


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
    return (reaching(day_after(column, engine) if later else column, *shift, engine),)


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
