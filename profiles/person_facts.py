"""Which feed states which fact about a person, and when it holds; what settles conflicts is in ``facts``."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F

from profiles.facts import Read, Stated, measured, states
from profiles.feeds import feed
from profiles.versions import newest, under_way


def person_spells(day: date) -> dict[str, Column]:
    """Columns that ``person_candidates`` reads besides the gathered ones: when the last job, or want of one, began."""
    return {
        "_job_since": _last_begun("employment", ["enterprise", "since"], "since", "until", day),
        "_jobless_since": _last_begun("unemployment", ["registered_on"], "registered_on", "ended_on", day),
    }


def person_candidates(day: date) -> list[Column]:
    """Arrays of candidates, over the gathered columns of a person."""
    return [
        _of("residents", _RESIDENT),
        _of("vital_events", _VITAL, rows="happenings", key=("kind", "happened_on", "other")),
        _of("vital_events", _WIDOWED, rows="kin", key=("kind", "other")),
        _of("employment", _job(day)),
        _of("unemployment", _registration(day)),
        _of("social_insurance", [Stated(name, name) for name in _PENSION]),
        _of("housing_fund", [Stated("housing_fund_status", "status"), Stated("housing_fund_balance", "balance")]),
        _of("property", _home(day)),
        _of("schooling", _school(day)),
        _of("medical_insurance", [Stated("medical_insurance", "kind"), Stated("insured_until", "insured_until")]),
        _of("hardship", _hardship(day)),
        _of("vehicles", [Stated("plate", "plate", item=_column("plate"), since=_column("registered_on"))]),
        *_fleet(day),
    ]


_PENSION = ("pension_status", "pension_months", "pension_since", "pension_checked_on")


def _of(name: str, stated: Sequence[Stated], rows: str = "", key: Sequence[str] = ()) -> Column:
    told = feed(name)
    own_key = [column for column in told.key if column != "person"]
    return states("person", told, F.col(rows or name), key or own_key, stated)


def _column(name: str) -> Read:
    return lambda row: row[name]


def _text(text: str) -> Read:
    return lambda row: F.lit(text)


def _where(column: str, value: str, then: str) -> Read:
    return lambda row: F.when(row[column] == value, row[then])


_RESIDENT = (
    *(Stated(name, name) for name in ("name", "sex", "birth_date", "hukou_division", "resident_since", "address")),
    *(Stated(name, name) for name in ("phone", "marital_status", "education")),
    Stated("residence_division", "residence_division", since=_column("resident_since")),
)


def _changed_to(kind: str, status: str) -> Stated:
    return Stated(
        "marital_status", "kind", lambda row: F.when(row["kind"] == kind, F.lit(status)),
        since=_column("happened_on"), begun=_column("happened_on"),
    )  # fmt: skip


_VITAL = (
    Stated("birth_date", "happened_on", _where("kind", "born", "happened_on")),
    Stated("died_on", "happened_on", _where("kind", "death", "happened_on")),
    _changed_to("marriage", "married"),
    _changed_to("divorce", "divorced"),
)

_WIDOWED = (
    Stated(
        "marital_status", "kind",
        lambda row: F.when((row["kind"] == "spouse") & row["died_on"].isNotNull(), F.lit("widowed")),
        since=_column("died_on"), begun=_column("died_on"), as_of="death_as_of",
    ),
)  # fmt: skip


def _last_begun(rows: str, key: Sequence[str], since: str, until: str, day: date) -> Column:
    spells = F.filter(newest(F.col(rows), key), lambda row: under_way(row[since], row[until], day))
    return F.coalesce(F.array_max(F.transform(spells, lambda row: row[since])), F.lit(date(1900, 1, 1)))


def _job(day: date) -> list[Stated]:
    # A job that began before its holder registered as unemployed has ended, whatever the employer forgot to say.
    since = _column("since")

    def holds(row: Column) -> Column:
        return under_way(row["since"], row["until"], day) & (row["since"] >= F.col("_jobless_since"))

    def stated(name: str, column: str, value: Read | None = None) -> Stated:
        return Stated(name, column, value, holds=holds, since=since, until=_column("until"), begun=since)

    return [
        stated("employment_status", "since", _text("employed")),
        stated("occupation", "occupation"),
        stated("job_title", "job_title"),
        stated("employed_since", "since"),
    ]


def _registration(day: date) -> list[Stated]:
    since = _column("registered_on")

    def holds(row: Column) -> Column:
        return under_way(row["registered_on"], row["ended_on"], day) & (row["registered_on"] > F.col("_job_since"))

    def stated(name: str, column: str, value: Read | None = None) -> Stated:
        return Stated(name, column, value, holds=holds, since=since, until=_column("ended_on"), begun=since)

    return [
        stated("employment_status", "registered_on", _text("unemployed")),
        stated("unemployed_since", "registered_on"),
        stated("benefit_until", "benefit_until"),
    ]


def _spell(day: date, name: str, column: str, value: Read | None = None, yields: int = 0) -> Stated:
    since, until = _column("since"), _column("until")

    def holds(row: Column) -> Column:
        return under_way(row["since"], row["until"], day)

    item = _column(column) if name == "property_number" else None
    return Stated(name, column, value, holds, since, until, begun=since, item=item, yields=yields)


def _home(day: date) -> list[Stated]:
    return [
        # Who owns a home and rents another is an owner.
        _spell(day, "home_kind", "kind", _where("kind", "owner", "kind")),
        _spell(day, "home_kind", "kind", _where("kind", "tenant", "kind"), yields=1),
        _spell(day, "home_since", "since", _where("kind", "owner", "since")),
        _spell(day, "home_since", "since", _where("kind", "tenant", "since"), yields=1),
        _spell(day, "residence_division", "division"),
        _spell(day, "property_number", "property_number"),
    ]


def _school(day: date) -> list[Stated]:
    return [
        _spell(day, "school_stage", "stage"),
        _spell(day, "school", "school"),
        _spell(day, "graduates_on", "until"),
    ]


def _hardship(day: date) -> list[Stated]:
    since, until = _column("issued_on"), _column("expires_on")

    def holds(row: Column) -> Column:
        return under_way(row["issued_on"], row["expires_on"], day)

    def stated(name: str, column: str, kind: str, yields: int = 0) -> Stated:
        return Stated(name, column, _where("kind", kind, column), holds, since, until, yields=yields)

    return [
        stated("disability_grade", "grade", "disability"),
        stated("hardship", "kind", "extreme_poverty"),
        stated("hardship", "kind", "low_income", yields=1),
    ]


def _fleet(day: date) -> list[Column]:
    told = feed("vehicles")
    registered = F.filter(
        newest(F.col("vehicles"), ["plate"]), lambda row: F.coalesce(row["registered_on"] <= F.lit(day), F.lit(True))
    )
    as_of = F.array_max(F.transform(registered, lambda row: row["as_of"]))
    count = F.when(F.size(registered) > 0, F.size(registered))
    due = F.array_min(F.transform(registered, lambda row: row["inspection_due"]))
    return [
        measured("person", told, "vehicles", "registered_on", count, as_of),
        measured("person", told, "inspection_due", "inspection_due", due, as_of),
    ]
