"""The register of enterprises as persons see it: names, and who represents an enterprise; it never adds a file.

The register is the owner of who is the legal representative: where it names one, a mandate in that role holds for
that person alone, whatever the mandates feed still says.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from profiles.feeds import Feeds, known
from profiles.versions import same

REPRESENTATIVE = "STRUCT<person: STRING, since: DATE, until: DATE, as_of: DATE>"
REPRESENTED_TYPE = "STRUCT<other: STRING, since: DATE, until: DATE, as_of: DATE, name: STRING>"
EMPLOYMENT_TYPE = (
    "STRUCT<enterprise: STRING, since: DATE, as_of: DATE, job_title: STRING, occupation: STRING, until: DATE,"
    " name: STRING>"
)
MANDATE_TYPE = "STRUCT<other: STRING, role: STRING, as_of: DATE, since: DATE, until: DATE, name: STRING>"
ROLE = "legal_representative"


def register(feeds: Feeds, day: date) -> DataFrame | None:
    """(enterprise, name, representatives): the newest name, and everyone who ever represented it, in order."""
    rows = known(feeds, "enterprises", day)
    if rows is None:
        return None
    versions = rows.groupBy("enterprise").agg(
        F.sort_array(F.collect_list(F.struct("as_of", F.col("legal_representative").alias("person"), "name"))).alias(
            "versions"
        )
    )
    return versions.select(
        "enterprise",
        F.element_at("versions", -1)["name"].alias("name"),
        representatives(F.col("versions"), "person").alias("representatives"),
    )


def representatives(versions: Column, field: str) -> Column:
    """Array of ``REPRESENTATIVE`` from the sorted versions of one enterprise's rows; an empty seat is left out.

    A register tells who represents on its date and not since when: the first one's ``since`` is unknown, each
    later one's is the date of the version that first names them, which ends the one before.
    """
    heads = F.filter(versions, lambda row, i: (i == 0) | ~same(F.get(versions, i - 1), row, [field]))
    tails = F.filter(versions, lambda row, i: ~same(F.get(versions, i + 1), row, [field]))
    spans = F.zip_with(heads, tails, lambda head, tail: F.struct(head.alias("head"), tail.alias("tail")))
    seats = F.transform(
        spans,
        lambda span, i: F.struct(
            span["head"][field].alias("person"),
            F.when(i > 0, span["head"]["as_of"]).alias("since"),
            F.date_sub(F.get(heads, i + 1)["as_of"], 1).alias("until"),
            span["tail"]["as_of"].alias("as_of"),
        ),
    )
    return F.filter(seats, lambda seat: seat["person"].isNotNull())


def represented(feeds: Feeds, day: date) -> DataFrame | None:
    """(subject, row of ``REPRESENTED_TYPE``): the enterprises that each person represents or represented."""
    enterprises = register(feeds, day)
    if enterprises is None:
        return None
    seats = enterprises.select("enterprise", "name", F.explode("representatives").alias("seat"))
    row = F.struct(F.col("enterprise").alias("other"), "seat.since", "seat.until", "seat.as_of", "name")
    return seats.select(F.col("seat.person").alias("subject"), row.cast(REPRESENTED_TYPE).alias("row"))


def employment(feeds: Feeds, day: date) -> DataFrame | None:
    """(subject, row of ``EMPLOYMENT_TYPE``): every version of every job of a person."""
    jobs = _with_enterprise(feeds, "employment", day)
    if jobs is None:
        return None
    row = F.struct("enterprise", "since", "as_of", "job_title", "occupation", "until", "enterprise_name")
    return jobs.select(F.col("person").alias("subject"), row.cast(EMPLOYMENT_TYPE).alias("row"))


def mandates(feeds: Feeds, day: date, subject: str) -> DataFrame | None:
    """(subject, row of ``MANDATE_TYPE``): every version of every mandate, for its person or its enterprise."""
    told = _with_enterprise(feeds, "mandates", day)
    if told is None:
        return None
    other = "enterprise" if subject == "person" else "person"
    row = F.struct(F.col(other), "role", "as_of", "since", _until(), "enterprise_name").cast(MANDATE_TYPE)
    return told.select(F.col(subject).alias("subject"), row.alias("row"))


def _with_enterprise(feeds: Feeds, name: str, day: date) -> DataFrame | None:
    """A feed's rows with ``enterprise_name`` and ``seat``, the enterprise's present representative."""
    rows = known(feeds, name, day)
    if rows is None:
        return None
    enterprises = register(feeds, day)
    if enterprises is None:
        seat = REPRESENTATIVE
        return rows.select("*", _null("STRING").alias("enterprise_name"), _null(seat).alias("seat"))
    seated = F.filter("representatives", lambda seat: seat["until"].isNull())
    present = enterprises.select(
        "enterprise", F.col("name").alias("enterprise_name"), F.get(seated, F.lit(0)).alias("seat")
    )
    return rows.join(present, "enterprise", how="left")


def _null(type_: str) -> Column:
    return F.lit(None).cast(type_)


def _until() -> Column:
    """Until when a tie holds, by the register's word on who represents now."""
    last_day = F.least("until", F.date_sub(F.coalesce("seat.since", "seat.as_of"), 1))
    decided = (F.col("role") == ROLE) & F.col("seat").isNotNull()
    seated = F.col("seat.person") == F.col("person")
    return F.when(decided & ~seated, last_day).when(~F.coalesce(decided, F.lit(False)), F.col("until"))
