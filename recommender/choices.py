"""What subjects choose, are told and do: their choices, inbox and feedback as the store keeps them, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple

import msgspec

from profiles.errors import FeedbackUnreadable
from profiles.model import Kind
from recommender.helping import Help
from recommender.terms import Quiet

SAID = "correction"  # the field under which what a subject says is right is sealed
ADDRESS = "address"  # the field under which the address of a channel is sealed
DRAFT = "draft"  # the field under which a half-filled form is sealed

Action = Literal[
    "shown",
    "opened",
    "started",
    "done",
    "dismissed",
    "restored",
    "rated",
    "stuck",
    "personalisation_off",
    "personalisation_on",
    "correction",
    "reminder_unread",
    "reminder_read",
    "reminder_done",
    "reminder_snoozed",
    "reminder_archived",
    "opinion",
    "delivery_chosen",
    "unsubscribed",
    "tag_deleted",
    "tag_restored",
    "erasure",
    "vacancy_dismissed",
    "vacancy_applied",
    "vacancy_restored",
]
ReminderState = Literal["unread", "read", "done", "snoozed", "archived"]


class Once(NamedTuple):
    """What keeps a repeated request from counting twice: its key, and a digest of what it says. No key, no guard."""

    key: str = ""
    content: str = ""


@dataclass(frozen=True)
class Choices:
    """What a subject chose on the page; it holds from the next request on."""

    dismissed: Mapping[str, date] = field(default_factory=dict)  # service -> since when
    done: Mapping[str, date] = field(default_factory=dict)  # said to be done, until the department's data says so
    personalised: bool = True
    locale: str = ""  # zh, en, or empty where never chosen
    corrections: Mapping[str, date] = field(default_factory=dict)  # what was said to be wrong -> since when
    reminders: Mapping[str, "Marked"] = field(default_factory=dict)  # reminder -> how it was marked
    calendars: Mapping[str, str] = field(default_factory=dict)  # reader -> digest of the secret of their calendar
    tags_deleted: Mapping[str, date] = field(default_factory=dict)  # tag that is not to be used -> since when
    erasure: date | None = None  # since when all of it is to be erased; nothing personal is shown meanwhile
    help: Mapping[str, Help] = field(default_factory=dict)  # number -> case of help
    wishes: "Wishes" = field(default_factory=lambda: Wishes())
    vacancies: Mapping[str, date] = field(default_factory=dict)  # vacancy put away or applied for -> since when
    addresses: Mapping[str, str] = field(default_factory=dict)  # channel -> address, sealed for the subject
    read_at: Mapping[str, datetime] = field(default_factory=dict)  # reminder -> when it was last read on the page

    @classmethod
    def from_hash(cls, stored: Mapping[bytes, bytes]) -> "Choices":
        """The choices that the store's hash holds; fields of later releases are passed over."""
        return cls.from_fields({name.decode(): value.decode() for name, value in stored.items()})

    @classmethod
    def from_fields(cls, fields: Mapping[str, str]) -> "Choices":
        """The choices of a hash whose names and values are text by now."""
        return cls(
            dismissed={n[2:]: date.fromisoformat(v) for n, v in fields.items() if n.startswith("d:")},
            done={n[2:]: date.fromisoformat(v) for n, v in fields.items() if n.startswith("f:")},
            personalised=fields.get("p") != "off",
            locale=fields.get("l", ""),
            corrections={n[2:]: date.fromisoformat(v[:10]) for n, v in fields.items() if n.startswith("x:")},
            reminders={n[2:]: Marked.parse(v) for n, v in fields.items() if n.startswith("r:")},
            calendars={n[2:]: v for n, v in fields.items() if n.startswith("t:")},
            tags_deleted={n[2:]: date.fromisoformat(v) for n, v in fields.items() if n.startswith("g:")},
            erasure=date.fromisoformat(fields["e"]) if "e" in fields else None,
            help={n[2:]: Help.parse(v) for n, v in fields.items() if n.startswith("h:")},
            wishes=Wishes.from_fields(fields),
            vacancies={n[2:]: date.fromisoformat(v) for n, v in fields.items() if n.startswith("j:")},
            addresses={n[2:]: v for n, v in fields.items() if n.startswith("a:")},
            read_at={n[2:]: datetime.fromisoformat(v) for n, v in fields.items() if n.startswith("v:")},
        )


@dataclass(frozen=True)
class Marked:
    """How the subject marked one reminder; ``until`` is the day that it comes back when put off."""

    state: ReminderState
    until: date | None = None

    @property
    def text(self) -> str:
        """As the store keeps it.

        >>> Marked.parse(Marked("snoozed", date(2026, 12, 1)).text)
        Marked(state='snoozed', until=datetime.date(2026, 12, 1))
        """
        return f"{self.state} {self.until.isoformat()}" if self.until else self.state

    @classmethod
    def parse(cls, text: str) -> "Marked":
        """What ``text`` wrote."""
        state, _, until = text.partition(" ")
        return cls(msgspec.convert(state, ReminderState), date.fromisoformat(until) if until else None)

    def on(self, day: date) -> ReminderState:
        """The state on a day: what was put off is unread again once its day has come."""
        return "unread" if self.state == "snoozed" and self.until is not None and self.until <= day else self.state


