"""The command line: ``python -m jobs NAME --day D``; it wires jobs to their options and does nothing itself."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from jobs import audit_command, cases_command, delivery_commands, feedback_command, looking_commands
from jobs.locks import in_use
from jobs.options import DayOption, LakeOption, SourceOption, SuppliersOption, TraceOption, day_of
from jobs.run import ORDER, Context, city_summary, run_all
from jobs.settings import Settings
from jobs.supervise import supervised
from profiles.model import KINDS, Kind

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Shared data in, tagged files, suggestions, pages and reminders out.",
)

ABOUT = {
    "erasures": "Erase who asked for it on their page.",
    "gate": "Check every delivered row by its contract: accepted, or quarantined with a reason.",
    "link": "Link records without an identity number, such as a school roll's, to residents.",
    "build": "Join what was accepted into one file per person and per enterprise.",
    "correct": "Route what subjects said is wrong to departments' lists; close what they answered.",
    "tag": "Put tags on the files by the registry's rules.",
    "outlook": "Say which tags every file will gain and lose in the coming two years.",
    "learn": "Learn which life events are likely soon, and say for whom.",
    "train": "Learn from cases and page events which services follow from which tags.",
    "rank": "Decide who is eligible for what, and order it.",
    "vacancies": "Offer open vacancies to those who look for work.",
    "publish": "Write every subject's page and switch the store to the new generation.",
    "remind": "Plan the day's reminders, fill inboxes, and list what nobody received.",
}
# Jobs that have more to them than being run.
GROUPS = {"feedback": feedback_command.app, "audit": audit_command.app, "cases": cases_command.app}


def main() -> None:
    """Run the command line."""
    app()


def _command(names: Sequence[str]) -> Callable[..., None]:
    def command(
        day: DayOption = None,
        lake: LakeOption = None,
        source: SourceOption = None,
        suppliers: SuppliersOption = None,
        trace: TraceOption = False,
    ) -> None:
        on = day_of(day)
        with supervised(names[0], trace=trace, jobs=frozenset(names)) as bar:
            settings = Settings.load(lake=lake, source=source, suppliers=suppliers)
            run_all(Context(on, settings, bar.step), bar.end, names)

    return command


for _name in (name for name in ORDER if name not in GROUPS):
    app.command(_name, help=ABOUT[_name])(_command([_name]))
delivery_commands.install(app)
for _name, _group in GROUPS.items():
    app.add_typer(_group, name=_name)
app.command("all", help="Run every job in order: " + ", ".join(ORDER) + ".")(_command(ORDER))


@app.command(help="Build the files of a past day again into --out, and say whether they are what was built then.")
def rebuild(
    out: Annotated[Path, typer.Option(help="Folder of the two tables; the lake itself is left alone.")],
    day: DayOption = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs rebuild``."""
    on = day_of(day)
    with supervised("rebuild", trace=trace) as bar:
        from jobs import rebuild

        context = Context(on, Settings.load(lake=lake), bar.step)
        bar.timed(lambda: rebuild.rebuild(context, out))


