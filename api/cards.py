"""Services as cards, made once per service and language; it never asks whether a subject may have one."""

from api.locale import LOCALES, Locale
from api.schemas import Card
from recommender.catalogue import Catalogue, Service


class Cards:
    """All cards of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.services = {service.id: service for service in catalogue.services}
        self._cards = {(s.id, locale): _card(s, locale) for s in catalogue.services for locale in LOCALES}

    def get(self, service: str, locale: Locale) -> Card | None:
        """The card, or None for a service that the catalogue no longer has."""
        return self._cards.get((service, locale))

    def shown(self, service: str, locale: Locale) -> Card:
        """The card of a service that the catalogue has."""
        return self._cards[service, locale]


def _card(service: Service, locale: Locale) -> Card:
    return Card(
        service=service.id,
        name=service.name.say(locale),
        description=service.description.say(locale),
        authority=service.authority.say(locale),
        minutes=service.minutes,
        steps=service.steps,
        trips=service.trips,
        processing_days=service.processing_days,
        cost_yuan=service.cost_yuan,
        online=service.channels.online,
        contactless=service.contactless,
        hall=service.channels.hall.say(locale),
        hours=service.channels.hours.say(locale),
        phone=service.channels.phone,
        guide=f"/services/{service.id}",
        qr=f"/services/{service.id}/qr.svg",
        appointment_url=service.channels.appointment_url,
    )
