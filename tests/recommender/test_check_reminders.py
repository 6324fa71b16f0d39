import msgspec
import pytest

from recommender.catalogue import Catalogue, load
from recommender.check_reminders import reminder_problems, window_problems
from recommender.terms import Channel, Quiet, Retries, Window

WHOLE = load()


def ladder(**changes: object) -> Catalogue:
    return msgspec.structs.replace(WHOLE, ladder=msgspec.structs.replace(WHOLE.ladder, **changes))


def delivery(**changes: object) -> Catalogue:
    return msgspec.structs.replace(WHOLE, delivery=msgspec.structs.replace(WHOLE.delivery, **changes))


def duty(**changes: object) -> Catalogue:
    return msgspec.structs.replace(WHOLE, duties=(msgspec.structs.replace(WHOLE.duties[0], **changes),))


def document(**changes: object) -> Catalogue:
    kind = msgspec.structs.replace(WHOLE.document("PASSPORT"), **changes)
    return msgspec.structs.replace(WHOLE, documents={"PASSPORT": kind})


@pytest.mark.parametrize(
    ("catalogue", "said"),
    [
        (ladder(steps=(180, 60, 60, 0)), "ladder.yaml: steps go down, each once, and end at 0"),
        (ladder(opening=(14,)), "ladder.yaml: opening go down, each once, and end at 0"),
        (ladder(overdue_days=-1), "ladder.yaml: its days are counts"),
        (delivery(send_at="9:00"), "delivery.yaml: an hour is written HH:MM, not '9:00'"),
        (delivery(quiet=Quiet("21:00", "21:00")), "delivery.yaml: quiet hours that end when they begin"),
        (delivery(weekly_messages=0), "delivery.yaml: a subject gets one message a week or more"),
        (delivery(channels=()), "delivery.yaml: channels have a name each, in lower case, each once, not none"),
        (delivery(channels=(Channel("inbox", 0, "inbox"),)), "delivery.yaml: channel inbox waits an hour"),
        (delivery(channels=(Channel("email", 1, "email"),)), "delivery.yaml: one channel is the inbox"),
        (delivery(channels=(Channel("inbox", 1, "inbox", "feishu"),)), "delivery.yaml: channel inbox: a chat, and"),
        (delivery(retries=Retries(0, 1, 1, 1, 0)), "delivery.yaml: retries: attempts, waits and their growth"),
        (delivery(retries=Retries(1, 1, 1, 1, 1)), "delivery.yaml: retries: jitter is a share of the wait"),
        (duty(yearly="06-31", counted_from=()), "duty pension_check: a yearly duty is due on a day written MM-DD"),
        (duty(counted_from=("shoe_size",)), "duty pension_check: a file of kind person has no column shoe_size"),
        (duty(service="flying"), "duty pension_check: no person service is called flying"),
        (duty(counted_from=()), "duty pension_check: a duty is either counted from a date or yearly"),
        (document(lead_days=0), "document PASSPORT: the lead is 1 to 180 days"),
        (document(renewal_service="flying"), "document PASSPORT: no service is called flying"),
        (document(renewable_days=5), "document PASSPORT: it can be renewed in its last 5 days alone"),
    ],
)
def test_a_planted_fault_is_named(catalogue: Catalogue, said: str) -> None:
    [found] = reminder_problems(catalogue)
    assert found.startswith(said)


@pytest.mark.parametrize("day", ["02-30", "04-31", "13-01", "5-1", "00-10"])
def test_a_window_has_days_that_there_are(day: str) -> None:
    assert list(window_problems(Window(day, "12-31"))) == [
        f"a window opens and closes on days written MM-DD, not {day!r}"
    ]
    assert list(window_problems(Window("02-29", "12-31"))) == []
