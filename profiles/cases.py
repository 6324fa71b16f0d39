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
    rest = ("as_of", "person", "enterprise", "service", "status", "applied_on", "finished_on")
    newest = told.groupBy("case_id").agg(F.max(F.struct(*rest)).alias("case"))
    row = F.struct(
        "case_id", "case.service", "case.status", "case.applied_on", "case.finished_on", F.lit("cases"), "case.as_of"
    )
    own = newest.where(F.col(f"case.{subject}").isNotNull())
    return own.select(F.col(f"case.{subject}").alias("subject"), row.cast(TYPE).alias("row"))
