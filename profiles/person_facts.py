"""Which feed states which fact about a person, and when it holds; what settles conflicts is in ``facts``."""

from collections.abc import Sequence
from datetime import date

from profiles.facts import Docket, Source, Stated
from profiles.feeds import feed
from profiles.versions import under_way


def person_docket(day: date) -> Docket:
    """All facts of persons, over their gathered columns and those of ``spells``."""
    return Docket(
        "person",
        [
            _of("residents", _RESIDENT),
            _of("vital_events", _OWN, rows="kin"),
            _of("vital_events", _WIDOWED, rows="family"),
            _of("employment", _job(day), rows="jobs", key=("enterprise", "since")),
            _of("unemployment", _registration(day)),
            _of("social_insurance", _named("pension_status", "pension_months", "pension_since", "pension_checked_on")),
            _of("housing_fund", [Stated("housing_fund_status", "status"), Stated("housing_fund_balance", "balance")]),
            _of("property", _home(day)),
            _of("households", _member(day), rows="households", key=("household",)),
            _of("schooling", _school(day)),
            _of("school_roll", _school(day)),
            _of("medical_insurance", [Stated("medical_insurance", "kind"), Stated("insured_until", "insured_until")]),
            _of("hardship", _hardship(day)),
            _of("vehicles", [Stated("plate", "plate", item="{row}.plate", since="{row}.registered_on")]),
            _of("vehicles", _FLEET, rows="fleet"),
        ],
    )


def _of(name: str, stated: Sequence[Stated], rows: str = "", key: tuple[str, ...] | None = None) -> Source:
    """Rows that are no feed's own (``rows`` without ``key``) have been settled already: none supersedes another."""
    told = feed(name)
    if not rows:
        key = tuple(column for column in told.key if column != "person")
    return Source(told, rows or name, key, tuple(stated))


def _named(*names: str) -> list[Stated]:
    return [Stated(name, name) for name in names]


def _when(column: str, value: str, then: str) -> str:
    return f"CASE WHEN {{row}}.{column} = '{value}' THEN {{row}}.{then} END"


_RESIDENT = (
    *_named("name", "sex", "birth_date", "hukou_division", "resident_since", "address", "phone"),
    *_named("marital_status", "education"),
    Stated("residence_division", "residence_division", since="{row}.resident_since"),
)


def _changed(status: str, date_column: str, condition: str, as_of: str = "{row}.as_of") -> Stated:
    since = f"{{row}}.{date_column}"
    said = f"CASE WHEN {{row}}.kind = 'spouse' AND {condition} THEN '{status}' END"
    return Stated("marital_status", "kind", said, since=since, begun=since, as_of=as_of)


_REGISTERED_UNION = "{row}.source = 'vital_events' AND "
_OWN = (
    Stated("birth_date", "happened_on", _when("kind", "self", "birth_date"), as_of="{row}.birth_as_of"),
    Stated("died_on", "happened_on", _when("kind", "self", "died_on"), as_of="{row}.death_as_of"),
    _changed("married", "since", _REGISTERED_UNION + "{row}.since IS NOT NULL"),
    _changed("divorced", "until", _REGISTERED_UNION + "{row}.until IS NOT NULL"),
)
_WIDOWED = (_changed("widowed", "died_on", "{row}.died_on IS NOT NULL", as_of="{row}.death_as_of"),)


def _job(day: date) -> list[Stated]:
    # A job that began before its holder registered as unemployed has ended, whatever the employer forgot to say.
    holds = f"{under_way('{row}.since', '{row}.until', day)} AND {{row}}.since >= _jobless_since"

    def stated(name: str, column: str, value: str = "") -> Stated:
        since = "{row}.since"
        return Stated(name, column, value, holds, since, "{row}.until", begun=since)

    return [
        stated("employment_status", "since", "'employed'"),
        stated("occupation", "occupation"),
        stated("job_title", "job_title"),
        stated("employed_since", "since"),
    ]


def _registration(day: date) -> list[Stated]:
    since = "{row}.registered_on"
    holds = f"{under_way(since, '{row}.ended_on', day)} AND {since} > _job_since"

    def stated(name: str, column: str, value: str = "") -> Stated:
        return Stated(name, column, value, holds, since, "{row}.ended_on", begun=since)

    return [
        stated("employment_status", "registered_on", "'unemployed'"),
        stated("unemployed_since", "registered_on"),
        stated("benefit_until", "benefit_until"),
    ]


def _spell(day: date, name: str, column: str, value: str = "", item: str = "''", yields: int = 0) -> Stated:
    since, until = "{row}.since", "{row}.until"
    return Stated(
        name, column, value, under_way(since, until, day), since, until, begun=since, item=item, yields=yields
    )


def _home(day: date) -> list[Stated]:
    return [
        # Who owns a home and rents another is an owner.
        _spell(day, "home_kind", "kind", _when("kind", "owner", "kind")),
        _spell(day, "home_kind", "kind", _when("kind", "tenant", "kind"), yields=1),
        _spell(day, "home_since", "since", _when("kind", "owner", "since")),
        _spell(day, "home_since", "since", _when("kind", "tenant", "since"), yields=1),
        _spell(day, "residence_division", "division"),
        _spell(day, "property_number", "property_number", item="{row}.property_number"),
    ]


def _member(day: date) -> list[Stated]:
    # The size is counted over the members' rows: its class is theirs.
    return [
        _spell(day, "household_role", "relation"),
        _spell(day, "household_size", "relation", "{row}.size"),
    ]


def _school(day: date) -> list[Stated]:
    return [
        _spell(day, "school_stage", "stage"),
        _spell(day, "school", "school"),
        _spell(day, "graduates_on", "until"),
    ]


def _hardship(day: date) -> list[Stated]:
    since, until = "{row}.issued_on", "{row}.expires_on"

    def stated(name: str, column: str, kind: str, yields: int = 0) -> Stated:
        value = _when("kind", kind, column)
        return Stated(name, column, value, under_way(since, until, day), since, until, yields=yields)

    return [
        stated("disability_grade", "grade", "disability"),
        stated("hardship", "kind", "extreme_poverty"),
        stated("hardship", "kind", "low_income", yields=1),
    ]


_FLEET = (Stated("vehicles", "registered_on", "{row}.vehicles"), Stated("inspection_due", "inspection_due"))
