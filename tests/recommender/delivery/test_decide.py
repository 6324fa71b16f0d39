from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from recommender.choices import Choices, Wishes
from recommender.delivery.decide import Decision, End, Send, Wait, decide
from recommender.delivery.outgoing import Outgoing
from recommender.escalation import Receipt
from recommender.hours import moment
from recommender.page import Page
from recommender.reminders import Rung
from recommender.terms import Quiet
from tests.recommender.delivery.by_hand import AT, CARD, CATALOGUE, CHECK, DAY, PERMIT, choices, message, page, rung

BY_MAIL = choices("email")
ALL = page(PERMIT, CARD, CHECK)
CHANNEL = {channel.name: channel for channel in CATALOGUE.delivery.channels}
HOUR = timedelta(hours=1)


def decided(
    one: Outgoing | None = None, shown: Page | None = ALL, chosen: Choices = BY_MAIL, now: datetime = AT
) -> Decision:
    return decide(one or message(), shown, chosen, now, CATALOGUE)


def by_mail(*rungs: Rung) -> Send:
    return Send(CHANNEL["email"], rungs)


def said(channel: str, status: str, at: datetime) -> Receipt:
    return Receipt(PERMIT.id, channel, status, at)  # type: ignore[arg-type]


def test_what_is_due_goes_by_the_channel_that_was_chosen() -> None:
    assert decided() == by_mail(PERMIT)
    assert decided(message(CHECK, PERMIT, CARD)) == by_mail(CHECK, PERMIT, CARD)


def test_nothing_goes_before_its_moment() -> None:
    assert decided(now=AT - HOUR) == Wait(AT, "not_yet")


def test_without_a_page_there_is_nobody_to_remind() -> None:
    assert decided(shown=None) == End("called_off", "no_file")


def test_what_was_renewed_since_is_not_reminded_of() -> None:
    assert decided(shown=page(CARD)) == End("called_off", "no_longer_due")
    assert decided(message(PERMIT, CARD), shown=page(CARD)) == by_mail(CARD)


def test_a_page_older_than_the_message_says_nothing_of_it() -> None:
    assert decided(shown=page(CARD, day=DAY - timedelta(days=1))) == by_mail(PERMIT)


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        (replace(BY_MAIL, done={"hkm_permit_renewal": DAY}), "seen_to"),
        (replace(BY_MAIL, wishes=replace(BY_MAIL.wishes, muted=frozenset({PERMIT.reminder}))), "muted"),
        (replace(BY_MAIL, wishes=replace(BY_MAIL.wishes, muted=frozenset({"document"}))), "muted"),
    ],
)
def test_what_is_done_or_not_wanted_is_not_reminded_of(chosen: Choices, why: str) -> None:
    assert decided(chosen=chosen) == End("called_off", why)  # type: ignore[arg-type]


def test_what_was_done_for_the_permit_before_this_one_counts_for_nothing() -> None:
    assert decided(chosen=replace(BY_MAIL, done={"hkm_permit_renewal": date(2026, 5, 1)})) == by_mail(PERMIT)


def test_what_was_read_on_the_page_since_needs_no_letter_and_what_was_read_before_does() -> None:
    assert decided(chosen=replace(BY_MAIL, read_at={PERMIT.reminder: AT})) == End("arrived", "read")
    assert decided(chosen=replace(BY_MAIL, read_at={PERMIT.reminder: AT - HOUR})) == by_mail(PERMIT)


def test_what_is_put_off_waits_and_becomes_a_message_of_its_own_where_something_else_goes() -> None:
    until = date(2026, 11, 30)
    chosen = replace(BY_MAIL, wishes=replace(BY_MAIL.wishes, snoozed={PERMIT.reminder: until}))
    assert decided(chosen=chosen) == Wait(moment(until, "09:00"), "snoozed")
    assert decided(message(PERMIT, CARD), chosen=chosen) == Send(
        CHANNEL["email"], (CARD,), (PERMIT,), moment(until, "09:00")
    )


