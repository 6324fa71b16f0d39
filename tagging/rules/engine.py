"""What a rule needs an SQL engine to spell; it knows no engine itself."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, Protocol

Unit = Literal["DAY", "MONTH", "YEAR"]

# By which field the elements of a file's lists are told apart.
NAMED_BY: Mapping[str, str] = MappingProxyType(
    {"documents": "type", "links": "kind", "events": "kind", "cases": "service"}
)


class Engine(Protocol):
    """The few constructs that Spark and DuckDB write differently; all else in a rule is SQL common to both."""

    def any_of(self, column: str, item: str, predicate: str, of: str | None = None) -> str:
        """True where some element of the list satisfies it, else NULL where the list or some answer is NULL.

        ``of`` says that the predicate is false for whatever has another name than this (see ``NAMED_BY``), so that
        an engine may leave a list alone which has none of that name.
        """
        ...

    def days_of(self, column: str, item: str, predicate: str, days: Sequence[str], of: str | None = None) -> str:
        """The DATEs ``days`` of each element that satisfies the predicate, in one list; NULL where the list is."""
        ...

    def dates(self, lists: Sequence[str], days: Sequence[str]) -> str:
        """All DATEs of the lists and the single ``days`` in one list; they may repeat, and NULLs are among them."""
        ...

    def shifted(self, date: str, amount: int, unit: Unit) -> str:
        """The DATE ``amount`` units later (earlier if negative); a day past the month's end becomes its last day."""
        ...
