"""When each rung that was reached is sent, or why not; it sends nothing itself and reads no clock.

All rungs of a day go in one message: the most urgent leads, the others are its digest. A subject gets so many messages
a week, none in quiet hours, none of what is snoozed or muted. What falls due with its last rung goes in spite of the
week's limit. Every rung comes out with a state and a reason: what is held comes back on later days until it is sent,
or overtaken by a later rung, or no longer due. What was sent is never sent again and never taken back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

from recommender import hours
from recommender.choices import Wishes
from recommender.escalation import Receipt, Standing, standing
from recommender.reminders import Rung
from recommender.terms import Channel, Delivery

State = Literal[
    "send",  # leads the day's message
    "digest",  # goes in the message that another rung leads
    "held",  # not before ``until``
    "muted",  # the subject does not want to hear of it
    "sent",  # on an earlier day
    "arrived",  # a channel gave a receipt
    "unanswered",  # no channel did: people take over
    "superseded",  # held until a later rung of the same thing was reached
    "cancelled",  # held until there was nothing to remind of any more
]
Reason = Literal[
    "reached", "quiet_hours", "snoozed", "weekly_limit", "topic_off", "under_way", "receipt", "no_receipt",
    "later_rung", "no_longer_due",
]  # fmt: skip

SENT: frozenset[State] = frozenset({"send", "digest"})
_WAITING: frozenset[State] = frozenset({"held", "muted"})
_ANYTHING = ""


class Planned(msgspec.Struct, frozen=True):
    """A rung and what becomes of it on a day.

    What is sent has a moment ``at`` in Asia/Shanghai, the id of its ``message``, which is that of the rung that leads
    it, and the ``channels`` to be tried in turn; what is held has the day ``until`` which it waits.
    """

    rung: Rung
    state: State
    reason: Reason
    at: datetime | None = None
    until: date | None = None
    message: str = ""
    channels: tuple[str, ...] = ()


def plan(
    reached: Sequence[Rung],
    earlier: Sequence[Planned],
    receipts: Sequence[Receipt],
    wishes: Wishes,
    at: datetime,
    delivery: Delivery,
) -> tuple[Planned, ...]:
    """What becomes of one subject's rungs on the day of ``at``, the moment from which on messages may go.

    Args:
        reached: what ``reminders.rungs`` says of that day.
        earlier: what was planned on earlier days, in the order of these days.
        receipts: what channels said of the subject's messages.
        wishes: how the subject wants to be reminded; the policy of ``delivery`` stands in for what was never chosen.
    """
    sent = {one.rung.id: one for one in earlier if one.state in SENT}
    new = [rung for rung in reached if rung.id not in sent]
    followed = [_followed(sent[rung.id], receipts, wishes, at, delivery) for rung in reached if rung.id in sent]
    return (*followed, *_decided(new, sent, wishes, at, delivery), *_ended(earlier, sent, reached))


def in_order(rungs: Iterable[Rung]) -> tuple[Rung, ...]:
    """The rungs of a message: what is due for the last time first, then by the day that is spoken of.

    The first one leads the message and gives it its id: no rung leads two messages, since none is sent twice.
    """
    return tuple(sorted(rungs, key=lambda rung: (not rung.last, rung.due_on, rung.what)))


def channels_of(wishes: Wishes, delivery: Delivery) -> tuple[Channel, ...]:
    """The channels that can reach the subject, as they want them tried; all of the policy's where nothing was chosen.

    The inbox needs no address, and stands in where nothing else is left.
    """
    usable = {
        channel.name: channel
        for channel in delivery.channels
        if channel.by == "inbox" or channel.name in wishes.addressed - wishes.ended
    }
    chosen = wishes.channels or tuple(usable)
    inbox = tuple(channel for channel in delivery.channels if channel.by == "inbox")
    return tuple(usable[name] for name in chosen if name in usable) or inbox


def silenced(rung: Rung, wishes: Wishes, today: date) -> Literal["muted"] | date | None:
    """Whether the subject does not want to hear of a rung, or not before a later day; None where they do."""
    if not wishes.muted.isdisjoint((rung.reminder, rung.what, rung.thing)):
        return "muted"
    until = _snoozed_until(rung, wishes)
    return until if until is not None and until > today else None


def _decided(
    new: Sequence[Rung], sent: Mapping[str, Planned], wishes: Wishes, at: datetime, delivery: Delivery
) -> Iterator[Planned]:
    """What becomes of rungs that nobody has heard of yet."""
    today = hours.civil_day(at)
    free: list[Rung] = []
    for rung in new:
        silent = silenced(rung, wishes, today)
        if silent == "muted":
            yield Planned(rung, "muted", "topic_off")
        elif silent is not None:
            yield Planned(rung, "held", "snoozed", until=silent)
        else:
            free.append(rung)
    if not free:
        return
    goes_at = hours.first_audible(at, wishes.quiet or delivery.quiet)
    if _weekly_limit_reached(sent, goes_at, delivery) and not any(rung.last for rung in free):
        monday = hours.next_monday(hours.civil_day(goes_at))
        for rung in free:
            yield Planned(rung, "held", "weekly_limit", until=monday)
        return
    yield from _message(free, goes_at, "reached" if goes_at == at else "quiet_hours", wishes, delivery)


def _message(
    rungs: Sequence[Rung], goes_at: datetime, reason: Reason, wishes: Wishes, delivery: Delivery
) -> Iterator[Planned]:
    """One message of all rungs."""
    ordered = in_order(rungs)
    names = tuple(channel.name for channel in channels_of(wishes, delivery))
    for place, rung in enumerate(ordered):
        yield Planned(rung, "digest" if place else "send", reason, at=goes_at, message=ordered[0].id, channels=names)


def _snoozed_until(rung: Rung, wishes: Wishes) -> date | None:
    """The day until which a rung sleeps; the last rung of a thing sleeps no longer than until it is due."""
    days = [wishes.snoozed[name] for name in (rung.reminder, _ANYTHING) if name in wishes.snoozed]
    until = max(days, default=None)
    return min(until, rung.due_on) if until is not None and rung.last else until


def _weekly_limit_reached(sent: Mapping[str, Planned], goes_at: datetime, delivery: Delivery) -> bool:
    if not sent:
        return False
    week = hours.week_of(goes_at)
    messages = {one.message for one in sent.values() if one.at is not None and hours.week_of(one.at) == week}
    return len(messages) >= delivery.weekly_messages


def _followed(one: Planned, receipts: Sequence[Receipt], wishes: Wishes, now: datetime, delivery: Delivery) -> Planned:
    """A rung that was sent on an earlier day, and what its channels say of it."""
    found = message_standing(one, receipts, wishes, now, delivery)
    if found.state == "arrived":
        return replace(one, state="arrived", reason="receipt")
    if found.state == "under_way":
        return replace(one, state="sent", reason="under_way")
    near = (one.rung.due_on - hours.civil_day(now)).days <= delivery.listed_within_days
    return replace(one, state="unanswered" if near else "sent", reason="no_receipt")


def message_standing(
    one: Planned, receipts: Sequence[Receipt], wishes: Wishes, now: datetime, delivery: Delivery
) -> Standing:
    """Where the message of a rung that was sent stands at ``now``, on the channels that it was planned for."""
    known = {channel.name: channel for channel in delivery.channels}
    order = tuple(known[name] for name in one.channels if name in known) or delivery.channels
    own = [receipt for receipt in receipts if receipt.message == one.message]
    return standing(one.at or now, order, own, now, wishes.quiet or delivery.quiet)


def _ended(earlier: Sequence[Planned], sent: Mapping[str, Planned], reached: Sequence[Rung]) -> Iterator[Planned]:
    """What was waiting when last heard of and is no longer reached: said once, with the reason."""
    newest = {one.rung.id: one for one in earlier if one.rung.id not in sent}
    current, spoken_of = {rung.id for rung in reached}, {(rung.thing, rung.what) for rung in reached}
    for id_, one in newest.items():
        if one.state in _WAITING and id_ not in current:
            overtaken = (one.rung.thing, one.rung.what) in spoken_of
            yield Planned(
                one.rung,
                "superseded" if overtaken else "cancelled",
                "later_rung" if overtaken else "no_longer_due",
            )
