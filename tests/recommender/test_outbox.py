"""The outbox against a real server: one step or none, one worker at a message, and nothing of whoever is erased."""

from datetime import date, timedelta

import pytest
import redis as client
from msgspec.structs import replace

from profiles.errors import StoreUnavailable
from recommender.choices import Notice
from recommender.delivery.outgoing import Outgoing
from recommender.escalation import Receipt
from recommender.generation import Generation, choices_key, inbox_key, mail_key
from recommender.page import encode as encode_page
from recommender.store import Outbox, Returns, Store
from recommender.store.outbox import Dead, Settled, Ticket
from tests.recommender.delivery.by_hand import AT, CARD, CHECK, DAY, PERMIT, SUBJECT, message, page, rung

HOUR = timedelta(hours=1)
OTHER = "b4" * 16


def noticed(one: Outgoing) -> tuple[Outgoing, dict[str, Notice]]:
    return one, {r.id: Notice(r.id, r.what, r.due_on, r.step, DAY, r.service) for r in one.rungs}


def worker(url: str, name: str, stale_seconds: float = 120) -> Outbox:
    return Outbox(url, name, stale_seconds=stale_seconds)


def one_ticket(outbox: Outbox) -> Ticket:
    [ticket] = outbox.tickets(10)
    return ticket


def said(channel: str, status: str) -> Receipt:
    return Receipt(PERMIT.id, channel, status, AT)  # type: ignore[arg-type]


def test_a_message_is_filed_once_with_all_its_notices(store_url: str) -> None:
    with worker(store_url, "one") as outbox, client.Redis.from_url(store_url) as raw:
        assert outbox.file([noticed(message(PERMIT, CARD))]) == (2, 1)
        assert outbox.file([noticed(message(PERMIT, CARD))]) == (0, 0)
        assert sorted(raw.hkeys(inbox_key(SUBJECT))) == sorted([PERMIT.id.encode(), CARD.id.encode()])
        assert raw.ttl(inbox_key(SUBJECT)) > 180 * 86_400
        assert outbox.take(one_ticket(outbox)) == message(PERMIT, CARD)


def test_a_rung_that_went_before_goes_in_no_other_message(store_url: str) -> None:
    with worker(store_url, "one") as outbox:
        outbox.file([noticed(message(PERMIT))])
        assert outbox.file([noticed(message(PERMIT, CARD))]) == (1, 1)
        taken = [outbox.take(ticket) for ticket in outbox.tickets(10)]
    assert [(one.id, one.rungs) for one in taken if one] == [(PERMIT.id, (PERMIT,)), (CARD.id, (CARD,))]


def test_a_message_is_one_workers_alone_until_its_lease_ends(store_url: str) -> None:
    with worker(store_url, "one") as one, worker(store_url, "two", stale_seconds=0.05) as two:
        one.file([noticed(message())])
        ticket = one_ticket(one)
        assert one.take(ticket) == message()
        while not (again := list(two.tickets(10))):  # the entry is another's once it is stale ...
            pass
        assert again == [ticket]
        assert two.take(again[0]) is None  # ... and the message not before its lease ends
        assert one.settle(ticket, Settled(None)) is True


def test_what_a_dead_worker_was_at_is_taken_over_and_its_late_word_is_not_kept(store_url: str) -> None:
    with worker(store_url, "dead", 1.2) as dead, worker(store_url, "heir", 1.2) as heir:
        dead.file([noticed(message())])
        left = one_ticket(dead)
        assert dead.take(left) is not None
        taken = None
        while taken is None:
            taken = next((one for ticket in heir.tickets(10) if (one := heir.take(ticket))), None)
        assert dead.settle(left, Settled(None)) is False
        assert heir.settle(left, Settled(None, receipts=[said("email", "sent")])) is True
        with Returns(store_url) as returns:
            assert [(one.subject, one.receipt) for one in returns.receipts()] == [(SUBJECT, said("email", "sent"))]
        assert heir.waiting() == {"now": 0, "later": 0, "dead": 0}


def test_what_is_looked_at_later_comes_back_at_its_moment_with_what_was_heard(store_url: str) -> None:
    heard = message().heard(said("email", "sent"))
    with worker(store_url, "one") as outbox:
        outbox.file([noticed(message())])
        ticket = one_ticket(outbox)
        outbox.take(ticket)
        outbox.settle(ticket, Settled(heard, AT + HOUR))
        assert outbox.wake(AT) == 0
        assert list(outbox.tickets(10)) == []
        assert outbox.wake(AT + HOUR) == 1
        assert outbox.take(one_ticket(outbox)) == heard


