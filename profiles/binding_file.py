"""One binding file with typed look-ups that know their line; it knows no contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from profiles import located
from profiles.errors import BindingError
from profiles.located import Located, Step, nearest

Format = Literal["csv", "json", "parquet"]
Parser = Literal["capital"]
Delivers = Literal["whole", "changes"]

KEYS = (
    "feed",
    "supplier",
    "name",
    "path",
    "format",
    "options",
    "schemes",
    "columns",
    "missing",
    "expect",
    "anchors",
    "rates",
    "snapshot",
    "delivers",
    "deletes",
    "days",
)


@dataclass(frozen=True)
class BindingFile:
    """A binding as written; every look-up raises BindingError with file and line."""

    file: Located

    def where(self, *steps: Step) -> str:
        """File and line of the value at ``steps``."""
        return self.file.where(*steps)

    def get(self, *steps: Step) -> object:
        """The value at ``steps``, or None."""
        value: object = self.file.data
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        return value

    def optional(self, *steps: Step) -> str | None:
        """The value at ``steps`` as text, or None."""
        value = self.get(*steps)
        if isinstance(value, dict | list):
            raise BindingError(f"{self.where(*steps)}: {steps[-1]!r} must be one value, not a {type(value).__name__}.")
        return None if value is None else str(value)

    def text(self, *steps: Step) -> str:
        """The value at ``steps`` as text; it must be there."""
        value = self.optional(*steps)
        if not value:
            raise BindingError(f"{self.where(*steps)}: {steps[-1]!r} is missing. Write it there.")
        return value

    def texts(self, *steps: Step) -> tuple[str, ...]:
        """The text or texts at ``steps``."""
        value = self.get(*steps)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if any(isinstance(item, dict | list) for item in items):
            raise BindingError(f"{self.where(*steps)}: {steps[-1]!r} must be a text or a list of texts.")
        return tuple(str(item) for item in items)

    def names(self, *steps: Step) -> tuple[str, ...]:
        """The keys of the mapping at ``steps``."""
        value = self.get(*steps)
        if value is None:
            return ()
        if not isinstance(value, dict):
            raise BindingError(f"{self.where(*steps)}: {steps[-1]!r} must be a mapping of names to values.")
        return tuple(str(name) for name in value)

    def mapping(self, *steps: Step) -> Mapping[str, str]:
        """The mapping of texts at ``steps``."""
        return {name: self.text(*steps, name) for name in self.names(*steps)}

    def value_map(self, *steps: Step) -> Mapping[str, str | None] | None:
        """The mapping at ``steps``, whose values may be null."""
        if self.get(*steps) is None:
            return None
        return {name: self.optional(*steps, name) for name in self.names(*steps)}

    def only(self, known: Sequence[str], *steps: Step) -> None:
        """Refuse a key that means nothing here."""
        for name in self.names(*steps):
            if name not in known:
                where = self.where(*steps, name)
                raise BindingError(
                    f"{where}: {name!r} means nothing here.{nearest(name, known)} Known: {', '.join(known)}."
                )

    def format(self) -> Format:
        """How the delivery is written."""
        value = self.optional("format") or "csv"
        known: dict[str, Format] = {"csv": "csv", "json": "json", "parquet": "parquet"}
        if value not in known:
            raise BindingError(f"{self.where('format')}: {value!r} is none of csv, json, parquet.")
        return known[value]

    def parser(self, *steps: Step) -> Parser | None:
        """The named way of reading a value, if one is named."""
        value = self.optional(*steps)
        if value not in (None, "capital"):
            raise BindingError(f"{self.where(*steps)}: there is no way of reading called {value!r}; known: capital.")
        return "capital" if value else None

    def rates(self) -> tuple[date | None, Mapping[str, float]]:
        """The dated exchange rates, if any."""
        if self.get("rates") is None:
            return None, {}
        self.only(("day", "source", "yuan_per"), "rates")
        self.text("rates", "source")
        per = {}
        for name in self.names("rates", "yuan_per"):
            try:
                per[name] = float(self.text("rates", "yuan_per", name))
            except ValueError:
                raise BindingError(f"{self.where('rates', 'yuan_per', name)}: {name} needs a number.") from None
        return self._date("rates", "day"), per

    def delivers(self) -> Delivers:
        """Whether a delivery holds the whole feed, or only what changed since the one before."""
        value = self.optional("delivers") or "whole"
        known: dict[str, Delivers] = {"whole": "whole", "changes": "changes"}
        if value not in known:
            raise BindingError(f"{self.where('delivers')}: {value!r} is none of whole, changes.")
        return known[value]

    def deletes(self) -> tuple[str, tuple[str, ...]] | None:
        """The source column that marks a row as deleted upstream, and the values that do."""
        if self.get("deletes") is None:
            return None
        self.only(("column", "values"), "deletes")
        values = self.texts("deletes", "values")
        if not values:
            raise BindingError(f"{self.where('deletes')}: values must list what marks a deleted row, such as [D].")
        return self.text("deletes", "column"), values

    def days(self) -> tuple[date | None, date | None]:
        """First and last day on which the delivery is in force."""
        self.only(("from", "until"), "days")
        first = self._date("days", "from") if self.get("days", "from") is not None else None
        last = self._date("days", "until") if self.get("days", "until") is not None else None
        return first, last

    def _date(self, *steps: Step) -> date:
        text = self.text(*steps)
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise BindingError(f"{self.where(*steps)}: {text!r} is not a date; write it as YYYY-MM-DD.") from None


def read(path: Path) -> BindingFile:
    """The binding file at ``path``, with no key that means nothing.

    Raises:
        BindingError: it is not readable, not YAML, or has an unknown key.
    """
    file = BindingFile(located.read(path, BindingError))
    file.only(KEYS)
    file.only(("header", "encoding", "multiline"), "options")
    return file
