"""What commands of the command line have in common: their options and what a day is written as; it runs nothing."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

DayOption = Annotated[str | None, typer.Option("--day", help="Civil date, YYYY-MM-DD; today in Shanghai by default.")]
LakeOption = Annotated[Path | None, typer.Option(help="Folder of the tables [YIDANG_LAKE].")]
SourceOption = Annotated[Path | None, typer.Option(help="Folder of the deliveries [YIDANG_SOURCE].")]
SuppliersOption = Annotated[str | None, typer.Option(help="As in profiles/bindings, by commas [YIDANG_SUPPLIERS].")]
TraceOption = Annotated[bool, typer.Option("--trace", help="Show the traceback of an unexpected failure.")]


def day_of(text: str | None) -> date:
    """The day that was written, today in Shanghai where none was; raises BadParameter where it is no date."""
    if text is None:
        return datetime.now(ZoneInfo("Asia/Shanghai")).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write it as YYYY-MM-DD, such as 2026-03-01") from None
