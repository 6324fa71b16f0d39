"""Births, marriages, deaths and kinship as statements about pairs of persons, told to each side; it decides nothing.

Every statement travels once through the person it names, where that person's birth and death are known, and so
reaches its subject with both. What the statements amount to is in ``family``.
"""

from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from profiles.feeds import Feeds, known
from profiles.precedence import place
from profiles.versions import null, on, struct

# kind self: what is registered of the subject's own birth and death. Else: what ``other`` is to the subject.
TYPE = (
    "STRUCT<kind: STRING, other: STRING, source: STRING, as_of: DATE, since: DATE, until: DATE, birth_date: DATE,"
    " birth_source: STRING, birth_as_of: DATE, died_on: DATE, death_as_of: DATE>"
)

# What a person is to whoever is this to them.
OTHER_SIDE = {"child": "parent", "parent": "child", "spouse": "spouse", "carer": "cared_for"}

_SAID = "STRUCT<subject: STRING, kind: STRING, other: STRING, source: STRING, as_of: DATE, since: DATE, until: DATE>"
_DATED = "STRUCT<older: INT, happened_on: DATE, as_of: DATE>"
_DIED = "STRUCT<as_of: DATE, happened_on: DATE>"
_MESSAGE = f"STRUCT<via: STRING, said: {_SAID}, registered: {_DATED}, born: {_DATED}, died: {_DIED}>"


def kin(feeds: Feeds, day: date) -> DataFrame | None:
    """(subject, row of ``TYPE``), every statement that is known; None where no feed tells of kin."""
    kinship, events = _kinship(feeds, day), _events(feeds, day)
    told = [frame for frame in (kinship, events) if frame is not None]
    if not told:
        return None
    births = _registered_births(feeds, day)
    messages = reduce(DataFrame.unionAll, told if births is None else [*told, births]).selectExpr("message.*")
    by_person = messages.groupBy("via").agg(
        *_expressions("collect_list(said) AS said", "min(registered) AS registered", "min(born) AS born"),
        *_expressions("max(died) AS died"),
    )
    chosen = by_person.selectExpr("*", f"{_birth()} AS birth")
    exploded = chosen.selectExpr(f"explode(concat({_told()}, {_own()})) AS row")
    return exploded.selectExpr("row.subject AS subject", "row.row AS row")


def _kinship(feeds: Feeds, day: date) -> DataFrame | None:
    register = known(feeds, "kinship", day)
    if register is None:
        return None
    sides = ", ".join(f"'{one}', '{other}'" for one, other in OTHER_SIDE.items())
    forward = _said("person", "relation", "relative", "kinship", "since", "until")
    backward = _said("relative", f"map({sides})[relation]", "person", "kinship", "since", "until")
    both = f"array({_message('relative', forward)}, {_message('person', backward)})"
    return register.selectExpr(f"explode({both}) AS message")


def _events(feeds: Feeds, day: date) -> DataFrame | None:
    told = known(feeds, "vital_events", day)
    if told is None:
        return None
    version = "max(struct(as_of, kind, person, other, happened_on)) AS event"
    events = told.groupBy("event_id").agg(*_expressions(version)).selectExpr("event.*")
    on_time = events.where(f"happened_on <= {on(day)}")
    return on_time.selectExpr(f"explode(CASE kind {_births()} {_unions()} {_deaths()} END) AS message")


def _births() -> str:
    born = f"CAST(struct(-unix_date(as_of), happened_on, as_of) AS {_DATED})"
    child = _said("person", "'child'", "other", "vital_events", "happened_on")
    parent = _said("other", "'parent'", "person", "vital_events", "happened_on")
    # A newborn without a number yet is told to the parent alone, through the parent.
    to_parent = _message("coalesce(other, person)", child, born=f"IF(other IS NULL, NULL, {born})")
    return f"WHEN 'birth' THEN array({to_parent}, {_message('person', parent)})"


def _unions() -> str:
    def both(since: str, until: str) -> str:
        one = _said("person", "'spouse'", "other", "vital_events", since, until)
        two = _said("other", "'spouse'", "person", "vital_events", since, until)
        return f"array({_message('coalesce(other, person)', one)}, {_message('person', two)})"

    begun, ended = both("happened_on", null("DATE")), both(null("DATE"), "happened_on")
    return f"WHEN 'marriage' THEN {begun} WHEN 'divorce' THEN {ended}"


def _deaths() -> str:
    died = f"CAST(struct(as_of, happened_on) AS {_DIED})"
    return f"WHEN 'death' THEN array({_message('person', null(_SAID), died=died)})"


def _registered_births(feeds: Feeds, day: date) -> DataFrame | None:
    residents = known(feeds, "residents", day)
    if residents is None:
        return None
    dated = f"CAST(struct(-unix_date(as_of), birth_date, as_of) AS {_DATED})"
    return residents.selectExpr(f"{_message('person', null(_SAID), registered=dated)} AS message")


def _said(subject: str, kind: str, other: str, source: str, since: str, until: str = "CAST(NULL AS DATE)") -> str:
    return f"CAST(struct({subject}, {kind}, {other}, '{source}', as_of, {since}, {until}) AS {_SAID})"


def _message(via: str, said: str, registered: str = "NULL", born: str = "NULL", died: str = "NULL") -> str:
    return f"CAST(struct({via}, {said}, {registered}, {born}, {died}) AS {_MESSAGE})"


def _birth() -> str:
    """The birth of whom the statements went through, from the feed that goes first in line."""
    feeds = {"residents": "registered", "vital_events": "born"}
    ordered = sorted(feeds, key=lambda feed: place("person", "birth_date", feed))
    said = [f"IF({feeds[one]} IS NULL, NULL, struct('{one}' AS source, {feeds[one]} AS dated))" for one in ordered]
    return f"coalesce({', '.join(said)})"


def _told() -> str:
    about_other = "one.other IS NOT NULL"
    child = f"one.kind = 'child' AND {about_other}"
    row = struct(
        kind="one.kind", other="one.other", source="one.source", as_of="one.as_of", since="one.since",
        until="one.until",
        # Whose child has no number yet knows the birth date from the birth itself.
        birth_date=f"CASE WHEN {child} THEN birth.dated.happened_on WHEN one.kind = 'child' THEN one.since END",
        birth_source=f"CASE WHEN {child} THEN birth.source WHEN one.kind = 'child' THEN one.source END",
        birth_as_of=f"CASE WHEN {child} THEN birth.dated.as_of WHEN one.kind = 'child' THEN one.as_of END",
        died_on=f"IF({about_other}, died.happened_on, NULL)",
        death_as_of=f"IF({about_other}, died.as_of, NULL)",
    )  # fmt: skip
    addressed = "filter(said, one -> one.subject IS NOT NULL)"
    return f"transform({addressed}, one -> {struct(subject='one.subject', row=f'CAST({row} AS {TYPE})')})"


def _own() -> str:
    row = struct(
        kind="'self'", other="NULL", source="'vital_events'", as_of="coalesce(died.as_of, born.as_of)", since="NULL",
        until="NULL", birth_date="born.happened_on", birth_source="'vital_events'", birth_as_of="born.as_of",
        died_on="died.happened_on", death_as_of="died.as_of",
    )  # fmt: skip
    own = f"array({struct(subject='via', row=f'CAST({row} AS {TYPE})')})"
    return f"IF(born IS NULL AND died IS NULL, filter({own}, one -> FALSE), {own})"


def _expressions(*texts: str) -> list[Column]:
    return [F.expr(text) for text in texts]