@app.command(help="List the corrections that wait for a department, or write its list to a file with --export.")
def corrections(
    owner: Annotated[str | None, typer.Option(help="A department's name, or a feed's.")] = None,
    answered: Annotated[bool, typer.Option("--answered", help="Those that were answered instead.")] = False,
    export: Annotated[Path | None, typer.Option(help="CSV for the department: holds personal data in clear.")] = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs corrections``."""
    with supervised("corrections", trace=trace) as bar:
        from jobs import correct

        context = Context(day_of(None), Settings.load(lake=lake), bar.step)
        rows = correct.listed(context, owner, correct.ANSWERED if answered else correct.PENDING)
        if export:
            print(f"wrote {correct.export(context, rows, export):,} corrections to {export}")
        else:
            print("\n".join(correct.lines(rows)))


@app.command(help="Erase a subject from every table and the store for good, or lift the tombstone with --restore.")
def erase(
    subject: Annotated[str | None, typer.Option(help="Pseudonym; without it the identity number is asked for.")] = None,
    kind: Annotated[str, typer.Option(help="person or enterprise.")] = "person",
    restore: Annotated[bool, typer.Option("--restore", help="Let the subject's data come in again.")] = False,
    day: DayOption = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs erase``; an identity number is read from standard input, never from the command line."""
    on, settings = day_of(day), Settings.load(lake=lake)
    if kind not in KINDS:
        raise typer.BadParameter(f"{kind!r} is not a kind of subject; write {' or '.join(KINDS)}")
    known: Kind = "person" if kind == "person" else "enterprise"
    number = "" if subject else str(typer.prompt("Identity number or credit code", hide_input=True, err=True))
    with supervised("erase", trace=trace) as bar:
        from jobs import erase

        context = Context(on, settings, bar.step)
        who = subject or erase.subject_of(context, known, number)
        with in_use(context.tables.root, alone=True):
            bar.timed(lambda: erase.restore(context, who) if restore else erase.erase(context, {who: known}))


@app.command(help="Follow a landing folder: gate what lands and show it on the pages it touches within seconds.")
def stream(
    landing: Annotated[Path, typer.Option(help="Files land in <landing>/<supplier>/<binding>/.")] = Path("landing"),
    checkpoint: Annotated[Path, typer.Option(help="What has been seen is remembered here.")] = Path("var/stream"),
    day: DayOption = None,
    lake: LakeOption = None,
    suppliers: SuppliersOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs stream``; it runs until Ctrl-C."""
    pinned = day_of(day) if day else None
    with supervised("stream", trace=trace) as bar:
        from jobs.stream import Landing, start

        context = Context(pinned or day_of(None), Settings.load(lake=lake, suppliers=suppliers), bar.step)
        print(f"making ready to follow {landing}, which takes up to some minutes", flush=True)
        stream = start(context, Landing(landing, checkpoint), lambda: pinned or day_of(None), bar.end)
        print(f"following {landing}", flush=True)
        with suppress(KeyboardInterrupt):
            stream.query.awaitTermination()
        stream.stop()


@app.command(help="Start the packaged store server at YIDANG_STORE_URL on this machine, or stop it.")
def store(
    folder: Annotated[Path, typer.Option(help="Where it keeps its data.")] = Path("var/store"),
    stop: Annotated[bool, typer.Option("--stop")] = False,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs store``."""
    with supervised("store", trace=trace):
        from jobs import serve

        url = Settings.load().store_url
        if stop:
            print("stopped" if serve.stop(folder) else f"no store of {folder} is running")
        else:
            print(f"a store answers at {url}" if serve.start(folder, url) is None else f"started a store at {url}")


@app.command(help="Take a link apart for good; the next build restores both files.")
def unlink(
    link: Annotated[str, typer.Option("--link", help="As `links` names it.")],
    why: Annotated[str, typer.Option(help="The reason, kept with it; name nobody in it.")] = "",
    by: Annotated[str, typer.Option(help="Who decided.")] = "operator",
    day: DayOption = None,
    lake: LakeOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs unlink``."""
    on = day_of(day)
    with supervised("unlink", trace=trace):
        from jobs.linkages import undo

        undo(Context(on, Settings.load(lake=lake)), link, why, by)
        print(f"Link {link} is undone from {on} on. Run `python -m jobs build --day {on}` and what follows it.")


@app.command(help="Turn the lake and the store to the keys in YIDANG_NEW_PSEUDONYM_KEY, _VAULT_KEY and _KEY_ID.")
def rotate(day: DayOption = None, lake: LakeOption = None, trace: TraceOption = False) -> None:
    """``python -m jobs rotate``."""
    on = day_of(day)
    with supervised("rotate", trace=trace) as bar:
        run_all(Context(on, Settings.load(lake=lake), bar.step), bar.end, ["rotate"])


@app.command(help="Make a city of made-up people and enterprises, as its departments would share it.")
def city(
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("city"),
    people: Annotated[int, typer.Option(min=200, help="How many people; a tenth as many enterprises.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same city.")] = 7,
    day: DayOption = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs city``."""
    on = day_of(day)
    with supervised("city", trace=trace) as bar:
        from jobs.city import make

        bar.timed(lambda: city_summary(make(people, seed, on, out)))


@app.command(help="Show it all: make a city, run every job, start a store and the API, print the page's address.")
def demo(
    people: Annotated[int, typer.Option(min=200)] = 10_000,
    seed: Annotated[int, typer.Option()] = 7,
    day: DayOption = None,
    port: Annotated[int, typer.Option(help="Where the page is.")] = 8000,
    store_port: Annotated[int, typer.Option(help="Where the demo's own store is.")] = 6399,
    folder: Annotated[Path, typer.Option(help="What the demo makes.")] = Path("var/demo"),
    once: Annotated[bool, typer.Option("--once", help="Stop again as soon as the page answers.")] = False,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs demo``."""
    from jobs.demo import Demo, show, stop

    this = Demo(people, seed, day_of(day), port, store_port, folder)
    started = time.monotonic()
    with supervised("demo", trace=trace, jobs=frozenset({"city", *ORDER})) as bar:
        running = show(this, bar.step, bar.end)
    print(f"\nFrom data to page in {time.monotonic() - started:.0f} s. Open {this.address}", flush=True)
    with suppress(KeyboardInterrupt):
        if not once:
            print("Choose a made-up resident there. Ctrl-C stops the demo.", flush=True)
            running.wait()
    stop(this, running)


looking_commands.install(app)


if __name__ == "__main__":
    main()
