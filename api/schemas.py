"""The shape of what the API answers and takes, in one place; the OpenAPI description is made from these structs.

Answers are encoded from structs that our own code filled, so they are not validated again on the way out; what comes
in is validated strictly, and an unknown field is an error.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import BaseModel, ConfigDict, Field, model_validator

from recommender.choices import ReminderState

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


class Prefill(msgspec.Struct, frozen=True):
    """What need not be brought or filled in again, because a department's word on it is in the file.

    ``held`` names the papers that need not be brought, ``bring`` those that must and ``may_follow`` those that are
    lacking but may follow later. What is saved is against the usual way, 0 where none is known.
    """

    papers: int
    papers_held: int
    fields: int
    fields_filled: int
    held: tuple[str, ...]
    bring: tuple[str, ...]
    may_follow: tuple[str, ...]
    minutes_saved: int
    steps_saved: int
    trips_saved: int
    days_saved: int  # working days


class Suggestion(msgspec.Struct, frozen=True):
    """A service offered. ``probability`` and ``prefill`` are null where the list is not personal."""

    card: Card
    probability: float | None
    reasons: tuple[Reason, ...]
    because: tuple[Weight, ...]
    prefill: Prefill | None


class Due(msgspec.Struct, frozen=True):
    """A document, duty or window that falls due; ``days_left`` is below zero once it is overdue.

    ``opens_on`` is the first day of a window, whose last is ``due_on``; ``note`` says where a date is an estimate.
    """

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
    opens_on: date | None
    note: str


class Case(msgspec.Struct, frozen=True):
    """An application under way."""

    card: Card
    applied_on: date
    source: str


class Step(msgspec.Struct, frozen=True):
    """One service of a bundle; all that are ``next`` may go side by side, ``later`` waits for ``waits_for``.

    ``opens_on`` is the day on which a service opens that is closed in this part of the year; null where it is open.
    """

    card: Card
    state: Literal["done", "in_progress", "next", "later", "not_for_you"]
    waits_for: tuple[str, ...]
    opens_on: date | None


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
    """A service that may or may not be for the subject, and what would decide, the most decisive first.

    ``holder`` is the department whose word the first of them is.
    """

    card: Card
    asks: tuple[str, ...]
    holder: str


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


class Fact(msgspec.Struct, frozen=True):
    """Something that the file holds: what it is, who says so and as of when."""

    name: str
    source: str
    as_of: date


class Ahead(msgspec.Struct, frozen=True):
    """What will come to apply to the subject from a day on, or no longer apply, as far as today's file can tell."""

    day: date
    days_left: int
    name: str
    gained: bool
    facts: tuple[Fact, ...]


class Likely(msgspec.Struct, frozen=True):
    """A guess from what became of others: what may happen until a day, and why. It decides nothing."""

    name: str
    until: date
    because: tuple[str, ...]


class Outlook(msgspec.Struct, frozen=True):
    """The next changes within two years of the data's day, the soonest first."""

    today: date
    data_day: date
    changes: tuple[Ahead, ...]


class Documents(msgspec.Struct, frozen=True):
    """The wallet: every certificate and licence held, with its state on the reader's day."""

    today: date
    data_day: date
    documents: tuple[Document, ...]


class Suggestions(msgspec.Struct, frozen=True):
    """One part of the list of suggestions; ``next`` is the cursor of the part after it, null at the end."""

    personalised: bool
    suggestions: tuple[Suggestion, ...]
    next: str | None


class Bundles(msgspec.Struct, frozen=True):
    """The life or business events under way."""

    bundles: tuple[Bundle, ...]


class Reminder(msgspec.Struct, frozen=True):
    """What falls due and how the subject marked it; ``until`` is the day that it comes back when put off."""

    id: str
    due: Due
    state: ReminderState
    until: date | None


class Reminders(msgspec.Struct, frozen=True):
    """Everything that falls due, the soonest first, whatever it was marked as."""

    today: date
    reminders: tuple[Reminder, ...]


class Paper(msgspec.Struct, frozen=True):
    """What a service asks to be shown; ``deferrable`` may follow later."""

    name: str
    deferrable: bool


