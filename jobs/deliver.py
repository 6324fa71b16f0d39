"""The worker that sends what waits in the outbox; any number may run. It plans nothing and decides nothing itself.

A message is taken by one worker alone, what is to be done with it is asked anew at that moment (``decide``), and what
became of it is settled in one step with its receipt. A worker that dies after sending and before settling leaves the
message to another, which sends it again *under the same id*: nothing can make sending and writing down one step. What
makes the effect happen once is the receiver, which knows the id (``webhook-id``, ``Message-ID``) and drops the second
one. A chat knows no ids, so there a crash in that moment is seen twice.
"""

import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal

import msgspec

from jobs.carriers.chat import Chat
from jobs.carriers.mail import Mail
from jobs.carriers.parcel import Answer, Carrier, Parcel
from jobs.carriers.webhook import Webhooks
from jobs.settings import Settings
from jobs.worker_log import WorkerLog
from profiles.errors import KeyMaterialError, SettingsError, StoreUnavailable
from profiles.identity.keys import Keys, open_sealed, seal
from recommender import catalogue as catalogues
from recommender import hours
from recommender.catalogue import Catalogue
from recommender.choices import ADDRESS, Choices
from recommender.delivery import letter as letters
from recommender.delivery import templates as words
from recommender.delivery.decide import Decision, Send, Wait, decide
from recommender.delivery.letter import Links
from recommender.delivery.outgoing import Outgoing
from recommender.delivery.retries import wait
from recommender.delivery.templates import Templates
from recommender.escalation import Receipt
from recommender.store import Outbox
from recommender.store.outbox import Dead, Settled, Ticket
from recommender.terms import Channel
from recommender.unsubscribing import Ended, link

AT_A_TIME = 8  # tickets of a shard that a worker holds at most
FIRST_REST, LONGEST_REST = 0.05, 1.0  # seconds
UNLIMITED = 1_000_000  # messages a week


@dataclass(frozen=True)
class Deliverer:
    """One worker: what it reads, whom it hands letters to, and where it writes down what it did."""

    outbox: Outbox
    keys: Keys
    portal: str
    carriers: Mapping[str, Carrier]
    clock: Callable[[], datetime]
    log: WorkerLog
    catalogue: Catalogue = field(default_factory=catalogues.load)
    templates: Templates = field(default_factory=words.load)

    def round(self) -> int:
        """Attend to all that is to be looked at now; how many tickets that were.

        Raises:
            StoreUnavailable: the store does not answer; what was under way is taken up again later.
        """
        self.outbox.wake(self.clock())
        attended = 0
        try:
            for ticket in self.outbox.tickets(AT_A_TIME):
                self._attend(ticket)
                attended += 1
        finally:
            for carrier in self.carriers.values():
                carrier.rest()
        return attended

    def _attend(self, ticket: Ticket) -> None:
        try:
            message = self.outbox.take(ticket)
        except msgspec.MsgspecError:
            self._settle(ticket, self._unreadable(ticket), "unreadable")
            return
        if message is None:
            return
        now = self.clock()  # before: what was chosen until then is known, and what is sent is dated no later
        page, choices = self.outbox.standing(ticket.subject)
        decision = decide(message, page, choices, now, self.catalogue)
        if isinstance(decision, Send) and not self._within_the_week(ticket, decision, now):
            monday = hours.next_monday(hours.civil_day(now))
            decision = Wait(hours.moment(monday, self.catalogue.delivery.send_at), "weekly_limit")
        self._settle(ticket, *self._became(ticket, message, decision, choices, now))

    def _settle(self, ticket: Ticket, became: Settled, why: str) -> None:
        self.log.settled(ticket.message, why, kept=self.outbox.settle(ticket, became))

    def _became(
        self, ticket: Ticket, message: Outgoing, decision: Decision, choices: Choices, now: datetime
    ) -> tuple[Settled, str]:
        """What becomes of a message by a decision, and that in a word."""
        if isinstance(decision, Send):
            return self._sent(ticket, message, decision, choices, now)
        if isinstance(decision, Wait):
            return Settled(message, decision.until), decision.why
        read = [Receipt(ticket.message, "inbox", "read", now)] if decision.why == "read" else []
        return Settled(None, receipts=read), f"{decision.ending}_{decision.why}"

    def _sent(
        self, ticket: Ticket, message: Outgoing, decision: Send, choices: Choices, now: datetime
    ) -> tuple[Settled, str]:
        channel = decision.channel.name
        going = msgspec.structs.replace(message, rungs=decision.rungs)
        later = message.put_off(decision.later, decision.later_at) if decision.later_at else None
        rest = (later, later.at) if later else None
        with self.log.timed(channel):
            answer = self._carried(message, decision, choices, now)
        self.log.carried(ticket.message, channel, answer.status, answer.why)
        if answer.status == "later":
            failed = going.failed(channel)
            tries = failed.failures[channel]
            pause = wait(self.catalogue.delivery.retries, message.id, channel, tries, answer.rest)
            if pause is not None:
                return Settled(failed, now + pause, rest=rest), "later"
        status: Literal["sent", "delivered", "failed"] = "failed" if answer.status == "later" else answer.status
        receipt = Receipt(ticket.message, channel, status, now)
        dead = Dead(going, channel, answer.why, now) if status == "failed" else None
        return Settled(going.heard(receipt), now, (receipt,), rest, dead), status

    def _carried(self, message: Outgoing, decision: Send, choices: Choices, now: datetime) -> Answer:
        channel = decision.channel
        carrier = self.carriers.get(channel.name)
        if carrier is None:
            return Answer("failed", "not_configured")
        try:
            address = open_sealed(self.keys, message.subject, ADDRESS, choices.addresses[channel.name])
        except KeyMaterialError:
            return Answer("failed", "sealed_otherwise")
        return carrier.carry(self.parcel(message, decision, address, choices.locale or "zh", now))

    def parcel(self, message: Outgoing, decision: Send, address: str, locale: str, now: datetime) -> Parcel:
        """What a channel's carrier is handed."""
        ended = Ended(message.subject, message.kind, decision.channel.name)
        links = Links(self.portal, link(self.portal, partial(seal, self.keys), ended))
        today = hours.civil_day(now)
        letter = letters.written(decision.rungs, message.kind, locale, today, links, self.catalogue, self.templates)
        items = tuple((rung.id, rung.due_on) for rung in decision.rungs)
        return Parcel(message.id, address, letter, links, now.astimezone(hours.SHANGHAI), items)

    def _within_the_week(self, ticket: Ticket, decision: Send, now: datetime) -> bool:
        """Count the message as one of the week's; what is due for the last time goes in spite of the limit."""
        year, week = hours.week_of(now)
        last = any(rung.last for rung in decision.rungs)
        most = UNLIMITED if last else self.catalogue.delivery.weekly_messages
        return self.outbox.counts(ticket, f"{year}-{week:02d}", most)

    def _unreadable(self, ticket: Ticket) -> Settled:
        now = self.clock()
        nothing = Outgoing(ticket.message, ticket.subject, "person", hours.civil_day(now), now, ())
        return Settled(None, dead=Dead(nothing, "none", "unreadable", now))


