from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import pytest

from recommender.catalogue import load
from recommender.choices import Wishes
from recommender.escalation import Receipt
from recommender.hours import moment
from recommender.reminders import Rung, Thing, reminder_id
from recommender.sending import Planned, channels_of, plan
from recommender.terms import Quiet

DELIVERY = load().delivery
MONDAY = date(2026, 11, 23)
AT = moment(MONDAY, "09:00")
CHANNELS = ("inbox", "portal", "email")
ADDRESSED = frozenset({"portal", "email"})


def rung(what: str, due_on: date, step: int = 30, *, thing: Thing = "document", last: bool = False) -> Rung:
    id_, called = f"{what}-{due_on}-{step}", reminder_id(what, due_on)
    return Rung(id_, what, due_on, step, MONDAY, f"{what}_service", thing=thing, last=last, reminder=called)


PERMIT, CARD = rung("HKM_PERMIT", date(2026, 12, 23)), rung("ID_CARD", date(2026, 12, 20))
LAST = rung("PASSPORT", MONDAY, 0, last=True)


def planned(
    *reached: Rung,
    earlier: Sequence[Planned] = (),
    receipts: Sequence[Receipt] = (),
    at: datetime = AT,
    quiet: Quiet | None = None,
    snoozed: Mapping[str, date] = {},
    muted: frozenset[str] = frozenset(),
    channels: tuple[str, ...] = (),
) -> tuple[Planned, ...]:
    wishes = Wishes(quiet, snoozed, muted, channels, ADDRESSED)
    return plan(reached, earlier, receipts, wishes, at, DELIVERY)


def sent(one: Rung, on: date, message: str = "") -> Planned:
    return Planned(one, "send", "reached", moment(on, "09:00"), None, message or one.id, CHANNELS)


def states(found: Sequence[Planned]) -> list[tuple[str, str, str]]:
    return [(one.rung.what, one.state, one.reason) for one in found]


def test_a_rung_goes_the_day_it_is_reached() -> None:
    assert planned(PERMIT) == (Planned(PERMIT, "send", "reached", AT, None, PERMIT.id, CHANNELS),)
    assert planned() == ()


def test_the_rungs_of_a_day_go_in_one_message_which_the_most_urgent_leads() -> None:
    found = planned(PERMIT, CARD, LAST)
    assert states(found) == [
        ("PASSPORT", "send", "reached"),
        ("ID_CARD", "digest", "reached"),
        ("HKM_PERMIT", "digest", "reached"),
    ]
    assert {one.message for one in found} == {LAST.id}


def test_what_was_sent_is_not_sent_again() -> None:
    before = sent(PERMIT, MONDAY)
    [found] = planned(PERMIT, earlier=[before], at=AT + timedelta(days=1))
    assert (found.state, found.reason, found.at, found.message) == ("sent", "under_way", AT, before.message)


def test_quiet_hours_put_a_message_off_until_they_end() -> None:
    late = moment(MONDAY, "22:15")
    assert [(one.state, one.reason, one.at) for one in planned(PERMIT, at=late)] == [
        ("send", "quiet_hours", moment(MONDAY + timedelta(days=1), "08:00"))
    ]
    [own] = planned(PERMIT, quiet=Quiet("08:00", "10:30"))
    assert (own.reason, own.at) == ("quiet_hours", moment(MONDAY, "10:30"))


def test_a_snoozed_thing_sleeps_until_its_day_and_the_others_do_not() -> None:
    until = date(2026, 11, 30)
    found = planned(PERMIT, CARD, snoozed={PERMIT.reminder: until})
    assert states(found) == [("HKM_PERMIT", "held", "snoozed"), ("ID_CARD", "send", "reached")]
    assert found[0].until == until
    assert states(planned(PERMIT, at=moment(until, "09:00"), snoozed={PERMIT.reminder: until}))[0][1] == "send"


def test_everything_can_be_snoozed_but_a_last_rung_no_longer_than_until_it_is_due() -> None:
    found = planned(PERMIT, LAST, snoozed={"": date(2027, 6, 1)})
    assert states(found) == [("HKM_PERMIT", "held", "snoozed"), ("PASSPORT", "send", "reached")]


def test_a_muted_topic_is_not_heard_of_whether_by_name_or_by_sort() -> None:
    window = rung("kindergarten_enrolment", date(2026, 12, 1), thing="window")
    assert states(planned(PERMIT, muted=frozenset({PERMIT.reminder}))) == [("HKM_PERMIT", "muted", "topic_off")]
    assert states(planned(window, LAST, muted=frozenset({"window", "PASSPORT"}))) == [
        ("kindergarten_enrolment", "muted", "topic_off"),
        ("PASSPORT", "muted", "topic_off"),
    ]


