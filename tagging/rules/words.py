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

LINK_KINDS = ("child", "parent", "spouse", "carer", "cared_for", "employer", "mandate", "legal_representative")
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
    "labour_dispute",
    "founded",
)

Takes = Literal["years", "days", "day", "document", "link", "event", "prefix", "service", "tag"]

# Statutory retirement, 国务院关于渐进式延迟法定退休年龄的办法 (2025): the age before, born from when it rises, by one
# month for how many months of birth, and by how many months at most.
_MEN, _WOMEN_55, _WOMEN_50 = (60, "1965-01-01", 4, 36), (55, "1970-01-01", 4, 36), (50, "1975-01-01", 2, 60)
PENSIONABLE = (_MEN, _WOMEN_55, _WOMEN_50)
# Women in managing and technical posts retire later than other women. A file knows no posts: schooling stands for them.
_TRAINED = "('college', 'bachelor', 'master', 'doctor')"


@dataclass(frozen=True)
class Call:
    """A word called in a rule on a file of ``kind``, to be spelt for ``engine``."""

    engine: Engine
    args: tuple[Arg, ...]
    kind: Kind

    def any_of(self, column: str, item: str, predicate: str, of: Arg | None = None) -> str:
        return self.engine.any_of(column, item, predicate, None if of is None else str(of))

    def years_ago(self, years: Arg) -> str:
        return self.engine.shifted("as_of", -int(years), "YEAR")

    def days_on(self, days: Arg) -> str:
        return self.engine.shifted("as_of", int(days), "DAY")


@dataclass(frozen=True)
class Word:
    """One domain word: who may use it, what arguments it takes, what it reads and how it is spelt in SQL.

    ``reads`` are templates over the arguments; ``{division}`` is the column that says where the subject is.
    """

    name: str
    takes: tuple[Takes, ...]
    reads: tuple[str, ...]
    sql: Callable[[Call], str]
    kinds: tuple[Kind, ...] = KINDS
    repeats: bool = False  # the last argument may be given several times

    def reading(self, args: tuple[Arg, ...], kind: Kind) -> tuple[str, ...]:
        """What this word reads when called with these arguments, e.g. ``("document:HKM_PERMIT",)``."""
        division = "residence_division" if kind == "person" else "division"
        return tuple(template.format(*args, division=division) for template in self.reads)


def _issued(item: str, type_: str) -> str:
    return (
        f"COALESCE({item}.type = {type_} AND {item}.status = 'valid', FALSE)"
        f" AND COALESCE({item}.issued_on <= as_of, TRUE)"
    )


def _aged(call: Call) -> str:
    return f"birth_date <= {call.years_ago(call.args[0])}"


def _holds(call: Call) -> str:
    return call.any_of(
        "documents",
        "d",
        f"{_issued('d', _text(call.args[0]))} AND COALESCE(d.expires_on >= as_of, TRUE)",
        of=call.args[0],
    )


def _expires_within(call: Call) -> str:
    issued, last = _issued("d", _text(call.args[0])), call.days_on(call.args[1])
    ends, type_ = f"{issued} AND COALESCE(d.expires_on BETWEEN as_of AND {last}, FALSE)", call.args[0]
    due = call.any_of("documents", "d", ends, of=type_)
    renewed = call.any_of("documents", "d", f"{issued} AND COALESCE(d.expires_on > {last}, TRUE)", of=type_)
    return f"({due}) AND NOT ({renewed})"


def _any_expires_within(call: Call) -> str:
    last = call.days_on(call.args[0])
    renewed = call.any_of("documents", "e", f"{_issued('e', 'd.type')} AND COALESCE(e.expires_on > {last}, TRUE)")
    due = f"{_issued('d', 'd.type')} AND COALESCE(d.expires_on BETWEEN as_of AND {last}, FALSE)"
    return call.any_of("documents", "d", f"{due} AND NOT ({renewed})")


