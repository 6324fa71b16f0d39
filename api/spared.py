"""What a subject is spared with each service, in words: papers held, fields filled, what it saves; it holds no file.

A page tells in a few bytes what is held. Subjects who hold the same of what a service asks for share one answer.
"""

from functools import lru_cache

from api.locale import Locale
from api.schemas import Prefill, StepsPaper
from profiles.model import KINDS, Kind
from recommender.catalogue import Catalogue, Evidence, Service
from recommender.forms import Forms, Holding
from recommender.ledger import by_design

_REMEMBERED = 20_000


class Spared:
    """The papers and forms of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._services = catalogue.by_id
        self._forms = {kind: Forms(catalogue, kind) for kind in KINDS}
        self._told = lru_cache(_REMEMBERED)(self._tell)
        self._united = lru_cache(_REMEMBERED)(self._unite)

    def holding(self, kind: Kind, packed: bytes) -> Holding | None:
        """What a page says is held; None where it was made with another catalogue."""
        return self._forms[kind].unpack(packed)

    def get(self, service: str, holding: Holding, locale: Locale) -> Prefill:
        """What is spared with one service of the holder's kind."""
        asked = self._forms[self._services[service].audience].asked(service)
        return self._told(service, asked.spared(holding.trusted), asked.filled(holding.known), locale)

    def together(self, services: tuple[str, ...], holding: Holding | None, locale: Locale) -> tuple[StepsPaper, ...]:
        """The papers of several services, each once: those that are asked for most often first."""
        trusted = holding.trusted if holding else 0
        asked = (self._forms[self._services[one].audience].asked(one) for one in services)
        return self._united(services, tuple(one.spared(trusted) for one in asked), locale)

    def _unite(
        self, services: tuple[str, ...], spared: tuple[tuple[bool, ...], ...], locale: Locale
    ) -> tuple[StepsPaper, ...]:
        found: dict[str, list[tuple[str, Evidence, bool]]] = {}
        for service, held in zip(services, spared, strict=True):
            for paper, mine in zip(self._services[service].evidence, held, strict=True):
                found.setdefault(_same(paper), []).append((service, paper, mine))
        united = (
            StepsPaper(
                name=asked[0][1].name.say(locale),
                steps=tuple(dict.fromkeys(service for service, _, _ in asked)),
                held=any(mine for _, _, mine in asked),
                may_follow=all(paper.deferrable for _, paper, _ in asked),
            )
            for asked in found.values()
        )
        return tuple(sorted(united, key=lambda one: -len(one.steps)))

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


def _same(paper: Evidence) -> str:
    """What makes two papers one: the document that is asked for, else the name."""
    document = paper.satisfied_by if paper.satisfied_by and paper.satisfied_by.startswith("document:") else None
    return document or paper.name.en


def _named(
    service: Service, spared: tuple[bool, ...], locale: Locale, *, spared_ones: bool, deferrable: bool | None
) -> tuple[str, ...]:
    return tuple(
        paper.name.say(locale)
        for paper, mine in zip(service.evidence, spared, strict=True)
        if mine is spared_ones and deferrable in (None, paper.deferrable)
    )
