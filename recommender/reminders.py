"""Says what falls due and which step of its ladder has been reached; it never sends, stores or reads the clock.

A document or duty is announced as early as the longest of its policy's lead and the working days that its renewal
takes. Every step of the ladder (a rung) has an id made of subject, what, due day and step alone: whoever delivers by
that id delivers each rung at most once, however often and on whatever days this is asked. A rung moves to the working
day before where its own is none. A document that is revoked, or renewed by a newer one, gives nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b

from recommender import calendar
from recommender.catalogue import Catalogue
from recommender.duties import Document, Duty


@dataclass(frozen=True)
class Due:
    """A document or duty in its lead window, or overdue for no longer than the ladder allows.

    ``what`` is the document's type or the duty's code; it is announced ``lead_days`` ahead, from ``opens_on`` on.
    """

    what: str
    due_on: date
    lead_days: int
    opens_on: date
    service: str = ""
    source: str = ""
    as_of: date | None = None
    is_duty: bool = False


@dataclass(frozen=True)
class Rung:
    """The newest step that a due thing has reached: to be delivered once, by its id.

    ``fires_on`` is the working day it was planned for; ``published`` is False where that day's calendar is a fallback.
    """

    id: str
    what: str
    due_on: date
    step: int
    fires_on: date
    service: str = ""
    published: bool = True


def due(
    documents: Sequence[Document], duties: Sequence[Duty], day: date, catalogue: Catalogue, *, ahead_days: int = 0
) -> tuple[Due, ...]:
    """What is due on ``day``, the most urgent first; the reader counts the days left from ``due_on``.

    With ``ahead_days`` also what opens within so many days, for a page that is read for some days after it was made.
    """
    ladder = catalogue.ladder
    things = {
        (thing.what, thing.due_on): thing
        for thing in (*_expiring(documents, day, catalogue), *_owed(duties, catalogue))
        if thing.opens_on <= day + timedelta(days=ahead_days) and (day - thing.due_on).days <= ladder.overdue_days
    }
    return tuple(sorted(things.values(), key=lambda thing: (thing.due_on, thing.what)))


def rungs(
    subject: str, documents: Sequence[Document], duties: Sequence[Duty], day: date, catalogue: Catalogue
) -> tuple[Rung, ...]:
    """The rung that each thing due has reached by ``day``: of several missed ones, the latest alone.

    It stays the same, with the same id, on every day until the next rung's working day.
    """
    reached = []
    for thing in due(documents, duties, day, catalogue):
        steps = _steps(thing.due_on, thing.lead_days, catalogue.ladder.steps)
        step, fires_on = max((pair for pair in steps if pair[1] <= day), key=lambda pair: -pair[0])
        id_ = rung_id(subject, thing.what, thing.due_on, step)
        certain = calendar.published(thing.due_on - timedelta(days=step))
        reached.append(Rung(id_, thing.what, thing.due_on, step, fires_on, thing.service, certain))
    return tuple(reached)


def rung_id(subject: str, what: str, due_on: date, step: int) -> str:
    """32 hex digits that name one rung of one thing of one subject, whoever computes them and whenever.

    >>> rung_id("0" * 32, "HKM_PERMIT", date(2026, 12, 21), 30)
    '2756a14bc4bca4e0ba673069eecf9ee7'
    """
    text = f"{subject}\x1f{what}\x1f{due_on.isoformat()}\x1f{step}"
    return blake2b(text.encode(), digest_size=16, person=b"yidang rung").hexdigest()


def renewed(document: Document, others: Sequence[Document], day: date) -> bool:
    """Whether a valid document of the same type, issued by ``day``, outlasts this one."""
    return any(
        other.type == document.type
        and other.status == "valid"
        and (other.issued_on is None or other.issued_on <= day)
        and (other.expires_on is None or (document.expires_on is not None and other.expires_on > document.expires_on))
        for other in others
    )


def _expiring(documents: Sequence[Document], day: date, catalogue: Catalogue) -> list[Due]:
    things = []
    for document in documents:
        if document.expires_on is None or document.status != "valid":
            continue
        if (document.issued_on is not None and document.issued_on > day) or renewed(document, documents, day):
            continue
        kind = catalogue.document(document.type)
        service = kind.renewal_service or ""
        lead, opens_on = _announced(document.expires_on, kind.lead_days, service, catalogue)
        things.append(Due(document.type, document.expires_on, lead, opens_on, service, document.source, document.as_of))
    return things


def _owed(duties: Sequence[Duty], catalogue: Catalogue) -> list[Due]:
    kinds = {kind.code: kind for kind in catalogue.duties}
    things = []
    for duty in duties:
        kind = kinds[duty.code]
        lead, opens_on = _announced(duty.due_on, kind.lead_days, kind.service, catalogue)
        things.append(Due(duty.code, duty.due_on, lead, opens_on, kind.service, duty.source, duty.as_of, is_duty=True))
    return things


def _announced(due_on: date, policy_days: int, service: str, catalogue: Catalogue) -> tuple[int, date]:
    """(lead, first day): the ladder's step that covers both the policy and the processing, and its working day."""
    known = catalogue.by_id.get(service)
    working_days = known.processing_days + known.delivery_days if known else 0
    steps = catalogue.ladder.steps
    lead = _lead_days(due_on, policy_days, working_days, steps)
    return lead, _steps(due_on, lead, steps)[0][1]


@lru_cache(maxsize=65536)
def _lead_days(due_on: date, policy_days: int, working_days: int, steps: tuple[int, ...]) -> int:
    needed = max(policy_days, (due_on - calendar.latest_start(due_on, working_days)).days)
    return min((step for step in steps if step >= needed), default=steps[0])


@lru_cache(maxsize=65536)
def _steps(due_on: date, lead_days: int, steps: tuple[int, ...]) -> tuple[tuple[int, date], ...]:
    """(step, the working day it fires on), the earliest first."""
    return tuple((step, calendar.on_or_before(due_on - timedelta(days=step))) for step in steps if step <= lead_days)