def _expired_within(call: Call) -> str:
    issued, first = _issued("d", _text(call.args[0])), call.days_on(-int(call.args[1]))
    lapsed = f"COALESCE(d.expires_on < as_of AND d.expires_on >= {first}, FALSE)"
    valid = call.any_of("documents", "d", f"{issued} AND COALESCE(d.expires_on >= as_of, TRUE)", of=call.args[0])
    return f"({call.any_of('documents', 'd', f'{issued} AND {lapsed}', of=call.args[0])}) AND NOT ({valid})"


def _linked(kind: Arg, item: str = "l") -> str:
    return (
        f"COALESCE({item}.kind = {_text(kind)}, FALSE) AND COALESCE({item}.since <= as_of, TRUE)"
        f" AND COALESCE({item}.until >= as_of, TRUE)"
    )


def _has(call: Call) -> str:
    return call.any_of("links", "l", _linked(call.args[0]), of=call.args[0])


def _has_child_aged(call: Call) -> str:
    youngest, oldest = call.years_ago(call.args[0]), call.years_ago(call.args[1])
    born = f"l.birth_date <= {youngest} AND l.birth_date > {oldest}"
    return call.any_of("links", "l", f"{_linked('child')} AND {born}", of="child")


def _has_two_children_under(call: Call) -> str:
    oldest = call.years_ago(call.args[0])
    # A newborn without a number of its own is told apart by its birth.
    another = "(COALESCE(m.other, '') <> COALESCE(l.other, '') OR COALESCE(m.birth_date <> l.birth_date, FALSE))"
    second = call.any_of(
        "links", "m", f"{_linked('child', 'm')} AND m.birth_date <= as_of AND m.birth_date > {oldest} AND {another}"
    )
    return call.any_of(
        "links", "l", f"{_linked('child')} AND l.birth_date <= as_of AND l.birth_date > {oldest} AND ({second})"
    )


def _has_parent_aged(call: Call) -> str:
    born = f"l.birth_date <= {call.years_ago(call.args[0])}"
    return call.any_of("links", "l", f"{_linked('parent')} AND {born}", of="parent")


def _pension_age_within(call: Call) -> str:
    months = int(call.args[0]) * 12
    later, sooner = _pensionable(_WOMEN_55, months), _pensionable(_WOMEN_50, months)
    woman = f"({later}) OR (({sooner}) AND education NOT IN {_TRAINED})"
    return f"CASE WHEN sex = 'male' THEN {_pensionable(_MEN, months)} WHEN sex = 'female' THEN {woman} END"


def retires_in(terms: tuple[int, str, int, int]) -> str:
    """SQL of the month, as ``year * 12 + month``, in which a person comes of pensionable age by one of PENSIONABLE."""
    age, rises, births, most = terms
    start = int(rises[:4]) * 12 + 1
    born = "(year(birth_date) * 12 + month(birth_date))"
    later = (
        f"CASE WHEN birth_date < DATE '{rises}' THEN 0 ELSE least({most}, floor(({born} - {start}) / {births}) + 1) END"
    )
    return f"({born} + {age * 12} + {later})"


def _pensionable(terms: tuple[int, str, int, int], ahead: int) -> str:
    return f"year(as_of) * 12 + month(as_of) + {ahead} >= {retires_in(terms)}"


def _from_day(call: Call) -> str:
    return f"as_of >= DATE {_text(call.args[0])}"


def _within_days_of(call: Call) -> str:
    recent = f"e.happened_on <= as_of AND e.happened_on > {call.days_on(-int(call.args[1]))}"
    return call.any_of("events", "e", f"COALESCE(e.kind = {_text(call.args[0])}, FALSE) AND {recent}", of=call.args[0])


def _has_done(call: Call) -> str:
    done = f"COALESCE(c.service = {_text(call.args[0])} AND c.status = 'done', FALSE)"
    return call.any_of("cases", "c", f"{done} AND COALESCE(c.finished_on <= as_of, FALSE)", of=call.args[0])


def _lives_in(call: Call) -> str:
    if call.kind == "enterprise":
        return _starts("division", call.args)
    # Where somebody lived before moving here is not in the file, so an earlier day gives unknown.
    return f"CASE WHEN resident_since > as_of THEN NULL ELSE {_starts('residence_division', call.args)} END"


