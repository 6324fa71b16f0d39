"""Parts of a home that are asked for alone, and what they hold beyond what the home shows."""

from datetime import date

import msgspec

from api.schemas.home import Ahead, Bundle, Document, Due, Suggestion
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
