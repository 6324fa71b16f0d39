"""What a rule needs an SQL engine to spell; it knows no engine itself."""

from typing import Literal, Protocol

Unit = Literal["DAY", "MONTH", "YEAR"]


class Engine(Protocol):
    """The few constructs that Spark and DuckDB write differently; all else in a rule is SQL common to both."""

    def any_of(self, column: str, item: str, predicate: str) -> str:
        """True where some element of the list satisfies it, else NULL where the list or some answer is NULL."""
        ...

    def shifted(self, date: str, amount: int, unit: Unit) -> str:
        """The DATE ``amount`` units later (earlier if negative); a day past the month's end becomes its last day."""
        ...
