"""Lints what reminders are made from: duties, ladder, windows, leads and how they are sent; it mends nothing."""

import re
from collections.abc import Iterator
from datetime import time

from profiles.model import columns
from recommender.catalogue import Catalogue, DutyKind
from recommender.terms import DocumentKind, Window

_MONTH_DAY = re.compile(r"(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|[12]\d)")
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_CHANNEL = re.compile(r"[a-z][a-z_]*")
# A shorter stretch in which a document may be renewed could fall into a holiday as a whole.
_LEAST_RENEWABLE_DAYS = 14


def reminder_problems(catalogue: Catalogue) -> Iterator[str]:
    """One sentence per fault of the catalogue's duties, documents' leads, ladder and delivery."""
    for duty in catalogue.duties:
        yield from (f"duty {duty.code}: {fault}" for fault in _duty(duty, catalogue))
    for kind in catalogue.documents.values():
        yield from (f"document {kind.type}: {fault}" for fault in _document(kind, catalogue))
    yield from (f"ladder.yaml: {fault}" for fault in _ladder(catalogue))
    yield from (f"delivery.yaml: {fault}" for fault in _delivery(catalogue))


def window_problems(window: Window) -> Iterator[str]:
    """One sentence per fault of a service's window."""
    for day in (window.opens, window.closes):
        if not _MONTH_DAY.fullmatch(day):
            yield f"a window opens and closes on days written MM-DD, not {day!r}"


def _duty(duty: DutyKind, catalogue: Catalogue) -> Iterator[str]:
    service = catalogue.by_id.get(duty.service)
    if service is None or service.audience != duty.audience:
        yield f"no {duty.audience} service is called {duty.service}"
    named = (*duty.counted_from, *duty.where, duty.last_year, duty.since)
    for column in filter(None, named):
        if column not in columns(duty.audience):
            yield f"a file of kind {duty.audience} has no column {column}"
    if bool(duty.yearly) == bool(duty.counted_from):
        yield "a duty is either counted from a date or yearly"
    if duty.yearly and not _MONTH_DAY.fullmatch(duty.yearly):
        yield f"a yearly duty is due on a day written MM-DD, not {duty.yearly!r}"


def _document(kind: DocumentKind, catalogue: Catalogue) -> Iterator[str]:
    if kind.renewal_service is not None and kind.renewal_service not in catalogue.by_id:
        yield f"no service is called {kind.renewal_service}"
    if not 0 < kind.lead_days <= catalogue.ladder.steps[0]:
        yield f"the lead is 1 to {catalogue.ladder.steps[0]} days"
    if kind.renewable_days is not None and kind.renewable_days < _LEAST_RENEWABLE_DAYS:
        yield f"it can be renewed in its last {kind.renewable_days} days alone; {_LEAST_RENEWABLE_DAYS} are the least"


def _ladder(catalogue: Catalogue) -> Iterator[str]:
    ladder = catalogue.ladder
    for name, steps in (("steps", ladder.steps), ("opening", ladder.opening), ("closing", ladder.closing)):
        if not steps or list(steps) != sorted(set(steps), reverse=True) or steps[-1] != 0:
            yield f"{name} go down, each once, and end at 0"
    if min(ladder.overdue_days, ladder.renewed_early_days, ladder.done_early_days) < 0:
        yield "its days are counts"


def _delivery(catalogue: Catalogue) -> Iterator[str]:
    delivery = catalogue.delivery
    hours = (delivery.send_at, delivery.quiet.begins, delivery.quiet.ends)
    for hour in hours:
        if not _HOUR.fullmatch(hour):
            yield f"an hour is written HH:MM, not {hour!r}"
    if all(_HOUR.fullmatch(hour) for hour in hours):
        begins, ends = time.fromisoformat(delivery.quiet.begins), time.fromisoformat(delivery.quiet.ends)
        if begins == ends:
            yield "quiet hours that end when they begin leave no hour to send in"
    if delivery.weekly_messages < 1 or delivery.listed_within_days < 0:
        yield "a subject gets one message a week or more, and days are counts"
    names = [channel.name for channel in delivery.channels]
    if not names or len(set(names)) < len(names) or not all(map(_CHANNEL.fullmatch, names)):
        yield f"channels have a name each, in lower case, each once, not {', '.join(names) or 'none'}"
    for channel in delivery.channels:
        if channel.receipt_hours < 1:
            yield f"channel {channel.name} waits an hour for its receipt at the least"
        if (channel.by == "chat") != bool(channel.scheme):
            yield f"channel {channel.name}: a chat, and nothing else, has a scheme of Apprise's"
    if names and "inbox" not in {channel.by for channel in delivery.channels}:
        yield "one channel is the inbox, for those who gave no address"
    retries = delivery.retries
    if min(retries.attempts, retries.first_seconds, retries.times) < 1 or retries.most_seconds < retries.first_seconds:
        yield "retries: attempts, waits and their growth are counts, and the first wait is not longer than the most"
    if not 0 <= retries.jitter < 1:
        yield f"retries: jitter is a share of the wait, from 0 to less than 1, not {retries.jitter}"
