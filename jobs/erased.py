"""Who was erased: the table ``erased``, one row per subject that must not come back; it erases nobody."""

from jobs.run import Context

TABLE = "erased"
ERASED = "subject STRING, kind STRING, erased_on DATE"


def erased(context: Context) -> frozenset[str]:
    """The pseudonyms of erased subjects."""
    if not context.tables.exists(TABLE):
        return frozenset()
    rows = context.tables.read(TABLE, context.spark).select("subject").collect()
    return frozenset(row["subject"] for row in rows)
