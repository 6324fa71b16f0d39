"""One contract file as the Open Data Contract Standard defines it, with typed look-ups that know their line."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jsonschema import Draft201909Validator
from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import ValidationError

from profiles import located
from profiles.errors import ContractError
from profiles.located import Located, Step, Steps


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class ContractFile:
    """A contract that keeps to the standard; every look-up raises ContractError with file and line."""

    file: Located

    def where(self, *steps: Step) -> str:
        """File and line of the value at ``steps``."""
        return self.file.where(*steps)

    def get(self, *steps: Step) -> object:
        """The value at ``steps``, or None."""
        value: object = self.file.data
        for step in steps:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def length(self, *steps: Step) -> int:
        """How many items the list at ``steps`` has, at least one."""
        items = self.get(*steps)
        if not isinstance(items, list) or not items:
            raise ContractError(f"{self.where(*steps)}: expected a list of {steps[-1]}, found none.")
        return len(items)

    def optional_text(self, *steps: Step) -> str | None:
        """The value at ``steps`` as text."""
        value = self.get(*steps)
        return None if value is None else str(value)

    def text(self, *steps: Step) -> str:
        """The value at ``steps`` as text; it must be there."""
        value = self.optional_text(*steps)
        if not value:
            raise ContractError(f"{self.where(*steps)}: {steps[-1]!r} is missing; this house needs it. Write it there.")
        return value

    def one_of(self, known: Sequence[str], *steps: Step) -> str:
        """The value at ``steps``, one of the known words."""
        value = self.text(*steps)
        if value not in known:
            raise ContractError(f"{self.where(*steps)}: {value!r} is none of {', '.join(known)}.")
        return value

    def custom(self, name: str) -> object:
        """The value of the contract's custom property ``name``, or None."""
        return next((value for key, value in self._custom() if key == name), None)

    def custom_of(self, name: str, known: Sequence[str]) -> str:
        """The custom property ``name``, one of the known words."""
        value = self.custom(name)
        if value not in known:
            raise ContractError(f"{self.where('customProperties')}: {name} must be one of {', '.join(known)}.")
        return str(value)

    def custom_list(self, name: str, known: Sequence[str]) -> tuple[str, ...]:
        """The custom property ``name``, a list of known words."""
        value = self.custom(name)
        if not isinstance(value, list) or not set(value) <= set(known):
            raise ContractError(f"{self.where('customProperties')}: {name} must be a list out of {', '.join(known)}.")
        return tuple(str(item) for item in value)

    def both_languages(self, name: str) -> Text:
        """The custom property ``name``, written in Chinese and in English."""
        value = self.custom(name)
        if not isinstance(value, dict) or not value.get("zh") or not value.get("en"):
            raise ContractError(f"{self.where('customProperties')}: {name} must be written as {{zh: …, en: …}}.")
        return Text(str(value["zh"]), str(value["en"]))

    def latency(self) -> tuple[int | None, str | None]:
        """Days that the newest row may be old, and the column that tells."""
        for number in range(len(self._list("slaProperties"))):
            at = ("slaProperties", number)
            if self.get(*at, "property") == "latency":
                return int(self.text(*at, "value")), self.text(*at, "element").rpartition(".")[2]
        return None, None

    def primary_key(self) -> tuple[str, ...]:
        """The key's columns in order."""
        keyed: dict[int, str] = {}
        for number in range(self.length("schema", 0, "properties")):
            at = ("schema", 0, "properties", number)
            if self.get(*at, "primaryKey"):
                keyed[int(self.text(*at, "primaryKeyPosition"))] = self.text(*at, "name")
        if not keyed:
            raise ContractError(f"{self.where('schema', 0)}: no column is marked primaryKey; a feed needs a key.")
        return tuple(name for _, name in sorted(keyed.items()))

    def row_rules(self) -> Iterator[tuple[str, str]]:
        """Names and expressions of the checks that span columns."""
        for number, check in enumerate(self._list("schema", 0, "quality")):
            if isinstance(check, dict) and check.get("engine") == "spark":
                at = ("schema", 0, "quality", number)
                yield self.text(*at, "name"), self.text(*at, "implementation")

    def ceiling(self, at: Steps, metric: str, otherwise: float) -> float:
        """The greatest share (0 to 1) that the quality check ``metric`` allows."""
        for number, check in enumerate(self._list(*at, "quality")):
            if isinstance(check, dict) and check.get("metric") == metric:
                return float(self.text(*at, "quality", number, "mustBeLessOrEqualTo")) / 100
        return otherwise

    def custom_ceiling(self, name: str, otherwise: float) -> float:
        """The greatest share (0 to 1) that this house's own check ``name`` of the whole feed allows."""
        for number, check in enumerate(self._list("schema", 0, "quality")):
            if isinstance(check, dict) and check.get("engine") == "yidang" and check.get("name") == name:
                return float(self.text("schema", 0, "quality", number, "mustBeLessOrEqualTo")) / 100
        return otherwise

    def valid_values(self, at: Steps) -> tuple[str, ...]:
        """The only values a column may have, or none where any may."""
        for number, check in enumerate(self._list(*at, "quality")):
            if isinstance(check, dict) and check.get("metric") == "invalidValues":
                return tuple(str(item) for item in self._list(*at, "quality", number, "arguments", "validValues"))
        return ()

    def _list(self, *steps: Step) -> list[object]:
        value = self.get(*steps)
        return value if isinstance(value, list) else []

    def _custom(self) -> Iterator[tuple[str, object]]:
        for item in self._list("customProperties"):
            if isinstance(item, dict):
                yield str(item.get("property")), item.get("value")


def standard_contract(path: Path) -> ContractFile:
    """The file at ``path``, valid by the standard's own schema and model.

    Raises:
        ContractError: it is not; the message names file and line.
    """
    file = located.read(path, ContractError)
    broken = next(_validator().iter_errors(file.data), None)
    if broken is not None:
        steps = tuple(broken.absolute_path)
        raise ContractError(
            f"{file.where(*steps)}: {_path(steps)} breaks the Open Data Contract Standard: {broken.message}. "
            "Correct that line and rerun."
        )
    try:
        OpenDataContractStandard.model_validate(dict(file.data))
    except ValidationError as problem:
        first = problem.errors()[0]
        raise ContractError(
            f"{file.where(*first['loc'])}: {_path(first['loc'])} breaks the Open Data Contract Standard: "
            f"{first['msg']}. Correct that line and rerun."
        ) from None
    return ContractFile(file)


@cache
def _validator() -> Draft201909Validator:
    schema = json.loads(OpenDataContractStandard.json_schema())  # type: ignore[no-untyped-call]
    return Draft201909Validator(schema)


def _path(steps: Sequence[Step]) -> str:
    return ".".join(str(step) for step in steps) or "the file"
