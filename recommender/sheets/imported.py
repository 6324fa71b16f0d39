"""Makes entries of the catalogue of a list of services, or names every fault of it; nothing is imported half.

A row becomes an entry as the catalogue's YAML has it, a service, and then goes through the same check as the YAML that
officials write by hand. It writes no file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from profiles.errors import CatalogueError
from profiles.model import Kind
from recommender.catalogue import Catalogue, Service, service_of
from recommender.check import problems
from recommender.sheets.cells import Unreadable
from recommender.sheets.columns import Column, Columns
from recommender.sheets.table import Fault, TableRow, rows

Entry = dict[str, Any]
TagRules = Mapping[Kind, Mapping[str, str]]

_DEFAULTS = {field.name: field.default for field in msgspec.structs.fields(Service)}
_SHORT = 40


@dataclass(frozen=True)
class Imported:
    """A list as read: its faults and nothing else, or an entry and a service for each of its rows, in their order."""

    faults: tuple[Fault, ...]
    entries: tuple[Entry, ...] = ()
    services: tuple[Service, ...] = ()


@dataclass(frozen=True)
class Office:
    """What lists are read against: the catalogue as it stands, its authorities and the rules of tags."""

    catalogue: Catalogue
    authorities: Mapping[str, Mapping[str, Any]]
    tag_rules: TagRules

    @property
    def columns(self) -> Columns:
        """The columns of lists, in the codes and names of this catalogue."""
        return Columns(self.catalogue, {code: str(office["zh"]) for code, office in self.authorities.items()})


def new_services(raw: bytes, office: Office) -> Imported:
    """A list of services that the catalogue does not have yet."""
    columns = office.columns
    table, faults = rows(raw, columns)
    asked = [column for column in columns.all if column.required]
    for row in table:
        faults += _lacking(row, asked, columns)
    faults += _ids(table, columns, office.catalogue, known=False)
    return _made(table, [_entry(row, faults) for row in table], faults, office)


def changed_services(raw: bytes, office: Office) -> Imported:
    """A list of what changes about services that the catalogue has: an empty cell leaves things as they are.

    The entries hold what changes alone and the services are whole; those that stay the same are left out.
    """
    columns = office.columns
    table, faults = rows(raw, columns)
    faults += _ids(table, columns, office.catalogue, known=True)
    changed = []
    for row in table:
        differing = _differing(row, columns, office.catalogue)
        faults += _half_translated(row, differing, columns)
        if len(differing.cells) > 1:
            changed.append(differing)
    return _made(changed, [_entry(row, faults) for row in changed], faults, office)


def _made(table: Sequence[TableRow], entries: Sequence[Entry], faults: list[Fault], office: Office) -> Imported:
    if faults:
        return Imported(tuple(sorted(faults)))
    services = []
    for row, entry in zip(table, entries, strict=True):
        whole = _over(_spelt(office.catalogue.by_id[entry["id"]]), entry) if _is_known(entry, office) else entry
        try:
            services.append(service_of(whole, office.authorities, Path("list")))
        except CatalogueError as wrong:
            faults.append(Fault(row.line, "", "a service as the catalogue has them", str(wrong)))
    faults += _linted(table, services, office)
    if faults:
        return Imported(tuple(sorted(faults)))
    return Imported((), tuple(_shortened(entry, office) for entry in entries), tuple(services))


def _entry(row: TableRow, faults: list[Fault]) -> Entry:
    """The row as an entry; cells that cannot be read become faults."""
    entry: Entry = {}
    for column, cell in row.cells.items():
        try:
            value = column.cell.read(cell)
        except Unreadable as wrong:
            faults.append(Fault(row.line, column.shown, str(wrong), _quoted(cell)))
            continue
        *folders, name = column.path
        place = entry
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = value
    return entry


def _lacking(row: TableRow, asked: Sequence[Column], columns: Columns) -> Iterator[Fault]:
    """Required cells that are empty, and texts in one language alone."""
    for column in asked:
        if column not in row.cells and not _translated(row, column, columns):
            yield Fault(row.line, column.shown, "a value, for every service has one", "")
    yield from _incomplete(row, columns)
    for column in columns.all:
        other = _translated(row, column, columns)
        if column not in row.cells and other:
            yield _untranslated(row.line, column, row.cells[other])


def _incomplete(row: TableRow, columns: Columns) -> Iterator[Fault]:
    """A window of which one day alone is said."""
    both = [column for column in columns.all if column.path[0] == "window"]
    given = [column for column in both if column in row.cells]
    for column in both:
        if given and column not in given:
            yield Fault(row.line, column.shown, f"a value, for the list gives {given[0].zh}", "")


def _untranslated(line: int, column: Column, other: str) -> Fault:
    language = "English" if column.path[-1] == "en" else "Chinese"
    return Fault(line, column.shown, f"the {language} of {_quoted(other)}, for texts come in both languages", "")


def _translated(row: TableRow, column: Column, columns: Columns) -> Column | None:
    """The column of the same text in the other language, where the row has it."""
    other = columns.other_language(column)
    return other if other in row.cells else None


def _half_translated(row: TableRow, differing: TableRow, columns: Columns) -> Iterator[Fault]:
    """Texts that change while the list says nothing of them in the other language."""
    for column, cell in differing.cells.items():
        other = columns.other_language(column)
        if other and other not in row.cells:
            yield _untranslated(row.line, other, cell)


def _ids(table: Sequence[TableRow], columns: Columns, catalogue: Catalogue, *, known: bool) -> Iterator[Fault]:
    column = columns.by_path("id")
    seen: dict[str, int] = {}
    for row in table:
        name = row.cells.get(column, "")
        if known and name not in catalogue.by_id:
            yield Fault(row.line, column.shown, "the id of a service of the catalogue", _quoted(name))
        elif not known and name in catalogue.by_id:
            yield Fault(row.line, column.shown, "an id that is not taken; --update changes services", _quoted(name))
        if name and name in seen:
            yield Fault(row.line, column.shown, f"each id once, and line {seen[name]} has it", _quoted(name))
        seen.setdefault(name, row.line)


def _differing(row: TableRow, columns: Columns, catalogue: Catalogue) -> TableRow:
    """The id, and the cells that say something else than the catalogue does."""
    service = catalogue.by_id.get(row.cells.get(columns.by_path("id"), ""))
    if service is None:
        return row
    kept = {
        c: cell for c, cell in row.cells.items() if c.path == ("id",) or _value(c, cell) != _value(c, c.of(service))
    }
    return TableRow(row.line, kept)


def _value(column: Column, cell: str) -> Any:
    """What the cell means; the cell itself where it means nothing."""
    try:
        return column.cell.read(cell)
    except Unreadable:
        return cell


def _linted(table: Sequence[TableRow], services: Sequence[Service], office: Office) -> Iterator[Fault]:
    """What the catalogue's own check says of these services among all the others."""
    whole = office.catalogue
    by_id = {**whole.by_id, **{service.id: service for service in services}}
    every = tuple(sorted(by_id.values(), key=lambda service: service.id))
    merged = msgspec.structs.replace(whole, services=every, by_id=MappingProxyType(by_id))
    lines = {service.id: row.line for row, service in zip(table, services, strict=False)}
    for fault in problems(merged, office.tag_rules):
        about, _, said = fault.partition(": ")
        named = about.split(",")[0].removeprefix("service ")
        if about.startswith("service ") and named in lines:
            yield Fault(lines[named], "", "a service that passes the check", f"{named}: {said}")


def _is_known(entry: Entry, office: Office) -> bool:
    return entry.get("id") in office.catalogue.by_id


def _spelt(service: Service) -> Entry:
    """A service of the catalogue as an entry, with nothing left out."""
    spelt: Entry = msgspec.to_builtins(service, builtin_types=(date,))
    return {**spelt, "authority": service.authority.code}


def _over(below: Entry, above: Entry) -> Entry:
    """One entry over another, mapping by mapping."""
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(below.get(key), dict)
        merged[key] = _over(below[key], value) if both else value
    return merged


def _shortened(entry: Entry, office: Office) -> Entry:
    """Without what says the same as nothing would: defaults, and the counter that the authority has anyway."""
    if _is_known(entry, office):
        return entry
    counter = office.authorities[entry["authority"]]
    channels = {key: value for key, value in entry["channels"].items() if counter.get(key) != value}
    kept = {key: value for key, value in entry.items() if key not in _DEFAULTS or value != _DEFAULTS[key]}
    return {**kept, "channels": channels}


def _quoted(cell: str) -> str:
    text = " ".join(cell.split())
    return f"“{text[:_SHORT]}…”" if len(text) > _SHORT else f"“{text}”" if text else ""