def carriers_of(settings: Settings, catalogue: Catalogue) -> dict[str, Carrier]:
    """Who carries which channel of the policy, as far as the settings say how.

    Raises:
        SettingsError: a setting is malformed.
    """
    made: dict[str, Carrier] = {}
    for channel in catalogue.delivery.channels:
        if carrier := _carrier(channel, settings):
            made[channel.name] = carrier
    return made


def _carrier(channel: Channel, settings: Settings) -> Carrier | None:
    if channel.by == "email" and settings.smtp_url:
        return Mail(settings.smtp_url, settings.mail_from)
    if channel.by == "webhook" and settings.webhook_secrets:
        return Webhooks(settings.webhook_secrets, loopback=settings.webhook_loopback)
    return Chat(channel.scheme) if channel.by == "chat" else None


def deliverer(settings: Settings, outbox: Outbox, clock: Callable[[], datetime], log: WorkerLog) -> Deliverer:
    """A worker as the settings want it.

    Raises:
        SettingsError: delivery is off, or a setting is missing or malformed.
        KeyMaterialError: a key is.
    """
    if settings.delivery == "off" or not settings.portal_url:
        raise SettingsError(
            "Delivery is off: set YIDANG_DELIVERY to live (or test, which renders and sends nothing) and "
            "YIDANG_PORTAL_URL to the address of the residents' page."
        )
    catalogue = catalogues.load()
    carriers = carriers_of(settings, catalogue)
    return Deliverer(outbox, settings.keys, settings.portal_url, carriers, clock, log, catalogue)


def worker_name() -> str:
    """A name that no other worker has, now or later."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def work(one: Deliverer, stopped: threading.Event, *, once: bool = False) -> int:
    """Go on until ``stopped``, or ``once`` until nothing is left to look at now; how many tickets were attended to.

    Raises:
        StoreUnavailable: the store does not answer, and it was to go on ``once``; else it is waited for.
    """
    attended, rest = 0, FIRST_REST
    while not stopped.is_set():
        try:
            done = one.round()
            one.log.count(one.outbox)
        except StoreUnavailable as away:
            if once:
                raise
            one.log.away(str(away))
            done = 0
        attended, rest = attended + done, FIRST_REST if done else min(LONGEST_REST, rest * 2)
        if not done:
            if once:
                break
            stopped.wait(rest)
    return attended
