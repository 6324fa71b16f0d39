"""Runs one command's work: a progress bar while it goes, a line when a job ends, one sentence when it fails."""

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from jobs.run import Summary
from profiles.errors import YidangError

BROKEN_PIPE = 141  # as a shell says it: 128 and SIGPIPE


class Bar:
    """The progress bar on stderr, or a plain line a step where that is no terminal; ends are lines on stdout."""

    def __init__(self, progress: Progress, job: str, jobs: frozenset[str]) -> None:
        self._progress, self._jobs = progress, jobs
        self._task = progress.add_task(job, total=None)
        self._said = ""
        self.job = job

    def step(self, what: str, done: int, total: int) -> None:
        """Show how far ``what`` is; naming another job begins that one."""
        if what in self._jobs:
            self.job = what
        label = what if what == self.job else f"{self.job}: {what}"
        self._progress.update(self._task, description=label, completed=done, total=total)
        if self._progress.disable and label != self._said:
            self._said = label
            print(f"{label} ({done} of {total})" if total > 1 else label, file=sys.stderr, flush=True)

    def end(self, summary: Summary, seconds: float) -> None:
        """Say what a job did."""
        print(summary.line(seconds), flush=True)

    def timed(self, work: Callable[[], Summary]) -> None:
        """Do the work of one job and say what it did."""
        started = time.monotonic()
        summary = work()
        self.end(summary, time.monotonic() - started)


@contextmanager
def supervised(job: str, *, trace: bool, jobs: frozenset[str] = frozenset()) -> Iterator[Bar]:
    """A bar for what is done inside; where that fails, one sentence on stderr and SystemExit with 1, or 2 for a fault.

    Where nobody reads what is printed any more the work ends without a word, with SystemExit 141.

    An unexpected failure is named by type and place alone: its message may quote a row.

    Args:
        jobs: the names by which a step begins another job.
    """
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = Bar(progress, job, jobs)
        try:
            yield bar
            sys.stdout.flush()
            return
        except BrokenPipeError:
            # Whoever read our lines (head, less) has gone; Python must not fail on them once more as it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(BROKEN_PIPE) from None
        except YidangError as error:
            sentence, code = f"{bar.job} failed: {error}", 1
        except Exception as error:
            sentence, code = _unexpected(bar.job, error, trace), 2
    print(sentence, file=sys.stderr, flush=True)
    raise SystemExit(code)


def _unexpected(job: str, error: Exception, trace: bool) -> str:
    if trace:
        traceback.print_exception(error)
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    place = f"{Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else "an unknown place"
    return (
        f"{job} failed unexpectedly with {type(error).__name__} at {place}. Tables keep their last whole run; "
        "rerun the job, with --trace to see the whole traceback (it may quote data)."
    )
