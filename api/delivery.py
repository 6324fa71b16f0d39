"""How a subject wants to be reminded, from what they sent to what the store keeps; addresses are sealed on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.problems import BAD_REQUEST, Refusal
from api.schemas import ChoicesIn
from recommender.catalogue import Delivery
from recommender.choices import ADDRESS
from recommender.delivery.addresses import fits
from recommender.unsubscribing import Seal


@dataclass(frozen=True)
class Chosen:
    """Fields of the store's hash that are set, and those that go."""

    fields: Mapping[str, str]
    dropped: tuple[str, ...]


def chosen(given: ChoicesIn, subject: str, seal: Seal, delivery: Delivery) -> Chosen | None:
    """What to keep of ``given``; None where it says nothing of reminders.

    An address that is given anew is wanted again, whatever was unsubscribed from before.

    Raises:
        Refusal: a channel is not known, or does not take the address; the message quotes neither.
    """
    if (given.channels, given.addresses, given.quiet) == (None, None, None):
        return None
    if faults := list(_faults(given, delivery)):
        raise Refusal(BAD_REQUEST, more={"errors": faults})
    said = {"c": None if given.channels is None else ",".join(given.channels), "q": given.quiet}
    fields = {name: text for name, text in said.items() if text}
    dropped = [name for name, text in said.items() if text == ""]
    for channel, address in (given.addresses or {}).items():
        if address:
            fields[f"a:{channel}"] = seal(subject, ADDRESS, address)
        dropped += [f"u:{channel}"] if address else [f"a:{channel}"]
    return Chosen(fields, tuple(dropped))


def _faults(given: ChoicesIn, delivery: Delivery) -> Iterator[dict[str, str]]:
    known = {channel.name: channel for channel in delivery.channels}
    names = ", ".join(known)
    if not set(given.channels or ()) <= set(known) or len(set(given.channels or ())) < len(given.channels or ()):
        yield {"field": "channels", "message": f"Each must be one of {names}, once."}
    for name, address in (given.addresses or {}).items():
        channel = known.get(name)
        if channel is None or channel.by == "inbox":
            yield {"field": "addresses", "message": f"Only these have an address: {names}, but for the inbox."}
        elif address and not fits(channel, address):
            yield {"field": f"addresses.{name}", "message": "This is no address of that channel."}
    begins, _, ends = (given.quiet or "").partition("-")
    if given.quiet and begins == ends:
        yield {"field": "quiet", "message": "Quiet hours must leave an hour to send in."}
