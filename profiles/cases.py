"""What a subject applied for, each case in its newest version; it never shows a case on two subjects."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.feeds import Feeds, known

TYPE = (
    "STRUCT<case_id: STRING, service: STRING, status: STRING, applied_on: DATE, finished_on: DATE, source: STRING,"
    " as_of: DATE>"
)


def cases(feeds: Feeds, day: date, subject: str) -> DataFrame | None:
    """(subject, row of ``TYPE``) for the cases of persons or of enterprises.

    Args:
        subject: ``person`` or ``enterprise``. A case is filed under whom its newest version names.
    """
    told = known(feeds, "cases", day)
    if told is None:
        return None
    version = "max(struct(as_of, person, enterprise, service, status, applied_on, finished_on)) AS case"
    newest = told.groupBy("case_id").agg(F.expr(version)).selectExpr("case_id", "case.*")
    shown = "case_id, service, status, applied_on, finished_on, 'cases', as_of"
    own = newest.where(f"{subject} IS NOT NULL")
    return own.selectExpr(f"{subject} AS subject", f"CAST(struct({shown}) AS {TYPE}) AS row")
