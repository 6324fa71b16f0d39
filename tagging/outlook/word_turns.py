"""On which days each domain word's answer may turn, spelt once for both engines; it answers nothing.

On other days than these a word's answer is that of the day before. A day that turns nothing may be among them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tagging.outlook.days import NEVER, Turns, day_after, reaching
from tagging.rules.words import PENSIONABLE, Call, retires_in

Turning = Callable[[Call], Turns]


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
    days = ("l.since", day_after("l.until", call.engine), *more)
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
