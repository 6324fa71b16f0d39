"""A worker against a real store, a real SMTP server and a real receiver of webhooks; the clock alone is set."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import pytest
import redis as client

from jobs import dead_letters
from jobs.deliver import Deliverer, deliverer, work
from jobs.rehearse import rehearse
from jobs.settings import Settings
from jobs.worker_log import WorkerLog
from profiles.errors import SettingsError, StoreUnavailable
from profiles.identity.keys import DEMO_PSEUDONYM_KEY, DEMO_VAULT_KEY, Keys, open_sealed, seal
from recommender.choices import ADDRESS
from recommender.generation import Generation, choices_key
from recommender.hours import moment
from recommender.page import encode
from recommender.reminders import Rung
from recommender.store import Outbox, Returns, Store
from recommender.unsubscribing import Ended, opened
from tests.jobs.carriers.by_hand import SECRET, Postbox, Receiver, postbox, receiver
from tests.recommender.delivery.by_hand import AT, CARD, CHECK, DAY, PERMIT, SUBJECT, message, page, rung
from tests.recommender.test_outbox import noticed

KEYS = Keys.for_demo()
HOUR = timedelta(hours=1)


@dataclass
class Street:
    """A resident with two addresses, the servers behind them, and a worker whose clock can be set."""

    url: str
    box: Postbox
    portal: Receiver
    settings: Settings
    now: datetime = AT
    workers: list[Deliverer] = field(default_factory=list)

    def choose(self, **fields: str) -> None:
        with client.Redis.from_url(self.url) as raw:
            raw.hset(choices_key(SUBJECT), mapping={name.replace("_", ":", 1): text for name, text in fields.items()})

    def show(self, *due: Rung) -> None:
        """Publish a page on which these are due."""
        with Store(self.url) as store:
            digest = f"{abs(hash(due)):x}"
            store.publish(Generation(DAY, 0, digest), [(SUBJECT, encode(page(*due)))], {})

    def file(self, *rungs: Rung) -> None:
        with Outbox(self.url) as outbox:
            outbox.file([noticed(message(*rungs))])

    def worker(self) -> Deliverer:
        outbox = Outbox(self.url, f"worker-{len(self.workers)}", stale_seconds=1)
        self.workers.append(deliverer(self.settings, outbox, lambda: self.now, WorkerLog()))
        return self.workers[-1]

    def deliver(self, now: datetime | None = None) -> int:
        """What a worker does at a moment."""
        self.now = now or self.now
        return work(self.worker(), threading.Event(), once=True)

    def subjects(self) -> list[str]:
        """Of the letters that came."""
        return [str(letter["Subject"]) for _, letter in self.box.got]

    def receipts(self) -> list[tuple[str, str]]:
        with Returns(self.url) as returns:
            return [(one.receipt.channel, one.receipt.status) for one in returns.receipts()]


@pytest.fixture
def street(store_url: str) -> Iterator[Street]:
    with postbox() as (box, smtp), receiver() as portal:
        settings = Settings(
            store_url=store_url,
            pseudonym_key=DEMO_PSEUDONYM_KEY,
            vault_key=DEMO_VAULT_KEY,
            key_id="demo",
            delivery="live",
            portal_url="https://portal.example/",
            smtp_url=smtp,
            mail_from="reminders@city.example",
            webhook_secrets={"127.0.0.1": (SECRET,)},
            webhook_loopback=True,
        )
        made = Street(store_url, box, portal, settings)
        made.show(PERMIT, CARD, CHECK)
        sealed = partial(seal, KEYS, SUBJECT, ADDRESS)
        made.choose(c="email", a_email=sealed("wang@mail.example"), a_portal=sealed(portal.url))
        yield made
        for one in made.workers:
            one.outbox.__exit__()


def test_a_reminder_arrives_by_e_mail_once_under_the_rungs_id(street: Street) -> None:
    street.file(PERMIT)
    street.deliver()
    street.deliver()
    [(to, letter)] = street.box.got
    assert (to, letter["Message-ID"]) == ("wang@mail.example", f"<{PERMIT.id}@city.example>")
    assert street.subjects() == ["您的往来港澳通行证还有30天到期"]
    assert street.receipts() == [("email", "sent")]


def test_a_reminder_arrives_by_webhook_and_that_is_the_end_of_it(street: Street) -> None:
    street.choose(c="portal", l="en")
    street.file(CHECK, PERMIT)
    street.deliver()
    [(headers, body)] = street.portal.got
    assert headers["webhook-id"] == CHECK.id
    assert json.loads(body)["data"]["subject"] == "Your yearly pension check is due today, and 1 more"
    assert street.receipts() == [("portal", "delivered")]
    with Outbox(street.url) as outbox:
        street.deliver()
        assert outbox.waiting() == {"now": 0, "later": 0, "dead": 0}


def test_a_silent_channel_hands_over_to_the_next_and_the_last_to_people(street: Street) -> None:
    street.choose(c="email,portal")
    street.file(PERMIT)
    street.deliver()
    assert (street.deliver(AT + 47 * HOUR), street.portal.got) == (0, [])
    street.deliver(AT + 48 * HOUR)
    assert (len(street.box.got), len(street.portal.got)) == (1, 1)
    street.choose(c="email")
    street.file(CARD)
    street.deliver(moment(date(2026, 11, 26), "09:00"))
    street.deliver(moment(date(2026, 11, 28), "09:00"))
    assert street.receipts() == [("email", "sent"), ("portal", "delivered"), ("email", "sent")]
    with Outbox(street.url) as outbox:
        assert outbox.waiting()["later"] == 0


def test_what_was_renewed_marked_or_unsubscribed_from_since_is_not_sent(street: Street) -> None:
    street.file(PERMIT)
    street.file(CARD)
    street.file(CHECK)
    street.show(CARD, CHECK)
    street.choose(**{f"r_{CARD.reminder}": "done", "u_email": "2026-11-23"})
    street.deliver()
    assert (street.box.got, street.portal.got, street.receipts()) == ([], [], [])


def test_nothing_goes_at_night_and_it_goes_in_the_morning(street: Street) -> None:
    street.file(PERMIT)
    street.deliver(moment(DAY, "23:00"))
    assert street.box.got == []
    street.deliver(moment(DAY + timedelta(days=1), "07:59"))
    assert street.box.got == []
    street.deliver(moment(DAY + timedelta(days=1), "08:00"))
    assert street.subjects() == ["您的往来港澳通行证还有29天到期"]


def test_the_week_has_its_limit_and_what_falls_due_today_goes_in_spite_of_it(street: Street) -> None:
    others = [rung(f"PERMIT_{n}", date(2026, 12, 20)) for n in range(4)]
    street.show(*others, CHECK)
    for one in (*others, CHECK):
        street.file(one)
    street.deliver()
    assert len(street.box.got) == 4
    assert sum("养老金" in subject for subject in street.subjects()) == 1
    street.deliver(moment(date(2026, 11, 30), "09:00"))
    assert len(street.box.got) == 5


def test_a_refusal_for_now_is_tried_again_with_longer_waits_and_then_waits_for_an_operator(street: Street) -> None:
    street.box.refuses = "450 try again"
    street.file(PERMIT)
    # After less than a minute, four, sixteen, an hour, four hours and, at night, until the morning.
    for hours in (0, 0.1, 0.5, 2, 8, 24):
        street.deliver(AT + hours * HOUR)
    with Returns(street.url) as returns:
        [line, count] = dead_letters.listed(returns)
        assert line == f"{PERMIT.id}.email  2026-11-24 09:00  smtp_450  HKM_PERMIT 2026-12-23"
        assert count == "1 dead letters"
        assert street.receipts() == [("email", "failed")]
        street.box.refuses = ""
        assert dead_letters.requeue(returns, []) == 1
        with pytest.raises(SettingsError, match="There is no dead letter x"):
            dead_letters.drop(returns, ["x"])
    street.deliver(AT + 25 * HOUR)
    assert len(street.box.got) == 1


def test_a_refusal_for_good_goes_to_the_next_channel_at_once(street: Street) -> None:
    street.choose(c="email,portal")
    street.box.refuses = "550 no such user"
    street.file(PERMIT)
    street.deliver()
    assert (len(street.portal.got), street.receipts()) == (1, [("email", "failed"), ("portal", "delivered")])


def test_what_is_put_off_comes_by_itself_on_its_day(street: Street) -> None:
    street.choose(**{f"r_{PERMIT.reminder}": "snoozed 2026-11-25"})
    street.file(PERMIT, CARD)
    street.deliver()
    assert street.subjects() == ["您的居民身份证还有32天到期"]
    street.deliver(moment(date(2026, 11, 25), "09:00"))
    assert street.subjects()[1:] == ["您的往来港澳通行证还有28天到期"]


def test_a_worker_that_died_after_sending_is_followed_by_one_that_sends_the_same_id(street: Street) -> None:
    street.file(PERMIT)
    dead = street.worker()
    [ticket] = dead.outbox.tickets(10)
    taken = dead.outbox.take(ticket)
    assert taken == message(PERMIT)
    decision = dead.carriers["email"].carry(dead.parcel(taken, _by_mail(dead), "wang@mail.example", "zh", AT))
    assert decision.status == "sent"  # and here it dies
    heir = street.worker()
    while not heir.round():
        pass
    assert [str(letter["Message-ID"]) for _, letter in street.box.got] == [f"<{PERMIT.id}@city.example>"] * 2
    assert street.receipts() == [("email", "sent")]


def test_the_link_that_ends_a_channel_names_nobody_and_leads_back_to_the_owner(street: Street) -> None:
    street.file(PERMIT)
    street.deliver()
    link = str(street.box.got[0][1]["List-Unsubscribe"]).strip("<>")
    token = link.removeprefix("https://portal.example/v1/unsubscribe?token=")
    assert SUBJECT not in link
    assert opened(partial(open_sealed, KEYS), token) == Ended(SUBJECT, "person", "email")


def test_in_the_mode_test_everything_is_written_and_nothing_sent_or_moved(street: Street) -> None:
    street.file(PERMIT)
    street.file(CHECK)
    street.choose(**{f"r_{CHECK.reminder}": "done"})
    with Outbox(street.url) as outbox:
        before = outbox.waiting()
        assert rehearse(street.worker()) == {"letters by email": 1, "not now (muted)": 1}
        assert outbox.waiting() == before
    assert street.box.got == []


def test_what_is_kept_and_cannot_be_read_stops_nobody_else(street: Street) -> None:
    street.file(PERMIT)
    street.file(CARD)
    with client.Redis.from_url(street.url) as raw:
        raw.hset(f"y:m:{{a}}{SUBJECT}", PERMIT.id, b"torn")
    street.deliver()
    assert street.subjects() == ["您的居民身份证还有32天到期"]
    with Returns(street.url) as returns:
        assert [(name, dead.why) for name, dead in returns.dead()] == [(f"{PERMIT.id}.none", "unreadable")]


def test_what_the_log_says_holds_ids_and_words_alone(street: Street, capfd: pytest.CaptureFixture[str]) -> None:
    street.file(PERMIT)
    street.deliver()
    said = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(one["event"], one["message"], one.get("status") or one["became"]) for one in said] == [
        ("carried", PERMIT.id, "sent"),
        ("settled", PERMIT.id, "sent"),
        ("settled", PERMIT.id, "receipt"),
    ]
    whole = json.dumps(said)
    assert not [word for word in (SUBJECT, "wang", "HKM", "port") if word in whole]


def test_delivery_is_off_until_it_is_turned_on(street: Street) -> None:
    off = street.settings.model_copy(update={"delivery": "off"})
    with pytest.raises(SettingsError, match="YIDANG_DELIVERY"), Outbox(street.url) as outbox:
        deliverer(off, outbox, lambda: AT, WorkerLog())


def test_a_store_that_is_away_is_waited_for_or_named() -> None:
    settings = Settings(
        store_url="redis://127.0.0.1:9/0",
        pseudonym_key=DEMO_PSEUDONYM_KEY,
        vault_key=DEMO_VAULT_KEY,
        key_id="demo",
        delivery="live",
        portal_url="https://portal.example/",
    )
    with Outbox(settings.store_url, "worker") as outbox:
        one = deliverer(settings, outbox, lambda: AT, WorkerLog())
        with pytest.raises(StoreUnavailable):
            work(one, threading.Event(), once=True)
        stopped = threading.Event()
        threading.Timer(0.3, stopped.set).start()
        assert work(one, stopped) == 0


def _by_mail(one: Deliverer):  # type: ignore[no-untyped-def]
    from recommender.delivery.decide import Send

    return Send(next(channel for channel in one.catalogue.delivery.channels if channel.name == "email"), (PERMIT,))
