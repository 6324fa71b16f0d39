"""Children, parents, spouses and carers, one link per pair and kind, told from both sides; it never guesses a tie.

A link is known from the register of kinship, from births and marriages, or from both. Registered births, marriages
and divorces go first where both give a date (``precedence.yaml``, ``link``); nobody is kin of the dead any more,
so a death ends the links to the deceased.
"""

from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from profiles.feeds import Feeds, known
from profiles.happenings import happenings, life_dates
from profiles.precedence import precedence

TYPE = (
    "STRUCT<kind: STRING, other: STRING, since: DATE, until: DATE, birth_date: DATE, birth_source: STRING,"
    " birth_as_of: DATE, died_on: DATE, death_as_of: DATE, source: STRING, as_of: DATE>"
)

# What a person is to whoever is this to them.
OTHER_SIDE = {"child": "parent", "parent": "child", "spouse": "spouse", "carer": "cared_for"}

_EVENT_KIND = {"birth": "child", "born": "parent", "marriage": "spouse", "divorce": "spouse"}
_SAID = "STRUCT<as_of: DATE, since: DATE, until: DATE>"


def kin(feeds: Feeds, day: date) -> DataFrame | None:
    """(subject, row of ``TYPE``), ended links with their end; None where no feed tells of kin."""
    told = [rows for rows in (_registered(feeds, day), _from_events(feeds, day)) if rows is not None]
    if not told:
        return None
    pairs = _one_per_pair(reduce(DataFrame.unionAll, told))
    dates = life_dates(feeds, day)
    if dates is None:
        empty = "STRUCT<happened_on: DATE, source: STRING, as_of: DATE>"
        dated = pairs.select("*", F.lit(None).cast(empty).alias("birth"), F.lit(None).cast(empty).alias("death"))
    else:
        dated = pairs.join(dates, "other", how="left")
    return dated.select("subject", _link().cast(TYPE).alias("row"))


def _registered(feeds: Feeds, day: date) -> DataFrame | None:
    register = known(feeds, "kinship", day)
    if register is None:
        return None
    said = F.struct("as_of", "since", "until").cast(_SAID)
    sides = F.create_map(*[F.lit(text) for pair in OTHER_SIDE.items() for text in pair])
    forward = register.select(
        F.col("person").alias("subject"), F.col("relation").alias("kind"), F.col("relative").alias("other"),
        said.alias("kinship"), F.lit(None).cast(_SAID).alias("begun"), F.lit(None).cast(_SAID).alias("ended"),
    )  # fmt: skip
    return forward.unionAll(
        forward.select(
            F.col("other").alias("subject"), sides[F.col("kind")].alias("kind"), F.col("subject").alias("other"),
            "kinship", "begun", "ended",
        )  # fmt: skip
    )


def _from_events(feeds: Feeds, day: date) -> DataFrame | None:
    events = happenings(feeds, day)
    if events is None:
        return None
    kinds = F.create_map(*[F.lit(text) for pair in _EVENT_KIND.items() for text in pair])
    nothing = F.lit(None).cast("DATE")
    begun = F.struct("as_of", F.col("happened_on").alias("since"), nothing.alias("until")).cast(_SAID)
    ended = F.struct("as_of", nothing.alias("since"), F.col("happened_on").alias("until")).cast(_SAID)
    divorce = F.col("kind") == "divorce"
    return events.where(F.col("kind").isin(*_EVENT_KIND) & F.col("other").isNotNull()).select(
        "subject", kinds[F.col("kind")].alias("kind"), "other", F.lit(None).cast(_SAID).alias("kinship"),
        F.when(~divorce, begun).alias("begun"), F.when(divorce, ended).alias("ended"),
    )  # fmt: skip


def _one_per_pair(told: DataFrame) -> DataFrame:
    """(subject, kind, other, since, until, source, as_of): what the sources say, by their order of precedence."""
    newest = told.groupBy("subject", "kind", "other").agg(
        F.max("kinship").alias("kinship"),
        F.max("begun.since").alias("begun"),
        F.max("ended.until").alias("ended"),
        F.max(F.greatest("kinship.as_of", "begun.as_of", "ended.as_of")).alias("as_of"),
    )
    # A couple that married again is not divorced.
    ended = F.when(F.col("begun").isNull() | (F.col("ended") >= F.col("begun")), F.col("ended"))
    says = {
        "vital_events": (F.col("begun"), ended),
        "kinship": (F.col("kinship.since"), F.col("kinship.until")),
    }
    by_event = F.col("begun").isNotNull() | F.col("ended").isNotNull()
    return newest.select(
        "subject", "kind", "other",
        _first_said({feed: since for feed, (since, _) in says.items()}).alias("since"),
        _first_said({feed: until for feed, (_, until) in says.items()}).alias("until"),
        F.when(by_event, "vital_events").otherwise("kinship").alias("source"),
        "as_of",
    )  # fmt: skip


def _first_said(says: dict[str, Column]) -> Column:
    """The value of the feed that goes first for the kind of link at hand; carers come from one feed alone."""
    chosen = F.coalesce(*says.values())
    for kind, line in precedence()["link"].items():
        ordered = [says[feed] for feed in sorted(line, key=line.__getitem__) if feed in says]
        chosen = F.when(F.col("kind") == kind, F.coalesce(*ordered)).otherwise(chosen) if ordered else chosen
    return chosen


def _link() -> Column:
    child, died = F.col("kind") == "child", F.col("death.happened_on")
    born = F.when(child, F.col("birth.happened_on"))
    return F.struct(
        "kind",
        "other",
        F.coalesce("since", born).alias("since"),
        F.least("until", died).alias("until"),
        born.alias("birth_date"),
        F.when(child, F.col("birth.source")).alias("birth_source"),
        F.when(child, F.col("birth.as_of")).alias("birth_as_of"),
        # Who was divorced before the death is not bereaved by it.
        F.when(F.coalesce(F.col("until") >= died, F.lit(True)), died).alias("died_on"),
        F.col("death.as_of").alias("death_as_of"),
        "source",
        "as_of",
    )
