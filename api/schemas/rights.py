"""What is held of a subject, as its owner may see it and take it away."""

from datetime import date

import msgspec

from api.schemas.file import File, Tags
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
    """What the subject chose, as the store keeps it: services and reminders by id."""

    personalised: bool
    locale: str
    dismissed: dict[str, date]
    done: dict[str, date]
    corrections: dict[str, date]
    reminders: dict[str, str]
    tags_deleted: dict[str, date]


class Export(msgspec.Struct, frozen=True):
    """Everything that is held: file, tags, the home with all suggestions, reminders, inbox, cases of help, choices."""

    taken_on: date
    generation: str
    home: Home
    reminders: tuple[Reminder, ...]
    inbox: tuple[Told, ...]
    file: File
    tags: Tags
    help: tuple[HelpCase, ...]
    choices: Chosen