def _registered_in(call: Call) -> str:
    return _starts("hukou_division", call.args)


def _employed_as(call: Call) -> str:
    return (
        f"({_starts('COALESCE(occupation, occupation_read)', call.args)}) AND COALESCE(employed_since <= as_of, TRUE)"
    )


def _industry_in(call: Call) -> str:
    read = _read(call, f"COALESCE(t.main, FALSE) AND ({_starts('t.industry', call.args)})")
    return f"CASE WHEN industry IS NOT NULL THEN {_starts('industry', call.args)} ELSE {read} END"


def _trade_in(call: Call) -> str:
    return f"COALESCE({_starts('industry', call.args)}, FALSE) OR ({_read(call, _starts('t.industry', call.args))})"


def _needs_permit(call: Call) -> str:
    return call.any_of("permits_needed", "p", f"p.type = {_text(call.args[0])}")


def _read(call: Call, predicate: str) -> str:
    """Unknown where nothing sure was read; else a scope says all that a firm does, so what it leaves out is a no."""
    return f"CASE WHEN {call.any_of('trades', 't', 'TRUE')} THEN {call.any_of('trades', 't', predicate)} END"


def _report_due(_call: Call) -> str:
    return "last_report_year < year(as_of) - 1"


def _text(arg: Arg) -> str:
    # The parser has refused quotes and backslashes, which the engines escape differently.
    return f"'{arg}'"


def _starts(column: str, prefixes: tuple[Arg, ...]) -> str:
    return " OR ".join(f"{column} LIKE '{prefix}%'" for prefix in prefixes)


def _no_sql(_call: Call) -> str:
    raise AssertionError("tag('...') is replaced by its rule before compilation")


_PERSON: tuple[Kind, ...] = ("person",)
_ENTERPRISE: tuple[Kind, ...] = ("enterprise",)

WORDS: dict[str, Word] = {
    word.name: word
    for word in (
        Word("aged", ("years",), ("fact:birth_date",), _aged, _PERSON),
        Word("holds", ("document",), ("document:{0}",), _holds),
        Word("expires_within", ("document", "days"), ("document:{0}",), _expires_within),
        Word("expired_within", ("document", "days"), ("document:{0}",), _expired_within),
        Word("any_expires_within", ("days",), ("document:*",), _any_expires_within),
        Word("has", ("link",), ("link:{0}",), _has),
        Word("has_child_aged", ("years", "years"), ("link:child",), _has_child_aged, _PERSON),
        Word("has_two_children_under", ("years",), ("link:child",), _has_two_children_under, _PERSON),
        Word("has_parent_aged", ("years",), ("link:parent",), _has_parent_aged, _PERSON),
        Word(
            "pension_age_within",
            ("years",),
            ("fact:birth_date", "fact:sex", "fact:education"),
            _pension_age_within,
            _PERSON,
        ),
        Word("from_day", ("day",), (), _from_day),
        Word("within_days_of", ("event", "days"), ("event:{0}",), _within_days_of),
        Word("has_done", ("service",), ("case:{0}",), _has_done),
        Word("lives_in", ("prefix",), ("fact:{division}",), _lives_in, repeats=True),
        Word("registered_in", ("prefix",), ("fact:hukou_division",), _registered_in, _PERSON, repeats=True),
        Word("employed_as", ("prefix",), ("fact:occupation", "fact:job_title"), _employed_as, _PERSON, repeats=True),
        Word("industry_in", ("prefix",), ("fact:industry", "fact:scope"), _industry_in, _ENTERPRISE, repeats=True),
        Word("trade_in", ("prefix",), ("fact:industry", "fact:scope"), _trade_in, _ENTERPRISE, repeats=True),
        Word("needs_permit", ("document",), ("fact:scope",), _needs_permit, _ENTERPRISE),
        Word("report_due", (), ("fact:last_report_year",), _report_due, _ENTERPRISE),
        Word("tag", ("tag",), ("tag:{0}",), _no_sql),
    )
}
