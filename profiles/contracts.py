"""What we require of each feed, read from ``contracts/*.yaml`` (Open Data Contract Standard 3.1); it checks no row."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from profiles.contract_file import ContractFile, Text, standard_contract
from profiles.errors import ContractError

FOLDER = Path(__file__).parent / "contracts"

Type = Literal["text", "date", "timestamp", "integer", "decimal", "resident_id", "credit_code"]
SQL_TYPES: Mapping[Type, str] = MappingProxyType(
    {
        "text": "STRING",
        "date": "DATE",
        "timestamp": "TIMESTAMP",
        "integer": "INT",
        "decimal": "DECIMAL(20,2)",
        "resident_id": "STRING",  # a pseudonym: 32 hex digits
        "credit_code": "STRING",
    }
)
USES = ("eligibility", "ranking", "display")
SENSITIVITIES = ("public", "internal", "restricted")
VOLUME_DROP_CEILING = 0.3  # share of the usual rows that may be lacking where the contract names no other
GROWTH_CEILING = 1.0  # share of the usual rows that may come beyond them where the contract names no other
INVALID_CEILING = 0.05  # share of rows that may fail one check where the contract names no other


@dataclass(frozen=True)
class Column:
    """One element of a feed; ``null_ceiling`` is the share of rows in which it may be missing."""

    name: str
    type: Type
    title: Text
    required: bool
    sealed: bool
    sensitivity: str
    allowed: tuple[str, ...]
    pattern: str | None
    minimum: str | None
    maximum: str | None
    null_ceiling: float
    invalid_ceiling: float

    @property
    def identifies(self) -> Literal["person", "enterprise"] | None:
        """Whose identity number this is, if it is one."""
        kinds: Mapping[Type, Literal["person", "enterprise"]] = {"resident_id": "person", "credit_code": "enterprise"}
        return kinds.get(self.type)


@dataclass(frozen=True)
class RowRule:
    """What must not be false of any row: ``holds`` is a Spark SQL expression over the columns; NULL passes."""

    name: str
    holds: str


@dataclass(frozen=True)
class Contract:
    """The whole contract of one feed."""

    feed: str
    title: Text
    owner: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[RowRule, ...]
    subject: str | None  # the column whose owner may open the sealed columns
    sensitivity: str
    uses: tuple[str, ...]
    freshness_column: str | None
    freshness_days: int | None
    rejected_ceiling: float
    duplicate_ceiling: float
    volume_drop_ceiling: float
    growth_ceiling: float

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def schema(self) -> dict[str, str]:
        """SQL types of the accepted table, by column, in order."""
        return {column.name: SQL_TYPES[column.type] for column in self.columns}

    @property
    def ddl(self) -> str:
        """The same as one line that Spark reads as a schema."""
        return ", ".join(f"`{name}` {kind}" for name, kind in self.schema.items())


@cache
def load(folder: Path = FOLDER) -> Mapping[str, Contract]:
    """Every contract by feed, in alphabetical order.

    Raises:
        ContractError: a file is malformed or breaks the standard; the message names file and line.
    """
    return MappingProxyType({contract.feed: contract for contract in map(read, sorted(folder.glob("*.yaml")))})


def read(path: Path) -> Contract:
    """The contract in ``path``; raises ContractError as ``load``."""
    file = standard_contract(path)
    if file.text("name") != path.stem:
        raise ContractError(f"{file.where('name')}: the name must be the file's own, {path.stem!r}.")
    numbers = range(file.length("schema", 0, "properties"))
    columns = tuple(_column(file, ("schema", 0, "properties", number)) for number in numbers)
    names = [column.name for column in columns]
    subject = file.custom("subject")
    if subject is not None and subject not in names:
        raise ContractError(f"{file.where('customProperties')}: subject {subject!r} is not a column.")
    if subject is None and any(column.sealed for column in columns):
        raise ContractError(f"{file.where('customProperties')}: a feed with sealed columns must name its subject.")
    latency, element = file.latency()
    if element is not None and element not in names:
        raise ContractError(
            f"{file.where('slaProperties')}: latency is measured on {element!r}, which is not a column."
        )
    return Contract(
        feed=path.stem,
        title=file.both_languages("title"),
        owner=file.both_languages("owner"),
        columns=columns,
        key=file.primary_key(),
        rules=tuple(RowRule(name, holds) for name, holds in file.row_rules()),
        subject=str(subject) if subject else None,
        sensitivity=file.custom_of("sensitivity", SENSITIVITIES),
        uses=file.custom_list("uses", USES),
        freshness_column=element,
        freshness_days=latency,
        rejected_ceiling=file.ceiling(("schema", 0), "invalidValues", INVALID_CEILING),
        duplicate_ceiling=file.ceiling(("schema", 0), "duplicateValues", INVALID_CEILING),
        volume_drop_ceiling=file.custom_ceiling("volume_drop", VOLUME_DROP_CEILING),
        growth_ceiling=file.custom_ceiling("growth", GROWTH_CEILING),
    )


def _column(file: ContractFile, at: tuple[str | int, ...]) -> Column:
    required = bool(file.get(*at, "required"))
    return Column(
        name=file.text(*at, "name"),
        type=_type(file, at),
        title=Text(file.text(*at, "businessName"), file.text(*at, "description")),
        required=required,
        sealed=file.get(*at, "encryptedName") is not None,
        sensitivity=file.one_of(SENSITIVITIES, *at, "classification"),
        allowed=file.valid_values(at),
        pattern=file.optional_text(*at, "logicalTypeOptions", "pattern"),
        minimum=file.optional_text(*at, "logicalTypeOptions", "minimum"),
        maximum=file.optional_text(*at, "logicalTypeOptions", "maximum"),
        null_ceiling=file.ceiling(at, "missingValues", INVALID_CEILING if required else 1.0),
        invalid_ceiling=file.ceiling(at, "invalidValues", INVALID_CEILING),
    )


def _type(file: ContractFile, at: tuple[str | int, ...]) -> Type:
    physical = file.text(*at, "physicalType")
    identifiers: dict[str, Type] = {"resident_id": "resident_id", "credit_code": "credit_code"}
    known: dict[str, Type] = {kind: name for name, kind in SQL_TYPES.items() if name not in identifiers} | identifiers
    if physical not in known:
        raise ContractError(f"{file.where(*at, 'physicalType')}: {physical!r} is none of {', '.join(known)}.")
    return known[physical]
