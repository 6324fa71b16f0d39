"""Whom a subject is tied to: family, employers, mandates, representatives; it never drops an ended link."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from profiles.register import ROLE, representatives
from profiles.versions import newest

_LINK = (
    "STRUCT<kind: STRING, other: STRING, role: STRING, since: DATE, until: DATE, birth_date: DATE, name: STRING,"
    " source: STRING, as_of: DATE>"
)


def person_links() -> Column:
    """The file's ``links`` over a person's gathered ``kin``, ``employment``, ``mandates`` and ``represented``."""
    kin = F.transform(
        "kin",
        lambda row: _link(row["kind"], row["other"], row, source=row["source"], birth_date=row["birth_date"]),
    )
    jobs = F.transform(
        newest(F.col("employment"), ("enterprise", "since")),
        lambda row: _link(F.lit("employer"), row["enterprise"], row, "employment", row["job_title"], row["name"]),
    )
    return F.sort_array(F.concat(kin, jobs, _mandated(F.col("mandates")), _represented(F.col("represented"))))


def enterprise_links() -> Column:
    """The file's ``links`` over an enterprise's gathered ``enterprises`` and ``mandates``: the persons' other side."""
    seats = F.transform(
        representatives(F.col("enterprises"), "legal_representative"),
        lambda row: _link(F.lit(ROLE), row["person"], row, "enterprises", F.lit(ROLE)),
    )
    return F.sort_array(F.concat(seats, _mandated(F.col("mandates"))))


def _mandated(rows: Column) -> Column:
    return F.transform(
        newest(rows, ("other", "role")),
        lambda row: _link(F.lit("mandate"), row["other"], row, "mandates", row["role"], row["name"]),
    )


def _represented(rows: Column) -> Column:
    """The register's representatives as mandates, where the mandates feed does not say the same with a date."""
    mandates = newest(F.col("mandates"), ("other", "role"))
    unsaid = F.filter(
        rows, lambda row: ~F.exists(mandates, lambda one: (one["other"] == row["other"]) & (one["role"] == ROLE))
    )
    return F.transform(
        unsaid, lambda row: _link(F.lit("mandate"), row["other"], row, "enterprises", F.lit(ROLE), row["name"])
    )


def _link(
    kind: Column,
    other: Column,
    row: Column,
    source: str | Column,
    role: Column | None = None,
    name: Column | None = None,
    birth_date: Column | None = None,
) -> Column:
    nothing = F.lit(None)
    fields = (
        kind, other, nothing if role is None else role, row["since"], row["until"],
        nothing if birth_date is None else birth_date, nothing if name is None else name,
        F.lit(source) if isinstance(source, str) else source, row["as_of"],
    )  # fmt: skip
    names = ("kind", "other", "role", "since", "until", "birth_date", "name", "source", "as_of")
    return F.struct(*[field.alias(name) for name, field in zip(names, fields, strict=True)]).cast(_LINK)
