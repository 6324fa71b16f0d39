"""``python -m jobs cases``: the list of those who help residents, and what they did; the work is in ``jobs.cases``."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, cast

import typer

from jobs.options import DayOption, LakeOption, TraceOption, day_of
from jobs.run import Context, run_all
from jobs.settings import Settings
from jobs.supervise import supervised

if TYPE_CHECKING:
    from jobs.cases import Kept
    from recommender.helping import Step

Number = Annotated[str, typer.Argument(help="The case's number, as the list and the resident have it.")]

app = typer.Typer(
    invoke_without_command=True,
    help="Open the cases of help that residents reported; its commands are for those who see to them.",
)


@app.callback()
def cases(called: typer.Context, day: DayOption = None, lake: LakeOption = None, trace: TraceOption = False) -> None:
    """Open what came in and show every subject how its cases stand."""
    if called.invoked_subcommand is None:
        on = day_of(day)
        with supervised("cases", trace=trace) as bar:
            run_all(Context(on, Settings.load(lake=lake), bar.step), bar.end, ["cases"])


@app.command("list")
def listed(
    late: Annotated[bool, typer.Option("--late", help="Those alone whose step is overdue.")] = False,
    every: Annotated[bool, typer.Option("--all", help="The closed ones too.")] = False,
    day: DayOption = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """The open cases, the oldest first, and the rates of coverage and resolution."""
    on = day_of(day)
    with supervised("cases", trace=trace):
        from jobs import cases as door

        context = Context(on, Settings.load(lake=lake))
        print("\n".join(door.listed(door.kept(context), on, late=late, every=every)))


@app.command()
def show(number: Number, lake: LakeOption = None, trace: TraceOption = False) -> None:
    """One case in clear: how it stands, what was written and what was replied. Personal data."""
    with supervised("cases", trace=trace):
        from jobs import cases as door

        print("\n".join(door.shown(Context(day_of(None), Settings.load(lake=lake)), number)))


@app.command()
def did(
    number: Number,
    step: Annotated[str, typer.Argument(help="call_back, verify or mend.")],
    day: DayOption = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """Note that a step was taken."""

    def took(context: Context) -> "Kept":
        from jobs import cases as door

        return door.took(context, number, cast("Step", step))

    _act(day, lake, trace, took)


@app.command()
def reply(
    number: Number,
    text: Annotated[str, typer.Argument(help="What the resident reads on the page.")],
    day: DayOption = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """Reply to the resident."""

    def replied(context: Context) -> "Kept":
        from jobs import cases as door
        from recommender.helping import REPLY

        return door.took(context, number, REPLY, text)

    _act(day, lake, trace, replied)


@app.command()
def close(number: Number, day: DayOption = None, lake: LakeOption = None, trace: TraceOption = False) -> None:
    """Close a case that was replied to."""

    def closed(context: Context) -> "Kept":
        from jobs import cases as door

        return door.closed(context, number)

    _act(day, lake, trace, closed)


def _act(day: DayOption, lake: LakeOption, trace: bool, work: "Callable[[Context], Kept]") -> None:
    on = day_of(day)
    with supervised("cases", trace=trace) as bar:
        one = work(Context(on, Settings.load(lake=lake), bar.step))
        print(f"{one.number}: {one.case.next_step or ('closed' if one.case.closed_on else 'close')}")
