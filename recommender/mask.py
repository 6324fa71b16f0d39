"""Says what is not offered for now: done, in progress, put away, or waiting for another service that is not done.

It knows nothing of eligibility or scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# What a subject put away comes back after a quarter: lives change, and a slip of the finger is not for ever.
DISMISSED_DAYS = 90
# A renewal is done; until the new document arrives in the file, the old one still says that it expires.
RENEWED_DAYS = 180
# What comes round again comes back two months early: a year's enrolment opens, and a yearly check may be made, before
# the year since the last one is over.
EARLY_DAYS = 60
FOR_EVER = 36_525
LONG_AGO = -FOR_EVER

Days = npt.NDArray[np.int32]  # days since 1970-01-01
Needs = Sequence[Sequence[Sequence[int]]]
NEVER = np.int32(2_000_000)  # a day no file reaches; stands where something has not happened


@dataclass(frozen=True)
class Acts:
    """M acts of subjects (rows int32[M]) on services (int32[M], -1 where it is no service of ours).

    `on` is the day of the act; `done_on` the day it led to a done service and `open_until` the day it stops being in
    progress (NEVER and its own day where neither applies); `dismissed` says that the service was put away.
    """

    rows: npt.NDArray[np.int32]
    services: npt.NDArray[np.int32]
    on: Days
    done_on: Days
    open_until: Days
    dismissed: npt.NDArray[np.bool_]


def rest_days(recurs_months: Sequence[int | None], renews: Sequence[str | None]) -> Days:
    """How many days a service rests after it was done, one per service.

    >>> rest_days([12, None, None], [None, "PASSPORT", None]).tolist()
    [300, 180, 36525]
    """
    rests = [
        max(months * 30 - EARLY_DAYS, 1) if months else RENEWED_DAYS if document else FOR_EVER
        for months, document in zip(recurs_months, renews, strict=True)
    ]
    return np.array(rests, dtype=np.int32)


def held_back(acts: Acts, rests: Days, as_of: Days, since: Days) -> npt.NDArray[np.bool_]:
    """bool[N, S]: what rests after being done, is in progress or was put away, as each row's day (int32[N]) knows.

    `since` int32[S] is the day from which a service must have been done to rest: what was done in last year's window
    is to be done again in this one, however late it was.
    """
    ours = acts.services >= 0
    rows, services = acts.rows[ours], acts.services[ours]
    today = as_of[rows]
    begun = acts.on[ours] <= today
    done_on = acts.done_on[ours]
    resting = (done_on <= today) & (done_on >= since[services]) & (today < done_on.astype(np.int64) + rests[services])
    in_progress = begun & (today < acts.open_until[ours])
    put_away = begun & acts.dismissed[ours] & (today < acts.on[ours] + DISMISSED_DAYS)
    held = np.zeros((len(as_of), len(rests)), dtype=bool)
    hidden = resting | in_progress | put_away
    held[rows[hidden], services[hidden]] = True
    return held


def done(acts: Acts, services: int, as_of: Days, within_days: Days | None = None) -> npt.NDArray[np.bool_]:
    """bool[N, services]: what was done by each row's day (int32[N]), no longer ago than each service is remembered."""
    today = as_of[acts.rows]
    ours = (acts.services >= 0) & (acts.done_on <= today)
    if within_days is not None:
        ours &= acts.done_on >= today - within_days[acts.services]
    found = np.zeros((len(as_of), services), dtype=bool)
    found[acts.rows[ours], acts.services[ours]] = True
    return found


def waiting(done_before: npt.NDArray[np.bool_], needs: Needs) -> npt.NDArray[np.bool_]:
    """bool[N, S]: what must not be offered yet, because something that it requires is not among what was done.

    `needs` says per service what it requires, each as the services of which any one will do.

    >>> waiting(np.array([[True, False, False], [False, True, False]]), ((), (), ((0, 1), (1,)))).tolist()
    [[False, False, True], [False, False, False]]
    """
    held = np.zeros_like(done_before)
    for service, required in enumerate(needs):
        for any_of in required:
            held[:, service] |= ~done_before[:, list(any_of)].any(axis=1)
    return held