class Guide(msgspec.Struct, frozen=True):
    """All about one service: its card, what it asks for, what it gives, and the law behind it."""

    card: Card
    audience: Literal["person", "enterprise"]
    type: str
    themes: tuple[str, ...]
    papers: tuple[Paper, ...]
    output: str
    legal_basis: str
    appointment_url: str | None


class Services(msgspec.Struct, frozen=True):
    """One part of the catalogue in the order of the ids; ``next`` is the cursor of the part after it."""

    version: str
    services: tuple[Card, ...]
    next: str | None


class Told(msgspec.Struct, frozen=True):
    """One step of a reminder as it came into the inbox."""

    what: str
    due_on: date
    rung: int  # days ahead
    fired_on: date


class Chosen(msgspec.Struct, frozen=True):
    """What the subject chose, as the store keeps it: services and reminders by id."""

    personalised: bool
    locale: str
    dismissed: dict[str, date]
    done: dict[str, date]
    corrections: dict[str, date]
    reminders: dict[str, str]


class Export(msgspec.Struct, frozen=True):
    """Everything that is held for the page: the home with all of its suggestions, reminders, inbox and choices."""

    taken_on: date
    generation: str
    home: "Home"
    reminders: tuple[Reminder, ...]
    inbox: tuple[Told, ...]
    choices: Chosen


class Calendar(msgspec.Struct, frozen=True):
    """Where a calendar program finds what falls due; whoever has the address can read it, until it is revoked."""

    address: str


class Heard(msgspec.Struct, frozen=True):
    """An opinion was taken; it is answered by that day."""

    counted: bool
    answer_by: date


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
    likely: tuple[Likely, ...]


class Fault(msgspec.Struct, frozen=True):
    """A field that is not as described; the value that came is not repeated."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, rename={"violated_policies": "violated-policies"}):
    """Why a request was refused (RFC 9457); ``type`` is stable, ``title`` and ``detail`` are for people."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: tuple[Fault, ...] = ()
    violated_policies: tuple[str, ...] = ()


class Receipt(msgspec.Struct, frozen=True):
    """What became of a request that changes something: whether it was new, or known already."""

    counted: bool


class FeedbackIn(BaseModel):
    """What the subject did with one service. ``dismissed`` and ``done`` hide it from the next request on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    service: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$", examples=["senior_card"])]
    action: Annotated[
        Literal["shown", "opened", "started", "done", "dismissed", "restored", "rated"], Field(examples=["dismissed"])
    ]
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

    personalised: Annotated[bool | None, Field(examples=[False])] = None
    locale: Annotated[Literal["zh", "en"] | None, Field(examples=["en"])] = None


class ReminderIn(BaseModel):
    """How a reminder is marked. ``snoozed`` comes back on the day ``until``, the others need no day."""

    model_config = ConfigDict(extra="forbid", strict=True)

    state: Annotated[ReminderState, Field(examples=["snoozed"])]
    until: Annotated[date | None, Field(strict=False, examples=["2026-12-01"])] = None

    @model_validator(mode="after")
    def _a_day_with_snoozed_alone(self) -> Self:
        if (self.state == "snoozed") != (self.until is not None):
            raise ValueError("until goes with the state snoozed, and with it alone")
        return self


class OpinionIn(BaseModel):
    """What somebody thinks of the service, of one item or of all."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Annotated[Literal["praise", "complaint", "idea"], Field(examples=["idea"])]
    said: Annotated[str, Field(min_length=1, max_length=1000, examples=["Let me save a half-filled form."])]
    service: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$", examples=["senior_card"])] = None


class Health(msgspec.Struct, frozen=True):
    """Whether the service can answer, and from which generation."""

    status: Literal["alive", "ready"]
    generation: str | None = None


def components() -> dict[str, Any]:
    """JSON Schemas of all answers by name, for the OpenAPI description."""
    _, schemas = msgspec.json.schema_components(
        [
            Home,
            Outlook,
            Documents,
            Suggestions,
            Bundles,
            Reminders,
            Guide,
            Services,
            Export,
            Calendar,
            Heard,
            Receipt,
            Health,
            Problem,
        ],
        ref_template="#/components/schemas/{name}",
    )
    return schemas
