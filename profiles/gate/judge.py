"""Lets Great Expectations decide whether a feed as a whole may come in; the one door to that library.

What is judged is one row of measures, so no delivered row ever reaches Great Expectations, its results or its logs,
and judging costs milliseconds however many rows there are. It counts no usage, shows no bars, calls no network.
"""

import logging
import os
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from profiles.contracts import INVALID_CEILING, Contract
from profiles.gate.measure import Measures

# Great Expectations keeps global registries: it is imported once, and feeds are judged one at a time.
_ONE_AT_A_TIME = threading.Lock()


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
        *_volume_check(contract, measures, usual),
        *(() if snapshot or changes else _age_check(contract, measures, day)),
    )


def judge(feed: str, checks: Sequence[Check]) -> Verdict:
    """Great Expectations' verdict on the checks."""
    import pandas as pd

    row = pd.DataFrame([{check.name: float(check.measured) for check in checks}])
    with _ONE_AT_A_TIME:
        good = _validate(feed, row, checks)
    return Verdict(tuple(checks), tuple(_sentence(check) for check in checks if not good[check.name]))


def warm_up() -> None:
    """Import the library now, which takes seconds, so that a thread can do it while Spark reads."""
    with _ONE_AT_A_TIME:
        _door()


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


def _volume_check(contract: Contract, measures: Measures, usual: float | None) -> list[Check]:
    if not usual:
        return []
    lacking = round(max(0.0, 1 - measures.delivered / usual), 9)
    return [Check("share lacking of the usual rows", lacking, None, contract.volume_drop_ceiling)]


def _age_check(contract: Contract, measures: Measures, day: date) -> list[Check]:
    if contract.freshness_days is None or measures.newest is None:
        return []
    return [
        Check("days since the newest row", float((day - measures.newest).days), None, float(contract.freshness_days))
    ]


def _validate(feed: str, row: Any, checks: Sequence[Check]) -> dict[str, bool]:
    expectation_suite, between, batches = _door()
    expectations = [between(column=check.name, min_value=check.least, max_value=check.most) for check in checks]
    batch = batches.get_batch({"dataframe": row})
    result = batch.validate(expectation_suite(name=feed, expectations=expectations), result_format="BOOLEAN_ONLY")
    return {one.expectation_config.kwargs["column"]: bool(one.success) for one in result.results}


@cache
def _door() -> tuple[Any, Any, Any]:
    """The suite's and the expectation's types, and the place in an ephemeral context that takes one-row frames.

    With one row the maximum is the value, and that expectation is the library's quickest.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own dependencies' making, at import
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig
        from great_expectations.expectations import ExpectColumnMaxToBeBetween  # type: ignore[attr-defined]

        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        context = gx.get_context(mode="ephemeral")
        context.enable_analytics(enable=False)
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("measures").add_dataframe_asset("feed")
        batches = asset.add_batch_definition_whole_dataframe("day")
    return gx.ExpectationSuite, ExpectColumnMaxToBeBetween, batches


def _sentence(check: Check) -> str:
    def shown(number: float) -> str:
        return f"{number:.1%}" if check.name.startswith("share") else f"{number:,.0f}"

    if check.least is not None and check.measured < check.least:
        return f"{check.name}: {shown(check.measured)}, at least {shown(check.least)} expected"
    return f"{check.name}: {shown(check.measured)}, at most {shown(check.most or 0)} allowed"
