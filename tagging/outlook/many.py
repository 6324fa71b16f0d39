"""The same stretches and changes for millions of files, as native Spark SQL; it starts no Spark and reads no table.

A rule's own turning days alone are asked, as ``STEPS``: days with the rule's answer from each on. Within the lambda
that asks, the name ``as_of`` is the lambda's own, so a rule's SQL stands there as it does everywhere. What becomes of
steps is the same for every rule, and spelt once for all.
"""

from collections.abc import Callable

from tagging.outlook.turns import turning_days, validity_turns
from tagging.rules import Rule
from tagging.rules.spark import Spark
from tagging.tag import Tag

STEPS = "ARRAY<STRUCT<day: DATE, yes: BOOLEAN>>"
CHANGES = "ARRAY<STRUCT<tag: STRING, day: DATE, change: STRING>>"

# Before all days that a file may name: what a rule says there it says from the beginning.
_FIRST = "DATE '0001-01-01'"
# A document that is said to expire then does not expire.
_LAST = "DATE '9999-12-31'"

# The rule as SQL, given what its answer on the day of the file is called.
Spelt = Callable[[Rule], str]


def steps(rule: Rule, spelt: Spelt) -> str | None:
    """SQL for STEPS over all time, the first before any day of a file; None where the day turns nothing."""
    days = turning_days([rule], Spark())
    return None if days is None else _asked(f"concat(array({_FIRST}), {days})", spelt(rule))


def steps_ahead(tag: Tag, rule: Rule, spelt: Spelt, last: str) -> str:
    """SQL for STEPS after ``as_of`` and up to the day ``last``, the tag's own first and last day among them."""
    days = turning_days([rule], Spark())
    own = ", ".join(f"DATE '{day}'" for day in validity_turns(tag))
    every = f"array({own})" if days is None else f"concat(array({own}), {days})"
    return _asked(f"filter({every}, x -> x > as_of AND x <= {last})", f"{in_force(tag)} AND {spelt(rule)}")


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


def in_force(tag: Tag) -> str:
    """SQL: whether the tag's own validity holds on ``as_of``."""
    ends = f" AND as_of <= DATE '{tag.valid_until}'" if tag.valid_until else ""
    return f"as_of >= DATE '{tag.valid_from}'{ends}"


def _asked(days: str, rule: str) -> str:
    return f"transform({days}, as_of -> named_struct('day', as_of, 'yes', coalesce({rule}, FALSE)))"