def test_the_week_has_a_limit_of_messages_and_a_message_of_several_rungs_is_one() -> None:
    week = [sent(LAST, MONDAY, LAST.id), sent(CARD, MONDAY, LAST.id), sent(rung("A", MONDAY), MONDAY)]
    friday = moment(date(2026, 11, 27), "09:00")
    assert states(planned(PERMIT, earlier=week, at=friday)) == [("HKM_PERMIT", "send", "reached")]
    full = [*week, sent(rung("B", MONDAY), MONDAY)]
    [held] = planned(PERMIT, earlier=full, at=friday)
    assert (held.state, held.reason, held.until) == ("held", "weekly_limit", date(2026, 11, 30))
    assert states(planned(PERMIT, earlier=[*full, held], at=moment(date(2026, 11, 30), "09:00"))) == [
        ("HKM_PERMIT", "send", "reached")
    ]


def test_what_falls_due_goes_in_spite_of_the_limit_and_takes_the_others_along() -> None:
    full = [sent(rung(name, MONDAY), MONDAY) for name in "ABC"]
    assert states(planned(PERMIT, LAST, earlier=full)) == [
        ("PASSPORT", "send", "reached"),
        ("HKM_PERMIT", "digest", "reached"),
    ]


def test_what_was_held_says_what_became_of_it() -> None:
    held = [Planned(PERMIT, "held", "snoozed", until=date(2026, 12, 30)), Planned(CARD, "muted", "topic_off")]
    later = rung("HKM_PERMIT", date(2026, 12, 23), 7)
    found = planned(later, earlier=held, at=moment(date(2026, 12, 16), "09:00"))
    assert states(found) == [
        ("HKM_PERMIT", "send", "reached"),
        ("HKM_PERMIT", "superseded", "later_rung"),
        ("ID_CARD", "cancelled", "no_longer_due"),
    ]
    # It is said once.
    assert states(planned(later, earlier=[*held, *found], at=moment(date(2026, 12, 17), "09:00"))) == [
        ("HKM_PERMIT", "sent", "under_way")
    ]


@pytest.mark.parametrize(
    ("receipts", "days", "state", "reason"),
    [
        ([], 1, "sent", "under_way"),
        ([("inbox", "read", 3)], 9, "arrived", "receipt"),
        ([], 9, "unanswered", "no_receipt"),
    ],
)
def test_a_message_is_followed_until_a_channel_gives_a_receipt_or_people_take_over(
    receipts: list[tuple[str, str, int]], days: int, state: str, reason: str
) -> None:
    before = sent(rung("HKM_PERMIT", date(2026, 12, 10)), MONDAY)
    told = [Receipt(before.message, c, s, AT + timedelta(hours=h)) for c, s, h in receipts]  # type: ignore[arg-type]
    stranger = Receipt("another", "inbox", "read", AT)
    [found] = planned(before.rung, earlier=[before], receipts=[*told, stranger], at=AT + timedelta(days=days))
    assert (found.state, found.reason) == (state, reason)


def test_people_take_over_only_once_a_thing_is_due_soon() -> None:
    before = sent(PERMIT, MONDAY)
    found = {days: planned(PERMIT, earlier=[before], at=AT + timedelta(days=days))[0].state for days in (15, 16)}
    assert found == {15: "sent", 16: "unanswered"}


def test_channels_are_tried_in_the_order_that_the_subject_wants() -> None:
    assert planned(PERMIT, channels=("email", "pigeon", "inbox"))[0].channels == ("email", "inbox")
    assert planned(PERMIT, channels=("pigeon",))[0].channels == ("inbox",)


def test_a_channel_without_an_address_or_unsubscribed_from_is_not_tried() -> None:
    def names(**wishes: frozenset[str] | tuple[str, ...]) -> list[str]:
        return [channel.name for channel in channels_of(Wishes(**wishes), DELIVERY)]  # type: ignore[arg-type]

    assert names() == ["inbox"]
    assert names(addressed=ADDRESSED) == list(CHANNELS)
    assert names(addressed=ADDRESSED, ended=frozenset({"email"})) == ["inbox", "portal"]
    assert names(channels=("email",), addressed=ADDRESSED) == ["email"]
    assert names(channels=("email",), addressed=ADDRESSED, ended=frozenset({"email"})) == ["inbox"]
