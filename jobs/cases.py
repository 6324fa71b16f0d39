"""Keeps the cases of help: opens those that residents reported, takes their steps, tells their subjects; judges none.

The table ``help_cases`` is the truth; the store shows each subject how its own cases stand, and is told anew by every
run. A reply is sealed for its subject.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pyarrow.parquet as pq

from jobs import feedback
from jobs.run import Context, Summary
from profiles.errors import CaseFault, StoreUnavailable
from profiles.identity.keys import open_sealed, seal
from recommender.choices import SAID
from recommender.helping import FIELD, REPLY, About, Help, Opinion, Reason, Step, rates, rules
from recommender.store import Store

if TYPE_CHECKING:
    from pyspark.sql import Row

TABLE = "help_cases"
CASES = (
    "number STRING, subject STRING, kind STRING, about STRING, service STRING, reason STRING, said STRING,"
    " opened_on DATE, done MAP<STRING, DATE>, reply STRING, closed_on DATE"
)
SHOWN_DAYS = 365  # to its subject, after it was closed


@dataclass(frozen=True)
class Kept:
    """A case, whose it is, and what the subject wrote, still sealed."""

    number: str
    subject: str
    kind: str
    case: Help
    said: str = ""

    def row(self) -> tuple[object, ...]:
        """A row of CASES."""
        one = self.case
        known = (self.number, self.subject, self.kind, one.about, one.service, one.reason, self.said or None)
        return (*known, one.opened_on, dict(one.done), one.reply or None, one.closed_on)


def run(context: Context) -> Summary:
    """Open a case for whatever came in since, and let every subject see how its cases stand."""
    known = kept(context)
    new = [one for one in _reported(context) if one.number not in known]
    every = {**known, **{one.number: one for one in new}}
    if new:
        _write(context, every)
    note = _tell(context, every.values())
    counts = rates((one.case for one in every.values()), context.day)
    return Summary("cases", {"opened": len(new), "in all": counts.opened, "late": counts.late}, note)


def kept(context: Context) -> dict[str, Kept]:
    """Every case by its number, the oldest first."""
    if not context.tables.exists(TABLE):
        return {}
    rows = [row for folder in context.tables.paths(TABLE) for row in pq.read_table(folder).to_pylist()]
    found = sorted((_kept(row) for row in rows), key=lambda one: (one.case.opened_on, one.number))
    return {one.number: one for one in found}


def took(context: Context, number: str, step: Step, reply: str = "") -> Kept:
    """Note that a step was taken on the context's day; ``reply`` is what the subject is told.

    Raises:
        CaseFault: there is no such case, it is closed, or another step comes first.
        StoreUnavailable: the step is kept; run ``cases`` again to show it.
    """
    one = _open(context, number)
    steps = list(rules().of(one.case.about))
    if step not in steps or one.case.next_step != step:
        raise CaseFault(
            f"Case {number} is at the step {one.case.next_step or 'close'} of {', '.join(steps)}: take that one first."
        )
    sealed = seal(context.keys, one.subject, FIELD, reply) if reply else one.case.reply
    done = {**one.case.done, step: context.day}
    return _changed(context, one, msgspec.structs.replace(one.case, done=done, reply=sealed))


def closed(context: Context, number: str) -> Kept:
    """Close a case that was replied to; raises as ``took``."""
    one = _open(context, number)
    if REPLY not in one.case.done:
        raise CaseFault(f"Case {number} was not replied to: reply first, then close it.")
    return _changed(context, one, msgspec.structs.replace(one.case, closed_on=context.day))


def listed(cases: Mapping[str, Kept], today: date, *, late: bool = False, every: bool = False) -> Iterator[str]:
    """A line per case that is open, and the rates at the end; ids and codes, never who or what was written."""
    for number, one in cases.items():
        case = one.case
        if (case.closed_on is None or every) and (case.late(today) or not late):
            step = case.next_step or ("closed" if case.closed_on else "close")
            due = f"by {case.due_on(case.next_step)}" if case.next_step else ""
            mark = "LATE" if case.late(today) else ""
            about = f"{case.about} {case.reason or ''}".strip()
            yield "  ".join(filter(None, (number, str(case.opened_on), case.service, about, step, due, mark)))
    yield rates((one.case for one in cases.values()), today).line


def shown(context: Context, number: str) -> Iterator[str]:
    """A case in clear, what its subject wrote and was told among it: personal data, for whoever works the case.

    Raises:
        CaseFault: there is no such case.
        KeyMaterialError: it was written under other keys.
    """
    one = kept(context).get(number)
    if one is None:
        raise CaseFault(f"There is no case {number}: `python -m jobs cases list --all` names them.")
    case = one.case
    yield f"{number}  {case.opened_on}  {case.about} {case.reason or ''}".rstrip() + f"  {case.service or 'no service'}"
    for step in rules().of(case.about):
        yield f"{step}: {case.done.get(step) or f'by {case.due_on(step)}'}"
    for name, field, sealed in (("said", SAID, one.said), ("reply", FIELD, case.reply)):
        if sealed:
            yield f"{name}: {open_sealed(context.keys, one.subject, field, sealed)}"


def _open(context: Context, number: str) -> Kept:
    one = kept(context).get(number)
    if one is None or one.case.closed_on is not None:
        raise CaseFault(f"There is no open case {number}: `python -m jobs cases list` names those that are open.")
    return one


def _changed(context: Context, before: Kept, case: Help) -> Kept:
    after = Kept(before.number, before.subject, before.kind, case, before.said)
    _write(context, {**kept(context), after.number: after})
    with Store(context.settings.store_url) as store:
        store.tell_cases([(after.subject, after.number, after.case)])
    return after


def _write(context: Context, every: Mapping[str, Kept]) -> None:
    frame = context.spark.createDataFrame([one.row() for one in every.values()], CASES)
    context.tables.write(TABLE, frame.coalesce(1), day=context.day)


def _tell(context: Context, every: Iterable[Kept]) -> str:
    """Why subjects do not see it yet, or nothing."""
    try:
        with Store(context.settings.store_url) as store:
            store.tell_cases((one.subject, one.number, one.case) for one in every if _shown(one.case, context.day))
    except StoreUnavailable as away:
        return f"not shown yet: {away}"
    return ""


def _shown(case: Help, day: date) -> bool:
    return case.closed_on is None or (day - case.closed_on).days <= SHOWN_DAYS


def _reported(context: Context) -> Iterator[Kept]:
    """The cases that feedback opened; who was erased has none any more."""
    if not context.tables.exists(feedback.TABLE):
        return
    said = context.tables.read(feedback.TABLE, context.spark)
    if "about" not in said.columns:
        return
    for row in said.where("action IN ('stuck', 'rated', 'opinion') AND about IS NOT NULL").collect():
        yield _opened(row)


def _opened(row: "Row") -> Kept:
    number, _, reason = row["about"].partition(" ")
    opened_on = date(2000 + int(number[1:3]), int(number[3:5]), int(number[5:7]))
    case = Help(opened_on, cast("About", row["action"]), row["service"], cast("Reason | Opinion", reason or None))
    return Kept(number, row["subject"], row["kind"], case, row["said"] or "")


def _kept(row: Mapping[str, Any]) -> Kept:
    case = Help(
        row["opened_on"], row["about"], row["service"], row["reason"], dict(row["done"]), row["reply"] or "",
        row["closed_on"],
    )  # fmt: skip
    return Kept(row["number"], row["subject"], row["kind"], case, row["said"] or "")
