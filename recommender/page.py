"""What one subject sees, as one compact row; it never holds a sentence, a card or anything of another subject.

A page carries ids, codes, dates and numbers alone: the words are joined to it when it is read, in the reader's
language and with the reader's day, so that a page built at night still says the right number of days at noon. Structs
are written as MessagePack arrays without field names. Fields are only ever added at the end, with a default, so that
a page written by one release can be read by the next and by the one before.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from profiles.model import Kind


class Reason(msgspec.Struct, frozen=True, array_like=True):
    """A clause that holds of the subject (``holds('HKM_PERMIT')``), the feed that says so and as of when."""

    clause: str
    source: str = ""
    as_of: date | None = None


class Weight(msgspec.Struct, frozen=True, array_like=True):
    """What one tag adds to a suggestion's score, in log-odds; the sum over tags and the base is the score."""

    tag: str
    weight: float


class Suggestion(msgspec.Struct, frozen=True, array_like=True):
    """A service offered, the calibrated probability that it is taken up, and why it is here."""

    service: str
    probability: float
    reasons: tuple[Reason, ...] = ()
    because: tuple[Weight, ...] = ()


class DueItem(msgspec.Struct, frozen=True, array_like=True):
    """What falls due: ``what`` is a document's type, a duty's code or the service of a window.

    A window has a first day, ``opens_on``; ``due_on`` is its last. ``estimated`` says that the working days of a year
    were counted whose calendar was not published yet.
    """

    what: str
    due_on: date
    service: str = ""
    source: str = ""
    as_of: date | None = None
    announce_from: date | None = None  # the first day to speak of it; always where None
    opens_on: date | None = None
    estimated: bool = False


class HeldDocument(msgspec.Struct, frozen=True, array_like=True):
    """A certificate as held; ``number`` is sealed for a person and plain for an enterprise, empty where unknown."""

    type: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    status: str = "valid"
    source: str = ""
    as_of: date | None = None


class BundleProgress(msgspec.Struct, frozen=True, array_like=True):
    """A bundle that a life event opened: which of its services are done, under way, or do not apply.

    Services are named as they stand for the subject, after those of ``instead`` took their place. Those of ``by_other``
    are done or under way because the other of those who share the bundle did them; who and when is not said.
    """

    bundle: str
    done: tuple[str, ...] = ()
    in_progress: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    not_for_you: tuple[str, ...] = ()
    instead: Mapping[str, str] = msgspec.field(
        default_factory=dict
    )  # step -> the service of the own division in its place
    by_other: tuple[str, ...] = ()


class OpenCase(msgspec.Struct, frozen=True, array_like=True):
    """An application that a department is working on."""

    service: str
    applied_on: date
    source: str = ""


class Mandate(msgspec.Struct, frozen=True, array_like=True):
    """An enterprise that this person may act for, by its pseudonym and its public name."""

    enterprise: str
    name: str
    role: str


class Question(msgspec.Struct, frozen=True, array_like=True):
    """A service whose eligibility is unknown, and what would decide it (``fact:hukou_division``)."""

    service: str
    asks: tuple[str, ...]


class Fact(msgspec.Struct, frozen=True, array_like=True):
    """What the file holds of one thing that a rule reads (``fact:birth_date``): who says so and as of when."""

    read: str
    source: str
    as_of: date


class Ahead(msgspec.Struct, frozen=True, array_like=True):
    """A tag that the subject's file gains from ``day`` on, or no longer has from then on, and the facts behind it."""

    day: date
    tag: str
    gained: bool
    facts: tuple[Fact, ...] = ()


class Likely(msgspec.Struct, frozen=True, array_like=True):
    """A guess: what may happen to the subject until a day, and the tags that make it likely. It decides nothing."""

    tag: str
    until: date
    because: tuple[str, ...] = ()


class Vacancy(msgspec.Struct, frozen=True, array_like=True):
    """A vacancy offered to whoever looks for work, as its employer's platform told it, and what speaks for it.

    Each of ``because`` is a reason of ``data/vacancies.yaml`` with the log-odds that it adds; wages are yuan a month.
    """

    id: str
    title: str
    employer: str
    division: str
    education: str
    wage_from: int
    wage_to: int
    places: int
    closes_on: date
    as_of: date
    because: tuple[Weight, ...] = ()


class Page(msgspec.Struct, frozen=True, array_like=True):
    """Everything one subject sees. ``name`` is sealed for a person and public for an enterprise."""

    kind: Kind
    day: date  # the day of the data that it was built from
    name: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    due: tuple[DueItem, ...] = ()
    documents: tuple[HeldDocument, ...] = ()
    bundles: tuple[BundleProgress, ...] = ()
    in_progress: tuple[OpenCase, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    questions: tuple[Question, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    likely: tuple[Likely, ...] = ()
    held: bytes = b""  # what of the papers and forms of services the file holds, as ``Forms.pack`` tells it
    trace: bytes = b""  # leads back to what the suggestions were made from, as ``recommender.trace`` says
    vacancies: tuple[Vacancy, ...] = ()
    seeks: tuple[str, ...] = ()  # the tags by which its reader looks for work, where vacancies are offered


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Page)


def encode(page: Page) -> bytes:
    """The page as bytes; equal pages give equal bytes.

    >>> len(encode(Page("person", date(2026, 11, 22))))
    37
    """
    return _encoder.encode(page)


def decode(row: bytes) -> Page:
    """The page that ``encode`` wrote.

    Raises:
        msgspec.ValidationError: the bytes are no page of this release, the one before or the one after.
    """
    return _decoder.decode(row)