def test_an_offer_is_not_sent_to_whoever_put_it_away_or_turned_personalisation_off() -> None:
    window = rung("senior_card", date(2026, 12, 20), thing="window")
    for chosen in (replace(BY_MAIL, personalised=False), replace(BY_MAIL, dismissed={"senior_card": DAY})):
        assert decided(message(window), page(window), chosen) == End("called_off", "muted")
        assert decided(message(PERMIT), ALL, chosen) == by_mail(PERMIT)


def test_nothing_goes_in_quiet_hours_the_policys_or_ones_own() -> None:
    late = moment(DAY, "22:00")
    assert decided(now=late) == Wait(moment(DAY + timedelta(days=1), "08:00"), "quiet_hours")
    own = replace(BY_MAIL, wishes=replace(BY_MAIL.wishes, quiet=Quiet("08:30", "10:30")))
    assert decided(chosen=own) == Wait(moment(DAY, "10:30"), "quiet_hours")


def test_the_inbox_has_its_turn_first_where_nothing_was_chosen() -> None:
    chosen = choices()
    assert decided(chosen=chosen) == Wait(AT + 48 * HOUR, "receipt")
    assert decided(chosen=chosen, now=AT + 48 * HOUR) == Send(CHANNEL["portal"], (PERMIT,))


def test_whoever_gave_no_address_is_told_in_the_inbox_and_then_by_people() -> None:
    chosen = choices(addressed="")
    assert decided(chosen=chosen) == Wait(AT + 48 * HOUR, "receipt")
    assert decided(chosen=chosen, now=AT + 48 * HOUR) == End("unreached", "no_receipt")


def test_a_channel_that_failed_hands_over_at_once_and_one_that_sent_after_its_hours() -> None:
    chosen = choices("email", "portal")
    failed = message(receipts=(said("email", "failed", AT + HOUR),))
    assert decided(failed, chosen=chosen, now=AT + HOUR) == Send(CHANNEL["portal"], (PERMIT,))
    sent = message(receipts=(said("email", "sent", AT + HOUR),))
    # An hour late, so that its 48 hours are over an hour late; the end of them is what is waited for.
    assert decided(sent, chosen=chosen, now=AT + 2 * HOUR) == Wait(AT + 49 * HOUR, "receipt")
    assert decided(sent, chosen=chosen, now=AT + 48 * HOUR) == Wait(AT + 49 * HOUR, "receipt")
    assert decided(sent, chosen=chosen, now=AT + 49 * HOUR) == Send(CHANNEL["portal"], (PERMIT,))


def test_a_receipt_ends_it_and_after_the_last_channel_people_take_over() -> None:
    chosen = choices("email", "portal")
    arrived = message(receipts=(said("email", "sent", AT), said("portal", "delivered", AT + 50 * HOUR)))
    assert decided(arrived, chosen=chosen, now=AT + 51 * HOUR) == End("arrived", "receipt")
    failed = message(receipts=(said("email", "failed", AT), said("portal", "failed", AT)))
    assert decided(failed, chosen=chosen, now=AT + HOUR) == End("unreached", "no_receipt")


def test_after_a_long_outage_each_channel_still_has_its_turn_and_its_hours() -> None:
    chosen, back = choices("portal", "email"), AT + 200 * HOUR
    assert decided(chosen=chosen, now=back) == Send(CHANNEL["portal"], (PERMIT,))
    once = message(receipts=(said("portal", "sent", back),))
    assert decided(once, chosen=chosen, now=back + HOUR) == Wait(back + 24 * HOUR, "receipt")
    assert decided(once, chosen=chosen, now=back + 24 * HOUR) == by_mail(PERMIT)


def test_a_channel_that_was_unsubscribed_from_a_moment_ago_is_not_used() -> None:
    chosen = choices("email", "portal", ended="email")
    assert decided(chosen=chosen) == Send(CHANNEL["portal"], (PERMIT,))
    assert decided(chosen=choices("email", ended="email")) == Wait(AT + 48 * HOUR, "receipt")
    assert isinstance(decided(chosen=Choices(wishes=Wishes())), Wait)
