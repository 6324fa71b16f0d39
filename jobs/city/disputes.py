"""Who is at odds with an employer and had it registered; it never says who is right."""

import numpy as np

from jobs.city.cast import CAST
from jobs.city.columns import NEVER, Column, Columns, days, serials
from jobs.city.people import People
from jobs.city.work import Work

SHARE = 0.08  # of the spells without work that began with a dispute over how the job ended
OVER_AFTER_DAYS = (15, 120)


def disputes(city: People, job: Work, rng: np.random.Generator) -> Columns:
    """A row per dispute; nobody of the personas' households has one, and somebody always has."""
    person, lost = job.spells["person"], job.spells["registered_on"]
    drawn = rng.random(len(person)) < SHARE
    at_work = np.flatnonzero(~np.isnat(job.job_since) & city.alive)
    one = at_work[city.household[at_work] >= len(CAST)][:1]
    own = drawn & (city.household[person] >= len(CAST))
    who, left = np.r_[one, person[own]], lost[own] - np.timedelta64(5, "D")
    registered = np.r_[np.repeat(city.day - np.timedelta64(20, "D"), len(one)), left]
    ends: Column = registered + days(rng.uniform(*OVER_AFTER_DAYS, len(who)))
    ends[: len(one)] = NEVER
    return {
        "person": who,
        "dispute": serials("LD", np.arange(1, len(who) + 1), 8),
        "registered_on": registered,
        "closed_on": np.where(ends <= city.day, ends, NEVER),
        "as_of": np.minimum(np.where(ends <= city.day, ends, registered), city.day),
    }
