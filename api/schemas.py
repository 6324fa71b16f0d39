"""The shape of what the API answers and takes, in one place; the OpenAPI description is made from these structs.

Answers are encoded from structs that our own code filled, so they are not validated again on the way out; what comes
in is validated strictly, and an unknown field is an error.
"""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field

DocumentState = Literal["valid", "expiring", "expired", "revoked"]


class Card(msgspec.Struct, frozen=True):
    """A service as it is shown: who answers for it, what it takes, and where a person can go or call instead."""

    service: str
    name: str
    description: str
    authority: str
    minutes: int  # to fill in the form
    trips: int  # to a counter
    processing_days: int  # working days
    cost_yuan: float
    online: bool
    contactless: bool
    hall: str
    hours: str
    phone: str
    guide: str  # path of the guide page


class Reason(msgspec.Struct, frozen=True):
    """One true clause of the service's rule: in words, and who says so as of when."""

    text: str
    source: str
    as_of: date | None


class Weight(msgspec.Struct, frozen=True):
    """What one tag adds to the place in the list, in log-odds."""

    tag: str
    weight: float


class Suggestion(msgspec.Struct, frozen=True):
    """A service offered. ``probability`` is null where the list is not personal."""

    card: Card
    probability: float | None
    reasons: tuple[Reason, ...]
    because: tuple[Weight, ...]


class Due(msgspec.Struct, frozen=True):
    """A document or duty that falls due; ``days_left`` is below zero once it is overdue."""

    what: str
    name: str
    due_on: date
    days_left: int
    state: Literal["soon", "today", "overdue"]
    sentence: str
    source: str
    as_of: date | None
    action: Card | None
    reminded_on: date | None


class Case(msgspec.Struct, frozen=True):
    """An application under way."""

    card: Card
    applied_on: date
    source: str


class Step(msgspec.Struct, frozen=True):
    """One service of a bundle; all that are ``next`` may go side by side, ``later`` waits for ``waits_for``."""

    card: Card
    state: Literal["done", "in_progress", "next", "later", "not_for_you"]
    waits_for: tuple[str, ...]


class Bundle(msgspec.Struct, frozen=True):
    """A life or business event as one thing, with how far it has come."""

    id: str
    name: str
    description: str
    done: int
    total: int  # steps that apply to the subject
    steps: tuple[Step, ...]
    reasons: tuple[Reason, ...]


class Document(msgspec.Struct, frozen=True):
    """A certificate or licence that the subject holds."""

    type: str
    name: str
    number: str
    issuer: str
    issued_on: date | None
    expires_on: date | None
    state: DocumentState
    days_left: int | None
    source: str
    as_of: date | None


class Question(msgspec.Struct, frozen=True):
    """A service that may or may not be for the subject, and what would decide."""

    card: Card
    asks: tuple[str, ...]


class Mandate(msgspec.Struct, frozen=True):
    """An enterprise that the person may act for; ``handle`` goes into the Acting-For header."""

    handle: str
    name: str
    role: str


class Dismissed(msgspec.Struct, frozen=True):
    """A service that the subject does not want to see."""

    service: str
    name: str
    since: date


class Correction(msgspec.Struct, frozen=True):
    """What the subject said is wrong, pending until the department delivers a newer word."""

    about: str
    name: str
    source: str
    requested_on: date


class Ahead(msgspec.Struct, frozen=True):
    """What will come to apply to the subject from a day on, or no longer apply, as far as today's file can tell."""

    day: date
    days_left: int
    name: str
    gained: bool


class Outlook(msgspec.Struct, frozen=True):
    """The next changes within two years of the data's day, the soonest first."""

    today: date
    data_day: date
    changes: tuple[Ahead, ...]


class Home(msgspec.Struct, frozen=True):
    """Everything on a home, in display order. The shape is the same for persons, enterprises and strangers.

    ``personalised`` is false when the subject turned personalisation off or no file is known of them: suggestions are
    then the services most used, with no probability and no reasons. Due items, documents, cases and mandates are the
    subject's own records and stay.
    """

    kind: Literal["person", "enterprise"]
    name: str
    acting_for: str | None
    known: bool  # whether there is a file of the subject
    personalised: bool
    locale: Literal["zh", "en"]
    today: date
    data_day: date  # the day of the data that the home was built from
    due: tuple[Due, ...]
    in_progress: tuple[Case, ...]
    suggestions: tuple[Suggestion, ...]
    bundles: tuple[Bundle, ...]
    questions: tuple[Question, ...]
    documents: tuple[Document, ...]
    mandates: tuple[Mandate, ...]
    dismissed: tuple[Dismissed, ...]
    corrections: tuple[Correction, ...]
    ahead: tuple[Ahead, ...]


class Receipt(msgspec.Struct, frozen=True):
    """What became of a request that changes something: whether it was new, or known already."""

    counted: bool


class FeedbackIn(BaseModel):
    """What the subject did with one service. ``dismissed`` and ``done`` hide it from the next request on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    service: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$", examples=["senior_card"])]
    action: Literal["shown", "opened", "started", "done", "dismissed", "restored", "rated"]
    stars: Annotated[int | None, Field(ge=1, le=5, description="With action rated alone.")] = None


class CorrectionIn(BaseModel):
    """What is wrong in the subject's file, and what is right; it goes to the department whose word it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    about: Annotated[
        str,
        Field(
            pattern=r"^(fact:[a-z_]{2,40}|document:[A-Z0-9_]{2,40})$",
            examples=["fact:residence_division", "document:HKM_PERMIT"],
        ),
    ]
    said: Annotated[str, Field(min_length=1, max_length=500, examples=["I moved to another district in May."])]


class ChoicesIn(BaseModel):
    """What the subject chooses; a field left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    personalised: bool | None = None
    locale: Literal["zh", "en"] | None = None


class Health(msgspec.Struct, frozen=True):
    """Whether the service can answer, and from which generation."""

    status: Literal["alive", "ready"]
    generation: str | None = None


def components() -> dict[str, Any]:
    """JSON Schemas of all answers by name, for the OpenAPI description."""
    _, schemas = msgspec.json.schema_components(
        [Home, Outlook, Receipt, Health], ref_template="#/components/schemas/{name}"
    )
    return schemas


def answer(struct: type[msgspec.Struct], description: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that answers with the struct."""
    schema = {"$ref": f"#/components/schemas/{struct.__name__}"}
    return {200: {"description": description, "content": {"application/json": {"schema": schema}}}}
