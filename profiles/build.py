"""One file per person and per enterprise from all accepted feeds, as known on a day; it reads and writes no table.

Whatever came twice, late or in another order gives the same files: only the newest version of a key counts, ties
are settled by a total order over the row, and every list is sorted.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import DataFrame

from profiles import cases, households, kin, register
from profiles.documents import documents
from profiles.enterprise_facts import begun_jobs, enterprise_docket, staff
from profiles.errors import FeedMissing
from profiles.events import enterprise_events, person_events, timeline
from profiles.facts import Docket
from profiles.feeds import Feeds, part
from profiles.gather import Part, gather
from profiles.linkage import terms as linkage
from profiles.links import enterprise_links, person_links
from profiles.model import ENTERPRISE_COLUMNS, NESTED_COLUMNS, PERSON_COLUMNS, READ_COLUMNS, Kind, columns
from profiles.person_facts import person_docket
from profiles.spells import person_last, person_marks, person_spells
from profiles.versions import null, on

_PERSON_FEEDS = (
    "residents", "documents", "unemployment", "social_insurance", "housing_fund", "property", "schooling",
    "medical_insurance", "hardship", "vehicles", "school_roll", "labour_disputes",
)  # fmt: skip
_ENTERPRISE_FEEDS = ("enterprises", "employment", "mandates", "permits", "enterprise_reports")

# What it means that a delivered register has no row on a subject: column -> (feed, SQL).
_PERSON_DEFAULTS = {
    "employment_status": ("employment", "'none'"),
    "home_kind": ("property", "'none'"),
    "vehicles": ("vehicles", "'0'"),
}
_ENTERPRISE_DEFAULTS = {"employees": ("employment", "'0'")}

# Who is named by more than the feeds that know no identity number.
_PERSON_MARKS = {"identified": f"_rows > {' + '.join(f'size({feed})' for feed in linkage.load())}"}


def person_files(feeds: Feeds, day: date) -> DataFrame:
    """One row per person known from any feed on ``day``, shaped as ``model.columns("person")``.

    Args:
        feeds: feed → accepted rows in the contract's columns; a feed that nobody delivers is left out. In linked
            feeds residents stand in the place of records already (``linkage.aliases``); who is only a record in them
            has a provisional file.
        day: rows with a later ``as_of`` are not known yet.

    Raises:
        FeedMissing: no feed at all was given.
    """
    _refuse_nothing(feeds)
    parts = {name: part(feeds, name, day, "person") for name in _PERSON_FEEDS} | {
        "kin": Part(kin.TYPE, kin.kin(feeds, day)),
        "ties": Part(register.TIE, register.ties(feeds, day)),
        "cases": Part(cases.TYPE, cases.cases(feeds, day, "person")),
        "households": Part(households.TYPE, households.households(feeds, day)),
    }
    prepared = gather(parts, _only_seen(feeds, day, "person"))
    for step in (person_spells(), person_marks(day), person_last(day)):
        prepared = _with(prepared, step)
    lists = {
        "documents": _if_delivered(feeds, "documents", documents("documents", "documents", day)),
        "links": person_links(),
        "events": person_events(day),
        "cases": "cases",
    }
    return _files("person", prepared, person_docket(day), lists, _defaults(feeds, _PERSON_DEFAULTS), _PERSON_MARKS)


def enterprise_files(feeds: Feeds, day: date) -> DataFrame:
    """One row per enterprise known from any feed on ``day``, shaped as ``model.columns("enterprise")``.

    Args and raises: as ``person_files``.
    """
    _refuse_nothing(feeds)
    parts = {name: part(feeds, name, day, "enterprise") for name in _ENTERPRISE_FEEDS} | {
        "cases": Part(cases.TYPE, cases.cases(feeds, day, "enterprise")),
    }
    gathered = register.with_mandates(gather(parts, _only_seen(feeds, day, "enterprise")))
    prepared = _with(_with(gathered, {"_begun_jobs": begun_jobs(day)}), {"staff": staff("_begun_jobs", day)})
    lists = {
        "documents": _if_delivered(feeds, "permits", documents("permits", "permits", day)),
        "links": enterprise_links(),
        "events": enterprise_events(day),
        "cases": "cases",
    }
    return _files("enterprise", prepared, enterprise_docket(day), lists, _defaults(feeds, _ENTERPRISE_DEFAULTS), {})


def _files(
    kind: Kind,
    prepared: DataFrame,
    docket: Docket,
    lists: Mapping[str, str],
    defaults: Mapping[str, str],
    marks: Mapping[str, str],
) -> DataFrame:
    own = PERSON_COLUMNS if kind == "person" else ENTERPRISE_COLUMNS
    listed = [f"{column} AS {name}" for name, column in marks.items()]
    listed += [f"{column} AS _{name}" for name, column in lists.items()]
    told = prepared.selectExpr("subject", f"{docket.candidates()} AS _told", *listed)
    final = {name: f"_{name}" for name in lists} | {"events": timeline("_events"), "facts": docket.facts("_told")}
    nested = [f"{final[name]} AS {name}" for name in NESTED_COLUMNS]
    typed = docket.typed(docket.held("_told"), own, defaults)
    settled = told.selectExpr("subject", *marks, f"{typed} AS _typed", *nested)
    unread = [f"{null(type_)} AS {name}" for name, type_ in READ_COLUMNS[kind].items()]
    return settled.selectExpr("subject", *marks, "_typed.*", *unread, *NESTED_COLUMNS).select(*columns(kind))


def _with(frame: DataFrame, more: Mapping[str, str]) -> DataFrame:
    return frame.selectExpr("*", *[f"{text} AS {name}" for name, text in more.items()])


def _only_seen(feeds: Feeds, day: date, subject: str) -> Sequence[DataFrame]:
    """Subjects that may be known from what they did on their page alone; where nothing tells, a frame of nobody."""
    seen = [
        feeds[name].where(f"CAST(at AS DATE) <= {on(day)}").selectExpr(f"{subject} AS subject")
        for name in ("page_events", "ratings")
        if name in feeds
    ]
    nobody = next(iter(feeds.values())).where("false").selectExpr("CAST(NULL AS STRING) AS subject")
    return [frame.where("subject IS NOT NULL").distinct() for frame in seen] or [nobody]


def _if_delivered(feeds: Feeds, name: str, column: str) -> str:
    """``column``, or NULL (unknown, which is not none) where the feed that tells was not delivered."""
    return column if name in feeds else null(NESTED_COLUMNS["documents"])


def _defaults(feeds: Feeds, defaults: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, (source, value) in defaults.items() if source in feeds}


def _refuse_nothing(feeds: Feeds) -> None:
    if not feeds:
        raise FeedMissing("No accepted feed to build files from: run `python -m jobs gate` first and read its report.")
