"""One file per person and per enterprise from all accepted feeds, as known on a day; it reads and writes no table.

Whatever came twice, late or in another order gives the same files: only the newest version of a key counts, ties
are settled by a total order over the row, and every list is sorted.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from profiles import cases, happenings, kin, register
from profiles.documents import documents
from profiles.enterprise_facts import STAFF_TYPE, enterprise_candidates
from profiles.errors import FeedMissing
from profiles.events import enterprise_events, person_events
from profiles.facts import facts, held, typed
from profiles.feeds import Feeds, feed, known
from profiles.gather import Part, gather
from profiles.links import enterprise_links, person_links
from profiles.model import ENTERPRISE_COLUMNS, NESTED_COLUMNS, PERSON_COLUMNS, Kind, columns
from profiles.person_facts import person_candidates, person_spells

_PERSON_FEEDS = (
    "residents", "documents", "unemployment", "social_insurance", "housing_fund", "property", "schooling",
    "medical_insurance", "hardship", "vehicles",
)  # fmt: skip
_ENTERPRISE_FEEDS = ("enterprises", "permits", "enterprise_reports")

# What it means that a delivered register has no row on a subject.
_PERSON_DEFAULTS = {"employment_status": ("employment", "none"), "home_kind": ("property", "none")} | {
    "vehicles": ("vehicles", 0)
}
_ENTERPRISE_DEFAULTS = {"employees": ("employment", 0)}


def person_files(feeds: Feeds, day: date) -> DataFrame:
    """One row per person known from any feed on ``day``, shaped as ``model.columns("person")``.

    Args:
        feeds: feed → accepted rows in the contract's columns; a feed that nobody delivers is left out.
        day: rows with a later ``as_of`` are not known yet.

    Raises:
        FeedMissing: no feed at all was given.
    """
    parts = {name: _part(feeds, name, day, "person") for name in _PERSON_FEEDS} | {
        "happenings": Part(happenings.TYPE, _rows(happenings.happenings(feeds, day), happenings.FIELDS)),
        "kin": Part(kin.TYPE, kin.kin(feeds, day)),
        "employment": Part(register.EMPLOYMENT_TYPE, register.employment(feeds, day)),
        "mandates": Part(register.MANDATE_TYPE, register.mandates(feeds, day, "person")),
        "represented": Part(register.REPRESENTED_TYPE, register.represented(feeds, day)),
        "cases": Part(cases.TYPE, cases.cases(feeds, day, "person")),
    }
    lists = {
        "documents": _if_delivered(feeds, ["documents"], documents(F.col("documents"), "documents")),
        "links": person_links(),
        "events": person_events(day),
        "cases": F.col("cases"),
    }
    gathered = gather(parts, _only_seen(feeds, day, "person")).withColumns(person_spells(day))
    return _file("person", gathered, person_candidates(day), lists, _defaults(feeds, _PERSON_DEFAULTS))


def enterprise_files(feeds: Feeds, day: date) -> DataFrame:
    """One row per enterprise known from any feed on ``day``, shaped as ``model.columns("enterprise")``.

    Args and raises: as ``person_files``.
    """
    staff = known(feeds, "employment", day)
    job = F.struct("person", "since", "as_of", "until").cast(STAFF_TYPE).alias("row")
    hired = None if staff is None else staff.select(F.col("enterprise").alias("subject"), job)
    parts = {name: _part(feeds, name, day, "enterprise") for name in _ENTERPRISE_FEEDS} | {
        "staff": Part(STAFF_TYPE, hired),
        "mandates": Part(register.MANDATE_TYPE, register.mandates(feeds, day, "enterprise")),
        "cases": Part(cases.TYPE, cases.cases(feeds, day, "enterprise")),
    }
    lists = {
        "documents": _if_delivered(feeds, ["permits"], documents(F.col("permits"), "permits")),
        "links": enterprise_links(),
        "events": enterprise_events(day),
        "cases": F.col("cases"),
    }
    gathered = gather(parts, _only_seen(feeds, day, "enterprise"))
    return _file("enterprise", gathered, enterprise_candidates(day), lists, _defaults(feeds, _ENTERPRISE_DEFAULTS))


def _file(
    kind: Kind,
    gathered: DataFrame,
    candidates: Sequence[Column],
    lists: Mapping[str, Column],
    defaults: Mapping[str, object],
) -> DataFrame:
    own = PERSON_COLUMNS if kind == "person" else ENTERPRISE_COLUMNS
    nested = [column.cast(NESTED_COLUMNS[name]).alias(name) for name, column in lists.items()]
    told = gathered.select("subject", F.sort_array(F.concat(*candidates)).alias("_told"), *nested)
    ordered = F.col("_told")
    settled = told.select(
        "subject", facts(ordered).cast(NESTED_COLUMNS["facts"]).alias("facts"), held(ordered).alias("_held"), *lists
    )
    filled = settled.select("subject", *typed(F.col("_held"), own, defaults), *NESTED_COLUMNS)
    return filled.select(*columns(kind))


def _part(feeds: Feeds, name: str, day: date, subject: str) -> Part:
    told, rows = feed(name), known(feeds, name, day)
    described = told.row(subject).alias("row")
    return Part(told.row_type(subject), None if rows is None else rows.select(F.col(subject).alias("subject"), described))


def _rows(frame: DataFrame | None, fields: Sequence[str]) -> DataFrame | None:
    return None if frame is None else frame.select("subject", F.struct(*fields).alias("row"))


def _only_seen(feeds: Feeds, day: date, subject: str) -> list[DataFrame]:
    """Subjects that may be known from what they did on their page alone."""
    if not feeds:
        raise FeedMissing("No accepted feed to build files from: run `python -m jobs gate` first and read its report.")
    return [
        feeds[name].where(F.col("at").cast("DATE") <= F.lit(day)).select(F.col(subject).alias("subject")).distinct()
        for name in ("page_events", "ratings")
        if name in feeds
    ]


def _if_delivered(feeds: Feeds, names: Sequence[str], column: Column) -> Column:
    """``column``, or NULL (unknown, not none) where no feed could tell."""
    return column if any(name in feeds for name in names) else F.lit(None)


def _defaults(feeds: Feeds, defaults: Mapping[str, tuple[str, object]]) -> dict[str, object]:
    return {name: value for name, (source, value) in defaults.items() if source in feeds}
