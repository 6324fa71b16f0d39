"""What one cell of a list of services means, and how it is written; it knows no column.

A reader gives the value as the catalogue's YAML has it, or raises Unreadable saying what was expected.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from recommender.catalogue import Evidence

_LIST = re.compile(r"[、，,;；\s]+")
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_YES, _NO = ("是", "yes", "true", "1"), ("否", "no", "false", "0")
_FOLLOWS = "可容缺"
_MOST_DIGITS = 9
_NAMED = 12  # so many of the codes that there are, where a cell is none of them


class Unreadable(Exception):
    """A cell that is not what its column expects; its text says what that is."""


@dataclass(frozen=True)
class Cell:
    """How the cells of a column are read into a value and written from it."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


def _whole(cell: str) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > _MOST_DIGITS:
        raise Unreadable("a whole number in digits")
    return int(cell)


def _amount(cell: str) -> float:
    if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", cell):
        raise Unreadable("an amount of yuan in digits, such as 60 or 12.50")
    value = float(cell)
    return int(value) if value.is_integer() else value


def _yes(cell: str) -> bool:
    if cell.lower() in (*_YES, *_NO):
        return cell.lower() in _YES
    raise Unreadable("是 or 否 (yes or no)")


def _day(cell: str) -> date:
    found = _DAY.fullmatch(cell)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    raise Unreadable("a day such as 2026-11-22")


def _month_day(cell: str) -> str:
    found = re.fullmatch(r"(\d{1,2})[-/月](\d{1,2})日?", cell)
    if not found:
        raise Unreadable("a day of the year such as 05-01")
    return f"{int(found[1]):02}-{int(found[2]):02}"


def _themes(cell: str) -> list[str]:
    codes = _split(cell)
    if not all(code.isascii() and code.isdigit() for code in codes):
        raise Unreadable("codes of themes in digits, such as 005、010")
    return [code.zfill(3) for code in codes]  # spreadsheets drop the zeros in front


def _papers(cell: str) -> list[dict[str, object]]:
    """One paper a line: Chinese | English | what satisfies it | 可容缺."""
    return [_paper(line) for line in cell.splitlines() if line.strip()]


def _paper(line: str) -> dict[str, object]:
    parts = [part.strip() for part in line.split("|")]
    parts += [""] * (4 - len(parts))
    zh, en, read, follows = parts[:4]
    if len(parts) > 4 or not zh or not en or follows not in ("", _FOLLOWS, "deferrable"):
        raise Unreadable(
            f"a paper a line as 中文名称 | English name | what satisfies it, or nothing | {_FOLLOWS}, or nothing"
        )
    paper: dict[str, object] = {"name": {"zh": zh, "en": en}}
    if read:
        paper["satisfied_by"] = read
    if follows:
        paper["deferrable"] = True
    return paper


def _written(papers: tuple[Evidence, ...]) -> str:
    return "\n".join(
        " | ".join((p.name.zh, p.name.en, p.satisfied_by or "", _FOLLOWS if p.deferrable else "")).rstrip(" |")
        for p in papers
    )


def _split(cell: str) -> list[str]:
    return [part for part in _LIST.split(cell) if part]


def coded(names: Mapping[str, str]) -> Cell:
    """A code or the name of one; ``names`` gives the name of each code."""

    def read(cell: str) -> str:
        return _code(cell, names)

    return Cell(read, lambda code: _called(code, names))


def several(names: Mapping[str, str]) -> Cell:
    """Codes or their names, set apart by 、 or a comma."""

    def read(cell: str) -> list[str]:
        return [_code(part, names) for part in _split(cell)]

    return Cell(read, lambda values: "、".join(_called(code, names) for code in values))


def _called(code: str, names: Mapping[str, str]) -> str:
    """The name of a code where no other has it too."""
    name = names.get(code, code)
    return name if list(names.values()).count(name) == 1 and not _LIST.search(name) else code


def _code(text: str, names: Mapping[str, str]) -> str:
    if text in names:
        return text
    found = [code for code, name in names.items() if name == text]
    if len(found) == 1:
        return found[0]
    shown = "、".join(f"{name} ({code})" for code, name in list(names.items())[:_NAMED])
    raise Unreadable(f"one of {shown}{'…' if len(names) > _NAMED else ''}")


TEXT = Cell(str, str)
WHOLE = Cell(_whole, str)
AMOUNT = Cell(_amount, lambda value: f"{value:g}" if float(value).is_integer() else f"{value:.2f}")
YES_NO = Cell(_yes, lambda value: "是" if value else "否")
DAY = Cell(_day, date.isoformat)
MONTH_DAY = Cell(_month_day, str)
CODES = Cell(_split, "、".join)
THEMES = Cell(_themes, "、".join)
PAPERS = Cell(_papers, _written)
