"""Which services are next undone steps of events, and which wait for an earlier one, for many subjects at once.

It orders and hides nothing.

As ``bundles.standing`` says it of one subject: a step is next once every step that it waits for is done or does not
apply. A service of the own division takes the place of the general one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.terms import Bundle

Flags = npt.NDArray[np.bool_]
NONE = -1


@dataclass(frozen=True)
class Step:
    """The services any of which is the step, and those of each step that it waits for, as columns."""

    services: tuple[int, ...]
    waits_for: tuple[tuple[int, ...], ...]


Plan = tuple[Step, ...]  # a bundle's steps


def plan(bundle: Bundle, places: Mapping[str, Sequence[int]]) -> Plan:
    """The bundle's steps as columns; ``places`` gives those of each service and of what stands in for it.

    A step whose service is no longer offered is nobody's, and holds nothing up.
    """
    return tuple(
        Step(tuple(places[step.service]), tuple(tuple(places[name]) for name in step.after if name in places))
        for step in bundle.steps
        if step.service in places
    )


def next_steps(
    plans: Sequence[Plan], fresh: Flags, may_have: Flags, done: Flags, never: Flags
) -> npt.NDArray[np.int32]:
    """int32[N, S]: the first of the plans of which a service is a next step that may be offered; NONE elsewhere.

    ``fresh`` bool[N, plans] says which events are fresh; of services, bool[N, S], ``may_have`` says which may be
    offered, ``done`` which are done and ``never`` which do not apply.
    """
    found = np.full(may_have.shape, NONE, dtype=np.int32)
    for number, steps in enumerate(plans):
        rows = np.flatnonzero(fresh[:, number])
        if not len(rows):
            continue
        for step in steps:
            ready = ~_waits(step, rows, done, never)
            for service in step.services:
                next_one = rows[ready & may_have[rows, service]]
                found[next_one, service] = np.where(found[next_one, service] == NONE, number, found[next_one, service])
    return found


def waiting_steps(plans: Sequence[Plan], opened: Flags, done: Flags, never: Flags) -> Flags:
    """bool[N, S]: which services wait for an earlier step of an open event, and are ready by none.

    ``opened`` bool[N, plans] says which events are open; ``done`` and ``never`` as for ``next_steps``.
    """
    waits, ready = np.zeros_like(done), np.zeros_like(done)
    for number, steps in enumerate(plans):
        rows = np.flatnonzero(opened[:, number])
        for step in steps if len(rows) else ():
            held = _waits(step, rows, done, never)
            for service in step.services:
                waits[rows[held], service] = True
                ready[rows[~held], service] = True
    return waits & ~ready


def _waits(step: Step, rows: npt.NDArray[np.intp], done: Flags, never: Flags) -> Flags:
    """Of each of the rows whether something before the step is neither done nor does not apply."""
    waits = np.zeros(len(rows), dtype=np.bool_)
    for before in step.waits_for:
        own = np.ix_(rows, before)
        waits |= ~(done[own].any(axis=1) | never[own].all(axis=1))
    return waits
