"""The command line of the recommender: lints the catalogue and exports it; it reads no table and starts no Spark."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from profiles.errors import YidangError
from profiles.model import KINDS
from recommender import catalogue
from recommender.check import problems
from tagging import registry

# Addresses of nobody's site: whoever publishes the catalogue gives their own.
BASE = "https://example.org/yidang/"

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Tools for those who keep the catalogue."""


@app.command()
def check() -> None:
    """Read every service, bundle, document and duty, and say what is wrong with them."""
    console = Console(soft_wrap=True, highlight=False)
    try:
        found = catalogue.load()
        tags = registry.load()
        faults = list(problems(found, {kind: tags.rules(kind) for kind in KINDS}))
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


if __name__ == "__main__":
    app()
