"""The words of the catalogue, in the terms of CPSV-AP 3.2, as frozen structs; they read nothing and parse no rule."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal

import msgspec

Audience = Literal["person", "enterprise"]
# 材料可信等级, 国办函〔2016〕108号: issued by the authority, checked at a counter, uploaded or declared by the subject.
Grade = Literal["A", "B", "C", "D"]
# 事项类型: 行政许可, 行政确认, 行政给付, 行政奖励, 行政征收, 行政裁决, 备案及其他行政权力, 公共服务.
ServiceType = Literal[
    "licence", "confirmation", "benefit", "reward", "levy", "adjudication", "filing", "public_service"
]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same words in both languages."""

    zh: str
    en: str

    def say(self, locale: str) -> str:
        """English for any ``en`` locale, Chinese otherwise.

        >>> Text(zh="居民身份证", en="identity card").say("en-GB")
        'identity card'
        """
        return self.en if locale.lower().startswith("en") else self.zh


class Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The public body that answers for a service; ``code`` is its key in ``authorities.yaml``."""

    code: str
    zh: str
    en: str

    def say(self, locale: str) -> str:
        return self.en if locale.lower().startswith("en") else self.zh


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who shares a feed, and how far its word may be relied on."""

    zh: str
    en: str
    grade: Grade

    def say(self, locale: str) -> str:
        return self.en if locale.lower().startswith("en") else self.zh


class FormField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What application forms ask for; ``filled_by`` is what a file holds that answers it, written as for evidence.

    ``types`` names the types of service that ask for it; all do where it is empty.
    """

    name: Text
    filled_by: str | None = None
    types: tuple[ServiceType, ...] = ()


class Channels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a service is applied for: online or not, and always a counter with hours and a telephone.

    ``appointment_url`` is where a visit to the counter is booked.
    """

    online: bool
    hall: Text
    hours: Text
    phone: str
    appointment_url: str | None = None


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paper that a service asks for; ``satisfied_by`` is what a file holds that makes it needless to bring.

    That is ``document:TYPE``, ``fact:column``, ``link:kind`` or ``event:kind``. ``deferrable`` says that the
    application is taken without it and it may follow (容缺受理).
    """

    name: Text
    satisfied_by: str | None = None
    deferrable: bool = False


class Effort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a service takes by the usual way: working days the law allows, minutes, steps (环节) and trips."""

    days: int
    minutes: int
    steps: int
    trips: int


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part of each year in which a service is open, first and last day as ``MM-DD``; it may span the new year."""

    opens: str
    closes: str


class LegalBasis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The law or regulation behind a service, as it is cited in Chinese."""

    zh: str


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One public service (事项). Days are working days, ``division`` is a GB/T 2260 prefix ("" = the whole city).

    ``usual`` is what it took before it was brought online, against ``processing_days``, ``minutes``, ``steps`` and
    ``trips`` of today (四减). ``issues`` and ``renews`` are types of documents. ``requires`` names services that must
    have been done before, ``follows`` those after which this one usually comes. ``variant_of`` names the general
    service that this one of a division stands in for.
    """

    id: str
    audience: Audience
    stage: str
    name: Text
    description: Text
    authority: Authority
    themes: tuple[str, ...]
    events: tuple[str, ...]
    requirement: str
    evidence: tuple[Evidence, ...]
    output: Text
    channels: Channels
    processing_days: int
    type: ServiceType
    steps: int
    usual: Effort
    legal_basis: LegalBasis
    valid_from: date
    delivery_days: int = 0
    valid_until: date | None = None
    trips: int = 0
    cost_yuan: float = 0
    minutes: int = 10
    division: str = ""
    contactless: bool = False
    renews: str | None = None
    recurs_months: int | None = None
    issues: str | None = None
    requires: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    variant_of: str | None = None
    window: Window | None = None

    def in_force(self, day: date) -> bool:
        """Whether the service is offered on ``day``."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


# Between whom the steps of a bundle may be shared: the two parents of a child that was born, or a couple that married.
Sharers = Literal["parents", "spouses"]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One service of a bundle, and the steps that must be done before it.

    A ``shared`` one is the household's: whoever of those whom the bundle is ``shared_by`` does it, does it for both.
    """

    service: str
    after: tuple[str, ...] = ()
    shared: bool = False


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A life or business event as one thing (一件事): the services it calls for, as a graph.

    While ``first_while`` is true of a subject to whom it is open, the event is fresh, and the best of its next steps
    stands first in the list of suggestions, unless it is far less likely than the others. ``shared_by`` says between
    whom its shared steps are shared.
    """

    id: str
    audience: Audience
    name: Text
    description: Text
    opened_by: str
    steps: tuple[Step, ...]
    first_while: str | None = None
    shared_by: Sharers | None = None


class DocumentKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of certificate or licence; ``lead_days`` is how many calendar days ahead its expiry is announced.

    Where it may be renewed only from so many days before its expiry, ``renewable_days`` says so, and nobody is
    reminded before then. A ``private`` one tells of health or hardship by its name: no message names it.
    """

    type: str
    name: Text
    audience: Audience = "person"
    lead_days: int = 30
    renewal_service: str | None = None
    renewable_days: int | None = None
    private: bool = False


class DutyKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A duty that comes back. Due ``months`` after the first known of ``counted_from``, or each year on ``yearly``.

    A yearly duty is for the year before; it is done once the column ``last_year`` names that year, and begins the
    year after the one of the column ``since``. ``where`` names columns and the values they must have.
    """

    code: str
    audience: Audience
    name: Text
    service: str
    lead_days: int = 30
    counted_from: tuple[str, ...] = ()
    months: int = 0
    where: Mapping[str, str] = MappingProxyType({})
    yearly: str | None = None
    last_year: str | None = None
    since: str | None = None


class Ladder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The steps of a reminder in calendar days before the day it speaks of, longest first.

    ``steps`` lead to a due day, ``opening`` and ``closing`` to the two days of an enrolment window. What is overdue
    stays in sight for ``overdue_days``. An application of the ``renewed_early_days`` before an expiry, or the
    ``done_early_days`` before a duty's day, is about this one and not about the one before.
    """

    steps: tuple[int, ...]
    overdue_days: int
    opening: tuple[int, ...]
    closing: tuple[int, ...]
    renewed_early_days: int
    done_early_days: int


# The page's own inbox; a signed message to a portal; a letter; a chat, through Apprise.
Carrier = Literal["inbox", "webhook", "email", "chat"]


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way by which reminders reach a subject, and after how many hours without a receipt the next one is tried.

    A chat's address begins with its ``scheme``, as Apprise calls it.
    """

    name: str
    receipt_hours: int
    by: Carrier
    scheme: str = ""


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hours of the day in Asia/Shanghai in which nothing is sent, written ``HH:MM``; they may span midnight."""

    begins: str
    ends: str


class Retries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often a channel is tried in its turn, and how long after a failure: longer each time, up to a most.

    ``jitter`` is the share of each wait that is drawn, so that what failed together is not tried again together.
    """

    attempts: int
    first_seconds: int
    times: int
    most_seconds: int
    jitter: float


class Delivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How reminders are sent to those who chose nothing else.

    ``send_at`` is when a day's messages go (``HH:MM``), ``weekly_messages`` how many a subject gets in a week at most.
    A thing that no channel got a receipt for is put on the list that people work once it is due within
    ``listed_within_days``.
    """

    send_at: str
    quiet: Quiet
    weekly_messages: int
    channels: tuple[Channel, ...]
    listed_within_days: int
    retries: Retries


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A life or business event that services name."""

    code: str
    audience: Audience
    name: Text
