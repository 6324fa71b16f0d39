"""``python -m jobs feedback``: bring in what residents did; the work is done in ``jobs.feedback``."""

from typing import Annotated

import typer

from jobs.options import DayOption, LakeOption, TraceOption, day_of
from jobs.run import Context, run_all
from jobs.settings import Settings
from jobs.supervise import supervised

app = typer.Typer(
    invoke_without_command=True,
    help="Bring what residents did on their pages from the store into the lake.",
)


@app.callback()
def feedback(called: typer.Context, day: DayOption = None, lake: LakeOption = None, trace: TraceOption = False) -> None:
    """Drain the store."""
    if called.invoked_subcommand is None:
        on = day_of(day)
        with supervised("feedback", trace=trace, jobs=frozenset({"feedback"})) as bar:
            run_all(Context(on, Settings.load(lake=lake), bar.step), bar.end, ["feedback"])


@app.command()
def unreadable(
    retry: Annotated[bool, typer.Option("--retry", help="Let this release read them, at the next `feedback`.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Forget them.")] = False,
    trace: TraceOption = False,
) -> None:
    """List the entries that could not be read, with the reason; never a value of theirs."""
    with supervised("feedback", trace=trace):
        from jobs import feedback as door
        from recommender.store import FeedbackQueue

        with FeedbackQueue(Settings.load().store_url) as queue:
            if retry:
                print(f"to be read again: {queue.take_up_again():,}")
            elif drop:
                print(f"dropped: {queue.drop_set_aside():,}")
            else:
                print("\n".join(door.unreadable(queue)))
