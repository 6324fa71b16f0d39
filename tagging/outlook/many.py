"""The same stretches and changes for millions of files, as native Spark SQL; it starts no Spark and reads no table.

Within a lambda over a rule's turning days the name ``as_of`` is the lambda's own, so the rule's SQL stands there as it
is everywhere. The column of the day to answer for must be at hand by another name too, here ``TODAY``.
"""

from tagging.outlook.turns import turning_days, validity_turns
from tagging.rules import Rule, to_spark
from tagging.rules.spark import Spark
from tagging.tag import Tag

TODAY = "_today"

# Before all days that a file may name: what a rule says there it says from the beginning.
_FIRST = "DATE '0001-01-01'"
_LAST = "DATE '9999-12-31'"
_STRETCH = "STRUCT<since: DATE, until: DATE>"
_CHANGE = "STRUCT<tag: STRING, day: DATE, change: STRING>"
CHANGES = f"ARRAY<{_CHANGE}>"


def stretch(tag: Tag, rule: Rule) -> str:
    """SQL for ``STRUCT<since, until>`` around TODAY, for a file that has the tag on that day.

    ``since`` is the first day of the unbroken stretch on which the rule is true of the file as it is now, not before
    the tag's own first day; ``until`` its last day, NULL where no date in the file or of the tag ends it.
    """
    last = f"DATE '{tag.valid_until}'" if tag.valid_until else "CAST(NULL AS DATE)"
    first = f"DATE '{tag.valid_from}'"
    days = turning_days([rule], Spark())
    if days is None:
        return f"named_struct('since', {first}, 'until', {last})"
    # From the first turning day on: the stretch that a day before TODAY begins starts anew after each break, and the
    # first break after TODAY ends it.
    begun = f"CASE WHEN as_of > {TODAY} THEN s.since WHEN {to_spark(rule)} THEN coalesce(s.since, as_of) END"
    ends = f"as_of > {TODAY} AND as_of <= {_LAST} AND s.until IS NULL AND NOT coalesce({to_spark(rule)}, FALSE)"
    step = f"named_struct('since', {begun}, 'until', CASE WHEN {ends} THEN date_sub(as_of, 1) ELSE s.until END)"
    none = f"CAST(named_struct('since', NULL, 'until', NULL) AS {_STRETCH})"
    told = f"named_struct('since', greatest(s.since, {first}), 'until', least(s.until, {last}))"
    return f"aggregate(array_sort(concat(array({_FIRST}), {days})), {none}, (s, as_of) -> {step}, s -> {told})"


def changes(tag: Tag, rule: Rule, months: int) -> str:
    """SQL for CHANGES after TODAY and within so many months of it; NULL where nothing may turn in the file."""
    days = turning_days([rule], Spark())
    own = [f"DATE '{day}'" for day in validity_turns(tag)]
    every = f"concat({days or 'array()'}, array({', '.join(own)}))"
    ahead = f"filter({every}, x -> x > {TODAY} AND x <= add_months({TODAY}, {months}))"
    yes = f"{in_force(tag)} AND coalesce({to_spark(rule)}, FALSE)"
    change = f"named_struct('tag', '{tag.id}', 'day', as_of, 'change', IF(s.held, 'lost', 'gained'))"
    step = (
        f"CASE WHEN ({yes}) = s.held THEN s"
        f" ELSE named_struct('held', NOT s.held, 'found', concat(s.found, array({change}))) END"
    )
    none = f"named_struct('held', ({yes}), 'found', CAST(array() AS {CHANGES}))"
    walked = f"aggregate(array_sort({ahead}), {none}, (s, as_of) -> {step}, s -> s.found)"
    return f"CASE WHEN size({ahead}) > 0 THEN {walked} END"


def in_force(tag: Tag) -> str:
    """SQL: whether the tag's own validity holds on ``as_of``."""
    ends = f" AND as_of <= DATE '{tag.valid_until}'" if tag.valid_until else ""
    return f"as_of >= DATE '{tag.valid_from}'{ends}"
