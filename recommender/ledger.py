"""The once-only ledger (N8): what not being asked again saves, per service, subject or city; it guesses nothing.

Papers saved are the papers held. Minutes, steps, trips and days are today's against the usual way that the catalogue
states for every service.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from recommender.catalogue import Service
from recommender.prefill import Prefill


@dataclass(frozen=True)
class Saved:
    """What is saved; each number is a count, and they add up over services and subjects."""

    papers: int = 0
    minutes: int = 0
    steps: int = 0
    trips: int = 0
    days: int = 0

    def __add__(self, other: "Saved") -> "Saved":
        return Saved(
            self.papers + other.papers,
            self.minutes + other.minutes,
            self.steps + other.steps,
            self.trips + other.trips,
            self.days + other.days,
        )


def by_design(service: Service) -> Saved:
    """What anybody saves with a service as it is today against the usual way."""
    usual = service.usual
    return Saved(
        minutes=usual.minutes - service.minutes,
        steps=usual.steps - service.steps,
        trips=usual.trips - service.trips,
        days=usual.days - service.processing_days,
    )


def saved(filled: Prefill) -> Saved:
    """What one subject saves with one service."""
    return by_design(filled.service) + Saved(papers=len(filled.spared))


def total(every: Iterable[Saved]) -> Saved:
    """What is saved in all.

    >>> total([Saved(papers=2, minutes=20), Saved(papers=1, trips=1)])
    Saved(papers=3, minutes=20, steps=0, trips=1, days=0)
    """
    return sum(every, Saved())
