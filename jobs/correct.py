"""Routes what subjects said is wrong to the lists of the departments whose word it is; it changes no fact.

A correction is pending until its item has a newer word in force (``profiles.corrections``). The table ``corrections``
is made anew from feedback and files each time.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from jobs.files import identified
from jobs.run import Context, Summary
from profiles import contracts
from profiles.corrections import answered
from profiles.errors import KeyMaterialError, StoreUnavailable, TableMissing
from profiles.identity.keys import open_sealed
from profiles.model import KINDS, Kind
from recommender.choices import SAID
from recommender.corrections import about_name, correctable
from recommender.store import Store

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TABLE = "corrections"
CORRECTIONS = (
    "entry STRING, subject STRING, kind STRING, about STRING, feed STRING, said STRING, requested_on DATE,"
    " state STRING, answered_on DATE, name STRING, phone STRING"
)
PENDING, ANSWERED = "pending", "answered"
LISTED = ("entry", "feed", "about", "item", "requested_on", "state", "name", "phone", "said")


def run(context: Context) -> Summary:
    """Write ``corrections`` as of the day, and let those that were answered be pending no longer on their pages.

    Raises:
        TableMissing: files were not built.
    """
    if not context.tables.exists("feedback"):
        return Summary("correct", {"pending": 0, "answered": 0})
    frames = [_of(context, kind) for kind in KINDS]
    context.tables.write(TABLE, frames[0].unionByName(frames[1]).coalesce(1), day=context.day)
    rows = context.tables.read(TABLE, context.spark).select("subject", "about", "state").collect()
    closed = [(row["subject"], row["about"]) for row in rows if row["state"] == ANSWERED]
    open_again = {(row["subject"], row["about"]) for row in rows if row["state"] == PENDING}
    note = ""
    try:
        with Store(context.settings.store_url) as store:
            store.close_corrections(pair for pair in closed if pair not in open_again)
    except StoreUnavailable as away:
        note = f"still shown as pending: {away}"
    return Summary("correct", {"pending": len(rows) - len(closed), "answered": len(closed)}, note)


def _of(context: Context, kind: Kind) -> "DataFrame":
    """The corrections of one kind of subject, beside the newest word on their item and the subject's sealed name."""
    from pyspark.sql import functions as F

    asked = context.tables.read("feedback", context.spark)
    if "about" not in asked.columns:  # written before there were corrections
        return context.spark.createDataFrame([], CORRECTIONS)
    mine = asked.where((F.col("action") == "correction") & (F.col("kind") == kind))
    owner = F.broadcast(_owners(context.spark, kind))
    told = mine.join(owner, on="about", how="left").withColumn("requested_on", F.col("at").cast("date"))
    state = F.when(F.col("answered_on").isNull(), PENDING).otherwise(ANSWERED)
    return answered(told, identified(context, kind)).select(
        "entry", "subject", "kind", "about", "feed", "said", "requested_on", state.alias("state"), "answered_on",
        "name", "phone",
    )  # fmt: skip


def _owners(spark: "SparkSession", kind: Kind) -> "DataFrame":
    return spark.createDataFrame(list(correctable(kind).items()), "about STRING, feed STRING")


def listed(context: Context, owner: str | None = None, state: str = PENDING) -> list[dict[str, Any]]:
    """A department's list (its name or a feed's; everybody's without), oldest first, without what is sealed.

    Raises:
        TableMissing: no correction was ever routed.
    """
    if not context.tables.exists(TABLE):
        raise TableMissing(
            f"No correction was ever routed in {context.tables.root}. `python -m jobs feedback` takes in what "
            "residents sent, `python -m jobs correct` routes it; both are part of `all`."
        )
    owners = {feed: contract.owner for feed, contract in contracts.load().items()}
    rows = [row for folder in context.tables.paths(TABLE) for row in pq.read_table(folder).to_pylist()]
    wanted = [
        {**row, "owner": owners[row["feed"]].zh, "item": about_name(row["about"], row["kind"], "zh")}
        for row in rows
        if row["state"] == state and owner in (None, row["feed"], owners[row["feed"]].zh, owners[row["feed"]].en)
    ]
    return sorted(wanted, key=lambda row: (row["requested_on"], row["entry"]))


def lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A line per correction: whose word, what, since when; never what was said or by whom."""
    for row in rows:
        yield f"{row['requested_on']}  {row['owner']}  {row['item']} ({row['about']})  {row['entry']}"
    if not rows:
        yield "Nothing is pending."


def export(context: Context, rows: Sequence[dict[str, Any]], file: Path) -> int:
    """Write a department's list with what it needs to act, opened: name, telephone, what is said to be right.

    The file is for that department alone; it holds personal data in clear. How many rows it has.
    """
    keys = context.keys

    def clear(row: dict[str, Any], field: str, name: str) -> str:
        text = row[field]
        if not text:
            return ""
        try:
            return open_sealed(keys, row["subject"], name, text)
        except KeyMaterialError:
            return text if row["kind"] == "enterprise" and field != "said" else ""

    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, LISTED, extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            opened = {name: clear(row, name, name) for name in ("name", "phone")}
            writer.writerow({**row, **opened, "said": clear(row, "said", SAID)})
    file.chmod(0o600)
    return len(rows)
