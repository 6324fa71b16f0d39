"""A subject's own records on its page: applications, documents, mandates, and what it put away or had corrected."""

from collections.abc import Iterator

from api import schemas, wording
from api.reading import Reader, Words
from profiles.model import Kind
from recommender import page
from recommender.acting import handle
from recommender.corrections import about_name, correctable
from recommender.store import StoredHome


class Records:
    """Says what is held in the words of one catalogue."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def cases(self, shown: page.Page, reader: Reader) -> Iterator[schemas.Case]:
        for case in sorted(shown.in_progress, key=lambda case: case.applied_on, reverse=True):
            if card := self._words.card(case.service, reader):
                yield schemas.Case(card, case.applied_on, self._words.source(case.source, reader.locale))

    def documents(self, shown: page.Page, reader: Reader) -> Iterator[schemas.Document]:
        for held in shown.documents:
            kind = self._words.catalogue.document(held.type)
            days_left = (held.expires_on - reader.today).days if held.expires_on else None
            yield schemas.Document(
                type=held.type,
                name=kind.name.say(reader.locale),
                number=self._words.clear(shown, reader.subject.shown, "number", held.number),
                issuer=held.issuer,
                issued_on=held.issued_on,
                expires_on=held.expires_on,
                state=_document_state(held.status, days_left, kind.lead_days),
                days_left=days_left,
                source=self._words.source(held.source, reader.locale),
                as_of=held.as_of,
            )

    def mandates(self, own: page.Page | None, reader: Reader) -> Iterator[schemas.Mandate]:
        for mandate in own.mandates if own else ():
            called = handle(reader.subject.person, mandate.enterprise)
            yield schemas.Mandate(called, mandate.name, wording.role(mandate.role, reader.locale))

    def dismissed(self, stored: StoredHome, reader: Reader) -> Iterator[schemas.Dismissed]:
        for service, since in sorted(stored.choices.dismissed.items()):
            if card := self._words.card(service, reader):
                yield schemas.Dismissed(service, card.name, since)

    def corrections(self, stored: StoredHome, reader: Reader) -> Iterator[schemas.Correction]:
        kind: Kind = "enterprise" if reader.enterprise else "person"
        owners = correctable(kind)
        for about, since in sorted(stored.choices.corrections.items()):
            source = self._words.source(owners.get(about, ""), reader.locale)
            yield schemas.Correction(about, about_name(about, kind, reader.locale), source, since)


def _document_state(status: str, days_left: int | None, lead_days: int) -> schemas.DocumentState:
    if status != "valid":
        return "revoked"
    if days_left is None or days_left > lead_days:
        return "valid"
    return "expired" if days_left < 0 else "expiring"
