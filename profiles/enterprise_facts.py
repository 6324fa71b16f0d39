"""Which feed states which fact about an enterprise, and when it holds; what settles conflicts is in ``facts``."""

from datetime import date

from profiles.facts import Docket, Source, Stated
from profiles.feeds import feed
from profiles.versions import newest, on, struct, under_way

_REGISTERED = (
    *(Stated(name, name) for name in ("name", "capital_yuan", "scope", "industry", "division", "address")),
    Stated("founded_on", "founded_on"),
    Stated("enterprise_type", "type"),
    Stated("enterprise_status", "status"),
)
_STAFF = (Stated("employees", "person", "{row}.employees"), Stated("last_hired_on", "since", "{row}.last_hired_on"))


def enterprise_docket(day: date) -> Docket:
    """All facts of enterprises, over their gathered columns and ``staff``."""
    return Docket(
        "enterprise",
        [
            Source(feed("enterprises"), "enterprises", (), _REGISTERED),
            Source(feed("enterprise_reports"), "enterprise_reports", ("year",), _reports(day)),
            Source(feed("employment"), "staff", (), _STAFF),
        ],
    )


def begun_jobs(day: date) -> str:
    """Jobs at an enterprise that had begun by ``day``, each in its newest version."""
    return f"filter({newest('employment', ['person', 'since'])}, job -> job.since <= {on(day)})"


def staff(jobs: str, day: date) -> str:
    """One counted row over the array column ``jobs``, or none: as_of, employees, last_hired_on."""
    at_work = f"filter({jobs}, job -> {under_way('job.since', 'job.until', day)})"
    counted = struct(
        as_of=f"array_max(transform({jobs}, job -> job.as_of))",
        employees=f"size(array_distinct(transform({at_work}, job -> job.person)))",
        last_hired_on=f"array_max(transform({jobs}, job -> job.since))",
    )
    return f"IF(size({jobs}) = 0, array(), array({counted}))"


def _reports(day: date) -> tuple[Stated, ...]:
    year_end = "make_date({row}.year, 12, 31)"
    filed = f"CASE WHEN {{row}}.filed_on <= {on(day)} THEN {{row}}.year END"
    return (
        Stated("last_report_year", "year", filed, begun=year_end),
        Stated("tax_status", "tax_status", begun=year_end),
    )
