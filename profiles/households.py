"""Who shares a household, by one gathering per household, told to each of its members; it links nobody to anybody."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.feeds import Feeds, known
from profiles.versions import newest, struct, under_way

# size: how many persons belong to the household on the day.
TYPE = "STRUCT<household: STRING, as_of: DATE, relation: STRING, since: DATE, until: DATE, size: INT>"


def households(feeds: Feeds, day: date) -> DataFrame | None:
    """(subject, row of ``TYPE``) for every version of a membership; None where no feed tells of households."""
    told = known(feeds, "households", day)
    if told is None:
        return None
    members = F.expr("sort_array(collect_list(struct(person, as_of, relation, since, until))) AS members")
    present = f"filter({newest('members', ['person'])}, row -> {under_way('row.since', 'row.until', day)})"
    gathered = told.groupBy("household").agg(members).selectExpr("household", "members", f"size({present}) AS size")
    fields = {name: f"member.{name}" for name in ("as_of", "relation", "since", "until")}
    row = f"CAST({struct(household='household', **fields, size='size')} AS {TYPE})"
    each = gathered.selectExpr("household", "size", "explode(members) AS member")
    return each.selectExpr("member.person AS subject", f"{row} AS row")
