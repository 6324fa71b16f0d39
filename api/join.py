"""A stored page joined with the catalogue's words, the subject's choices and the reader's day: a pure function.

What the subject dismissed, did or is doing is taken out here, at each request, so that it holds from the next one on.
It decides nothing else: who is eligible and in what order was decided when the page was built.
"""

import msgspec

from api import schemas
from api.cards import Cards
from api.chosen import chosen
from api.due import Dues
from api.filed import Filed
from api.filled import Forms
from api.helped import Helped
from api.offers import Offers
from api.openings import Openings
from api.reading import Open, Reader, Words, page_of, personalised_for, trace_of
from api.records import Records
from api.tagged import Tagged
from recommender.acting import handle
from recommender.catalogue import Catalogue, Service
from recommender.store import StoredHome

SUGGESTIONS_SHOWN = 12


class Join:
    """Makes homes of stored pages with the words of one catalogue."""

    def __init__(self, catalogue: Catalogue, cards: Cards, open_sealed: Open) -> None:
        self._words = Words(catalogue, cards, open_sealed)
        self._offers, self._records, self._dues = Offers(self._words), Records(self._words), Dues(self._words)
        self._filed, self._tagged = Filed(self._words, self._records), Tagged(self._words)
        self._openings = Openings(self._words)
        self._forms, self._helped = Forms(self._words), Helped(self._words)

    def home(self, stored: StoredHome, reader: Reader) -> schemas.Home:
        """The home of the reader; of the same shape whether or not anything is known of them."""
        shown, personalised = page_of(stored, reader), personalised_for(stored)
        return schemas.Home(
            kind=shown.kind,
            name=self._words.clear(shown, reader.subject.shown, "name", shown.name),
            acting_for=handle(reader.subject.person, reader.subject.enterprise) if reader.subject.enterprise else None,
            known=stored.shown is not None,
            personalised=personalised,
            locale=reader.locale,
            today=reader.today,
            data_day=stored.generation.day,
            due=tuple(
                item.due for item in self._dues.reminders(shown, stored, reader) if item.state in ("unread", "read")
            ),
            in_progress=tuple(self._records.cases(shown, reader)),
            suggestions=self.suggested(stored, reader)[:SUGGESTIONS_SHOWN],
            bundles=tuple(self._offers.bundles(shown, stored, reader)) if personalised else (),
            questions=tuple(self._offers.questions(shown, stored, reader)) if personalised else (),
            documents=tuple(self._records.documents(shown, reader)),
            mandates=tuple(self._records.mandates(stored.own, reader)),
            dismissed=tuple(self._records.dismissed(stored, reader)),
            corrections=tuple(self._records.corrections(stored, reader)),
            ahead=self._offers.ahead(stored, reader),
            likely=tuple(self._offers.likely(shown, stored, reader)) if personalised else (),
            vacancies=self._vacancies(stored, reader),
            trace=trace_of(stored),
        )

    def suggested(self, stored: StoredHome, reader: Reader) -> tuple[schemas.Suggestion, ...]:
        """All suggestions, the best first."""
        return self._offers.suggested(stored, reader)

    def documents(self, stored: StoredHome, reader: Reader) -> schemas.Documents:
        """The wallet, alone."""
        held = tuple(self._records.documents(page_of(stored, reader), reader))
        return schemas.Documents(reader.today, stored.generation.day, held)

    def vacancies(self, stored: StoredHome, reader: Reader) -> schemas.Vacancies:
        """The vacancies, alone."""
        return schemas.Vacancies(reader.today, stored.generation.day, self._vacancies(stored, reader))

    def bundles(self, stored: StoredHome, reader: Reader) -> schemas.Bundles:
        """The bundles, alone; none without personalisation."""
        own = personalised_for(stored)
        return schemas.Bundles(tuple(self._offers.bundles(page_of(stored, reader), stored, reader)) if own else ())

    def reminders(self, stored: StoredHome, reader: Reader) -> schemas.Reminders:
        """What falls due, with what was put off, done and put away."""
        return schemas.Reminders(reader.today, tuple(self._dues.reminders(page_of(stored, reader), stored, reader)))

    def export(self, stored: StoredHome, reader: Reader, drafts: tuple[schemas.Draft, ...]) -> schemas.Export:
        """Everything that the store holds for the reader, in words and with its sources."""
        home = self.home(stored, reader)
        return schemas.Export(
            taken_on=reader.today,
            generation=stored.generation.text,
            home=msgspec.structs.replace(home, suggestions=self.suggested(stored, reader)),
            reminders=self.reminders(stored, reader).reminders,
            inbox=tuple(schemas.Told(n.what, n.due_on, n.rung, n.fired_on) for n in stored.inbox),
            file=self.file(stored, reader),
            tags=self.tags(stored, reader),
            help=self.help(stored, reader).cases,
            choices=self.chosen(stored, reader),
            drafts=drafts,
        )

    def file(self, stored: StoredHome, reader: Reader) -> schemas.File:
        """The whole file."""
        return self._filed.file(stored, reader)

    def tags(self, stored: StoredHome, reader: Reader) -> schemas.Tags:
        """The tags of the file, with what was deleted."""
        return self._tagged.tags(stored, reader)

    def filled(self, service: Service, stored: StoredHome, reader: Reader) -> schemas.Filled:
        """The form of a service as far as the file fills it in."""
        return self._forms.filled(service, stored, reader)

    def help(self, stored: StoredHome, reader: Reader) -> schemas.HelpCases:
        """The cases of help."""
        return self._helped.cases(stored, reader)

    def chosen(self, stored: StoredHome, reader: Reader) -> schemas.Chosen:
        """What the subject chose."""
        return chosen(stored, reader, self._words)

    def outlook(self, stored: StoredHome, reader: Reader) -> schemas.Outlook:
        """What is to come, alone."""
        return schemas.Outlook(reader.today, stored.generation.day, self._offers.ahead(stored, reader))

    def _vacancies(self, stored: StoredHome, reader: Reader) -> tuple[schemas.Vacancy, ...]:
        personalised = personalised_for(stored)
        return tuple(self._openings.vacancies(page_of(stored, reader), stored, reader)) if personalised else ()
