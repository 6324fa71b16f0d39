"""Checks every contract and binding, and publishes them as the data-sharing list (资源目录); it reads no delivery."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from profiles import bindings, contracts
from profiles.bindings import Binding
from profiles.contracts import Contract
from profiles.errors import BindingError
from profiles.model import ENTERPRISE_COLUMNS, FILE_VERSION, KINDS, NESTED_COLUMNS, PERSON_COLUMNS, READ_COLUMNS, Kind
from profiles.precedence import precedence

if TYPE_CHECKING:
    from jobs.books import FeedDay

PAGE = "sharing.html"


@dataclass(frozen=True)
class Shared:
    """One feed in the list: what is agreed, who delivers it, and what became of it on the day."""

    contract: Contract
    bindings: tuple[Binding, ...]
    quality: "FeedDay | None"


@dataclass(frozen=True)
class Element:
    """A column of a file, and the feeds that state it, the one that counts first."""

    name: str
    type: str
    sources: tuple[str, ...]


def check() -> str:
    """One line that says how many contracts and bindings are sound.

    Raises:
        ContractError, BindingError: some are not; the message has file and line of each.
    """
    known, suppliers = contracts.load(), _suppliers()
    sound, faults = bindings.load(suppliers, known)
    if faults:
        raise BindingError("\n  ".join(str(fault) for fault in faults.values()))
    return f"{len(known)} contracts, {len(sound)} bindings of {len(suppliers)} suppliers, no problems"


def publish(folder: Path, lake: Path | None) -> Path:
    """Write the list into ``folder``, with the quality of the newest day that ``lake`` knows; where it is.

    Raises:
        ContractError, BindingError: as ``check``.
        TableMissing: the lake holds no report of the gate.
    """
    from jobs import books
    from jobs.tables import Tables

    day: date | None = None
    quality: tuple[books.FeedDay, ...] = ()
    if lake is not None:
        tables = Tables(lake)
        day = books.newest_day(tables, "gate_report")
        quality = books.report(tables, day)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAGE).write_bytes(sharing_list(quality, day, _suppliers()))
    return folder / PAGE


def sharing_list(quality: "Sequence[FeedDay]", day: date | None, suppliers: Sequence[str]) -> bytes:
    """The list as one page, in both languages, that loads nothing.

    Args:
        quality: what became of the feeds on ``day``; may be empty.
        suppliers: whose bindings are listed, those that can be read.
    """
    from jobs.render import render

    known, became = contracts.load(), {one.feed: one for one in quality}
    bound, _ = bindings.load(suppliers, known)
    return render(
        PAGE,
        day=day.isoformat() if day else None,
        feeds=[
            Shared(contract, tuple(one for one in bound if one.feed == feed), became.get(feed))
            for feed, contract in known.items()
        ],
        titles={feed: contract.title.zh for feed, contract in known.items()},
        file_version=FILE_VERSION,
        kinds=[{"kind": kind, "columns": list(_elements(kind))} for kind in KINDS],
        lists=[{"name": name, "fields": fields(type_)} for name, type_ in NESTED_COLUMNS.items()],
    )


def fields(type_: str) -> list[tuple[str, str]]:
    """Names and types in a list of structs.

    >>> fields("ARRAY<STRUCT<kind: STRING, since: DATE>>")
    [('kind', 'STRING'), ('since', 'DATE')]
    """
    return re.findall(r"(\w+): (\w+)", type_)


def _elements(kind: Kind) -> Iterator[Element]:
    columns: Mapping[str, str] = PERSON_COLUMNS if kind == "person" else ENTERPRISE_COLUMNS
    for name, type_ in {**columns, **READ_COLUMNS[kind]}.items():
        places = precedence()[kind].get(name, {})
        yield Element(name, type_, tuple(sorted(places, key=lambda feed: places[feed])))


def _suppliers() -> list[str]:
    return sorted(folder.name for folder in bindings.FOLDER.iterdir() if folder.is_dir())
