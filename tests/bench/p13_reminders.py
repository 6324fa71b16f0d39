"""P13: a day on which nearly everybody has something due, planned from file to message on one core.

Nine files in ten hold a document that has reached a step of its ladder, beside two that have not. Before anything is
timed the day and the next one are planned for all: each rung must have a state, and none may be sent on both days.
Theirs is what one would write first: the same steps, asked of the published calendar day by day for every document,
and not a message of it.
"""

import time
from datetime import date, timedelta
from typing import Any

import chinese_calendar

from recommender.catalogue import Catalogue, load
from recommender.reminders import rung_id
from recommender.reminding import Heard, reached, reminded
from recommender.sending import SENT
from tests.bench.clock import Compared, Figure, Sizes, compare

DAY = date(2026, 11, 20)
_DAY = timedelta(days=1)
_DUE, _HELD = ("HKM_PERMIT", "FOOD_PERMIT", "ID_CARD", "DRIVING_LICENCE"), ("PASSPORT", "SENIOR_CARD")
ASKED_DAY_BY_DAY = 1_000  # files: it is some twenty times slower
_WITHIN = 38  # days until the last of them is due, all within the published calendar

File = dict[str, Any]


def run(sizes: Sizes) -> list[Figure]:
    """Seconds of both over the same files, and how many rungs a core plans in a second."""
    catalogue = load()
    files = [_file(number) for number in range(sizes.rows)]
    _check(files, catalogue)

    def ours() -> int:
        return sum(len(reminded(file, "person", DAY, catalogue)) for file in files)

    began = time.process_time()
    planned = ours()
    rate = planned / (time.process_time() - began)
    print(f"P13: {planned:,} rungs at {rate:,.0f} rungs/s/core (target 10,000, moonshot 50,000) · lost 0 · twice 0")
    asked = files[:ASKED_DAY_BY_DAY]
    measured = compare(ours, lambda: [_first_thought(file, catalogue) for file in asked], sizes.repeats)
    per_file = Compared(
        tuple(one / len(files) for one in measured.ours), tuple(one / len(asked) for one in measured.theirs)
    )
    return [Figure("P13", "plan a file's rungs against asking the calendar day by day", per_file, None)]


def _check(files: list[File], catalogue: Catalogue) -> None:
    """Raises AssertionError where a rung is lost, is sent twice, or is not what the calendar says."""
    lost = twice = 0
    for number, file in enumerate(files):
        today = reminded(file, "person", DAY, catalogue)
        tomorrow = reminded(file, "person", DAY + _DAY, catalogue, heard=Heard(earlier=today))
        lost += len({rung.id for rung in reached(file, "person", DAY, catalogue)} - {one.rung.id for one in today})
        sent = [one.rung.id for one in (*today, *tomorrow) if one.state in SENT]
        twice += len(sent) - len(set(sent))
        if number < ASKED_DAY_BY_DAY and [one.rung.id for one in today] != _first_thought(file, catalogue):
            raise AssertionError(f"another rung than the calendar says for {file}: no time is worth taking")
    if lost or twice:
        raise AssertionError(f"{lost:,} rungs lost and {twice:,} sent twice: no time is worth taking")


def _first_thought(file: File, catalogue: Catalogue) -> list[str]:
    """The ids of the rungs that a file has reached on the day."""
    found = []
    for held in file["documents"]:
        kind, due_on = catalogue.document(held["type"]), held["expires_on"]
        if (due_on - DAY).days > 200:
            continue
        service = catalogue.by_id[kind.renewal_service or ""]
        start = _working(due_on)
        for _ in range(service.processing_days + service.delivery_days):
            start = _working(start - _DAY)
        lead = min(step for step in catalogue.ladder.steps if step >= max(kind.lead_days, (due_on - start).days))
        steps = [step for step in catalogue.ladder.steps if step <= lead and _working(due_on - step * _DAY) <= DAY]
        if steps:
            found.append(rung_id(file["subject"], held["type"], due_on, steps[-1]))
    return found


def _working(day: date) -> date:
    while not chinese_calendar.is_workday(day):
        day -= _DAY
    return day


def _file(number: int) -> File:
    """A resident with a document that is due within weeks and two that are not."""
    due = _document(_DUE[number % len(_DUE)], DAY + timedelta(days=number % _WITHIN))
    later = [_document(type_, DAY + timedelta(days=400 + number % 3_000)) for type_ in _HELD]
    return {"subject": f"{number:032x}", "documents": [due, *later], "cases": None}


def _document(type_: str, expires_on: date) -> File:
    return {"type": type_, "issued_on": None, "expires_on": expires_on, "status": "valid"}
