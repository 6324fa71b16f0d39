"""A service as it is shown, and all about it; the same for everybody."""

from datetime import date
from typing import Literal

import msgspec


class Card(msgspec.Struct, frozen=True):
    """A service as it is shown: who answers for it, what it takes, and where a person can go or call instead."""

    service: str
    name: str
    description: str
    authority: str
    minutes: int  # to fill in the form
    steps: int  # 环节, of which filling in the form is one
    trips: int  # to a counter
    processing_days: int  # working days
    cost_yuan: float
    online: bool
    contactless: bool
    hall: str
    hours: str
    phone: str
    guide: str  # path of the guide page; it holds nothing of whoever passes it on
    qr: str  # path of a picture of the guide's address, to be read by another telephone
    appointment_url: str | None  # where a visit to the counter is booked


class Paper(msgspec.Struct, frozen=True):
    """What a service asks to be shown; ``deferrable`` may follow later."""

    name: str
    deferrable: bool


class Span(msgspec.Struct, frozen=True):
    """From the first day on which one may apply to the last."""

    opens_on: date
    closes_on: date


class Guide(msgspec.Struct, frozen=True):
    """All about one service: its card, what it asks for, what it gives, and the law behind it.

    ``window`` is the part of the year in which one may apply: the one that is open, else the next; null where always.
    """

    card: Card
    audience: Literal["person", "enterprise"]
    type: str
    themes: tuple[str, ...]
    papers: tuple[Paper, ...]
    output: str
    legal_basis: str
    window: Span | None


class Theme(msgspec.Struct, frozen=True):
    """A life or business event as one thing: the services that it calls for, in an order in which they can be done."""

    id: str
    name: str
    description: str
    services: tuple[Card, ...]


class Results(msgspec.Struct, frozen=True):
    """What fits a sentence, the best first."""

    bundles: tuple[Theme, ...]
    services: tuple[Card, ...]


class Services(msgspec.Struct, frozen=True):
    """One part of the catalogue in the order of the ids; ``next`` is the cursor of the part after it."""

    version: str
    services: tuple[Card, ...]
    next: str | None
