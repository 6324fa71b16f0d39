"""Whom to compare: a feed's records and the residents who may be meant, as known on a day; it opens nothing sealed."""

from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.feeds import Feeds, known
from profiles.linkage.terms import Terms
from profiles.versions import on


def records(feeds: Feeds, terms: Terms, day: date) -> DataFrame | None:
    """(id, name, birth_date, phone) of every record in its newest version; None where the feed was not delivered."""
    rows = known(feeds, terms.feed, day)
    if rows is None:
        return None
    return _newest(rows, {name: terms.fields[name] for name in ("name", "birth_date", "phone")})


def residents(feeds: Feeds, terms: Terms, day: date) -> DataFrame | None:
    """(id, name, birth_date, phones) of every resident of the ages in question; None where there is no register.

    ``phones`` is an array of (owner, phone), the parents'.
    """
    rows = known(feeds, "residents", day)
    if rows is None:
        return None
    everybody = _newest(rows, {name: name for name in ("name", "birth_date", "phone")})
    youngest, eldest = terms.ages
    of_age = everybody.where(
        f"birth_date > {on(day)} - INTERVAL {eldest + 1} YEAR AND birth_date <= {on(day)} - INTERVAL {youngest} YEAR"
    ).select("id", "name", "birth_date")
    parents = _parents(feeds, day)
    if parents is None:
        return of_age.selectExpr("*", "CAST(array() AS ARRAY<STRUCT<owner: STRING, phone: STRING>>) AS phones")
    phoned = everybody.where("phone IS NOT NULL").selectExpr("id AS parent", "struct(id AS owner, phone) AS phone")
    phones = parents.join(phoned, on="parent", how="inner").groupBy("id").agg(F.collect_set("phone").alias("phones"))
    return of_age.join(phones, on="id", how="left")


def _newest(rows: DataFrame, columns: dict[str, str]) -> DataFrame:
    """Each person's newest row; of two of one day the greater, whatever the order of arrival."""
    fields = ", ".join(f"{column} AS {name}" for name, column in columns.items())
    newest = rows.groupBy("person").agg(F.expr(f"max(struct(as_of, {fields})) AS row"))
    return newest.selectExpr("person AS id", *[f"row.{name}" for name in columns])


def _parents(feeds: Feeds, day: date) -> DataFrame | None:
    """(id, parent), each pair once; None where no feed tells of kin."""
    told = []
    kinship, events = known(feeds, "kinship", day), known(feeds, "vital_events", day)
    if kinship is not None:
        told.append(kinship.where("relation = 'parent'").selectExpr("person AS id", "relative AS parent"))
        told.append(kinship.where("relation = 'child'").selectExpr("relative AS id", "person AS parent"))
    if events is not None:
        version = "max(struct(as_of, kind, person, other)) AS event"
        births = events.groupBy("event_id").agg(F.expr(version)).where("event.kind = 'birth'")
        told.append(births.selectExpr("event.other AS id", "event.person AS parent"))
    return reduce(DataFrame.unionAll, told).where("id IS NOT NULL").distinct() if told else None
