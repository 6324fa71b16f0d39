"""What a subject is spared with each service, in words: papers held, fields filled, what it saves; it holds no file.

A page tells in a few bytes what is held. Subjects who hold the same of what a service asks for share one answer.
"""

from functools import lru_cache

from api.locale import Locale
from api.schemas import Prefill
from profiles.model import KINDS, Kind
from recommender.catalogue import Catalogue, Service
from recommender.forms import Forms, Holding
from recommender.ledger import by_design

_REMEMBERED = 20_000


class Spared:
    """The papers and forms of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._services = catalogue.by_id
        self._forms = {kind: Forms(catalogue, kind) for kind in KINDS}
        self._told = lru_cache(_REMEMBERED)(self._tell)

    def holding(self, kind: Kind, packed: bytes) -> Holding | None:
        """What a page says is held; None where it was made with another catalogue."""
        return self._forms[kind].unpack(packed)

    def get(self, service: str, holding: Holding, locale: Locale) -> Prefill:
        """What is spared with one service of the holder's kind."""
        asked = self._forms[self._services[service].audience].asked(service)
        return self._told(service, asked.spared(holding.trusted), asked.filled(holding.known), locale)

    def _tell(self, service: str, spared: tuple[bool, ...], filled: tuple[bool, ...], locale: Locale) -> Prefill:
        known = self._services[service]
        saved = by_design(known)
        return Prefill(
            papers=len(spared),
            papers_held=sum(spared),
            fields=len(filled),
            fields_filled=sum(filled),
            held=_named(known, spared, locale, spared_ones=True, deferrable=None),
            bring=_named(known, spared, locale, spared_ones=False, deferrable=False),
            may_follow=_named(known, spared, locale, spared_ones=False, deferrable=True),
            minutes_saved=saved.minutes,
            steps_saved=saved.steps,
            trips_saved=saved.trips,
            days_saved=saved.days,
        )


def _named(
    service: Service, spared: tuple[bool, ...], locale: Locale, *, spared_ones: bool, deferrable: bool | None
) -> tuple[str, ...]:
    return tuple(
        paper.name.say(locale)
        for paper, mine in zip(service.evidence, spared, strict=True)
        if mine is spared_ones and deferrable in (None, paper.deferrable)
    )
