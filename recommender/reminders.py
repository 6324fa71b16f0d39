"""Says what falls due and which step of its ladder has been reached; it never sends, stores or reads the clock.

A document or duty is announced as early as the longest of its policy's lead and the working days that its renewal
takes, but not before it may be renewed; an enrolment window before it opens and before it closes. Every step of a
ladder (a rung) has an id made of subject, what, day and step alone: whoever delivers by that id delivers each rung at
most once, however often and on whatever days this is asked. A rung moves to a working day, never past the day it
speaks of. What is revoked, renewed, applied for or done gives nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from recommender import calendar
from recommender.catalogue import Catalogue
from recommender.duties import Document, Duty
from recommender.settled import NOTHING
from recommender.windows import Enrolment

Thing = Literal["document", "duty", "window"]

# No rung lies further from the day it speaks of than its step and the longest holiday.
_HOLIDAY_DAYS = 16


class Step(NamedTuple):
    """One step of a descent: so many days before the day it speaks of, and when it fires."""

    due_on: date
    days: int
    fires_on: date


class Descent(NamedTuple):
    """All steps of one thing in the order in which they fire; ``estimated`` as in ``Due``."""

    lead_days: int
    steps: tuple[Step, ...]
    estimated: bool

    @property
    def begins_on(self) -> date:
        """The day of the first step."""
        return self.steps[0].fires_on


class Due(msgspec.Struct, frozen=True):
    """A document, duty or window in its lead, or overdue for no longer than the ladder allows.

    ``what`` is the document's type, the duty's code or the window's service. It is announced from ``opens_on`` on,
    ``lead_days`` ahead of ``due_on``, the last day, and again at each of its ``steps``. Nothing can be done about it
    before ``open_from``, where that is known. ``estimated`` says that working days of a year without a published
    calendar were counted.
    """

    what: str
    due_on: date
    lead_days: int
    opens_on: date
    steps: tuple[Step, ...]
    service: str = ""
    source: str = ""
    as_of: date | None = None
    thing: Thing = "document"
    open_from: date | None = None
    estimated: bool = False


class Rung(msgspec.Struct, frozen=True):
    """The newest step that a due thing has reached: to be delivered once, by its id.

    ``due_on`` is the day that it speaks of: of a window its first or its last one. ``fires_on`` is the working day it
    was planned for; ``published`` is False where that day's calendar is a fallback. After the ``last`` rung of a thing
    nothing more is said of it. ``reminder`` is what the subject's page calls the thing, as ``reminder_id``.
    """

    id: str
    what: str
    due_on: date
    step: int
    fires_on: date
    service: str = ""
    published: bool = True
    thing: Thing = "document"
    last: bool = False
    reminder: str = ""


def due(
    documents: Sequence[Document],
    duties: Sequence[Duty],
    day: date,
    catalogue: Catalogue,
    *,
    enrolments: Sequence[Enrolment] = (),
    settled: Mapping[str, date] = NOTHING,
    ahead_days: int = 0,
) -> tuple[Due, ...]:
    """What is due on ``day``, the most urgent first; the reader counts the days left from ``due_on``.

    With ``ahead_days`` also what opens within so many days, for a page that is read for some days after it was made.
    ``settled`` says which services were seen to, and when, as ``recommender.settled`` gives it.
    """
    last_day = day + timedelta(days=ahead_days)
    found = (
        *_expiring(documents, settled, day, last_day, catalogue),
        *_owed(duties, settled, catalogue),
        *_enrolling(enrolments, catalogue),
    )
    things = {(thing.what, thing.due_on): thing for thing in found if _in_sight(thing, day, last_day, catalogue)}
    return tuple(sorted(things.values(), key=lambda thing: (thing.due_on, thing.what)))


def rungs(
    subject: str,
    documents: Sequence[Document],
    duties: Sequence[Duty],
    day: date,
    catalogue: Catalogue,
    *,
    enrolments: Sequence[Enrolment] = (),
    settled: Mapping[str, date] = NOTHING,
) -> tuple[Rung, ...]:
    """The rung that each thing due has reached by ``day``: of several missed ones, the latest alone.

    It stays the same, with the same id, on every day until the next rung's working day.
    """
    things = due(documents, duties, day, catalogue, enrolments=enrolments, settled=settled)
    return tuple(_reached(subject, thing, day) for thing in things)


def rung_id(subject: str, what: str, due_on: date, step: int) -> str:
    """32 hex digits that name one rung of one thing of one subject, whoever computes them and whenever.

    >>> rung_id("0" * 32, "HKM_PERMIT", date(2026, 12, 21), 30)
    '2756a14bc4bca4e0ba673069eecf9ee7'
    """
    text = f"{subject}\x1f{what}\x1f{due_on.isoformat()}\x1f{step}"
    return blake2b(text.encode(), digest_size=16, person=b"yidang rung").hexdigest()


def reminder_id(what: str, due_on: date) -> str:
    """What a thing due is called in addresses and choices: it names no subject.

    >>> reminder_id("HKM_PERMIT", date(2026, 12, 21))
    'HKM_PERMIT.2026-12-21'
    """
    return f"{what}.{due_on.isoformat()}"


def renewed(document: Document, others: Sequence[Document], day: date) -> bool:
    """Whether a valid document of the same type, issued by ``day``, outlasts this one."""
    return any(
        other.type == document.type
        and other.status == "valid"
        and (other.issued_on is None or other.issued_on <= day)
        and (other.expires_on is None or (document.expires_on is not None and other.expires_on > document.expires_on))
        for other in others
    )


def _in_sight(thing: Due, day: date, last_day: date, catalogue: Catalogue) -> bool:
    overdue_days = 0 if thing.thing == "window" else catalogue.ladder.overdue_days
    return thing.opens_on <= last_day and (day - thing.due_on).days <= overdue_days


def _reached(subject: str, thing: Due, day: date) -> Rung:
    place = max(place for place, step in enumerate(thing.steps) if step.fires_on <= day)
    due_on, days, fires_on = thing.steps[place]
    return Rung(
        id=rung_id(subject, thing.what, due_on, days),
        what=thing.what,
        due_on=due_on,
        step=days,
        fires_on=fires_on,
        service=thing.service,
        published=not thing.estimated,
        thing=thing.thing,
        last=place == len(thing.steps) - 1,
        reminder=reminder_id(thing.what, thing.due_on),
    )


def _expiring(
    documents: Sequence[Document], settled: Mapping[str, date], day: date, last_day: date, catalogue: Catalogue
) -> Iterator[Due]:
    ladder = catalogue.ladder
    furthest = last_day + timedelta(days=ladder.steps[0] + _HOLIDAY_DAYS)
    for document in documents:
        expires_on = document.expires_on
        # Most documents run for years, some without end: no calendar is asked about these.
        if expires_on is None or expires_on > furthest or document.status != "valid":
            continue
        if (document.issued_on is not None and document.issued_on > day) or renewed(document, documents, day):
            continue
        kind = catalogue.document(document.type)
        service = kind.renewal_service or ""
        early = max(expires_on - timedelta(days=ladder.renewed_early_days), document.issued_on or date.min)
        if settled.get(service, date.min) > early:
            continue
        open_from = None if kind.renewable_days is None else expires_on - timedelta(days=kind.renewable_days)
        descent = _descent_of(expires_on, kind.lead_days, service, catalogue, open_from)
        yield _due(document.type, expires_on, descent, service, "document", document, open_from)


def _owed(duties: Sequence[Duty], settled: Mapping[str, date], catalogue: Catalogue) -> Iterator[Due]:
    kinds = {kind.code: kind for kind in catalogue.duties} if duties else {}
    for duty in duties:
        kind = kinds[duty.code]
        if settled.get(kind.service, date.min) > duty.due_on - timedelta(days=catalogue.ladder.done_early_days):
            continue
        descent = _descent_of(duty.due_on, kind.lead_days, kind.service, catalogue)
        yield _due(duty.code, duty.due_on, descent, kind.service, "duty", duty)


def _enrolling(enrolments: Sequence[Enrolment], catalogue: Catalogue) -> Iterator[Due]:
    ladder = catalogue.ladder
    for one in enrolments:
        descent = _through(one.opens_on, one.closes_on, ladder.opening, ladder.closing)
        yield _due(one.service, one.closes_on, descent, one.service, "window", open_from=one.opens_on)


def _due(
    what: str,
    due_on: date,
    descent: Descent,
    service: str,
    thing: Thing,
    told_by: Document | Duty | None = None,
    open_from: date | None = None,
) -> Due:
    return Due(
        what=what,
        due_on=due_on,
        lead_days=descent.lead_days,
        opens_on=descent.begins_on,
        steps=descent.steps,
        service=service,
        source=told_by.source if told_by else "",
        as_of=told_by.as_of if told_by else None,
        thing=thing,
        open_from=open_from,
        estimated=descent.estimated,
    )


def _descent_of(
    due_on: date, policy_days: int, service: str, catalogue: Catalogue, open_from: date | None = None
) -> Descent:
    known = catalogue.by_id.get(service)
    working_days = known.processing_days + known.delivery_days if known else 0
    return _descent(due_on, policy_days, working_days, catalogue.ladder.steps, open_from)


@lru_cache(maxsize=65536)
def _descent(
    due_on: date, policy_days: int, working_days: int, steps: tuple[int, ...], open_from: date | None
) -> Descent:
    """From the step that covers both the policy and the processing, none before something can be done."""
    needed = max(policy_days, (due_on - calendar.latest_start(due_on, working_days)).days)
    lead_days = min((step for step in steps if step >= needed), default=steps[0])
    first = min(calendar.on_or_after(open_from), due_on) if open_from else date.min
    fires = _once_a_day(
        Step(due_on, days, max(first, calendar.on_or_before(due_on - timedelta(days=days))))
        for days in steps
        if days <= lead_days
    )
    return Descent(lead_days, fires, _estimated(fires[0].fires_on, due_on))


@lru_cache(maxsize=4096)
def _through(opens_on: date, closes_on: date, opening: tuple[int, ...], closing: tuple[int, ...]) -> Descent:
    """The steps towards the opening of a window, then towards its closing; none of these before it is open."""
    first = min(calendar.on_or_after(opens_on), closes_on)
    before = [Step(opens_on, days, calendar.on_or_before(opens_on - timedelta(days=days))) for days in opening if days]
    opened = [Step(opens_on, 0, first)] if 0 in opening else []
    closes = [
        Step(closes_on, days, max(first, calendar.on_or_before(closes_on - timedelta(days=days)))) for days in closing
    ]
    fires = _once_a_day((*before, *opened, *closes))
    begins_on = fires[0].fires_on
    return Descent((closes_on - begins_on).days, fires, _estimated(begins_on, closes_on))


def _once_a_day(steps: Iterator[Step] | tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps in order; of several that fire on one day, the last."""
    ordered = tuple(steps)
    return (*(one for one, after in pairwise(ordered) if one.fires_on < after.fires_on), ordered[-1])


def _estimated(first: date, last: date) -> bool:
    return not (calendar.published(first) and calendar.published(last))
