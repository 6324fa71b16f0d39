"""Writes what an operator looks at in the morning as one run of the table ``operators``; it judges nothing.

``index.html`` says what became of every feed, ``sharing.html`` is the data-sharing list, ``validations/`` and
``expectations/`` are Great Expectations' Data Docs. Every file stands alone: none loads anything from anywhere.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import books
from jobs.contracts import PAGE, sharing_list
from jobs.render import render
from profiles import contracts
from profiles.gate.expectations.docs import data_docs

if TYPE_CHECKING:
    from jobs.books import FeedDay
    from jobs.run import Context
    from profiles.gate.judge import Verdict

TABLE = "operators"
INDEX = "index.html"


@dataclass(frozen=True)
class Reason:
    """Why rows are in quarantine: how many, and (feed, rows) by number."""

    reason: str
    rows: int
    feeds: tuple[tuple[str, int], ...]


def write(context: "Context", verdicts: "Mapping[str, Verdict]") -> Path:
    """Write the day's pages from ``gate_report`` and the verdicts by feed; where the first page is.

    Raises:
        TableMissing: the gate wrote no report of the day.
    """
    days = books.report(context.tables, context.day)
    files = {
        INDEX: operators_page(days, context.day),
        PAGE: sharing_list(days, context.day, context.settings.suppliers),
        **data_docs(verdicts, context.day),
    }
    context.tables.write_files(TABLE, files, day=context.day)
    return context.tables.path(TABLE) / INDEX


def operators_page(days: "Sequence[FeedDay]", day: date) -> bytes:
    """What became of every feed on ``day``, the stopped ones first."""
    return render(
        "operators.html",
        day=day.isoformat(),
        days=days,
        stopped=[one for one in days if one.state != "accepted"],
        reasons=reasons(days),
        titles={feed: contract.title for feed, contract in contracts.load().items()},
    )


def reasons(days: "Sequence[FeedDay]") -> list[Reason]:
    """Why rows are in quarantine, the most frequent reason first."""
    by_reason: dict[str, dict[str, int]] = defaultdict(dict)
    for one in days:
        for reason, rows in one.reasons.items():
            by_reason[reason][one.feed] = rows
    found = [
        Reason(reason, sum(feeds.values()), tuple(sorted(feeds.items(), key=lambda each: (-each[1], each[0]))))
        for reason, feeds in by_reason.items()
    ]
    return sorted(found, key=lambda one: (-one.rows, one.reason))
