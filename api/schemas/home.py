"""Everything on a home, part by part. The shape is the same for persons, enterprises and strangers."""

from datetime import date
from typing import Literal

import msgspec

from api.schemas.catalogue import Card

DocumentState = Literal["valid", "expiring", "expired", "revoked"]


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
    ``by`` says whose step it is that is done or in progress for the subject too; it is empty where it is their own.
    """

    card: Card
    state: Literal["done", "in_progress", "next", "later", "not_for_you"]
    waits_for: tuple[str, ...]
    opens_on: date | None
    by: Literal["", "other_parent", "spouse"]


class StepsPaper(msgspec.Struct, frozen=True):
    """A paper that steps of a bundle ask for, which is handed in once for all of these ``steps``.

    ``held`` says that it need not be brought, ``may_follow`` that no step waits for it.
    """

    name: str
    steps: tuple[str, ...]
    held: bool
    may_follow: bool


class Bundle(msgspec.Struct, frozen=True):
    """A life or business event as one thing, with how far it has come.

    ``papers`` are those of the steps that are still to be begun, each once. ``days`` is how many working days what is
    left takes side by side, as far as its order allows, ``days_one_by_one`` how many it takes one after the other.
    """

    id: str
    name: str
    description: str
    done: int
    total: int  # steps that apply to the subject
    steps: tuple[Step, ...]
    papers: tuple[StepsPaper, ...]
    days: int
    days_one_by_one: int
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


class Vacancy(msgspec.Struct, frozen=True):
    """A vacancy offered to whoever looks for work: what it is in words, and what speaks for it, most first."""

    id: str
    title: str
    employer: str
    place: str
    education: str
    wage: str
    places: int  # how many are wanted
    closes_on: date
    days_left: int
    because: tuple[str, ...]
    source: str
    as_of: date


class Home(msgspec.Struct, frozen=True):
    """Everything on a home, in display order. The shape is the same for persons, enterprises and strangers.

    ``personalised`` is false when the subject turned personalisation off or no file is known of them: suggestions are
    then the services most used, with no probability, no reasons and no ``trace``. Due items, documents, cases and
    mandates are the subject's own records and stay.
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
    vacancies: tuple[Vacancy, ...]
    trace: str  # of the list of suggestions
