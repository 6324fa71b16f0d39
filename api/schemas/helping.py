"""Cases of help as their subject sees them: what was not got done, or rated badly, until it is answered."""

from datetime import date

import msgspec


class HelpStep(msgspec.Struct, frozen=True):
    """A step of a case; ``done_on`` is null where it was not taken yet."""

    name: str
    due_on: date
    done_on: date | None


class HelpCase(msgspec.Struct, frozen=True):
    """One case: its number, what it is about, by when it is answered, and the reply once there is one."""

    number: str
    service: str
    name: str
    reason: str
    opened_on: date
    answer_by: date
    late: bool
    steps: tuple[HelpStep, ...]
    reply: str
    closed_on: date | None


class HelpCases(msgspec.Struct, frozen=True):
    """The cases of one subject, the newest first."""

    today: date
    cases: tuple[HelpCase, ...]
