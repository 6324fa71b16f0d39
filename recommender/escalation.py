"""Follows a message from channel to channel until one gives a receipt; it sends nothing and reads no clock.

A channel has its turn until it reports a failure or has been silent for its hours; then the next one has. Where a
message stands is worked out from when it was first sent and from all receipts known by now, so whoever asks, however
often, gets the same answer, and a receipt that comes late still counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from recommender.hours import first_audible
from recommender.terms import Channel, Quiet

Status = Literal["sent", "delivered", "read", "failed"]
ARRIVED: frozenset[Status] = frozenset({"delivered", "read"})


class Receipt(NamedTuple):
    """What a channel said of a message, and when."""

    message: str
    channel: str
    status: Status
    at: datetime


class Turn(NamedTuple):
    """A channel that is, or was, to carry the message from ``at`` on."""

    channel: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Where a message stands: on its way by the last of ``turns``, arrived, or given up by every channel.

    ``since`` is when it came to stand there; a turn that waits for quiet hours to end begins after now. What every
    channel gave up is for people to deliver.
    """

    state: Literal["under_way", "arrived", "given_up"]
    turns: tuple[Turn, ...]
    since: datetime

    @property
    def channel(self) -> str:
        """The channel whose turn it is, or was last."""
        return self.turns[-1].channel


def standing(
    first_at: datetime, channels: Sequence[Channel], receipts: Iterable[Receipt], now: datetime, quiet: Quiet
) -> Standing:
    """Where a message that was to go at ``first_at`` stands at ``now``, by its ``receipts`` until then.

    A turn that would begin in ``quiet`` hours begins when they end. ``sent`` is no proof that anything arrived, and
    a failure is one of the turn in which it was reported.
    """
    known = [receipt for receipt in receipts if receipt.at <= now]
    arrived_at = min((receipt.at for receipt in known if receipt.status in ARRIVED), default=None)
    turns: list[Turn] = []
    begins = ended = first_at
    for channel in channels:
        if turns and arrived_at is not None and arrived_at <= begins:
            break
        turns.append(Turn(channel.name, begins))
        ended = _ends(channel, begins, known)
        if arrived_at is None and ended > now:
            return Standing("under_way", tuple(turns), begins)
        begins = first_audible(ended, quiet)
    if arrived_at is not None:
        return Standing("arrived", tuple(turns), arrived_at)
    return Standing("given_up", tuple(turns), ended)


def _ends(channel: Channel, begins: datetime, known: Sequence[Receipt]) -> datetime:
    """When a channel's turn is over unless the message arrives."""
    silent = begins + timedelta(hours=channel.receipt_hours)
    failed = (r.at for r in known if r.channel == channel.name and r.status == "failed" and r.at >= begins)
    return min((silent, *failed))
