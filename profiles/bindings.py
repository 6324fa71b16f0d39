"""How one supplier's columns map onto a contract, read from ``bindings/<supplier>/*.yaml``; it reads no delivery."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from profiles import binding_file
from profiles.binding_file import Delivers, Format, Parser
from profiles.contract_file import Text
from profiles.contracts import Contract
from profiles.errors import BindingError
from profiles.located import nearest

FOLDER = Path(__file__).parent / "bindings"


@dataclass(frozen=True)
class Rates:
    """Yuan per unit of a foreign currency on one day."""

    day: date
    yuan_per: Mapping[str, float]


@dataclass(frozen=True)
class Source:
    """Where one column's values come from: source columns, a constant, or the day of the run."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    day: bool = False
    formats: tuple[str, ...] = ()
    parse: Parser | None = None
    map: Mapping[str, str | None] | None = None
    keep_unmapped: bool = False


@dataclass(frozen=True)
class Binding:
    """One supplier's delivery of one feed."""

    file: Path
    feed: str
    supplier: str
    name: Text
    path: str
    format: Format
    columns: Mapping[str, Source]
    schemes: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ("",)
    expect: tuple[str, ...] = ()
    anchors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    encoding: str = "utf-8"
    rates: Rates | None = None
    snapshot: bool = False  # a one-off delivery, whose age and size are not judged
    delivers: Delivers = "whole"  # changes: only what changed since the delivery before
    deletes: tuple[str, tuple[str, ...]] | None = None  # source column, and its values that mark a deleted row
    starts: date | None = None
    ends: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether the supplier delivers this on ``day``."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    @property
    def source_columns(self) -> tuple[str, ...]:
        """The source columns that must be delivered, each once, in order of first use."""
        used = [name for source in self.columns.values() for name in source.columns]
        used += [self.deletes[0]] if self.deletes else []
        return tuple(dict.fromkeys([*used, *self.anchors]))

    def delivery(self, source: Path, day: date) -> Path:
        """The path of the day's delivery, a glob perhaps."""
        return source / self.path.replace("{day}", day.isoformat())


def load(
    suppliers: Sequence[str], contracts: Mapping[str, Contract], folder: Path | None = None
) -> tuple[tuple[Binding, ...], Mapping[str, BindingError]]:
    """The bindings of the suppliers in order of feed and file, and by feed what is wrong with unreadable ones.

    A malformed binding does not keep the others from being read; its feed is told by its file's name,
    ``<feed>[-n].yaml``.

    Raises:
        BindingError: a supplier has no bindings at all.
    """
    folder = folder or FOLDER
    bindings: list[Binding] = []
    errors: dict[str, BindingError] = {}
    for supplier in suppliers:
        for path in _files(supplier, folder):
            try:
                bindings.append(read(path, contracts))
            except BindingError as error:
                errors[path.stem.partition("-")[0]] = error
    return tuple(sorted(bindings, key=lambda binding: (binding.feed, str(binding.file)))), errors


def read(path: Path, contracts: Mapping[str, Contract]) -> Binding:
    """The binding in ``path``.

    Raises:
        BindingError: it is malformed, or does not fit its contract; the message names file and line.
    """
    file = binding_file.read(path)
    feed = file.text("feed")
    if feed not in contracts:
        raise BindingError(f"{file.where('feed')}: there is no contract for {feed!r}.{nearest(feed, contracts)}")
    contract = contracts[feed]
    columns = {name: _source(file, name) for name in file.names("columns")}
    _fits(file, contract, columns)
    day, per = file.rates()
    deletes = file.deletes()
    if deletes and file.delivers() == "whole":
        raise BindingError(f"{file.where('deletes')}: in a whole delivery a deleted row is left out; delete this line.")
    starts, ends = file.days()
    return Binding(
        file=path,
        feed=feed,
        supplier=file.text("supplier"),
        name=Text(file.text("name", "zh"), file.text("name", "en")),
        path=file.text("path"),
        format=file.format(),
        columns=columns,
        schemes=file.mapping("schemes"),
        missing=("", *(text for text in file.texts("missing") if text)),
        expect=file.texts("expect"),
        anchors={name: file.texts("anchors", name) for name in file.names("anchors")},
        encoding=file.optional("options", "encoding") or "utf-8",
        rates=Rates(day, per) if day else None,
        snapshot=bool(file.get("snapshot")),
        delivers=file.delivers(),
        deletes=deletes,
        starts=starts,
        ends=ends,
    )


def _source(file: binding_file.BindingFile, name: str) -> Source:
    at = ("columns", name)
    written = file.get(*at)
    if isinstance(written, str):
        return Source(columns=(written,))
    file.only(("from", "constant", "day", "formats", "parse", "map", "otherwise"), *at)
    mapped = file.value_map(*at, "map")
    source = Source(
        columns=file.texts(*at, "from"),
        constant=file.optional(*at, "constant"),
        day=bool(file.get(*at, "day")),
        formats=file.texts(*at, "formats"),
        parse=file.parser(*at, "parse"),
        map=mapped,
        keep_unmapped=file.optional(*at, "otherwise") == "keep",
    )
    if (bool(source.columns), source.constant is not None, source.day).count(True) != 1:
        raise BindingError(f"{file.where(*at)}: {name} needs exactly one of from, constant and day.")
    return source


def _fits(file: binding_file.BindingFile, contract: Contract, columns: Mapping[str, Source]) -> None:
    known = [column.name for column in contract.columns]
    for name in columns:
        if name not in known:
            raise BindingError(
                f"{file.where('columns', name)}: the contract {contract.feed} has no column {name!r}."
                f"{nearest(name, known)}"
            )
    unbound = [column.name for column in contract.columns if column.required and column.name not in columns]
    if unbound:
        raise BindingError(
            f"{file.where('columns')}: {contract.feed} requires {', '.join(unbound)}, which this binding does not bind."
        )
    for name in file.names("schemes"):
        if name not in known or contract.column(name).identifies is None:
            raise BindingError(
                f"{file.where('schemes', name)}: {name!r} is not an identifier column of {contract.feed}."
            )


def _files(supplier: str, folder: Path) -> Iterable[Path]:
    files = sorted((folder / supplier).glob("*.yaml"))
    if not files:
        known = sorted(path.name for path in folder.iterdir() if path.is_dir())
        raise BindingError(
            f"There is no supplier {supplier!r}: expected bindings in {folder / supplier}.{nearest(supplier, known)} "
            f"Known suppliers: {', '.join(known)}."
        )
    return files
