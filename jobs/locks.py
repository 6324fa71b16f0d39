"""Who may work on the lake at the same time, across processes; it reads and writes no table."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def in_use(root: Path, *, alone: bool = False) -> Iterator[None]:
    """Jobs run side by side, but what takes something out of every table for good runs ``alone``.

    A job that read a subject's rows before an erasure would otherwise write them again after it.
    """
    with _held(root / ".in-use", fcntl.LOCK_EX if alone else fcntl.LOCK_SH):
        yield


@contextmanager
def one_writer(table: Path) -> Iterator[None]:
    """One writer at a time looks at CURRENT and replaces it: a night's run and a stream may write the same log."""
    with _held(table / ".lock", fcntl.LOCK_EX):
        yield


@contextmanager
def _held(file: Path, how: int) -> Iterator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, how)
        yield
