"""Columns over a person's gathered rows that several parts of the file read; none of them is in the file itself."""

from datetime import date

from profiles.family import family
from profiles.versions import newest, on, struct, under_way


def person_spells() -> dict[str, str]:
    """Name → SQL over the gathered columns."""
    return {
        "family": family("kin"),
        "jobs": "filter(ties, tie -> tie.kind = 'job')",
        "mandated": "filter(ties, tie -> tie.kind = 'mandate')",
        "_vehicles": newest("vehicles", ["plate"]),
        "_registrations": newest("unemployment", ["registered_on"]),
    }


def person_marks(day: date) -> dict[str, str]:
    """Name → SQL over the columns of ``person_spells``."""
    registered = f"filter(_vehicles, row -> coalesce(row.registered_on <= {on(day)}, TRUE))"
    return {
        "_jobs": newest("jobs", ["enterprise", "since"]),
        "fleet": f"IF(size({registered}) = 0, array(), array({_fleet(registered)}))",
        "_jobless_since": _last_begun("_registrations", "registered_on", "ended_on", day),
    }


def person_last(day: date) -> dict[str, str]:
    """Name → SQL over the columns of ``person_marks``."""
    return {"_job_since": _last_begun("_jobs", "since", "until", day)}


def _fleet(registered: str) -> str:
    return struct(
        as_of=f"array_max(transform({registered}, row -> row.as_of))",
        vehicles=f"size({registered})",
        inspection_due=f"array_min(transform({registered}, row -> row.inspection_due))",
    )


def _last_begun(rows: str, since: str, until: str, day: date) -> str:
    """When the last spell under way began; a day before all others where there is none."""
    spells = f"filter({rows}, row -> {under_way(f'row.{since}', f'row.{until}', day)})"
    return f"coalesce(array_max(transform({spells}, row -> row.{since})), DATE'0001-01-01')"
