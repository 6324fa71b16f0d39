"""The commands that only look: they list, count, compare and judge what the jobs made, and change nothing of it."""

from pathlib import Path
from typing import Annotated

import typer

from jobs.options import DayOption, LakeOption, TraceOption, day_of
from jobs.run import Context
from jobs.settings import Settings
from jobs.supervise import supervised
from jobs.tables import Tables


def install(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(help="Check every contract and binding; publish them as the data-sharing list where asked.")(contracts)
    app.command(
        help="List, count or export the rows that the gate sent to quarantine; never a value of theirs. "
        "Rows are counted from the first one after the file's header."
    )(quarantine)
    app.command(help="Show who would gain or lose which tags if the registry had those of a file.")(preview)
    app.command(help="Hold a made-up city's lists against its hidden truth; count what no list may hold.")(judge)
    app.command(help="Make a list of the last 30 days again from its trace, with what each tag added to each place.")(
        replay
    )
    app.command(help="Per service: how many were shown it, opened, started and handed it in, and how long that took.")(
        funnel
    )
    app.command(help="List the links between records and residents that are in force, the least sure first.")(links)


def contracts(
    out: Annotated[Path | None, typer.Option(help="Folder to write the list to, as one page.")] = None,
    lake: Annotated[Path | None, typer.Option(help="Tables that tell how good the feeds were of late.")] = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs contracts``."""
    with supervised("contracts", trace=trace):
        from jobs.contracts import check, publish

        print(check())
        if out:
            print(f"published as {publish(out, lake)}")


def quarantine(
    day: Annotated[str | None, typer.Option("--day", help="When they were gated; the newest day by default.")] = None,
    lake: LakeOption = None,
    feed: Annotated[str | None, typer.Option(help="This feed alone.")] = None,
    reason: Annotated[str | None, typer.Option(help="Rows with this first reason alone.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many rows to list at most.")] = 50,
    count: Annotated[bool, typer.Option("--count", help="Count by feed and reason instead.")] = False,
    export: Annotated[Path | None, typer.Option(help="Write all of them to FILE.csv or FILE.parquet instead.")] = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs quarantine``."""
    on = day_of(day) if day else None
    with supervised("quarantine", trace=trace):
        from jobs import quarantine as door

        found = door.rows(Tables(Settings.load(lake=lake).lake), on, feed, reason)
        if export:
            door.export(found, export)
            print(f"{len(found):,} rows written to {export}")
        else:
            print("\n".join(door.counted(found) if count else door.listed(found, limit)))


def preview(
    rule: Annotated[Path, typer.Argument(help="Tags in the registry's form, new ones or in others' place.")],
    day: DayOption = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs preview``."""
    on = day_of(day)
    with supervised("preview", trace=trace):
        from jobs import preview as door

        for line in door.preview(Context(on, Settings.load(lake=lake)), rule):
            print(line)


def judge(
    truth: Annotated[Path | None, typer.Option(help="The folder `truth` of the city that the lake is of.")] = None,
    seeds: Annotated[
        int, typer.Option(min=1, help="How many cities to make and judge where --truth is not given.")
    ] = 5,
    people: Annotated[int, typer.Option(min=200, help="How many people each of these has.")] = 2_000,
    folder: Annotated[Path, typer.Option(help="Where these cities lie.")] = Path("var/judged"),
    beside: Annotated[bool, typer.Option("--beside", help="With --truth, the ways that others know as well.")] = False,
    day: DayOption = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs judge``."""
    on = day_of(day)
    if beside and truth is None:
        raise typer.BadParameter("--beside compares on one city: name its truth with --truth")
    with supervised("judge", trace=trace) as bar:
        if truth:
            from jobs.judge import judge as judged
            from jobs.judged import summary

            context = Context(on, Settings.load(lake=lake))
            bar.timed(lambda: summary("judge", judged(context, truth)))
            if beside:
                from jobs import peers

                print("\n".join(peers.lines(peers.compared(context, truth))))
        else:
            from jobs.judge_cities import FIRST_SEED, Cities, judge_cities, of_demo

            numbered = tuple(range(FIRST_SEED, FIRST_SEED + seeds))
            judge_cities(Cities(numbered, people, on, folder, of_demo()), bar.step, bar.end)


def replay(
    trace_id: Annotated[str, typer.Argument(metavar="TRACE", help="As the list named it.")],
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs replay``."""
    with supervised("replay", trace=trace):
        from jobs import traces

        print("\n".join(traces.lines(*traces.replayed(Context(day_of(None), Settings.load(lake=lake)), trace_id))))


def funnel(
    days: Annotated[int, typer.Option(min=1, help="How far to look back.")] = 90,
    day: DayOption = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs funnel``."""
    on = day_of(day)
    with supervised("funnel", trace=trace):
        from jobs.funnel import lines

        print("\n".join(lines(Context(on, Settings.load(lake=lake)), days)))


def links(
    limit: Annotated[int, typer.Option(min=1, help="How many to list at most.")] = 50,
    day: DayOption = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs links``."""
    on = day_of(day)
    with supervised("links", trace=trace):
        from jobs.linkages import listed

        print("\n".join(listed(Context(on, Settings.load(lake=lake)), limit)))
