"""Says what is expected of a feed as a whole, and lets Great Expectations decide whether it may come in.

What is judged is one row of measures, so no delivered row ever reaches Great Expectations, its results or its logs,
and judging costs milliseconds however many rows there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from profiles.contracts import INVALID_CEILING, Contract
from profiles.gate.expectations import door
from profiles.gate.measure import Measures

GROWTH_SHOWS_FROM = 100  # usual rows; of fewer, a handful more would seem a flood


@dataclass(frozen=True)
class Check:
    """One expectation about a measure: at least, at most; shares from 0 to 1, days and rows as they are."""

    name: str
    measured: float
    least: float | None
    most: float | None


@dataclass(frozen=True)
class Verdict:
    """What was expected of a feed, and a sentence for each check that it failed."""

    checks: tuple[Check, ...]
    failed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the feed may come in."""
        return not self.failed


def suite(
    contract: Contract,
    measures: Measures,
    day: date,
    *,
    snapshot: bool = False,
    changes: bool = False,
    usual: float | None = None,
) -> tuple[Check, ...]:
    """The checks that the contract asks for, with what was measured.

    Args:
        snapshot: whether the delivery is a one-off: how old it is says nothing.
        changes: whether it brings changes alone: then there may be none, and their age says nothing either.
        usual: rows that such a delivery usually has; None where there was none before, or where that says nothing.
    """
    return (
        Check("rows delivered", float(measures.delivered), 0.0 if changes else 1.0, None),
        *_share_checks(contract, measures),
        *_volume_checks(contract, measures, usual),
        *(() if snapshot or changes else _age_check(contract, measures, day)),
    )


def judge(feed: str, checks: Sequence[Check]) -> Verdict:
    """Great Expectations' verdict on the checks."""
    good = door.passed(feed, tuple(checks))
    return Verdict(tuple(checks), tuple(_sentence(check) for check in checks if not good[check.name]))


def _share_checks(contract: Contract, measures: Measures) -> list[Check]:
    rows, faults = max(measures.delivered, 1), measures.faults
    found = [
        Check("share quarantined", measures.quarantined / rows, None, contract.rejected_ceiling),
        Check("share repeating a key", faults.get(("", "duplicate_key"), 0) / rows, None, contract.duplicate_ceiling),
    ]
    for column in contract.columns:
        if column.name in measures.absent:
            invalid = sum(n for (name, why), n in faults.items() if name == column.name and why != "missing")
            missing = measures.absent[column.name]
            found.append(Check(f"share missing in {column.name}", missing / rows, None, column.null_ceiling))
            found.append(Check(f"share invalid in {column.name}", invalid / rows, None, column.invalid_ceiling))
    for rule in contract.rules:
        breaking = faults.get(("", rule.name), 0)
        found.append(Check(f"share breaking {rule.name}", breaking / rows, None, INVALID_CEILING))
    return found


def _volume_checks(contract: Contract, measures: Measures, usual: float | None) -> list[Check]:
    if not usual:
        return []
    lacking = round(max(0.0, 1 - measures.delivered / usual), 9)
    found = [Check("share lacking of the usual rows", lacking, None, contract.volume_drop_ceiling)]
    if usual >= GROWTH_SHOWS_FROM:
        beyond = round(max(0.0, measures.delivered / usual - 1), 9)
        found.append(Check("share beyond the usual rows", beyond, None, contract.growth_ceiling))
    return found


def _age_check(contract: Contract, measures: Measures, day: date) -> list[Check]:
    if contract.freshness_days is None or measures.newest is None:
        return []
    return [
        Check("days since the newest row", float((day - measures.newest).days), None, float(contract.freshness_days))
    ]


def _sentence(check: Check) -> str:
    def shown(number: float) -> str:
        return f"{number:.1%}" if check.name.startswith("share") else f"{number:,.0f}"

    if check.least is not None and check.measured < check.least:
        return f"{check.name}: {shown(check.measured)}, at least {shown(check.least)} expected"
    return f"{check.name}: {shown(check.measured)}, at most {shown(check.most or 0)} allowed"
