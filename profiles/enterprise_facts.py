"""Which feed states which fact about an enterprise, and when it holds; what settles conflicts is in ``facts``."""

from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F

from profiles.facts import Stated, measured, states
from profiles.feeds import feed
from profiles.versions import newest, under_way

STAFF_TYPE = "STRUCT<person: STRING, since: DATE, as_of: DATE, until: DATE>"

_REGISTERED = (
    *(Stated(name, name) for name in ("name", "capital_yuan", "scope", "industry", "division", "address")),
    Stated("founded_on", "founded_on"),
    Stated("enterprise_type", "type"),
    Stated("enterprise_status", "status"),
)


def enterprise_candidates(day: date) -> list[Column]:
    """Arrays of candidates, over the gathered columns of an enterprise."""
    return [
        states("enterprise", feed("enterprises"), F.col("enterprises"), (), _REGISTERED),
        states("enterprise", feed("enterprise_reports"), F.col("enterprise_reports"), ("year",), _reports(day)),
        *_staff(day),
    ]


def _reports(day: date) -> tuple[Stated, ...]:
    def year_end(row: Column) -> Column:
        return F.make_date(row["year"], F.lit(12), F.lit(31))

    def filed(row: Column) -> Column:
        return F.when(row["filed_on"] <= F.lit(day), row["year"])

    return (
        Stated("last_report_year", "year", filed, begun=year_end),
        Stated("tax_status", "tax_status", begun=year_end),
    )


def _staff(day: date) -> list[Column]:
    told = feed("employment")
    jobs = newest(F.col("staff"), ("person", "since"))
    begun = F.filter(jobs, lambda job: job["since"] <= F.lit(day))
    at_work = F.filter(begun, lambda job: under_way(job["since"], job["until"], day))
    persons = F.size(F.array_distinct(F.transform(at_work, lambda job: job["person"])))
    as_of = F.array_max(F.transform(begun, lambda job: job["as_of"]))
    hired = F.array_max(F.transform(begun, lambda job: job["since"]))
    count = F.when(F.size(begun) > 0, persons)
    return [
        measured("enterprise", told, "employees", "person", count, as_of),
        measured("enterprise", told, "last_hired_on", "since", hired, as_of),
    ]
