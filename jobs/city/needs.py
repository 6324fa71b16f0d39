"""Who needs which service from when, and what has come of it; it never adds a case without a need (noise does)."""

from dataclasses import dataclass

import numpy as np

from jobs.city.cast import CAST
from jobs.city.columns import Columns, days, taken
from jobs.city.expiries import LOOK_AHEAD, LOOK_BACK
from jobs.city.response import all_needs, habits, responses
from jobs.city.triggers import Life, Trigger, enterprise_triggers, person_triggers

CAST_LOOKS_BACK = 150  # days; a persona has no older need that is still open


@dataclass(frozen=True)
class Needs:
    """Needs with their outcome, by kind of subject: see `response.responses` for the columns."""

    persons: Columns
    enterprises: Columns


def needs(
    life: Life, tax_overdue: np.ndarray, persons: list[Columns], enterprises: list[Columns], cast: dict[str, int]
) -> Needs:
    """All needs: those that follow from `behaviour.yaml`'s triggers, and those of papers that the rooms hand in."""
    found = {**person_triggers(life), **enterprise_triggers(life, tax_overdue)}
    of_firms = set(enterprise_triggers(life, tax_overdue))
    played = np.array(list(cast.values()))
    mine, theirs = list(persons), list(enterprises)
    for service, figures in habits().needs.items():
        why = figures["because"]
        if why not in found:
            raise KeyError(
                f"behaviour.yaml: {service} is called for by {why!r}, which is no trigger; known: {', '.join(found)}"
            )
        came = _answered(service, found[why], life, played if why not in of_firms else np.zeros(0, dtype=np.int64))
        (theirs if why in of_firms else mine).append(came)
    alive = life.city.alive
    everybody = all_needs(mine)
    return Needs(taken(everybody, alive[everybody["subject"]]), all_needs(theirs))


def _answered(service: str, trigger: Trigger, life: Life, played: np.ndarray) -> Columns:
    figures, rng, day = habits().needs[service], life.rng, life.city.day
    subject, happened = trigger
    low, high = figures["after"]
    needed = happened + days(rng.uniform(low, high + 1, len(subject)))
    chosen = rng.random(len(subject)) < figures["share"]
    # What a persona needs is what the demo shows: certain, and still open.
    ours = np.isin(subject, played)
    needed = np.where(ours & (needed > day) & (happened <= day), day, needed)
    chosen |= ours
    chosen &= ~ours | (needed > day - np.timedelta64(CAST_LOOKS_BACK, "D"))
    chosen &= (needed > day - np.timedelta64(LOOK_BACK, "D")) & (needed <= day + np.timedelta64(LOOK_AHEAD, "D"))
    return responses(subject[chosen], service, needed[chosen], str(figures["because"]), figures, day, rng, ours[chosen])


def cast_members(first_households: np.ndarray) -> dict[str, int]:
    """Person numbers of the personas; `first_households` is `Households.member`."""
    return {role.key: int(first_households[number, role.place]) for number, role in enumerate(CAST)}
