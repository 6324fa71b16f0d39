"""A service's form as far as a file fills it in, in words; it stores nothing and asks nobody."""

from api import schemas
from api.locale import Locale
from api.reading import Reader, Words
from profiles.model import Kind
from recommender import explain, ledger
from recommender import prefill as known
from recommender.catalogue import Service
from recommender.own_file import OwnFile
from recommender.prefill import Entry, Held, Paper
from recommender.store import StoredHome

NOTHING = OwnFile()


class Forms:
    """Fills the forms of one catalogue."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def filled(self, service: Service, stored: StoredHome, reader: Reader) -> schemas.Filled:
        """Every field and paper of the service with what the file holds of it, and what is left to ask and to bring."""
        kind: Kind = "enterprise" if reader.enterprise else "person"
        catalogue, locale = self._words.catalogue, reader.locale
        holding = known.held((stored.file or NOTHING).columns(), kind, reader.today, catalogue)
        found = known.prefill(service, holding, catalogue)
        saved = ledger.saved(found)
        return schemas.Filled(
            card=self._words.cards.shown(service.id, locale),
            fields=tuple(self._field(entry, reader) for entry in found.entries),
            papers=tuple(self._paper(paper, reader) for paper in found.papers),
            ask=tuple(field.name.say(locale) for field in found.to_ask),
            bring=tuple(paper.name.say(locale) for paper in found.to_bring),
            papers_saved=saved.papers,
            minutes_saved=saved.minutes,
            steps_saved=saved.steps,
            trips_saved=saved.trips,
            days_saved=saved.days,
        )

    def _field(self, entry: Entry, reader: Reader) -> schemas.Field:
        held, value = entry.held, self._clear(entry.held, reader)
        return schemas.Field(
            name=entry.field.name.say(reader.locale),
            filled_by=entry.field.filled_by,
            value=value,
            text=_in_words(held, value, reader.locale),
            source=self._words.source(held.source, reader.locale) if held else "",
            as_of=held.as_of if held else None,
            grade=held.grade if held else None,
        )

    def _paper(self, paper: Paper, reader: Reader) -> schemas.PaperHeld:
        held = paper.held
        return schemas.PaperHeld(
            name=paper.asked.name.say(reader.locale),
            held=paper.spared,
            deferrable=paper.asked.deferrable,
            number=self._clear(held, reader),
            source=self._words.source(held.source, reader.locale) if held else "",
            as_of=held.as_of if held else None,
            grade=held.grade if held else None,
        )

    def _clear(self, held: Held | None, reader: Reader) -> str | None:
        """The value, opened where it was sealed for the one it is of; None where nothing is held."""
        if held is None:
            return None
        family, _, name = held.read.partition(":")
        field = name if family == "fact" else "number"
        text = held.value or ""
        return self._words.unsealed(reader.subject.shown, field, text) if held.sealed and text else text


def _in_words(held: Held | None, value: str | None, locale: Locale) -> str:
    if held is None or value is None:
        return ""
    family, _, name = held.read.partition(":")
    return explain.value(name, value, locale) if family == "fact" else value
