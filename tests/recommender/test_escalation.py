import os
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.escalation import ARRIVED, Receipt, Standing, Turn, standing
from recommender.hours import first_audible, moment
from recommender.terms import Channel, Quiet

CASES = 10_000 if os.environ.get("YIDANG_PROVE") else 200
FIRST = moment(date(2026, 11, 23), "09:00")
QUIET = Quiet("21:00", "08:00")
CHANNELS = (Channel("inbox", 48, "inbox"), Channel("portal", 12, "webhook"), Channel("email", 24, "email"))
# Twelve hours after nine o'clock is nine in the evening: the e-mail waits for the morning.
INBOX, PORTAL = Turn("inbox", FIRST), Turn("portal", FIRST + timedelta(hours=48))
EMAIL = Turn("email", moment(date(2026, 11, 26), "08:00"))


def receipt(channel: str, status: str, hours: float) -> Receipt:
    return Receipt("m", channel, status, FIRST + timedelta(hours=hours))  # type: ignore[arg-type]


def after(hours: float, *receipts: Receipt) -> Standing:
    return standing(FIRST, CHANNELS, receipts, FIRST + timedelta(hours=hours), QUIET)


def test_a_message_waits_for_the_receipt_of_its_first_channel() -> None:
    assert after(0) == Standing("under_way", (INBOX,), FIRST)
    assert after(47) == Standing("under_way", (INBOX,), FIRST)


def test_a_silent_channel_hands_over_to_the_next_and_the_last_to_people() -> None:
    assert after(48) == Standing("under_way", (INBOX, PORTAL), PORTAL.at)
    assert after(60) == Standing("under_way", (INBOX, PORTAL, EMAIL), EMAIL.at)
    given_up = Standing("given_up", (INBOX, PORTAL, EMAIL), EMAIL.at + timedelta(hours=24))
    assert (after(94), after(95), after(500)) == (Standing("under_way", given_up.turns, EMAIL.at), given_up, given_up)


def test_a_channel_that_fails_hands_over_at_once() -> None:
    failed = receipt("inbox", "failed", 2)
    assert after(3, failed) == Standing("under_way", (INBOX, Turn("portal", failed.at)), failed.at)


def test_what_was_delivered_or_read_has_arrived_and_what_was_sent_has_not() -> None:
    for status in ("delivered", "read"):
        assert after(60, receipt("inbox", status, 5)) == Standing("arrived", (INBOX,), FIRST + timedelta(hours=5))
    assert after(48, receipt("inbox", "sent", 1)).channel == "portal"


def test_a_late_receipt_still_counts() -> None:
    late = receipt("inbox", "read", 300)
    assert after(299, late).state == "given_up"
    assert after(300, late) == Standing("arrived", (INBOX, PORTAL, EMAIL), late.at)


def test_a_failure_after_the_turn_changes_nothing() -> None:
    assert after(50, receipt("inbox", "failed", 49)) == Standing("under_way", (INBOX, PORTAL), PORTAL.at)


RECEIPTS = st.lists(
    st.builds(
        receipt,
        st.sampled_from(["inbox", "portal", "email", "pigeon"]),
        st.sampled_from(["sent", "delivered", "read", "failed"]),
        st.integers(0, 200),
    ),
    max_size=6,
)


@settings(max_examples=CASES)
@given(receipts=RECEIPTS, hours=st.lists(st.integers(0, 250), min_size=2, max_size=12))
def test_a_message_only_goes_forward_each_channel_has_one_turn_and_nothing_is_sent_at_night(
    receipts: list[Receipt], hours: list[int]
) -> None:
    before, asked_before = None, FIRST
    for hour in sorted(hours):
        now = after(hour, *receipts)
        names = [turn.channel for turn in now.turns]
        assert names == [channel.name for channel in CHANNELS][: len(names)]
        assert all(first_audible(turn.at, QUIET) == turn.at or turn is now.turns[0] for turn in now.turns)
        known = [one for one in receipts if one.at <= FIRST + timedelta(hours=hour)]
        assert (now.state == "arrived") == any(one.status in ARRIVED for one in known)
        if before is not None:
            # A turn that waited for the morning is not needed any more where the message arrived at night.
            begun = tuple(turn for turn in before.turns if turn.at <= asked_before)
            assert now.turns[: len(begun)] == begun
            assert before.state != "arrived" or now == before
        before, asked_before = now, FIRST + timedelta(hours=hour)


def test_the_time_zone_of_whoever_asks_does_not_matter() -> None:
    from datetime import UTC

    now: datetime = (FIRST + timedelta(hours=60)).astimezone(UTC)
    assert standing(FIRST.astimezone(UTC), CHANNELS, [], now, QUIET) == after(60)
