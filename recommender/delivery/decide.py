"""What to do with a message now: send it by a channel, look again later, or let it go; asked at the moment of sending.

Between planning and sending a resident may have renewed, marked, put off, unsubscribed or read. So nothing of what was
planned is taken for granted but the rungs themselves: the page as it is now says what is still due, the choices as they
are now say what may be said, by which channel and when. What went by a channel waits for its receipt as long as the
policy says, counted from when it really went, before the next channel has its turn.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from recommender import hours
from recommender.catalogue import Catalogue
from recommender.choices import Choices
from recommender.delivery.outgoing import Outgoing
from recommender.escalation import ARRIVED, standing
from recommender.page import Page
from recommender.reminders import Rung, reminder_id
from recommender.sending import channels_of, silenced
from recommender.terms import Channel

Ending = Literal["arrived", "unreached", "called_off"]


@dataclass(frozen=True)
class Send:
    """Send these rungs by a channel. The ``later`` ones are put off until a day: they become a message of their own."""

    channel: Channel
    rungs: tuple[Rung, ...]
    later: tuple[Rung, ...] = ()
    later_at: datetime | None = None


@dataclass(frozen=True)
class Wait:
    """Look again at a moment."""

    until: datetime
    why: Literal["not_yet", "snoozed", "quiet_hours", "receipt", "weekly_limit"]


@dataclass(frozen=True)
class End:
    """Nothing more is sent. What is ``unreached`` is for people, once it is due soon."""

    ending: Ending
    why: Literal["receipt", "read", "no_file", "no_longer_due", "seen_to", "muted", "no_receipt"]


Decision = Send | Wait | End


def decide(message: Outgoing, page: Page | None, choices: Choices, now: datetime, catalogue: Catalogue) -> Decision:
    """What to do with ``message`` at ``now``, by the page and the choices of its subject as they are now.

    A page that is older than the message says nothing of what it speaks of. No page at all says that there is no file:
    nobody is reminded who has died, moved away for good, or was erased.
    """
    if page is None:
        return End("called_off", "no_file")
    if now < message.at:
        return Wait(message.at, "not_yet")
    said, later, why = _sorted(message, page, choices, hours.civil_day(now), catalogue)
    if said:
        return _by_channel(message, said, later, choices, now, catalogue)
    if later:
        return Wait(_morning(min(later.values()), catalogue), "snoozed")
    return End("arrived", "read") if why == "read" else End("called_off", why or "no_longer_due")


Why = Literal["no_longer_due", "seen_to", "muted", "read"]


def _sorted(
    message: Outgoing, page: Page, choices: Choices, today: date, catalogue: Catalogue
) -> tuple[tuple[Rung, ...], Mapping[Rung, date], Why | None]:
    """(what may be said now, what until which day must wait, why the last of the others is not said at all)"""
    due = {reminder_id(item.what, item.due_on) for item in page.due} if page.day >= message.day else None
    said, later, why = [], {}, None
    for rung in message.rungs:
        gone = _gone(rung, message, due, choices, catalogue)
        silent = "muted" if _put_away(rung, choices) else silenced(rung, choices.wishes, today)
        if gone or silent == "muted":
            why = gone or "muted"
        elif silent is not None:
            later[rung] = silent
        else:
            said.append(rung)
    return tuple(said), later, why


def _gone(
    rung: Rung, message: Outgoing, due: set[str] | None, choices: Choices, catalogue: Catalogue
) -> Literal["no_longer_due", "seen_to", "read"] | None:
    """Why there is nothing to say of a rung any more."""
    if due is not None and rung.reminder not in due:
        return "no_longer_due"
    if choices.done.get(rung.service, date.min) > _seen_to_from(rung, catalogue):
        return "seen_to"
    read_at = choices.read_at.get(rung.reminder)
    return "read" if read_at is not None and read_at >= message.at else None


def _put_away(rung: Rung, choices: Choices) -> bool:
    """Whether it is an offer that the subject does not want: documents and duties are their own affairs."""
    return rung.thing == "window" and (not choices.personalised or rung.service in choices.dismissed)


def _seen_to_from(rung: Rung, catalogue: Catalogue) -> date:
    """Whoever did the service after this day did it for what the rung speaks of, as for ``recommender.reminders``."""
    ladder = catalogue.ladder
    return rung.due_on - timedelta(days=ladder.done_early_days if rung.thing == "duty" else ladder.renewed_early_days)


def _by_channel(
    message: Outgoing,
    said: tuple[Rung, ...],
    later: Mapping[Rung, date],
    choices: Choices,
    now: datetime,
    catalogue: Catalogue,
) -> Decision:
    """The first channel whose turn has come and that was not tried yet, or until when to wait for a receipt."""
    delivery = catalogue.delivery
    quiet = choices.wishes.quiet or delivery.quiet
    order = channels_of(choices.wishes, delivery)
    if any(receipt.status in ARRIVED for receipt in message.receipts):
        return End("arrived", "receipt")
    stands = standing(message.at, order, message.receipts, now, quiet)
    known = {channel.name: channel for channel in order}
    patient = max(_patient_until(message, order), default=message.at)
    tried = {receipt.channel for receipt in message.receipts} | {one.name for one in order if one.by == "inbox"}
    untried = [known[turn.channel] for turn in stands.turns if turn.channel not in tried]
    if untried and now >= patient:
        audible = hours.first_audible(now, quiet)
        if audible > now:
            return Wait(audible, "quiet_hours")
        return Send(untried[0], said, tuple(later), _morning(min(later.values()), catalogue) if later else None)
    if untried:
        return Wait(patient, "receipt")
    if stands.state == "given_up" and now >= patient:
        return End("unreached", "no_receipt")
    last = stands.turns[-1]
    over = max(patient, last.at + timedelta(hours=known[last.channel].receipt_hours))
    return Wait(hours.first_audible(over, quiet), "receipt")


def _patient_until(message: Outgoing, order: Sequence[Channel]) -> Iterator[datetime]:
    """Until when each channel that a message went by has to give a receipt, counted from when it went."""
    failed = {receipt.channel for receipt in message.receipts if receipt.status == "failed"}
    went = {receipt.channel: receipt.at for receipt in message.receipts if receipt.status == "sent"}
    for channel in order:
        at = message.at if channel.by == "inbox" and channel is order[0] else went.get(channel.name)
        if at is not None and channel.name not in failed:
            yield at + timedelta(hours=channel.receipt_hours)


def _morning(day: date, catalogue: Catalogue) -> datetime:
    return hours.moment(day, catalogue.delivery.send_at)