@dataclass(frozen=True)
class Wishes:
    """How a subject wants to be reminded; what is empty was never chosen.

    ``snoozed`` says until which day nothing is to be heard of a reminder, or, under an empty name, of anything.
    ``muted`` holds reminders that were marked as done or put away, the types, codes and services of what is not to be
    heard of, and ``document``, ``duty`` or ``window`` for all of a sort. ``channels`` stand in the order in which they
    are to be tried; those of ``addressed`` have an address, and those of ``ended`` were unsubscribed from.
    """

    quiet: Quiet | None = None
    snoozed: Mapping[str, date] = field(default_factory=dict)
    muted: frozenset[str] = frozenset()
    channels: tuple[str, ...] = ()
    addressed: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()

    @classmethod
    def from_fields(cls, fields: Mapping[str, str]) -> "Wishes":
        """The wishes among the fields of the store's hash, marks on single reminders among them.

        >>> Wishes.from_fields({"q": "22:00-07:00", "s": "2026-12-01", "m:ID_CARD": "2026-11-22"}).snoozed
        {'': datetime.date(2026, 12, 1)}
        """
        begins, _, ends = fields.get("q", "").partition("-")
        marked = {name[2:]: Marked.parse(text) for name, text in fields.items() if name.startswith("r:")}
        every = {"": date.fromisoformat(fields["s"])} if "s" in fields else {}
        return cls(
            quiet=Quiet(begins, ends) if ends else None,
            snoozed={**every, **{name: mark.until for name, mark in marked.items() if mark.until is not None}},
            muted=frozenset(
                [name[2:] for name in fields if name.startswith("m:")]
                + [name for name, mark in marked.items() if mark.state in ("done", "archived")]
            ),
            channels=tuple(filter(None, fields.get("c", "").split(","))),
            addressed=frozenset(name[2:] for name in fields if name.startswith("a:")),
            ended=frozenset(name[2:] for name in fields if name.startswith("u:")),
        )


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """One reminder in an inbox; ``id`` is the rung's, so that putting it twice changes nothing.

    ``what`` is a document's type or a duty's code and ``due_on`` its day, as in ``page.DueItem``: once the page no
    longer has that item due, the notice is no longer shown.
    """

    id: str
    what: str
    due_on: date
    rung: int  # days ahead that this step of the ladder stands for
    fired_on: date
    service: str = ""


@dataclass(frozen=True)
class Feedback:
    """One thing that a subject did with one service, as the stream carries it."""

    subject: str
    kind: str
    service: str  # empty for the personalisation switch
    action: Action
    at: datetime
    stars: int | None = None  # 1 to 5, with action rated
    about: str = (
        ""  # of a correction fact:<name> or document:<type>, of a reminder or tag its id, of an opinion its kind,
        # of what opens a case of help the case's number and reason, of a vacancy its number
    )
    said: str = ""  # with a correction or an opinion: what the subject wrote, sealed for them
    by: str = ""  # through which client, and who acted for the subject if not they themselves
    entry: str = ""  # the stream's id, given by the store

    def fields(self) -> dict[str, str]:
        """As the fields of a stream entry."""
        stars = {} if self.stars is None else {"stars": str(self.stars)}
        own = {"subject": self.subject, "kind": self.kind, "service": self.service, "action": self.action}
        more = {"about": self.about, "said": self.said} if self.about else {}
        by = {"by": self.by} if self.by else {}
        return {**own, "at": self.at.isoformat(), **stars, **more, **by}

    @classmethod
    def from_fields(cls, entry: bytes, fields: Mapping[bytes, bytes]) -> "Feedback":
        """The feedback that ``fields`` wrote.

        Raises:
            FeedbackUnreadable: a field is lacking or is not what it should be; the message names it, never its value.
        """
        try:
            text = {name.decode(): value.decode() for name, value in fields.items()}
            written = msgspec.convert(text, _Written, strict=False)
        except UnicodeDecodeError:
            raise FeedbackUnreadable("a field is no text") from None
        except msgspec.ValidationError as error:
            raise FeedbackUnreadable(_fault(str(error))) from None
        return cls(**msgspec.structs.asdict(written), entry=entry.decode())


class _Written(msgspec.Struct):
    """The fields of a stream entry."""

    subject: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    kind: Kind
    service: str
    action: Action
    at: datetime
    stars: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    about: str = ""
    said: str = ""
    by: str = ""


def _fault(told: str) -> str:
    """Which field is at fault, without its value, which the library's words may quote.

    >>> _fault("Invalid enum value 'danced' - at `$.action`"), _fault("Object missing required field `at`")
    ('its field action is not what it should be', 'it has no field at')
    """
    name = told.rstrip("`").rpartition("`")[2].removeprefix("$.")
    return f"it has no field {name}" if "missing" in told else f"its field {name} is not what it should be"
