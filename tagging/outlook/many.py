"""The same stretches and changes for millions of files, as native Spark SQL; it starts no Spark and reads no table.

A rule's own turning days alone are asked, as ``STEPS``: days with the rule's answer from each on. Within the lambda
that asks, the name ``as_of`` is the lambda's own, so a rule's SQL stands there as it does everywhere. What becomes of
steps is the same for every rule, and spelt once for all.
"""

from collections.abc import Callable

from tagging.clauses import Clause
from tagging.outlook.turns import in_force, turning_days, turns, validity_turns
from tagging.rules import Rule
from tagging.rules.spark import AT_HAND
from tagging.tag import Tag

STEPS = "ARRAY<STRUCT<day: DATE, yes: BOOLEAN>>"
CHANGES = "ARRAY<STRUCT<tag: STRING, day: DATE, change: STRING>>"

# Before all days that a file may name: what a rule says there it says from the beginning.
_FIRST = "DATE '0001-01-01'"
# A document that is said to expire then does not expire.
_LAST = "DATE '9999-12-31'"

# Words and comparisons that turn once, so that where one of them is true or false it was not so on the other side of
# its day, and others of which that holds where they are true.
_SHARP = frozenset({"aged", "from_day", "report_due", "<", "<=", ">", ">="})
_SHARP_WHERE_TRUE = frozenset({"between", "=", "lives_in", "employed_as"})

# The rule as SQL, given what its answer on the day of the file is called.
Spelt = Callable[[Rule], str]


def steps(rule: Rule, spelt: Spelt) -> str | None:
    """SQL for STEPS over all time, the first before any day of a file; None where the day turns nothing."""
    days = turning_days([rule], AT_HAND)
    return None if days is None else _asked(f"concat(array({_FIRST}), {days})", spelt(rule))


def steps_ahead(tag: Tag, rule: Rule, spelt: Spelt, last: str) -> str:
    """SQL for STEPS after ``as_of`` and up to the day ``last``, the tag's own first and last day among them."""
    days = turning_days([rule], AT_HAND)
    own = ", ".join(f"DATE '{day}'" for day in validity_turns(tag))
    every = f"array({own})" if days is None else f"concat(array({own}), {days})"
    return _asked(f"filter({every}, x -> x > as_of AND x <= {last})", f"{in_force(tag)} AND {spelt(rule)}")


def known_stretch(clause: Clause) -> tuple[str, str] | None:
    """SQL of days by commas, for a file of which the clause is true on ``as_of``.

    The latest of the first ones begins the stretch around that day and the earliest of the others is its last; they
    are NULL where nothing begins or ends it. None where the clause must be asked about its days: where it turns on a
    day of a list, or on one that may turn nothing.
    """
    days: list[str] = []
    for literal in clause:
        found = turns(literal.atom, AT_HAND)
        sharp = literal.atom.word in _SHARP or (literal.positive and literal.atom.word in _SHARP_WHERE_TRUE)
        if found.lists or (found.days and not sharp):
            return None
        days += found.days
    begun = ", ".join(f"CASE WHEN {day} <= as_of THEN {day} END" for day in dict.fromkeys(days))
    ended = ", ".join(
        f"CASE WHEN {day} > as_of AND {day} <= {_LAST} THEN date_sub({day}, 1) END" for day in dict.fromkeys(days)
    )
    return begun, ended


def stretch(steps: str, today: str) -> str:
    """SQL for ``STRUCT<since, until>``: the unbroken stretch of yes around a day on which the answer is yes.

    ``since`` is NULL where nothing begins it, ``until`` where nothing ends it.
    """
    begun = f"CASE WHEN x.day > {today} THEN s.since WHEN x.yes THEN coalesce(s.since, x.day) END"
    ended = f"x.day > {today} AND x.day <= {_LAST} AND s.until IS NULL AND NOT x.yes"
    step = f"named_struct('since', {begun}, 'until', CASE WHEN {ended} THEN date_sub(x.day, 1) ELSE s.until END)"
    none = "CAST(named_struct('since', NULL, 'until', NULL) AS STRUCT<since: DATE, until: DATE>)"
    told = f"named_struct('since', nullif(s.since, {_FIRST}), 'until', s.until)"
    return f"aggregate(sort_array({steps}), {none}, (s, x) -> {step}, s -> {told})"


def changes(tag: str, held: str, steps: str) -> str:
    """SQL for CHANGES: the steps that answer otherwise than the one before, the first of them than ``held``."""
    change = f"named_struct('tag', {tag}, 'day', x.day, 'change', IF(x.yes, 'gained', 'lost'))"
    turned = f"named_struct('held', x.yes, 'found', concat(s.found, array({change})))"
    none = f"named_struct('held', {held}, 'found', CAST(array() AS {CHANGES}))"
    return f"aggregate(sort_array({steps}), {none}, (s, x) -> IF(x.yes = s.held, s, {turned}), s -> s.found)"


def _asked(days: str, rule: str) -> str:
    return f"transform({days}, as_of -> named_struct('day', as_of, 'yes', coalesce({rule}, FALSE)))"
