"""Births, marriages, divorces and deaths, told from each side they concern; it never keeps a superseded version."""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from profiles.feeds import Feeds, known
from profiles.precedence import place

TYPE = "STRUCT<kind: STRING, happened_on: DATE, other: STRING, as_of: DATE>"
FIELDS = ("kind", "happened_on", "other", "as_of")

# The same event seen from ``other``'s side; a death says nothing of the other side.
_OTHER_SIDE = {"birth": "born", "marriage": "marriage", "divorce": "divorce"}


def happenings(feeds: Feeds, day: date) -> DataFrame | None:
    """(subject, kind, other, happened_on, as_of): kind is birth (of a child), born, marriage, divorce or death (own).

    The newest version of each event counts, whoever it named before.
    """
    told = known(feeds, "vital_events", day)
    if told is None:
        return None
    version = F.max(F.struct("as_of", "kind", "person", "other", "happened_on")).alias("event")
    events = told.groupBy("event_id").agg(version).select("event.*").where(F.col("happened_on") <= F.lit(day))
    own = events.select(F.col("person").alias("subject"), "kind", "other", "happened_on", "as_of")
    sides = F.create_map(*[F.lit(text) for pair in _OTHER_SIDE.items() for text in pair])
    theirs = events.where(F.col("kind").isin(*_OTHER_SIDE) & F.col("other").isNotNull()).select(
        F.col("other").alias("subject"), sides[F.col("kind")].alias("kind"), "person", "happened_on", "as_of"
    )
    return own.unionAll(theirs)


def life_dates(feeds: Feeds, day: date) -> DataFrame | None:
    """(other, birth, death) per person: structs of the date, its source and as_of; None where no feed tells any.

    A birth date comes from the feed that goes first in line, a death from the newest word on it.
    """
    told = _told_births(feeds, day)
    events = happenings(feeds, day)
    if events is not None:
        rank = F.lit(place("person", "birth_date", "vital_events"))
        born, dead = F.col("kind") == "born", F.col("kind") == "death"
        said = F.struct(rank.alias("rank"), _age("as_of"), "happened_on", "as_of", F.lit("vital_events").alias("source"))
        died = F.struct("as_of", "happened_on")
        rows = events.where(born | dead).select(
            F.col("subject").alias("other"), F.when(born, said).alias("birth"), F.when(dead, died).alias("death")
        )
        told = rows if told is None else told.unionByName(rows, allowMissingColumns=True)
    if told is None:
        return None
    if "death" not in told.columns:
        told = told.withColumn("death", F.lit(None).cast("STRUCT<as_of: DATE, happened_on: DATE>"))
    return told.groupBy("other").agg(F.min("birth").alias("birth"), F.max("death").alias("death"))


def _told_births(feeds: Feeds, day: date) -> DataFrame | None:
    residents = known(feeds, "residents", day)
    if residents is None:
        return None
    said = F.struct(
        F.lit(place("person", "birth_date", "residents")).alias("rank"),
        _age("as_of"),
        F.col("birth_date").alias("happened_on"),
        "as_of",
        F.lit("residents").alias("source"),
    )
    return residents.select(F.col("person").alias("other"), said.alias("birth"))


def _age(column: str) -> Column:
    return (-F.unix_date(column)).alias("older")
