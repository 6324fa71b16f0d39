"""A message that waits to be sent, as the store keeps it: ids, codes and dates; no name, number or address."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b

import msgspec
from msgspec.structs import replace

from profiles.model import Kind
from recommender.escalation import Receipt
from recommender.reminders import Rung
from recommender.sending import in_order


class Outgoing(msgspec.Struct, frozen=True):
    """One message: its rungs in order, when it may first go, what channels said of it, and how often each failed.

    ``id`` is that of the rung that leads it and is what receivers see; ``day`` is the one that it was planned on.
    """

    id: str
    subject: str
    kind: Kind
    day: date
    at: datetime
    rungs: tuple[Rung, ...]
    receipts: tuple[Receipt, ...] = ()
    failures: Mapping[str, int] = msgspec.field(default_factory=dict)

    def without(self, known: frozenset[str]) -> "Outgoing | None":
        """The message of the rungs that are not ``known``, led by the first of them; None where all are."""
        left = in_order(rung for rung in self.rungs if rung.id not in known)
        return replace(self, id=left[0].id, rungs=left) if left else None

    def put_off(self, rungs: Sequence[Rung], at: datetime) -> "Outgoing | None":
        """A message of its own for these of its rungs, not before ``at``; None of none.

        The rung that leads it may have led this one, so its id is made of this one's and the moment.
        """
        if not rungs:
            return None
        text = f"{self.id} {at.isoformat()}"
        id_ = blake2b(text.encode(), digest_size=16, person=b"yidang later").hexdigest()
        return replace(self, id=id_, at=at, rungs=in_order(rungs), receipts=(), failures={})

    def heard(self, receipt: Receipt) -> "Outgoing":
        """What is known once a channel said something; its failures are forgotten."""
        left = {name: count for name, count in self.failures.items() if name != receipt.channel}
        return replace(self, receipts=(*self.receipts, receipt), failures=left)

    def failed(self, channel: str) -> "Outgoing":
        """What is known once a channel failed for now."""
        return replace(self, failures={**self.failures, channel: self.failures.get(channel, 0) + 1})

    def again_by(self, channel: str) -> "Outgoing":
        """As if the channel had never been tried."""
        left = {name: count for name, count in self.failures.items() if name != channel}
        kept = tuple(receipt for receipt in self.receipts if receipt.channel != channel)
        return replace(self, receipts=kept, failures=left)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Outgoing)


def encode(message: Outgoing) -> bytes:
    """The message as the store keeps it."""
    return _encoder.encode(message)


def decode(kept: bytes) -> Outgoing:
    """What ``encode`` wrote; raises msgspec.ValidationError or DecodeError for anything else."""
    return _decoder.decode(kept)
