"""Which tags subjects deleted, by their feedback: learning and ranking leave them out; it takes no entitlement away."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from jobs.run import Context

SAID = "subject STRING, action STRING, about STRING, at TIMESTAMP, entry STRING"
DELETED, RESTORED = "tag_deleted", "tag_restored"


def deleted(context: "Context", spark: "SparkSession") -> "DataFrame":
    """(subject, deleted): the tags of each subject whose last word on them was to delete them."""
    from pyspark.sql import functions as F

    said = context.tables.read_or_empty("feedback", SAID, spark)
    if "about" not in said.columns:  # written before a subject could speak of anything but services
        return spark.createDataFrame([], "subject STRING, deleted ARRAY<STRING>")
    last = said.where(F.col("action").isin(DELETED, RESTORED)).groupBy("subject", "about")
    words = last.agg(F.max_by("action", F.struct("at", "entry")).alias("word")).where(F.col("word") == DELETED)
    return words.groupBy("subject").agg(F.sort_array(F.collect_set("about")).alias("deleted"))


def left(tags: str) -> str:
    """SQL for the tags that may still be used, where ``deleted`` was joined."""
    return f"array_except({tags}, coalesce(deleted, CAST(array() AS ARRAY<STRING>)))"
