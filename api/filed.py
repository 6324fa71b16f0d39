"""A file in words for its owner: facts, links, events and applications; a pure function of file, choices and day."""

from collections.abc import Iterator
from datetime import date

from api import schemas, wording
from api.reading import Reader, Words, page_of
from api.records import Records
from profiles.model import Kind
from recommender import explain
from recommender.corrections import about_name, correctable
from recommender.own_file import Case, Event, Fact, Link, OwnFile
from recommender.store import StoredHome

NOTHING = OwnFile()


class Filed:
    """Says what a file holds in the words of one catalogue."""

    def __init__(self, words: Words, records: Records) -> None:
        self._words, self._records = words, records

    def file(self, stored: StoredHome, reader: Reader) -> schemas.File:
        """The whole file; of the same shape where there is none."""
        held = stored.file or NOTHING
        return schemas.File(
            known=stored.file is not None,
            today=reader.today,
            data_day=stored.generation.day,
            facts=tuple(self._facts(held, stored, reader)),
            documents=tuple(self._records.documents(page_of(stored, reader), reader)),
            links=tuple(self._link(one, stored, reader) for one in held.links),
            events=tuple(self._event(one, stored, reader) for one in sorted(held.events, key=_happened, reverse=True)),
            cases=tuple(self._case(one, reader) for one in sorted(held.cases, key=_applied, reverse=True)),
            corrections=tuple(self._records.corrections(stored, reader)),
        )

    def _facts(self, held: OwnFile, stored: StoredHome, reader: Reader) -> Iterator[schemas.HeldFact]:
        kind: Kind = "enterprise" if reader.enterprise else "person"
        places = {about: place for place, about in enumerate(correctable(kind))}
        for fact in sorted(held.facts, key=lambda fact: places.get(f"fact:{fact.name}", len(places))):
            about = f"fact:{fact.name}"
            clear = self.clear(fact, reader)
            yield schemas.HeldFact(
                about=about,
                name=about_name(about, kind, reader.locale),
                value=clear,
                text=explain.value(fact.name, clear, reader.locale),
                source=self._words.source(fact.source, reader.locale),
                as_of=fact.as_of,
                valid_from=fact.valid_from,
                valid_until=fact.valid_until,
                sensitivity=wording.sensitivity(fact.sensitivity, reader.locale),
                correction=stored.choices.corrections.get(about),
            )

    def clear(self, fact: Fact, reader: Reader) -> str:
        """A fact's value, opened where it was sealed for the one it is of."""
        text = fact.value or ""
        return self._words.unsealed(reader.subject.shown, fact.name, text) if fact.sealed and text else text

    def _link(self, one: Link, stored: StoredHome, reader: Reader) -> schemas.HeldLink:
        about = f"link:{one.kind}"
        return schemas.HeldLink(
            about=about,
            kind=one.kind,
            name=explain.question(about, reader.locale),
            role=wording.role(one.role, reader.locale) if one.role else "",
            enterprise=one.name or "",
            since=one.since,
            until=one.until,
            source=self._words.source(one.source, reader.locale),
            as_of=one.as_of,
            correction=stored.choices.corrections.get(about),
        )

    def _event(self, one: Event, stored: StoredHome, reader: Reader) -> schemas.HeldEvent:
        about = f"event:{one.kind}"
        return schemas.HeldEvent(
            about=about,
            kind=one.kind,
            name=explain.event(one.kind, reader.locale),
            happened_on=one.happened_on,
            source=self._words.source(one.source, reader.locale),
            as_of=one.as_of,
            correction=stored.choices.corrections.get(about),
        )

    def _case(self, one: Case, reader: Reader) -> schemas.HeldCase:
        card = self._words.cards.get(one.service, reader.locale)
        return schemas.HeldCase(
            service=one.service,
            name=card.name if card else one.service,
            status=wording.case_status(one.status, reader.locale),
            applied_on=one.applied_on,
            finished_on=one.finished_on,
            source=self._words.source(one.source, reader.locale),
        )


def _happened(one: Event) -> date:
    return one.happened_on


def _applied(one: Case) -> date:
    return one.applied_on
