"""``python -m jobs audit``: put who read what into the chain, or verify it; the work is done in ``jobs.audit``."""

from typing import Annotated

import typer

from jobs.options import DayOption, LakeOption, TraceOption, day_of
from jobs.run import Context, run_all
from jobs.settings import Settings
from jobs.supervise import supervised

app = typer.Typer(
    invoke_without_command=True,
    help="Put who read whose file into the audit's chain; `audit verify` says whether the chain is whole.",
)


@app.callback()
def audit(called: typer.Context, day: DayOption = None, lake: LakeOption = None, trace: TraceOption = False) -> None:
    """Move what waits in the store into the chain."""
    if called.invoked_subcommand is None:
        on = day_of(day)
        with supervised("audit", trace=trace) as bar:
            run_all(Context(on, Settings.load(lake=lake), bar.step), bar.end, ["audit"])


@app.command()
def verify(
    head: Annotated[list[str] | None, typer.Option(help="A head that was printed before; may be repeated.")] = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """Name the first entry at which the chain is not whole, or say that it is."""
    with supervised("audit", trace=trace) as bar:
        from jobs import audit

        bar.timed(lambda: audit.verify(Context(day_of(None), Settings.load(lake=lake)), head or ()))
