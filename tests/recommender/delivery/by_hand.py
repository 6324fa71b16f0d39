"""Messages, pages and choices made by hand, for tests of what becomes of them."""

from datetime import date, datetime

from recommender.catalogue import load
from recommender.choices import Choices, Wishes
from recommender.delivery.outgoing import Outgoing
from recommender.escalation import Receipt
from recommender.hours import moment
from recommender.page import DueItem, Page
from recommender.reminders import Rung, Thing, reminder_id, rung_id

CATALOGUE = load()
DAY = date(2026, 11, 23)  # a Monday
AT = moment(DAY, "09:00")
SUBJECT = "a3" * 16
RENEWALS = {"HKM_PERMIT": "hkm_permit_renewal", "ID_CARD": "id_card_renewal", "pension_check": "pension_check"}


def rung(what: str, due_on: date, step: int = 30, *, thing: Thing = "document", last: bool = False) -> Rung:
    """A rung of SUBJECT."""
    return Rung(
        id=rung_id(SUBJECT, what, due_on, step),
        what=what,
        due_on=due_on,
        step=step,
        fires_on=DAY,
        service=RENEWALS.get(what, what),
        thing=thing,
        last=last,
        reminder=reminder_id(what, due_on),
    )


PERMIT, CARD = rung("HKM_PERMIT", date(2026, 12, 23)), rung("ID_CARD", date(2026, 12, 25))
CHECK = rung("pension_check", DAY, 0, thing="duty", last=True)


def message(*rungs: Rung, subject: str = SUBJECT, at: datetime = AT, receipts: tuple[Receipt, ...] = ()) -> Outgoing:
    """A message of these rungs, the permit's by default."""
    led = rungs or (PERMIT,)
    return Outgoing(led[0].id, subject, "person", DAY, at, led, receipts)


def page(*due: Rung, day: date = DAY) -> Page:
    """A page on which these are due, the permit by default."""
    return Page("person", day, due=tuple(DueItem(one.what, one.due_on, one.service) for one in due or (PERMIT,)))


def choices(*channels: str, addressed: str = "email portal", ended: str = "", **more: object) -> Choices:
    """Choices of somebody with addresses, who wants these channels."""
    wishes = Wishes(channels=channels, addressed=frozenset(addressed.split()), ended=frozenset(ended.split()))
    return Choices(wishes=wishes, **more)  # type: ignore[arg-type]
