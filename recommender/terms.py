"""The words of the catalogue, in the terms of CPSV-AP 3.2, as frozen structs; they read nothing and parse no rule."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal

import msgspec

Audience = Literal["person", "enterprise"]


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


class Channels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a service is applied for: online or not, and always a counter with hours and a telephone."""

    online: bool
    hall: Text
    hours: Text
    phone: str


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paper that a service asks for; ``satisfied_by`` is ``document:TYPE``, ``fact:column`` or ``link:kind``."""

    name: Text
    satisfied_by: str | None = None


class LegalBasis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The law or regulation behind a service, as it is cited in Chinese."""

    zh: str


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One public service (事项). Days are working days, ``division`` is a GB/T 2260 prefix ("" = the whole city)."""

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

    def in_force(self, day: date) -> bool:
        """Whether the service is offered on ``day``."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One service of a bundle, and the steps that must be done before it."""

    service: str
    after: tuple[str, ...] = ()


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A life or business event as one thing (一件事): the services it calls for, as a graph."""

    id: str
    audience: Audience
    name: Text
    description: Text
    opened_by: str
    steps: tuple[Step, ...]


class DocumentKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of certificate or licence; ``lead_days`` is how many calendar days ahead its expiry is announced."""

    type: str
    name: Text
    audience: Audience = "person"
    lead_days: int = 30
    renewal_service: str | None = None


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
    """The steps of a reminder in days before the due day, longest first, and how long the overdue stays in sight."""

    steps: tuple[int, ...]
    overdue_days: int


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A life or business event that services name."""

    code: str
    audience: Audience
    name: Text
