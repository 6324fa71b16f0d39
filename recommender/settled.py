"""Which services a subject has seen to, and when: what is under way, done or said to be done needs no reminder."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, date] = MappingProxyType({})


def settled(cases: Iterable[Mapping[str, Any]] | None, said_done: Mapping[str, date], day: date) -> Mapping[str, date]:
    """Service -> the last day on which the subject saw to it, as known on ``day``.

    An open case is seen to on ``day`` itself, for as long as it is open; a finished one on its last day. A case that
    failed or was withdrawn settles nothing.

    >>> done = {"case_id": "1", "status": "done", "applied_on": date(2026, 3, 1), "finished_on": date(2026, 3, 9)}
    >>> settled([{"service": "passport_renewal", **done}], {"senior_card": date(2026, 4, 1)}, date(2026, 5, 1))
    {'senior_card': datetime.date(2026, 4, 1), 'passport_renewal': datetime.date(2026, 3, 9)}
    """
    last = {service: on for service, on in said_done.items() if on <= day}
    for case in cases or ():
        on = _seen_to(case, day)
        if on is not None:
            last[case["service"]] = max(on, last.get(case["service"], date.min))
    return last


def through_stand_ins(seen_to: Mapping[str, date], instead: Mapping[str, str]) -> Mapping[str, date]:
    """As ``seen_to``, and what was seen to as the service of the own division (``instead``: general service -> that
    one) as the general one too.

    >>> through_stand_ins({"meals_in_pudong": date(2026, 5, 1)}, {"meals": "meals_in_pudong"})["meals"]
    datetime.date(2026, 5, 1)
    """
    last = dict(seen_to)
    for general, here in instead.items():
        if here in seen_to:
            last[general] = max(seen_to[here], seen_to.get(general, date.min))
    return last


def _seen_to(case: Mapping[str, Any], day: date) -> date | None:
    applied_on: date = case["applied_on"]
    if applied_on > day:
        return None
    if case["status"] == "in_progress":
        return day
    if case["status"] == "done":
        finished_on: date = case["finished_on"] or applied_on
        return min(finished_on, day)
    return None
