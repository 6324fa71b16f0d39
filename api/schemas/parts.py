"""Parts of a home that are asked for alone, and what they hold beyond what the home shows."""

from datetime import date
from typing import Literal

import msgspec

from api.schemas.home import Ahead, Bundle, Document, Due, Suggestion, Vacancy, Weight
from recommender.choices import ReminderState


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
    """One part of the list of suggestions; ``next`` is the cursor of the part after it, null at the end.

    ``trace`` leads to the reasons for the whole list, for some days; it is empty where the list is not personal.
    """

    personalised: bool
    suggestions: tuple[Suggestion, ...]
    next: str | None
    trace: str


class Place(msgspec.Struct, frozen=True):
    """One place of a list: ``score`` is ``base``, what the service has of itself, and all that is ``added``.

    ``through`` is the life event as whose next step the service came first, empty where it stands by its score.
    """

    service: str
    name: str
    score: float
    probability: float
    base: float
    added: tuple[Weight, ...]
    through: str


class NotYet(msgspec.Struct, frozen=True):
    """A service that its subject is entitled to and that was not in the list, and why.

    ``earlier_step``: a life or business event that is open for them has it wait for a step that is not done yet.
    """

    service: str
    name: str
    reason: Literal["earlier_step"]


class Why(msgspec.Struct, frozen=True):
    """A past list as it was: what it was made by, the tags it was made from, what its subject could be offered, and
    what not yet."""

    trace: str
    generation: str
    day: date
    model: str
    registry: str
    catalogue: str
    tags: tuple[str, ...]
    may_have: tuple[str, ...]
    not_yet: tuple[NotYet, ...]
    places: tuple[Place, ...]


class Vacancies(msgspec.Struct, frozen=True):
    """The vacancies offered, the best first."""

    today: date
    data_day: date
    vacancies: tuple[Vacancy, ...]


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
