"""Comparisons of a file's columns as SQL and as canonical text; it never decides which comparisons are allowed."""

import re

from profiles.model import columns
from tagging.rules.engine import Engine, Unit
from tagging.rules.model import Arg, Atom

OF_COLUMN = " column"  # ends the word of a comparison whose right side is a column too

_SHIFT = re.compile(r"as_of (?P<sign>[+-]) INTERVAL (?P<amount>\d+) (?P<unit>DAY|MONTH|YEAR)")


def code(word: str, args: tuple[Arg, ...], types: dict[str, str]) -> str:
    """Canonical rule text of a comparison, e.g. ``sex = 'female'`` or ``inspection_due <= as_of + INTERVAL 30 DAY``."""
    if word == "true":
        return "TRUE"
    column = str(args[0])
    if word == "is_null":
        return f"{column} IS NULL"
    if word.endswith(OF_COLUMN):
        return f"{column} {word.removesuffix(OF_COLUMN)} {args[1]}"
    values = [_value_code(arg, types[column]) for arg in args[1:]]
    if word == "in":
        return f"{column} IN ({', '.join(values)})"
    if word == "between":
        return f"{column} BETWEEN {values[0]} AND {values[1]}"
    return f"{column} {word.upper()} {values[0]}"


def sql(atom: Atom, engine: Engine) -> str:
    """Boolean SQL of a comparison for the engine."""
    if atom.word == "true":
        return "TRUE"
    types = columns(atom.kind)
    column = str(atom.args[0])
    if atom.word == "is_null":
        return f"{column} IS NULL"
    if atom.word.endswith(OF_COLUMN):
        return f"{column} {atom.word.removesuffix(OF_COLUMN)} {atom.args[1]}"
    values = [_value_sql(arg, types[column], engine) for arg in atom.args[1:]]
    if atom.word == "in":
        return f"{column} IN ({', '.join(values)})"
    if atom.word == "between":
        return f"{column} BETWEEN {values[0]} AND {values[1]}"
    return f"{column} {atom.word.upper()} {values[0]}"


def moved(value: Arg) -> tuple[int, Unit] | None:
    """How far ``as_of - INTERVAL 30 DAY`` lies from ``as_of``; None for a day that stays where it is.

    >>> moved("as_of - INTERVAL 30 DAY"), moved("as_of"), moved("2024-02-29")
    ((-30, 'DAY'), (0, 'DAY'), None)
    """
    shift = _SHIFT.fullmatch(str(value))
    if shift is None:
        return (0, "DAY") if value == "as_of" else None
    unit: Unit = "DAY" if shift["unit"] == "DAY" else "MONTH" if shift["unit"] == "MONTH" else "YEAR"
    return int(shift["amount"]) * (-1 if shift["sign"] == "-" else 1), unit


def _value_code(value: Arg, type_: str) -> str:
    if type_ == "STRING":
        return f"'{value}'"
    if type_ == "DATE" and not str(value).startswith("as_of"):
        return f"DATE '{value}'"
    return str(value)


def _value_sql(value: Arg, type_: str, engine: Engine) -> str:
    shift = moved(value) if type_ == "DATE" and value != "as_of" else None
    return _value_code(value, type_) if shift is None else engine.shifted("as_of", *shift)
