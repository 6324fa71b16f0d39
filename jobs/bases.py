"""Keeps in the lake what each day's lists were made by, for as long as their traces are; it holds no pseudonym."""

from collections.abc import Iterator
from datetime import timedelta

from jobs.run import Context
from recommender.basis import Basis

TABLE = "bases"
KEPT_DAYS = 30


def keep(context: Context, basis: Basis) -> None:
    """Keep the basis beside those of the other kind and of the days before, and let go of what is too old.

    What was made anew for the same day stands beside what it replaces: lists may have been shown that were made by it.
    """
    made = basis.made
    slot = f"{made.day.isoformat()}~{made.kind}-{basis.id.hex()}"
    context.tables.write_files(TABLE, {name(basis.id): basis.save()}, day=made.day, slot=slot)
    forget(context, TABLE)


def forget(context: Context, table: str) -> None:
    """Drop the days of a log that are older than a trace is kept."""
    oldest = (context.day - timedelta(days=KEPT_DAYS)).isoformat()
    context.tables.drop(table, keep=lambda one: one.day >= oldest)


def name(basis: bytes) -> str:
    """The file that holds the basis of that id."""
    return f"{basis.hex()}.basis"


def kept(context: Context) -> Iterator[tuple[bytes, bytes]]:
    """The id of every basis that is kept, and the basis as saved."""
    for run in context.tables.manifests(TABLE):
        for file in run.files:
            yield bytes.fromhex(file.partition(".")[0]), (context.tables.run_path(TABLE, run.run) / file).read_bytes()
