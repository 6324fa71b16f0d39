"""What falls due for a subject and how it was marked, in words; a pure function of page, choices and day."""

from collections.abc import Iterator
from datetime import date

from api import schemas, wording
from api.reading import Reader, Words
from recommender import page
from recommender.choices import Marked
from recommender.reminders import reminder_id
from recommender.store import StoredHome

OVERDUE_SHOWN_DAYS = 90
WINDOW_SHOWN_DAYS = 30  # after it opens, and before it closes


class Dues:
    """Says what falls due in the words of one catalogue."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._duties = frozenset(duty.code for duty in words.catalogue.duties)

    def reminders(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Reminder]:
        for due in self._due(shown, stored, reader):
            called = reminder_id(due.what, due.due_on)
            marked = stored.choices.reminders.get(called, Marked("unread"))
            state = marked.on(reader.today)
            yield schemas.Reminder(called, due, state, marked.until if state == "snoozed" else None)

    def _due(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Due]:
        for item in sorted(shown.due, key=lambda item: item.due_on):
            days_left = (item.due_on - reader.today).days
            if not _in_sight(item, days_left, stored, reader):
                continue
            named = self._due_name(item, reader)
            yield schemas.Due(
                what=item.what,
                name=named,
                due_on=item.due_on,
                days_left=days_left,
                state="overdue" if days_left < 0 else "today" if days_left == 0 else "soon",
                sentence=self._due_sentence(item, named, reader),
                source=self._words.source(item.source, reader.locale),
                as_of=item.as_of,
                action=self._words.card(item.service, reader),
                reminded_on=_reminded_on(item, stored),
                opens_on=item.opens_on,
                note=wording.estimate(item.due_on.year, reader.locale) if item.estimated else "",
            )

    def _due_name(self, item: page.DueItem, reader: Reader) -> str:
        if item.opens_on is not None and item.service in self._words.catalogue.by_id:
            return self._words.catalogue.service(item.service).name.say(reader.locale)
        return self._words.catalogue.due_name(item.what).say(reader.locale)

    def _due_sentence(self, item: page.DueItem, named: str, reader: Reader) -> str:
        if item.opens_on is not None:
            return wording.window(named, item.opens_on, item.due_on, reader.today, reader.locale)
        say = wording.duty if item.what in self._duties else wording.expiry
        return say(named, (item.due_on - reader.today).days, reader.locale, enterprise=reader.enterprise)


def _in_sight(item: page.DueItem, days_left: int, stored: StoredHome, reader: Reader) -> bool:
    """Whether it is time to speak of it, and there is still something to be done."""
    if reader.today < (item.announce_from or reader.today) or item.service in stored.choices.done:
        return False
    if item.opens_on is None:
        return days_left >= -OVERDUE_SHOWN_DAYS
    # A window is offered for what is known of the subject, and may be put away like any offer. A long one is shown
    # when it opens and again before it closes: in between it is a suggestion like others.
    near = (reader.today - item.opens_on).days <= WINDOW_SHOWN_DAYS or days_left <= WINDOW_SHOWN_DAYS
    wanted = stored.choices.personalised and item.service not in stored.choices.dismissed
    return days_left >= 0 and near and wanted


def _reminded_on(item: page.DueItem, stored: StoredHome) -> date | None:
    days = (item.due_on, item.opens_on)
    fired = [n.fired_on for n in stored.inbox if n.what == item.what and n.due_on in days]
    return max(fired, default=None)
