"""The command line of the recommender: ``check`` lints the catalogue; it reads no table and starts no Spark."""

import typer
from rich.console import Console

from profiles.errors import YidangError
from profiles.model import KINDS
from recommender import catalogue
from recommender.check import problems
from tagging import registry

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


if __name__ == "__main__":
    app()
