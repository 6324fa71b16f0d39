"""Who reads a page, and the catalogue's words as that reader is told them; it joins nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from api import schemas
from api.cards import Cards
from api.locale import Locale
from recommender import explain, page, windows
from recommender.acting import Subject
from recommender.catalogue import Catalogue
from recommender.store import StoredHome

Open = Callable[[str, str, str], str]  # (owner's pseudonym, field, sealed text) -> clear text


@dataclass(frozen=True)
class Reader:
    """Who reads what, in which language and on which day."""

    subject: Subject
    locale: Locale
    today: date

    @property
    def enterprise(self) -> bool:
        return self.subject.enterprise is not None


class Words:
    """The words of one catalogue."""

    def __init__(self, catalogue: Catalogue, cards: Cards, open_sealed: Open) -> None:
        self.catalogue, self.cards = catalogue, cards
        self._unseal = open_sealed

    def card(self, service: str, reader: Reader) -> schemas.Card | None:
        """The card, unless the service is unknown or not in force on the reader's day."""
        return self.card_on(service, reader.locale, reader.today)

    def card_on(self, service: str, locale: Locale, day: date) -> schemas.Card | None:
        """The card in a language, unless the service is unknown or not in force on the day."""
        known = self.cards.services.get(service)
        return self.cards.get(service, locale) if known and known.in_force(day) else None

    def open(self, service: str, reader: Reader) -> bool:
        """Whether it can be applied for on the reader's day; its window may have closed since the page was made."""
        return windows.open_on(self.cards.services[service], reader.today)

    def opens_on(self, service: str, day: date) -> date | None:
        return windows.opens_on(self.cards.services[service], day)

    def reason(self, reason: page.Reason, reader: Reader) -> schemas.Reason:
        source = self.source(reason.source, reader.locale)
        return schemas.Reason(explain.sentence(reason.clause, reader.locale, reader.subject.kind), source, reason.as_of)

    def source(self, feed: str, locale: Locale) -> str:
        return explain.source_name(feed, locale) if feed else ""

    def clear(self, shown: page.Page, owner: str, field: str, text: str) -> str:
        return self._unseal(owner, field, text) if text and shown.kind == "person" else text

    def unsealed(self, owner: str, field: str, text: str) -> str:
        """What was sealed for the owner under the name of a field."""
        return self._unseal(owner, field, text)


def page_of(stored: StoredHome, reader: Reader) -> page.Page:
    return stored.shown or page.Page(reader.subject.kind, stored.generation.day)  # type: ignore[arg-type]


def trace_of(stored: StoredHome) -> str:
    """What leads back to what the suggestions were made from; "" where they are not personal."""
    return stored.shown.trace.hex() if stored.shown and personalised_for(stored) else ""


def personalised_for(stored: StoredHome) -> bool:
    return stored.shown is not None and stored.choices.personalised
