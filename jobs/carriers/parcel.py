"""What a carrier is handed and what it answers, as plain data."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from recommender.delivery.letter import Letter, Links


@dataclass(frozen=True)
class Parcel:
    """A letter for an address; by ``id`` its receiver knows a repeated one. ``items`` are (rung's id, its day)."""

    id: str
    address: str = field(repr=False)
    letter: Letter = field(repr=False)
    links: Links = field(repr=False)
    at: datetime
    items: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What became of a parcel; ``why`` is a word for logs and operators, and quotes nothing of address or letter.

    ``rest`` is how long the receiver asked to be left alone.
    """

    status: Literal["sent", "delivered", "failed", "later"]
    why: str = ""
    rest: timedelta = timedelta(0)


class Carrier(Protocol):
    """Takes parcels out."""

    def carry(self, parcel: Parcel) -> Answer:
        """Try once; what goes wrong on the way is an answer, never an exception."""

    def rest(self) -> None:
        """No parcel follows for now: what was kept open for the next one is closed."""