def test_what_was_put_off_becomes_a_message_of_its_own(store_url: str) -> None:
    whole = message(PERMIT, CARD)
    rest = whole.put_off([PERMIT], AT + HOUR)
    assert rest is not None
    assert rest.id != whole.id  # the permit's rung led the message that went
    with worker(store_url, "one") as outbox:
        outbox.file([noticed(whole)])
        ticket = one_ticket(outbox)
        outbox.take(ticket)
        outbox.settle(ticket, Settled(None, rest=(rest, AT + HOUR)))
        assert outbox.wake(AT + HOUR) == 1
        assert outbox.take(one_ticket(outbox)) == rest


def test_a_week_has_so_many_messages_and_one_counts_once_by_whichever_channel(store_url: str) -> None:
    kept = [message(rung(f"DOCUMENT_{n}", date(2026, 12, 20))) for n in range(4)]
    with worker(store_url, "one") as outbox:
        outbox.file(map(noticed, kept))
        tickets = list(outbox.tickets(10))
        assert [outbox.counts(ticket, "2026-48", 3) for ticket in tickets] == [True, True, True, False]
        assert outbox.counts(tickets[0], "2026-48", 3) is True
        assert outbox.counts(tickets[3], "2026-49", 3) is True  # a new week; the old one is forgotten
        assert outbox.counts(tickets[0], "2026-49", 1) is False


def test_a_dead_letter_is_tried_again_or_dropped(store_url: str) -> None:
    with worker(store_url, "one") as outbox, Returns(store_url) as returns:
        outbox.file([noticed(message()), noticed(message(CARD))])
        for ticket in list(outbox.tickets(10)):
            taken = outbox.take(ticket)
            assert taken is not None
            failed = taken.heard(Receipt(taken.id, "email", "failed", AT))
            outbox.settle(ticket, Settled(None, dead=Dead(failed, "email", "smtp_550", AT)))
        names = [f"{one.id}.email" for one in (PERMIT, CARD)]
        assert sorted(name for name, _ in returns.dead()) == sorted(names)
        assert (returns.requeue(names[0]), returns.drop(names[1]), returns.drop(names[1])) == (True, True, False)
        assert list(returns.dead()) == []
        assert outbox.take(one_ticket(outbox)) == message()


def test_nothing_is_left_of_whoever_is_erased(store_url: str) -> None:
    others = replace(message(), subject=OTHER)
    with worker(store_url, "one") as outbox, Store(store_url) as store, client.Redis.from_url(store_url) as raw:
        outbox.file([noticed(message(PERMIT)), noticed(message(CARD)), noticed(others)])
        ticket = next(iter(outbox.tickets(1)))
        taken = outbox.take(ticket)
        assert taken is not None
        dead = Dead(taken, "email", "smtp_550", AT)
        outbox.settle(ticket, Settled(taken, AT + HOUR, [said("email", "failed")], dead=dead))
        assert store.forget([SUBJECT]) == 6  # inbox, mail, an entry, a receipt, a moment, a dead letter
        left = b"".join(raw.dump(key) + key for key in raw.scan_iter("*"))
        assert SUBJECT.encode() not in left
        assert outbox.take(one_ticket(outbox)) == others


class Renamed:
    """Names for what is kept under another pseudonym, told from those that it had."""

    def notice(self, old: str, new: str, notice: Notice) -> Notice:
        return replace(notice, id=f"{new[:2]}-{notice.id}" if old != new else notice.id)

    def address(self, old: str, new: str, sealed: str) -> str:
        return sealed.replace(old[:2], new[:2])

    def message(self, name: str) -> str:
        return name[::-1]


def test_what_waits_goes_on_under_another_pseudonym_with_the_id_that_receivers_know(store_url: str) -> None:
    with worker(store_url, "one") as outbox, Store(store_url) as store, client.Redis.from_url(store_url) as raw:
        outbox.file([noticed(message())])
        raw.hset(choices_key(SUBJECT), "a:email", "sealed for a3")
        assert [store.rename([(SUBJECT, OTHER)], Renamed()) for _ in range(2)] == [1, 0]
        assert raw.hgetall(choices_key(OTHER)) == {b"a:email": b"sealed for b4"}
        assert (raw.exists(mail_key(SUBJECT)), raw.exists(inbox_key(SUBJECT))) == (0, 0)
        outbox.wake(AT)
        taken = [(ticket, outbox.take(ticket)) for ticket in outbox.tickets(10)]
        assert [(ticket.message, one) for ticket, one in taken if one] == [
            (PERMIT.id[::-1], replace(message(), subject=OTHER))
        ]
        assert list(outbox.tickets(10)) == []


def test_a_page_and_choices_are_read_as_they_are_now(store_url: str) -> None:
    with worker(store_url, "one") as outbox, Store(store_url) as store:
        with pytest.raises(StoreUnavailable, match="has no pages yet"):
            outbox.standing(SUBJECT)
        store.publish(Generation(DAY, 0, "aa"), [(SUBJECT, encode_page(page(CHECK)))], {})
        assert outbox.standing(SUBJECT).page == page(CHECK)
        assert outbox.standing(OTHER).page is None
