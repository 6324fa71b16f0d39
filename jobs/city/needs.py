"""Who needs which service from when, and what has come of it; it never adds a case without a need (noise does)."""

from dataclasses import dataclass

import numpy as np

from jobs.city.cast import CAST, PARTNERS, Partner
from jobs.city.columns import Columns, days, taken
from jobs.city.expiries import LOOK_AHEAD, LOOK_BACK
from jobs.city.response import DONE, all_needs, habits, responses, service_number
from jobs.city.triggers import Life, Trigger, enterprise_triggers, person_triggers

EARLIER_WITHIN = 60  # days by which the need of an earlier step may itself come later
CAST_LOOKS_BACK = 150  # days; a persona has no older need that is still open


@dataclass(frozen=True)
class Needs:
    """Needs with their outcome, by kind of subject: see `response.responses` for the columns."""

    persons: Columns
    enterprises: Columns


def needs(
    life: Life,
    tax_overdue: np.ndarray,
    persons: list[Columns],
    enterprises: list[Columns],
    cast: dict[str, int],
    beside: dict[str, int],
) -> Needs:
    """All needs: those that follow from `behaviour.yaml`'s triggers, those of papers that the rooms hand in, and what
    the partners `beside` the cast saw to."""
    found = {**person_triggers(life), **enterprise_triggers(life, tax_overdue)}
    of_firms = set(enterprise_triggers(life, tax_overdue))
    mine, theirs = list(persons), list(enterprises)
    came: dict[str, Columns] = {}
    for service, figures in habits().needs.items():
        why = figures["because"]
        if why not in found:
            raise KeyError(
                f"behaviour.yaml: {service} is called for by {why!r}, which is no trigger; known: {', '.join(found)}"
            )
        earlier = came.get(figures.get("once", ""))
        came[service] = _answered(service, found[why], life, cast if why not in of_firms else {}, earlier)
        (theirs if why in of_firms else mine).append(came[service])
    mine += [_done_by(partner, beside[partner.key], life) for partner in PARTNERS]
    alive = life.city.alive
    everybody = all_needs(mine)
    return Needs(taken(everybody, alive[everybody["subject"]]), all_needs(theirs))


def _answered(service: str, trigger: Trigger, life: Life, cast: dict[str, int], earlier: Columns | None) -> Columns:
    figures, rng, day = habits().needs[service], life.rng, life.city.day
    subject, happened = trigger
    low, high = figures["after"]
    needed = happened + days(rng.uniform(low, high + 1, len(subject)))
    chosen = rng.random(len(subject)) < figures["share"]
    # What a persona needs is what the demo shows: certain, and still open.
    ours = np.isin(subject, list(cast.values()))
    needed = np.where(ours & (needed > day) & (happened <= day), day, needed)
    chosen |= ours
    chosen &= ~ours | (needed > day - np.timedelta64(CAST_LOOKS_BACK, "D"))
    chosen &= ~np.isin(subject, [cast[one.of] for one in PARTNERS if cast and one.did == service])
    if earlier is not None:
        needed, in_turn = _in_turn(subject, needed, earlier)
        chosen &= in_turn
    chosen &= (needed > day - np.timedelta64(LOOK_BACK, "D")) & (needed <= day + np.timedelta64(LOOK_AHEAD, "D"))
    return responses(subject[chosen], service, needed[chosen], str(figures["because"]), figures, day, rng, ours[chosen])


def _in_turn(subject: np.ndarray, needed: np.ndarray, earlier: Columns) -> tuple[np.ndarray, np.ndarray]:
    """(needed, whether it is needed at all) of what can only be gone about once the subject's own need of an earlier
    step, the last before, was met; who had no such need waits for nothing."""
    order = np.lexsort((earlier["needed_on"], earlier["subject"]))
    first = {name: earlier[name][order] for name in ("subject", "needed_on", "finished_on", "outcome")}
    until = needed + np.timedelta64(EARLIER_WITHIN, "D")
    place = np.searchsorted(_ordered(first["subject"], first["needed_on"]), _ordered(subject, until), side="right") - 1
    before = np.maximum(place, 0)
    if not len(order):
        return needed, np.ones(len(subject), dtype=bool)
    own = (place >= 0) & (first["subject"][before] == subject)
    own &= first["needed_on"][before] > needed - np.timedelta64(365, "D")
    met = own & (first["outcome"][before] == DONE)
    after = np.maximum(needed, first["finished_on"][before] + np.timedelta64(1, "D"))
    return np.where(met, after, needed), met | ~own


def _ordered(subject: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Numbers in the order of subjects, then of days."""
    return subject.astype(np.int64) * 1_000_000 + on.astype("M8[D]").astype(np.int64)


def _done_by(partner: Partner, person: int, life: Life) -> Columns:
    """What a partner did for the household, within a week of the birth of its youngest."""
    city = life.city
    born = city.birth[city.household == city.household[person]].max()
    return {
        "subject": np.array([person]),
        "service": np.array([service_number(partner.did)]),
        "needed_on": np.array([born]),
        "why": np.array([habits().needs[partner.did]["because"]], dtype=object),
        "applied_on": np.array([born + np.timedelta64(3, "D")]),
        "finished_on": np.array([born + np.timedelta64(6, "D")]),
        "outcome": np.array([DONE]),
    }


def cast_members(first_households: np.ndarray) -> dict[str, int]:
    """Person numbers of the personas; `first_households` is `Households.member`."""
    return {role.key: int(first_households[number, role.place]) for number, role in enumerate(CAST)}


def partners(first_households: np.ndarray) -> dict[str, int]:
    """Person numbers of the personas' partners."""
    number = {role.key: household for household, role in enumerate(CAST)}
    return {one.key: int(first_households[number[one.of], one.place]) for one in PARTNERS}
