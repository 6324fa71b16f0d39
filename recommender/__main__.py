"""The command line of the recommender: lints, exports and imports the catalogue, and measures; it starts no Spark."""

import signal
from collections.abc import Sequence
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from profiles import contracts
from profiles.errors import YidangError
from profiles.model import KINDS
from recommender import catalogue, search, shelf
from recommender.check import problems
from recommender.evaluate import report
from recommender.evaluate.run import SEEDS, Sources, every
from recommender.vacancies import terms as vacancies
from tagging import registry

if TYPE_CHECKING:
    from recommender.sheets.imported import Office

# Addresses of nobody's site: whoever publishes the catalogue gives their own.
BASE = "https://example.org/yidang/"

_CELLS = "another file in the form of West Bengal's uses_by_cell.csv, gzipped or not"
_PREMISES = "another file in the form of Chicago's licences in force, gzipped or not"
_KEPT_BACK = "a file of the same form that is only asked for: all of the other is learned from"

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Tools for those who keep the catalogue and look after quality."""


@app.command()
def check() -> None:
    """Read every service, bundle, document and duty, and say what is wrong with them."""
    console = Console(soft_wrap=True, highlight=False)
    try:
        found = catalogue.load()
        tags = registry.load()
        faults = list(problems(found, {kind: tags.rules(kind) for kind in KINDS}))
        faults += search.problems(found)
        ranking = [tag for tag in tags.tags if "ranking" in tag.uses]
        faults += shelf.problems(shelf.policy(), [tag.id for tag in ranking])
        levels = contracts.load()["residents"].column("education").allowed
        faults += vacancies.problems(vacancies.policy(), [tag.id for tag in ranking if tag.kind == "person"], levels)
    except YidangError as wrong:
        console.print(str(wrong), markup=False)
        raise typer.Exit(1) from None
    for fault in faults:
        console.print(fault, markup=False)
    if faults:
        raise typer.Exit(1)
    console.print(
        f"catalogue {found.version}: {len(found.services)} services, {len(found.bundles)} bundles,"
        f" {len(found.documents)} documents, {len(found.duties)} duties, no fault"
    )


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="The file to write: its name ends in .jsonld or .ttl.")],
    base: Annotated[str, typer.Option(help="What the addresses of services and all else begin with.")] = BASE,
) -> None:
    """Write the catalogue as linked data in the terms of CPSV-AP 3.2, for other portals to read."""
    from recommender.cpsv.export import save, written

    tags = registry.load()
    try:
        made = written(catalogue.load(), {kind: tags.rules(kind) for kind in KINDS}, base)
        save(made, out)
    except YidangError as wrong:
        typer.echo(str(wrong))
        raise typer.Exit(1) from None
    typer.echo(f"{out}: " + ", ".join(f"{count} {name}" for name, count in made.counts().items()))


@app.command("list")
def write_list(
    out: Annotated[Path, typer.Option(help="The CSV file to write.")],
) -> None:
    """Write the services as a list in CSV, as import reads it."""
    from recommender.sheets.listed import listed

    services = catalogue.load().services
    out.write_text(listed(services, _office().columns), encoding="utf-8", newline="")
    typer.echo(f"{out}: {len(services)} services")


@app.command("import")
def read_list(
    file: Annotated[Path, typer.Argument(help="A list of services in CSV; CONTRIBUTING.md names its columns.")],
    out: Annotated[Path | None, typer.Option(help="The YAML file to write new services to.")] = None,
    update: Annotated[bool, typer.Option(help="Change services of the catalogue where they stand.")] = False,
    yes: Annotated[bool, typer.Option(help="Write the changes without asking.")] = False,
) -> None:
    """Take a department's list of services into the catalogue: all of it, or nothing and a line for every fault."""
    from recommender.sheets.imported import changed_services, new_services

    if update == (out is not None) or (out and out.exists()):
        typer.echo(
            "Name a file that is not there yet with --out for new services, or give --update to change known ones."
        )
        raise typer.Exit(2)
    read = (changed_services if update else new_services)(file.read_bytes(), _office())
    for fault in read.faults:
        typer.echo(f"{file}, {fault}")
    if read.faults:
        typer.echo(f"{len(read.faults)} fault{'s' if len(read.faults) > 1 else ''}; nothing was written.")
        raise typer.Exit(1)
    if out:
        from recommender.sheets.files import new_file

        out.write_text(new_file(read.entries), encoding="utf-8")
        typer.echo(f"{out}: {len(read.entries)} services")
    else:
        _update(read.entries, yes)


def _update(entries: Sequence[dict[str, Any]], yes: bool) -> None:
    from recommender.sheets.files import changed_files

    changed = changed_files(entries, catalogue.DATA / "services") if entries else {}
    for path, (before, after) in changed.items():
        names = (f"{path.name} as it is", f"{path.name} as it would be")
        typer.echo("\n".join(unified_diff(before.splitlines(), after.splitlines(), *names, n=1, lineterm="")))
    if changed and not yes:
        typer.confirm(f"Write {len(entries)} changed services?", abort=True)
    for path, (_, after) in changed.items():
        path.write_text(after, encoding="utf-8")
    typer.echo(f"{len(entries)} services changed in {len(changed)} files")


def _office() -> "Office":
    from recommender.sheets.imported import Office

    tags = registry.load()
    return Office(catalogue.load(), catalogue.authorities_of(), {kind: tags.rules(kind) for kind in KINDS})


@app.command()
def evaluate(
    data: Annotated[Path, typer.Option(envvar="YIDANG_DATA", help="folder of the real data")] = Path("../shared/data"),
    lake: Annotated[Path | None, typer.Option(help="a lake whose models are told of too")] = None,
    out: Annotated[Path, typer.Option(help="where the report goes")] = Path("report.html"),
    seeds: Annotated[int, typer.Option(min=1, max=len(SEEDS), help="how many draws of what is hidden")] = len(SEEDS),
    cells: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help=_CELLS)] = None,
    cells_kept_back: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help=_KEPT_BACK)] = None,
    premises: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help=_PREMISES)] = None,
    premises_kept_back: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help=_KEPT_BACK)] = None,
) -> None:
    """Measure the product on real uses of services, side by side with known ways to rank, and write a report."""
    console = Console(soft_wrap=True, highlight=False)
    usual = Sources.below(data)
    sources = replace(
        usual,
        cells=cells or usual.cells,
        cells_kept_back=cells_kept_back,
        premises=premises or usual.premises,
        premises_kept_back=premises_kept_back,
    )
    try:
        sections = every(sources, lake, SEEDS[:seeds], lambda line: console.print(line, markup=False))
    except YidangError as wrong:
        console.print(str(wrong), markup=False)
        raise typer.Exit(1) from None
    for line in report.lines(sections):
        console.print(line, markup=False)
    out.write_bytes(report.page(sections))
    console.print(f"written to {out}", markup=False)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whoever reads our lines (head, less) may stop reading
    app()
