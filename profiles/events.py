"""The timeline of a subject, from what its feeds date; it never tells of a day that has not come."""

from collections.abc import Sequence
from datetime import date

from profiles.versions import newest, null, on, same, struct

# Leaving one of these leads to work; leaving primary school does not make a graduate.
GRADUATING_STAGES = ("vocational", "college", "university", "postgraduate")
BEREAVING_KINDS = ("spouse", "child", "parent")

_EVENT = "STRUCT<happened_on: DATE, kind: STRING, other: STRING, source: STRING, as_of: DATE>"


def person_events(day: date) -> str:
    """All events over a person's gathered columns and ``spells``, sorted; the same event may come twice."""
    pension = "filter(social_insurance, row -> row.pension_status = 'receiving')"
    homes = f"filter({newest('property', ['property_number'])}, row -> row.kind = 'owner')"
    stages = f"filter({newest('schooling', ['stage', 'since'])}, row -> row.stage IN {GRADUATING_STAGES})"
    # A dispute that was settled is over: what it would call for is done.
    disputes = f"filter({newest('labour_disputes', ['dispute'])}, row -> coalesce(row.closed_on > {on(day)}, TRUE))"
    return _sorted(
        day,
        [
            *_family(),
            _each("_jobs", "job_started", "since", "employment", other="row.enterprise"),
            _each("_jobs", "job_ended", "until", "employment", other="row.enterprise"),
            _each(f"slice({pension}, -1, 1)", "retired", "pension_since", "social_insurance"),
            _each(_moves(), "moved", "resident_since", "residents"),
            _each(stages, "graduated", "until", "schooling"),
            _each(homes, "home_bought", "since", "property"),
            _each(disputes, "labour_dispute", "registered_on", "labour_disputes"),
            _each("_vehicles", "vehicle_registered", "registered_on", "vehicles"),
        ],
    )


def enterprise_events(day: date) -> str:
    """All events over an enterprise's gathered columns, sorted."""
    return _sorted(day, [_each(newest("enterprises", []), "founded", "founded_on", "enterprises")])


def timeline(ordered: str) -> str:
    """The file's ``events`` from the array column of sorted events, each once, by its newest telling."""
    follower = same(f"get({ordered}, i + 1)", "one", ["happened_on", "kind", "other"])
    shown = ("kind", "happened_on", "other", "source", "as_of")
    event = struct(**{name: f"one.{name}" for name in shown})
    return f"transform(filter({ordered}, (one, i) -> NOT {follower}), one -> {event})"


def _sorted(day: date, told: Sequence[str]) -> str:
    return f"array_sort(filter(concat({', '.join(told)}), one -> one.happened_on <= {on(day)}))"


def _family() -> list[str]:
    kinds = str(BEREAVING_KINDS)
    registered = "row.kind = 'spouse' AND row.source = 'vital_events'"
    birth = _event("'birth'", "row.birth_date", "row.other", "row.birth_source", "row.birth_as_of")
    death = _event("'death'", "row.died_on", "row.other", "'vital_events'", "row.death_as_of")
    return [
        f"transform(filter(family, row -> row.kind = 'child'), row -> {birth})",
        f"transform(filter(family, row -> row.kind IN {kinds}), row -> {death})",
        _each(f"filter(kin, row -> {registered})", "marriage", "since", "vital_events", other="row.other"),
        _each(f"filter(kin, row -> {registered})", "divorce", "until", "vital_events", other="row.other"),
    ]


def _moves() -> str:
    """One move per division lived in: a later version for the same division corrects, it does not move again."""
    follower = same("get(residents, i + 1)", "row", ["residence_division"])
    stays = f"filter(residents, (row, i) -> NOT {follower})"
    # Who has lived here from birth has not moved.
    return f"filter({stays}, row -> row.resident_since > row.birth_date)"


def _each(rows: str, kind: str, column: str, source: str, other: str = "") -> str:
    event = _event(f"'{kind}'", f"row.{column}", other or null("STRING"), f"'{source}'", "row.as_of")
    return f"transform({rows}, row -> {event})"


def _event(kind: str, happened_on: str, other: str, source: str, as_of: str) -> str:
    event = struct(happened_on=happened_on, kind=kind, other=other, source=source, as_of=as_of)
    return f"CAST({event} AS {_EVENT})"
