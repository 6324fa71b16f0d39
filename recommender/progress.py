"""Which services of its bundles a subject has done and under way: by its own cases, and by another who shares them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from recommender.bundles import BUNDLE_REMEMBERS_DAYS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Progress:
    """Services that are done, and those that are under way."""

    done: frozenset[str] = frozenset()
    doing: frozenset[str] = frozenset()

    def __or__(self, other: "Progress") -> "Progress":
        return Progress(self.done | other.done, self.doing | other.doing)

    def beyond(self, other: "Progress") -> frozenset[str]:
        """What is further here than there.

        >>> sorted(Progress(frozenset("ab"), frozenset("c")).beyond(Progress(frozenset("a"), frozenset("b"))))
        ['b', 'c']
        """
        return (self.done - other.done) | (self.doing - other.doing - other.done)

    def here(self, instead: Mapping[str, str]) -> "Progress":
        """As it is where ``instead`` names what the own division has in the place of general services: whoever did the
        general one need not do it again."""
        return self | Progress(
            frozenset(here for general, here in instead.items() if general in self.done),
            frozenset(here for general, here in instead.items() if general in self.doing),
        )


def by_cases(cases: Iterable[Row] | None, day: date, rests: Mapping[str, int]) -> Progress:
    """What a subject's cases say, as far back as a bundle remembers; what still rests (days by service) stays done."""
    known, done = tuple(cases or ()), set()
    for case in known:
        remembered = timedelta(days=max(BUNDLE_REMEMBERS_DAYS, rests.get(case["service"], 0)))
        if case["status"] == "done" and day - (case["finished_on"] or case["applied_on"]) <= remembered:
            done.add(case["service"])
    return Progress(frozenset(done), frozenset(c["service"] for c in known if c["status"] == "in_progress"))


def by_another(steps: Iterable[Row] | None, day: date) -> Mapping[str, Progress]:
    """Of each bundle what another did for both, from steps as ``shared_steps`` tells them."""
    found: dict[str, Progress] = {}
    for step in steps or ():
        service, done = frozenset([step["service"]]), step["done_on"] is not None and step["done_on"] <= day
        own = Progress(done=service) if done else Progress(doing=service)
        found[step["bundle"]] = found.get(step["bundle"], Progress()) | own
    return found
