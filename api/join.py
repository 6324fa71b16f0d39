"""A stored page joined with the catalogue's words, the subject's choices and the reader's day: a pure function.

What the subject dismissed, did or is doing is taken out here, at each request, so that it holds from the next one on.
It decides nothing else: who is eligible and in what order was decided when the page was built.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import msgspec

from api import schemas, wording
from api.cards import Cards
from api.locale import Locale
from api.schemas import DocumentState
from api.spared import Spared
from profiles.model import Kind
from recommender import bundles, explain, page, windows
from recommender.acting import Subject, handle
from recommender.catalogue import Catalogue
from recommender.choices import Marked
from recommender.corrections import about_name, correctable
from recommender.reminders import reminder_id
from recommender.store import StoredHome

Open = Callable[[str, str, str], str]  # (owner's pseudonym, field, sealed text) -> clear text

SUGGESTIONS_SHOWN = 12
OVERDUE_SHOWN_DAYS = 90
WINDOW_SHOWN_DAYS = 30  # after it opens, and before it closes


@dataclass(frozen=True)
class Reader:
    """Who reads what, in which language and on which day."""

    subject: Subject
    locale: Locale
    today: date

    @property
    def enterprise(self) -> bool:
        return self.subject.enterprise is not None


class Join:
    """Makes homes of stored pages with the words of one catalogue."""

    def __init__(self, catalogue: Catalogue, cards: Cards, open_sealed: Open) -> None:
        self._catalogue = catalogue
        self._cards = cards
        self._spared = Spared(catalogue)
        self._unseal = open_sealed
        self._bundle_of = {bundle.id: bundle for bundle in catalogue.bundles}
        self._duties = frozenset(duty.code for duty in catalogue.duties)

    def home(self, stored: StoredHome, reader: Reader) -> schemas.Home:
        """The home of the reader; of the same shape whether or not anything is known of them."""
        shown, personalised = page_of(stored, reader), personalised_for(stored)
        return schemas.Home(
            kind=shown.kind,
            name=self._clear(shown, reader.subject.shown, "name", shown.name),
            acting_for=handle(reader.subject.person, reader.subject.enterprise) if reader.subject.enterprise else None,
            known=stored.shown is not None,
            personalised=personalised,
            locale=reader.locale,
            today=reader.today,
            data_day=stored.generation.day,
            due=tuple(item.due for item in self._reminders(shown, stored, reader) if item.state in ("unread", "read")),
            in_progress=tuple(self._cases(shown, reader)),
            suggestions=self.suggested(stored, reader)[:SUGGESTIONS_SHOWN],
            bundles=tuple(self._bundles(shown, stored, reader)) if personalised else (),
            questions=tuple(self._questions(shown, stored, reader)) if personalised else (),
            documents=tuple(self._documents(shown, reader)),
            mandates=tuple(self._mandates(stored.own, reader)),
            dismissed=tuple(self._dismissed(stored, reader)),
            corrections=tuple(self._corrections(stored, reader)),
            ahead=self._ahead(stored, reader),
            likely=tuple(_likely(shown, reader)) if personalised else (),
        )

    def suggested(self, stored: StoredHome, reader: Reader) -> tuple[schemas.Suggestion, ...]:
        """All suggestions, the best first."""
        if personalised_for(stored):
            return tuple(self._personal(page_of(stored, reader), stored, reader))
        return tuple(self._popular(stored, reader))

    def documents(self, stored: StoredHome, reader: Reader) -> schemas.Documents:
        """The wallet, alone."""
        held = tuple(self._documents(page_of(stored, reader), reader))
        return schemas.Documents(reader.today, stored.generation.day, held)

    def bundles(self, stored: StoredHome, reader: Reader) -> schemas.Bundles:
        """The bundles, alone; none without personalisation."""
        own = personalised_for(stored)
        return schemas.Bundles(tuple(self._bundles(page_of(stored, reader), stored, reader)) if own else ())

    def reminders(self, stored: StoredHome, reader: Reader) -> schemas.Reminders:
        """What falls due, with what was put off, done and put away."""
        return schemas.Reminders(reader.today, tuple(self._reminders(page_of(stored, reader), stored, reader)))

    def export(self, stored: StoredHome, reader: Reader) -> schemas.Export:
        """Everything that the store holds for the reader, in words and with its sources."""
        home, choices = self.home(stored, reader), stored.choices
        return schemas.Export(
            taken_on=reader.today,
            generation=stored.generation.text,
            home=msgspec.structs.replace(home, suggestions=self.suggested(stored, reader)),
            reminders=self.reminders(stored, reader).reminders,
            inbox=tuple(schemas.Told(n.what, n.due_on, n.rung, n.fired_on) for n in stored.inbox),
            choices=schemas.Chosen(
                choices.personalised,
                choices.locale,
                dict(choices.dismissed),
                dict(choices.done),
                dict(choices.corrections),
                {reminder: marked.text for reminder, marked in choices.reminders.items()},
            ),
        )

    def outlook(self, stored: StoredHome, reader: Reader) -> schemas.Outlook:
        """What is to come, alone."""
        return schemas.Outlook(reader.today, stored.generation.day, self._ahead(stored, reader))

    def _ahead(self, stored: StoredHome, reader: Reader) -> tuple[schemas.Ahead, ...]:
        """What is still to come on the reader's day; nothing without personalisation, for it is told from tags."""
        if stored.shown is None or not stored.choices.personalised:
            return ()
        return tuple(self._change(one, reader) for one in stored.shown.ahead if one.day > reader.today)

    def _change(self, one: page.Ahead, reader: Reader) -> schemas.Ahead:
        facts = tuple(
            schemas.Fact(
                explain.question(fact.read, reader.locale), self._source(fact.source, reader.locale), fact.as_of
            )
            for fact in one.facts
        )
        name = explain.tag_name(one.tag, reader.locale)
        return schemas.Ahead(one.day, (one.day - reader.today).days, name, one.gained, facts)

    def _personal(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Suggestion]:
        hidden = _hidden(shown, stored)
        holding = self._spared.holding(shown.kind, shown.held)
        for offered in shown.suggestions:
            card = self._card(offered.service, reader)
            if card and offered.service not in hidden and self._open(offered.service, reader):
                because = tuple(
                    schemas.Weight(explain.tag_name(w.tag, reader.locale), round(w.weight, 4)) for w in offered.because
                )
                reasons = tuple(self._reason(reason, reader) for reason in offered.reasons)
                prefill = self._spared.get(offered.service, holding, reader.locale) if holding else None
                yield schemas.Suggestion(card, round(offered.probability, 4), reasons, because, prefill)

    def _popular(self, stored: StoredHome, reader: Reader) -> Iterator[schemas.Suggestion]:
        """What everyone of this kind sees; only the subject's own dismissals are taken out."""
        for service in stored.popular.get(reader.subject.kind, ()):
            card = self._card(service, reader)
            if card and service not in stored.choices.dismissed and self._open(service, reader):
                yield schemas.Suggestion(card, None, (), (), None)

    def _reminders(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Reminder]:
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
                source=self._source(item.source, reader.locale),
                as_of=item.as_of,
                action=self._card(item.service, reader),
                reminded_on=_reminded_on(item, stored),
                opens_on=item.opens_on,
                note=wording.estimate(item.due_on.year, reader.locale) if item.estimated else "",
            )

    def _due_name(self, item: page.DueItem, reader: Reader) -> str:
        if item.opens_on is not None and item.service in self._catalogue.by_id:
            return self._catalogue.service(item.service).name.say(reader.locale)
        return self._catalogue.due_name(item.what).say(reader.locale)

    def _due_sentence(self, item: page.DueItem, named: str, reader: Reader) -> str:
        if item.opens_on is not None:
            return wording.window(named, item.opens_on, item.due_on, reader.today, reader.locale)
        say = wording.duty if item.what in self._duties else wording.expiry
        return say(named, (item.due_on - reader.today).days, reader.locale, enterprise=reader.enterprise)

    def _cases(self, shown: page.Page, reader: Reader) -> Iterator[schemas.Case]:
        for case in sorted(shown.in_progress, key=lambda case: case.applied_on, reverse=True):
            if card := self._card(case.service, reader):
                yield schemas.Case(card, case.applied_on, self._source(case.source, reader.locale))

    def _bundles(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Bundle]:
        for progress in shown.bundles:
            bundle = self._bundle_of.get(progress.bundle)
            if bundle is None:
                continue
            bundle = bundles.localised(bundle, progress.instead)
            done = {*progress.done, *stored.choices.done}
            standing = bundles.standing(bundle, done, progress.in_progress, progress.not_for_you)
            if standing.finished:
                continue
            steps = tuple(
                schemas.Step(card, step.state, step.waits_for, self._opens_on(step.service, reader))
                for step in standing.steps
                if (card := self._card(step.service, reader))
            )
            yield schemas.Bundle(
                id=bundle.id,
                name=bundle.name.say(reader.locale),
                description=bundle.description.say(reader.locale),
                done=standing.done,
                total=standing.total,
                steps=steps,
                reasons=tuple(self._reason(reason, reader) for reason in progress.reasons),
            )

    def _questions(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Question]:
        hidden = _hidden(shown, stored)
        for question in shown.questions:
            card = self._card(question.service, reader)
            if card and question.service not in hidden and self._open(question.service, reader):
                asks = tuple(explain.question(read, reader.locale) for read in question.asks)
                holder = explain.holder(question.asks[0], shown.kind, reader.locale) if question.asks else ""
                yield schemas.Question(card, tuple(dict.fromkeys(asks)), holder)

    def _documents(self, shown: page.Page, reader: Reader) -> Iterator[schemas.Document]:
        for held in shown.documents:
            kind = self._catalogue.document(held.type)
            days_left = (held.expires_on - reader.today).days if held.expires_on else None
            yield schemas.Document(
                type=held.type,
                name=kind.name.say(reader.locale),
                number=self._clear(shown, reader.subject.shown, "number", held.number),
                issuer=held.issuer,
                issued_on=held.issued_on,
                expires_on=held.expires_on,
                state=_document_state(held.status, days_left, kind.lead_days),
                days_left=days_left,
                source=self._source(held.source, reader.locale),
                as_of=held.as_of,
            )

    def _mandates(self, own: page.Page | None, reader: Reader) -> Iterator[schemas.Mandate]:
        for mandate in own.mandates if own else ():
            called = handle(reader.subject.person, mandate.enterprise)
            yield schemas.Mandate(called, mandate.name, wording.role(mandate.role, reader.locale))

    def _dismissed(self, stored: StoredHome, reader: Reader) -> Iterator[schemas.Dismissed]:
        for service, since in sorted(stored.choices.dismissed.items()):
            if card := self._card(service, reader):
                yield schemas.Dismissed(service, card.name, since)

    def _corrections(self, stored: StoredHome, reader: Reader) -> Iterator[schemas.Correction]:
        kind: Kind = "enterprise" if reader.enterprise else "person"
        owners = correctable(kind)
        for about, since in sorted(stored.choices.corrections.items()):
            source = self._source(owners.get(about, ""), reader.locale)
            yield schemas.Correction(about, about_name(about, kind, reader.locale), source, since)

    def _card(self, service: str, reader: Reader) -> schemas.Card | None:
        """The card, unless the service is unknown or not in force on the reader's day."""
        known = self._cards.services.get(service)
        return self._cards.get(service, reader.locale) if known and known.in_force(reader.today) else None

    def _open(self, service: str, reader: Reader) -> bool:
        """Whether it can be applied for on the reader's day; its window may have closed since the page was made."""
        return windows.open_on(self._cards.services[service], reader.today)

    def _opens_on(self, service: str, reader: Reader) -> date | None:
        return windows.opens_on(self._cards.services[service], reader.today)

    def _reason(self, reason: page.Reason, reader: Reader) -> schemas.Reason:
        source = self._source(reason.source, reader.locale)
        return schemas.Reason(explain.sentence(reason.clause, reader.locale, reader.subject.kind), source, reason.as_of)

    def _source(self, feed: str, locale: Locale) -> str:
        return explain.source_name(feed, locale) if feed else ""

    def _clear(self, shown: page.Page, owner: str, field: str, text: str) -> str:
        return self._unseal(owner, field, text) if text and shown.kind == "person" else text


def page_of(stored: StoredHome, reader: Reader) -> page.Page:
    return stored.shown or page.Page(reader.subject.kind, stored.generation.day)  # type: ignore[arg-type]


def personalised_for(stored: StoredHome) -> bool:
    return stored.shown is not None and stored.choices.personalised


def _likely(shown: page.Page, reader: Reader) -> Iterator[schemas.Likely]:
    """The guesses that have not run out on the reader's day."""
    for one in shown.likely:
        if one.until >= reader.today:
            because = tuple(explain.likely_reason(tag, reader.locale) for tag in one.because)
            yield schemas.Likely(explain.tag_name(one.tag, reader.locale), one.until, because)


def _hidden(shown: page.Page, stored: StoredHome) -> set[str]:
    return {*stored.choices.dismissed, *stored.choices.done, *(case.service for case in shown.in_progress)}


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


def _document_state(status: str, days_left: int | None, lead_days: int) -> DocumentState:
    if status != "valid":
        return "revoked"
    if days_left is None or days_left > lead_days:
        return "valid"
    return "expired" if days_left < 0 else "expiring"
