"""Lists, counts and exports rows in quarantine, without Spark; no value of a row is there, only what it looked like."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs import books
from jobs.tables import Tables
from profiles.errors import ContractError, SettingsError
from profiles.located import nearest

TABLE = "quarantine"
SHOWN = ("feed", "supplier", "file", "row", "key", "reason", "failures")


def rows(tables: Tables, day: date | None = None, feed: str | None = None, reason: str | None = None) -> pa.Table:
    """What stands in quarantine, with columns ``SHOWN`` and ``day``, ordered by feed, file and row.

    Args:
        day: when the rows were gated; the newest day that was gated by default.
        feed: this feed alone.
        reason: rows whose first failure has this reason alone.

    Raises:
        TableMissing: nothing was ever gated, or not on that day.
        ContractError: there is no such feed.
    """
    found = books.rows(tables, TABLE, day or books.newest_day(tables, TABLE))
    for column, wanted in (("feed", feed), ("reason", reason)):
        if wanted is not None:
            found = found.filter(pc.equal(found[column], wanted))
    if feed is not None and not len(found):
        _known(feed)
    return found.select([*SHOWN, "day"]).sort_by([(name, "ascending") for name in ("feed", "file", "row")])


def counted(found: pa.Table) -> Iterator[str]:
    """Lines that count the rows by feed and reason, the most frequent first."""
    seen = Counter(zip(found["feed"].to_pylist(), found["reason"].to_pylist(), strict=True))
    ordered = sorted(seen.items(), key=lambda one: (-one[1], one[0]))
    return _aligned([("feed", "reason", "rows"), *((feed, why, f"{rows:,}") for (feed, why), rows in ordered)])


def listed(found: pa.Table, limit: int) -> Iterator[str]:
    """Lines that list at most ``limit`` rows, and last how many there are."""
    yield from _aligned([SHOWN, *_texts(found.slice(0, limit))])
    yield f"{min(limit, len(found)):,} of {len(found):,} rows; row 1 is the first one after the file's header"


def export(found: pa.Table, file: Path) -> None:
    """Write the rows to ``file``, as its name's ending says: .csv (for spreadsheets: UTF-8 with its mark) or .parquet.

    Raises:
        SettingsError: the name ends otherwise.
    """
    if file.suffix == ".parquet":
        pq.write_table(found, file)
    elif file.suffix == ".csv":
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([*SHOWN, "day"])
            writer.writerows([*line, on] for line, on in zip(_texts(found), found["day"].to_pylist(), strict=True))
    else:
        raise SettingsError(f"{file.name} is neither .csv nor .parquet: give the file one of these endings.")


def _texts(found: pa.Table) -> Iterator[list[str]]:
    """The rows as texts by ``SHOWN``; ``failures`` says column, class of the value and reason of each."""
    for row in found.to_pylist():
        told = [f"{one['column'] or 'row'}: {one['value_class']} ({one['reason']})" for one in row["failures"]]
        yield [*(str(row[name]) for name in SHOWN[:-1]), "; ".join(told)]


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a table of texts in columns.

    >>> list(_aligned([["feed", "rows"], ["cases", "3"]]))
    ['feed   rows', 'cases  3']
    """
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _known(feed: str) -> None:
    from profiles import contracts  # takes longer than all the rest

    if feed not in (feeds := contracts.load()):
        raise ContractError(f"There is no feed {feed!r}.{nearest(feed, feeds)} Feeds: {', '.join(feeds)}.")
