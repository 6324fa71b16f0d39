"""Erases whoever asked for it on their page; it asks nobody for an identity number and judges no request."""

from jobs import feedback
from jobs.erase import erase
from jobs.run import Context, Summary
from profiles.model import Kind

ASKED = "erasure"


def run(context: Context) -> Summary:
    """Erase, in one pass over the tables, everyone whose request came out of the store.

    Raises:
        StoreUnavailable: the store does not answer; who asked is still queued, and is shown nothing meanwhile.
    """
    asked = _asked(context)
    if not asked:
        return Summary("erasures", {"erased": 0})
    done = erase(context, asked)
    return Summary("erasures", {"erased": len(asked), **done.counts}, done.note)


def _asked(context: Context) -> dict[str, Kind]:
    """Who asked, and what they are. A request is the last of what is erased: a run that broke off finds it again."""
    if not context.tables.exists(feedback.TABLE):
        return {}
    said = context.tables.read(feedback.TABLE, context.spark).where(f"action = '{ASKED}'")
    rows = said.select("subject", "kind").distinct().collect()
    return {row["subject"]: "person" if row["kind"] == "person" else "enterprise" for row in rows}
