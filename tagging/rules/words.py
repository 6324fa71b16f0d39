"""The domain words of the rule language, each defined once for both engines; it never parses or runs a rule.

All words answer as of the day in ``as_of``: what was issued, begun, born or happened later does not count, which is
what lets training look at past days. A NULL list means unknown; within a list, a document without an expiry date
does not expire, a link without an end still holds, and a child without a birth date makes an age unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from profiles.model import KINDS, Kind
from tagging.rules.engine import Engine
from tagging.rules.model import Arg

LINK_KINDS = ("child", "parent", "spouse", "carer", "employer", "mandate", "legal_representative")
EVENT_KINDS = (
    "birth",
    "marriage",
    "divorce",
    "death",
    "moved",
    "graduated",
    "job_started",
    "job_ended",
    "retired",
    "home_bought",
    "vehicle_registered",
    "founded",
)

Takes = Literal["years", "days", "document", "link", "event", "prefix", "service", "tag"]
Args = tuple[Arg, ...]


@dataclass(frozen=True)
class Word:
    """One domain word: who may use it, what arguments it takes, what it reads and how it is spelt in SQL."""

    name: str
    takes: tuple[Takes, ...]
    reads: Callable[[Args, Kind], tuple[str, ...]]
    sql: Callable[[Engine, Args, Kind], str]
    kinds: tuple[Kind, ...] = KINDS
    repeats: bool = False  # the last argument may be given several times


def _years_ago(engine: Engine, years: Arg) -> str:
    return engine.shifted("as_of", -int(years), "YEAR")


def _days_on(engine: Engine, days: Arg) -> str:
    return engine.shifted("as_of", int(days), "DAY")


def _issued(item: str, type_: str) -> str:
    return (
        f"COALESCE({item}.type = {type_} AND {item}.status = 'valid', FALSE)"
        f" AND COALESCE({item}.issued_on <= as_of, TRUE)"
    )


def _aged(engine: Engine, args: Args, kind: Kind) -> str:
    return f"birth_date <= {_years_ago(engine, args[0])}"


def _holds(engine: Engine, args: Args, kind: Kind) -> str:
    return engine.any_of("documents", "d", f"{_issued('d', _text(args[0]))} AND COALESCE(d.expires_on >= as_of, TRUE)")


def _expires_within(engine: Engine, args: Args, kind: Kind) -> str:
    issued, last = _issued("d", _text(args[0])), _days_on(engine, args[1])
    due = engine.any_of("documents", "d", f"{issued} AND COALESCE(d.expires_on BETWEEN as_of AND {last}, FALSE)")
    renewed = engine.any_of("documents", "d", f"{issued} AND COALESCE(d.expires_on > {last}, TRUE)")
    return f"({due}) AND NOT ({renewed})"


def _any_expires_within(engine: Engine, args: Args, kind: Kind) -> str:
    last = _days_on(engine, args[0])
    renewed = engine.any_of("documents", "e", f"{_issued('e', 'd.type')} AND COALESCE(e.expires_on > {last}, TRUE)")
    due = f"{_issued('d', 'd.type')} AND COALESCE(d.expires_on BETWEEN as_of AND {last}, FALSE)"
    return engine.any_of("documents", "d", f"{due} AND NOT ({renewed})")


def _expired_within(engine: Engine, args: Args, kind: Kind) -> str:
    issued, first = _issued("d", _text(args[0])), _days_on(engine, -int(args[1]))
    lapsed = f"COALESCE(d.expires_on < as_of AND d.expires_on >= {first}, FALSE)"
    valid = engine.any_of("documents", "d", f"{issued} AND COALESCE(d.expires_on >= as_of, TRUE)")
    return f"({engine.any_of('documents', 'd', f'{issued} AND {lapsed}')}) AND NOT ({valid})"


def _linked(kind: Arg) -> str:
    return (
        f"COALESCE(l.kind = {_text(kind)}, FALSE) AND COALESCE(l.since <= as_of, TRUE)"
        " AND COALESCE(l.until >= as_of, TRUE)"
    )


def _has(engine: Engine, args: Args, kind: Kind) -> str:
    return engine.any_of("links", "l", _linked(args[0]))


def _has_child_aged(engine: Engine, args: Args, kind: Kind) -> str:
    youngest, oldest = _years_ago(engine, args[0]), _years_ago(engine, args[1])
    born = f"l.birth_date <= {youngest} AND l.birth_date > {oldest}"
    return engine.any_of("links", "l", f"{_linked('child')} AND {born}")


def _within_days_of(engine: Engine, args: Args, kind: Kind) -> str:
    recent = f"e.happened_on <= as_of AND e.happened_on > {_days_on(engine, -int(args[1]))}"
    return engine.any_of("events", "e", f"COALESCE(e.kind = {_text(args[0])}, FALSE) AND {recent}")


def _has_done(engine: Engine, args: Args, kind: Kind) -> str:
    done = f"COALESCE(c.service = {_text(args[0])} AND c.status = 'done', FALSE)"
    return engine.any_of("cases", "c", f"{done} AND COALESCE(c.finished_on <= as_of, FALSE)")


def _lives_in(engine: Engine, args: Args, kind: Kind) -> str:
    if kind == "enterprise":
        return f"division LIKE {_prefix(args[0])}"
    # Where somebody lived before moving here is not in the file, so an earlier day gives unknown.
    return f"CASE WHEN resident_since > as_of THEN NULL ELSE residence_division LIKE {_prefix(args[0])} END"


def _registered_in(engine: Engine, args: Args, kind: Kind) -> str:
    return f"hukou_division LIKE {_prefix(args[0])}"


def _employed_as(engine: Engine, args: Args, kind: Kind) -> str:
    return f"occupation LIKE {_prefix(args[0])} AND COALESCE(employed_since <= as_of, TRUE)"


def _industry_in(engine: Engine, args: Args, kind: Kind) -> str:
    return " OR ".join(f"industry LIKE {_prefix(arg)}" for arg in args)


def _report_due(engine: Engine, args: Args, kind: Kind) -> str:
    return "last_report_year < year(as_of) - 1"


def _text(arg: Arg) -> str:
    # The parser has refused quotes and backslashes, which the engines escape differently.
    return f"'{arg}'"


def _prefix(arg: Arg) -> str:
    return f"'{arg}%'"


def _facts(*columns: str) -> Callable[[Args, Kind], tuple[str, ...]]:
    return lambda args, kind: tuple(f"fact:{column}" for column in columns)


def _named(family: str) -> Callable[[Args, Kind], tuple[str, ...]]:
    return lambda args, kind: (f"{family}:{args[0]}",)


def _no_sql(engine: Engine, args: Args, kind: Kind) -> str:
    raise AssertionError("tag('...') is replaced by its rule before compilation")


def _division(args: Args, kind: Kind) -> tuple[str, ...]:
    return ("fact:residence_division",) if kind == "person" else ("fact:division",)


_PERSON: tuple[Kind, ...] = ("person",)
_ENTERPRISE: tuple[Kind, ...] = ("enterprise",)

WORDS: dict[str, Word] = {
    word.name: word
    for word in (
        Word("aged", ("years",), _facts("birth_date"), _aged, _PERSON),
        Word("holds", ("document",), _named("document"), _holds),
        Word("expires_within", ("document", "days"), _named("document"), _expires_within),
        Word("expired_within", ("document", "days"), _named("document"), _expired_within),
        Word("any_expires_within", ("days",), lambda args, kind: ("document:*",), _any_expires_within),
        Word("has", ("link",), _named("link"), _has),
        Word("has_child_aged", ("years", "years"), lambda args, kind: ("link:child",), _has_child_aged, _PERSON),
        Word("within_days_of", ("event", "days"), _named("event"), _within_days_of),
        Word("has_done", ("service",), _named("case"), _has_done),
        Word("lives_in", ("prefix",), _division, _lives_in),
        Word("registered_in", ("prefix",), _facts("hukou_division"), _registered_in, _PERSON),
        Word("employed_as", ("prefix",), _facts("occupation"), _employed_as, _PERSON),
        Word("industry_in", ("prefix",), _facts("industry"), _industry_in, _ENTERPRISE, repeats=True),
        Word("report_due", (), _facts("last_report_year"), _report_due, _ENTERPRISE),
        Word("tag", ("tag",), _named("tag"), _no_sql),
    )
}
