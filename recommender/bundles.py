"""Where a subject stands in a life or business event (一件事): done, next or waiting; it never stores it.

A bundle is a graph of services. A step is next once every step that it waits for is done or does not apply, so all
steps that are next may go side by side.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter
from typing import Literal

import msgspec

from recommender.catalogue import Bundle, Service, Step

BUNDLE_REMEMBERS_DAYS = (
    365  # a step done longer ago belongs to an earlier event of the same kind, unless it rests still
)

State = Literal["done", "in_progress", "next", "later", "not_for_you"]


@dataclass(frozen=True)
class Stand:
    """One step as the subject sees it; ``waits_for`` names the steps that hold it up, in the bundle's order."""

    service: str
    state: State
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """All steps of one bundle in the order in which they may be taken."""

    bundle: str
    steps: tuple[Stand, ...]

    @property
    def side_by_side(self) -> tuple[str, ...]:
        """The steps that can be taken now, in parallel where they are several."""
        return tuple(step.service for step in self.steps if step.state == "next")

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do or to wait for."""
        return all(step.state in ("done", "not_for_you") for step in self.steps)

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.state == "done" for step in self.steps)

    @property
    def total(self) -> int:
        """How many steps apply to the subject."""
        return sum(step.state != "not_for_you" for step in self.steps)


def localised(bundle: Bundle, instead: Mapping[str, str]) -> Bundle:
    """The bundle as it stands for a subject whose own division has services of its own in the place of some steps."""
    if not instead:
        return bundle
    steps = tuple(
        Step(
            instead.get(step.service, step.service),
            tuple(instead.get(before, before) for before in step.after),
            step.shared,
        )
        for step in bundle.steps
    )
    return msgspec.structs.replace(bundle, steps=steps)


def standing(
    bundle: Bundle,
    done: Collection[str],
    in_progress: Collection[str] = (),
    not_for_you: Collection[str] = (),
) -> Standing:
    """Where a subject stands who has these services done and under way, and to whom some do not apply.

    What is done stays done even where it no longer applies; a step that does not apply holds nothing up.
    """
    waves_of_steps = waves(bundle)
    after = {step.service: step.after for step in bundle.steps}
    settled = {service for service in after if service in done or service in not_for_you}
    steps = []
    for service in (service for wave in waves_of_steps for service in wave):
        waits_for = tuple(before for before in after[service] if before not in settled)
        steps.append(Stand(service, _state(service, waits_for, done, in_progress, not_for_you), waits_for))
    return Standing(bundle.id, tuple(steps))


def waves(bundle: Bundle) -> tuple[tuple[str, ...], ...]:
    """The services of a bundle in waves: all of one wave may go in parallel once the waves before are done.

    Raises graphlib.CycleError where steps wait for each other; the catalogue's check says so before.
    """
    return _waves(bundle.steps)


@lru_cache(maxsize=4096)
def _waves(steps: tuple[Step, ...]) -> tuple[tuple[str, ...], ...]:
    order = {step.service: number for number, step in enumerate(steps)}
    sorter = TopologicalSorter({step.service: step.after for step in steps})
    sorter.prepare()
    found = []
    while sorter.is_active():
        ready = sorter.get_ready()
        found.append(tuple(sorted(ready, key=order.__getitem__)))
        sorter.done(*ready)
    return tuple(found)


def working_days(bundle: Bundle, services: Mapping[str, Service], settled: Collection[str] = ()) -> tuple[int, int]:
    """(one after the other, side by side): how many working days the authorities take for the whole bundle, or for what
    is left of it where some steps are ``settled``: done, or not for the subject."""
    days = {s.service: 0 if s.service in settled else services[s.service].processing_days for s in bundle.steps}
    after = {step.service: step.after for step in bundle.steps}
    ends: dict[str, int] = {}
    for service in (service for wave in waves(bundle) for service in wave):
        ends[service] = days[service] + max((ends[before] for before in after[service]), default=0)
    return sum(days.values()), max(ends.values(), default=0)


def _state(
    service: str,
    waits_for: tuple[str, ...],
    done: Collection[str],
    in_progress: Collection[str],
    not_for_you: Collection[str],
) -> State:
    if service in done:
        return "done"
    if service in in_progress:
        return "in_progress"
    if service in not_for_you:
        return "not_for_you"
    return "later" if waits_for else "next"
