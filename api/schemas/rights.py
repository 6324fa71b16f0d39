"""What is held of a subject, as its owner may see it and take it away."""

from datetime import date

import msgspec

from api.schemas.file import Draft, File, Tags
from api.schemas.helping import HelpCase
from api.schemas.home import Home
from api.schemas.parts import Reminder


class Told(msgspec.Struct, frozen=True):
    """One step of a reminder as it came into the inbox."""

    what: str
    due_on: date
    rung: int  # days ahead
    fired_on: date


class Chosen(msgspec.Struct, frozen=True):
    """What the subject chose, as the store keeps it: services and reminders by id.

    ``channels``, ``addresses`` and ``quiet`` are as they are given; ``reached_by`` is by which channels reminders come
    in turn by all of that, and ``unsubscribed`` which were ended by a letter's own button.
    """

    personalised: bool
    locale: str
    dismissed: dict[str, date]
    done: dict[str, date]
    corrections: dict[str, date]
    reminders: dict[str, str]
    tags_deleted: dict[str, date]
    vacancies: dict[str, date]  # put away or applied for
    channels: tuple[str, ...]
    addresses: dict[str, str]
    unsubscribed: tuple[str, ...]
    reached_by: tuple[str, ...]
    quiet: str  # those of the city where none were chosen


class Export(msgspec.Struct, frozen=True):
    """Everything that is held: file, tags, the home with all suggestions, reminders, inbox, cases of help, choices,
    half-filled forms."""

    taken_on: date
    generation: str
    home: Home
    reminders: tuple[Reminder, ...]
    inbox: tuple[Told, ...]
    file: File
    tags: Tags
    help: tuple[HelpCase, ...]
    choices: Chosen
    drafts: tuple[Draft, ...]
