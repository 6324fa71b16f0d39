"""Which steps of a bundle another did for both: what one parent of a newborn saw to is seen to for the other.

It tells what was done and never who they are; it reads no file that it is not handed. A party comes as a mapping of
``subject``, ``events``, ``links`` and ``acts`` (as ``jobs.acts`` makes them), the lists as mappings, and of
``kept_apart``, true of who wants nothing told of them. The dead and the erased are not handed in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import permutations
from typing import Any

from recommender.bundles import BUNDLE_REMEMBERS_DAYS
from recommender.eligibility import families
from recommender.terms import Bundle, Service, Sharers

Row = Mapping[str, Any]

# What opens a bundle between whom: the kind of event, and what whom it names must be to both, or to each other.
EVENT_OF: Mapping[Sharers, str] = {"parents": "birth", "spouses": "marriage"}
LINK_OF: Mapping[Sharers, str] = {"parents": "child", "spouses": "spouse"}
COUNTED = ("applied", "done")  # an application, and a form that was handed in; to look at a page or put it away is not


@dataclass(frozen=True)
class Shares:
    """A bundle's shared steps: of each service that is one, all that stand in for it in some division, itself too."""

    bundle: str
    by: Sharers
    services: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class SharedStep:
    """A step of a bundle that another did for its reader: when it was begun, done, and until when it is under way."""

    bundle: str
    service: str
    acted_on: date
    done_on: date | None
    open_until: date

    def settles(self, day: date) -> bool:
        """Whether it is done or under way on the day."""
        return self.done(day) or day < self.open_until

    def done(self, day: date) -> bool:
        return self.done_on is not None and self.done_on <= day


def shares(bundles: Iterable[Bundle], services: Sequence[Service]) -> tuple[Shares, ...]:
    """What is shared of the bundles; whoever did a step as the service of one division did it for every other."""
    alike = {one.id: tuple(o.id for o in family) for family in families(services).values() for one in family}
    return tuple(
        Shares(bundle.id, bundle.shared_by, {name: alike[name] for name in _shared(bundle, alike)})
        for bundle in bundles
        if bundle.shared_by is not None
    )


def shared_steps(reader: Row, other: Row, shared: Sequence[Shares], day: date) -> tuple[SharedStep, ...]:
    """What ``other`` did for both as known on the day; () without the tie in force on that day that gives the right."""
    if other["kept_apart"] or reader["subject"] == other["subject"]:
        return ()
    return tuple(dict.fromkeys(_seen_to(reader, other, shared, day)))


def among(parties: Sequence[Row], shared: Sequence[Shares], day: date) -> dict[str, tuple[SharedStep, ...]]:
    """What the others of a few did for each of them, by subject; who has nothing of it is left out."""
    found: dict[str, tuple[SharedStep, ...]] = {}
    for reader, other in permutations(parties, 2):
        if steps := shared_steps(reader, other, shared, day):
            found[reader["subject"]] = found.get(reader["subject"], ()) + steps
    return {subject: tuple(sorted(set(steps), key=_order)) for subject, steps in found.items()}


def _shared(bundle: Bundle, alike: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for step in bundle.steps:
        if step.shared:
            yield from alike.get(step.service, ())


def _seen_to(reader: Row, other: Row, shared: Sequence[Shares], day: date) -> Iterator[SharedStep]:
    for one in shared:
        begun = _since(reader, other, one.by, day)
        if begun is None:
            continue
        for act in other["acts"] or ():
            if act["action"] in COUNTED and begun <= act["acted_on"] <= day:
                for service in one.services.get(act["service"], ()):
                    step = SharedStep(one.bundle, service, act["acted_on"], act["done_on"], act["open_until"])
                    if step.settles(day):
                        yield step


def _since(reader: Row, other: Row, by: Sharers, day: date) -> date | None:
    """The day of the event that the two have in common; None where they have none, or a tie to it has ended.

    An act does not say about which child it was: who has another one besides, with somebody else, is not guessed at.
    """
    events = [_recent(one, EVENT_OF[by], day) for one in (reader, other)]
    tied = [_tied(one, LINK_OF[by], day) for one in (reader, other)]
    if by == "spouses":
        wed = events[0].get(other["subject"]), events[1].get(reader["subject"])
        married = other["subject"] in tied[0] and reader["subject"] in tied[1]
        return max(wed[0], wed[1]) if married and wed[0] and wed[1] else None
    mine, theirs = (
        {one for one in born if one in held or one is None} for born, held in zip(events, tied, strict=True)
    )
    return max(events[0][one] for one in mine) if mine and None not in mine and mine == theirs else None


def _recent(party: Row, kind: str, day: date) -> dict[str | None, date]:
    """Whom the party's events of a kind named within the time that a bundle remembers, and when last."""
    first = day - timedelta(days=BUNDLE_REMEMBERS_DAYS)
    found: dict[str | None, date] = {}
    for event in party["events"] or ():
        on = event["happened_on"]
        if event["kind"] == kind and on is not None and first <= on <= day:
            found[event["other"]] = max(on, found.get(event["other"], on))
    return found


def _tied(party: Row, kind: str, day: date) -> set[str | None]:
    """Whom links of a kind that are in force on the day name."""
    return {
        link["other"]
        for link in party["links"] or ()
        if link["kind"] == kind
        and link["other"]
        and (link["since"] is None or link["since"] <= day)
        and (link["until"] is None or link["until"] >= day)
    }


def _order(step: SharedStep) -> tuple[str, str, date, date, date]:
    return (step.bundle, step.service, step.acted_on, step.done_on or date.max, step.open_until)
