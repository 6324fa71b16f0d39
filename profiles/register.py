"""Who represents and works for an enterprise, by one gathering per enterprise, told to persons; it adds no file.

The register is the owner of who is the legal representative: where it names one, a mandate in that role holds for
that person alone, whatever the mandates feed still says.
"""

from datetime import date

from pyspark.sql import DataFrame

from profiles.feeds import Feeds, part
from profiles.gather import gather
from profiles.versions import newest, null, same, struct

ROLE = "legal_representative"

# kind job: every version of an employment. kind mandate: whom the person acts or acted for, settled.
TIE = (
    "STRUCT<kind: STRING, enterprise: STRING, since: DATE, role: STRING, as_of: DATE, until: DATE,"
    " job_title: STRING, occupation: STRING, name: STRING, source: STRING>"
)
_MANDATE = "STRUCT<person: STRING, role: STRING, since: DATE, until: DATE, source: STRING, as_of: DATE>"
_SPAN = "STRUCT<person: STRING, since: DATE, until: DATE, as_of: DATE>"
_FEEDS = ("enterprises", "employment", "mandates")


def ties(feeds: Feeds, day: date) -> DataFrame | None:
    """(subject, row of ``TIE``): the jobs and mandates of persons; None where no feed tells of any."""
    if not any(name in feeds for name in _FEEDS):
        return None
    gathered = gather({name: part(feeds, name, day, "enterprise") for name in _FEEDS})
    name = "get(enterprises, size(enterprises) - 1).name AS name"
    settled = with_mandates(gathered).selectExpr("subject", "employment", "mandated", name)
    job = struct(
        kind="'job'", enterprise="subject", since="job.since", role="NULL", as_of="job.as_of", until="job.until",
        job_title="job.job_title", occupation="job.occupation", name="name", source="'employment'",
    )  # fmt: skip
    mandate = struct(
        kind="'mandate'", enterprise="subject", since="one.since", role="one.role", as_of="one.as_of",
        until="one.until", job_title="NULL", occupation="NULL", name="name", source="one.source",
    )  # fmt: skip
    told = (
        f"concat(transform(employment, job -> struct(job.person AS subject, CAST({job} AS {TIE}) AS row)),"
        f" transform(mandated, one -> struct(one.person AS subject, CAST({mandate} AS {TIE}) AS row)))"
    )
    return settled.selectExpr(f"explode({told}) AS tie").selectExpr("tie.subject AS subject", "tie.row AS row")


def with_mandates(gathered: DataFrame) -> DataFrame:
    """Enterprises' gathered rows with ``seats``, their representatives over time, and ``mandated``, all mandates."""
    ended = same("get(enterprises, i + 1)", "row", ["legal_representative"])
    begun = same("get(enterprises, i - 1)", "row", ["legal_representative"])
    spans = gathered.selectExpr(
        "*",
        f"filter(enterprises, (row, i) -> NOT {begun}) AS _heads",
        f"filter(enterprises, (row, i) -> NOT {ended}) AS _tails",
        f"{newest('mandates', ['person', 'role'])} AS _mandates",
    )
    seated = spans.selectExpr("*", f"{_seats()} AS seats")
    present = seated.selectExpr("*", "get(filter(seats, seat -> seat.until IS NULL), 0) AS _present")
    settled = present.selectExpr("*", f"transform(_mandates, one -> {_settled()}) AS _settled")
    unsaid = f"filter(seats, seat -> NOT exists(_settled, one -> one.person = seat.person AND one.role = '{ROLE}'))"
    seat = struct(
        person="seat.person", role=f"'{ROLE}'", since="seat.since", until="seat.until", source="'enterprises'",
        as_of="seat.as_of",
    )  # fmt: skip
    all_mandates = f"concat(_settled, transform({unsaid}, seat -> CAST({seat} AS {_MANDATE}))) AS mandated"
    return settled.selectExpr("*", all_mandates).drop("_heads", "_tails", "_mandates", "_present", "_settled")


def _seats() -> str:
    """Representatives in order; an empty seat is left out.

    A register tells who represents on its date and not since when: the first one's ``since`` is unknown, each
    later one's is the date of the version that first names them, and the one before ends the day before.
    """
    seat = struct(
        person="head.legal_representative",
        since="IF(i > 0, head.as_of, NULL)",
        until="date_sub(get(_heads, i + 1).as_of, 1)",
        as_of="get(_tails, i).as_of",
    )
    return f"filter(transform(_heads, (head, i) -> CAST({seat} AS {_SPAN})), seat -> seat.person IS NOT NULL)"


def _settled() -> str:
    decided = f"one.role = '{ROLE}' AND _present IS NOT NULL"
    last_day = "least(one.until, date_sub(coalesce(_present.since, _present.as_of), 1))"
    until = (
        f"CASE WHEN {decided} AND _present.person = one.person THEN {null('DATE')}"
        f" WHEN {decided} THEN {last_day} ELSE one.until END"
    )
    row = struct(
        person="one.person", role="one.role", since="one.since", until=until, source="'mandates'", as_of="one.as_of"
    )
    return f"CAST({row} AS {_MANDATE})"
