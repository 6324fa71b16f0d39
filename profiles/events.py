"""The timeline of a subject, from what its feeds date; it never tells of a day that has not come."""

from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F

from profiles.versions import newest, same

_EVENT = "STRUCT<happened_on: DATE, kind: STRING, other: STRING, source: STRING, as_of: DATE>"

# Leaving one of these leads to work; leaving primary school does not make a graduate.
GRADUATING_STAGES = ("vocational", "college", "university", "postgraduate")
BEREAVING_KINDS = ("spouse", "child", "parent")


def person_events(day: date) -> Column:
    """The file's ``events`` over a person's gathered columns, in order of time."""
    return _timeline(day, [*_family(), *_work(), _moves(), _graduations(), _homes(), _vehicles()])


def enterprise_events(day: date) -> Column:
    """The file's ``events`` over an enterprise's gathered ``enterprises``."""
    register = _last("enterprises")
    return _timeline(day, [_each(register, "founded", "founded_on", "enterprises")])


def _timeline(day: date, told: list[Column]) -> Column:
    happened = F.filter(F.concat(*told), lambda event: event["happened_on"] <= F.lit(day))
    ordered = F.sort_array(happened)
    once = F.filter(
        ordered,
        lambda event, i: ~same(F.get(ordered, i + 1), event, ("happened_on", "kind", "other")),
    )
    shown = ("kind", "happened_on", "other", "source", "as_of")
    return F.transform(once, lambda event: F.struct(*[event[name].alias(name) for name in shown]))


def _family() -> list[Column]:
    kin = F.col("kin")
    births = F.transform(
        F.filter(kin, lambda row: row["kind"] == "child"),
        lambda row: _event("birth", row["birth_date"], row["other"], row["birth_source"], row["birth_as_of"]),
    )
    deaths = F.transform(
        F.filter(kin, lambda row: row["kind"].isin(*BEREAVING_KINDS)),
        lambda row: _event("death", row["died_on"], row["other"], F.lit("vital_events"), row["death_as_of"]),
    )
    unions = F.transform(
        F.filter("happenings", lambda row: row["kind"].isin("marriage", "divorce")),
        lambda row: _event(row["kind"], row["happened_on"], row["other"], F.lit("vital_events"), row["as_of"]),
    )
    return [births, deaths, unions]


def _work() -> list[Column]:
    jobs = newest(F.col("employment"), ("enterprise", "since"))
    pension = F.filter(_last("social_insurance"), lambda row: row["pension_status"] == "receiving")
    return [
        _each(jobs, "job_started", "since", "employment", other="enterprise"),
        _each(jobs, "job_ended", "until", "employment", other="enterprise"),
        _each(pension, "retired", "pension_since", "social_insurance"),
    ]


def _moves() -> Column:
    """One move per division lived in: a later version for the same division corrects, it does not move again."""
    residents = F.col("residents")
    stays = F.filter(residents, lambda row, i: ~same(F.get(residents, i + 1), row, ("residence_division",)))
    # Who has lived here from birth has not moved.
    moves = F.filter(stays, lambda row: row["resident_since"] > row["birth_date"])
    return _each(moves, "moved", "resident_since", "residents")


def _graduations() -> Column:
    stages = newest(F.col("schooling"), ("stage", "since"))
    left = F.filter(stages, lambda row: row["stage"].isin(*GRADUATING_STAGES))
    return _each(left, "graduated", "until", "schooling")


def _homes() -> Column:
    homes = newest(F.col("property"), ("property_number",))
    return _each(F.filter(homes, lambda row: row["kind"] == "owner"), "home_bought", "since", "property")


def _vehicles() -> Column:
    return _each(newest(F.col("vehicles"), ("plate",)), "vehicle_registered", "registered_on", "vehicles")


def _last(name: str) -> Column:
    rows = F.col(name)
    return F.slice(rows, F.greatest(F.size(rows), F.lit(1)), F.lit(1))


def _each(rows: Column, kind: str, column: str, source: str, other: str | None = None) -> Column:
    return F.transform(
        rows,
        lambda row: _event(
            kind, row[column], F.lit(None) if other is None else row[other], F.lit(source), row["as_of"]
        ),
    )


def _event(kind: str | Column, happened_on: Column, other: Column, source: Column, as_of: Column) -> Column:
    fields = {
        "happened_on": happened_on,
        "kind": F.lit(kind) if isinstance(kind, str) else kind,
        "other": other,
        "source": source,
        "as_of": as_of,
    }
    return F.struct(*[field.alias(name) for name, field in fields.items()]).cast(_EVENT)
