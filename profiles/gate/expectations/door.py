"""Asks Great Expectations whether measures are as expected; it counts no usage, shows no bars and calls no network."""

import logging
import os
import threading
import warnings
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.core import ExpectationSuiteValidationResult

    from profiles.gate.judge import Check

# Great Expectations keeps global registries: it is imported once, and feeds are judged one at a time.
_ONE_AT_A_TIME = threading.Lock()


def passed(feed: str, checks: "tuple[Check, ...]") -> dict[str, bool]:
    """Whether each check holds, by its name."""
    return {one.expectation_config.kwargs["column"]: bool(one.success) for one in _results(validated(feed, checks))}


def suite(feed: str, checks: "Sequence[Check]") -> "ExpectationSuite":
    """The checks as an expectation suite that bears the feed's name."""
    suite_type, between, _ = _library()
    expectations = [between(column=check.name, min_value=check.least, max_value=check.most) for check in checks]
    made: ExpectationSuite = suite_type(name=feed, expectations=expectations)
    return made


@lru_cache(maxsize=64)  # judged once, and shown in Data Docs afterwards
def validated(feed: str, checks: "tuple[Check, ...]") -> "ExpectationSuiteValidationResult":
    """The library's own result, which holds the observed values as plain numbers."""
    import pandas as pd

    row = pd.DataFrame([{check.name: float(check.measured) for check in checks}])
    with _ONE_AT_A_TIME:
        batch = _library()[2].get_batch({"dataframe": row})
        found: ExpectationSuiteValidationResult = batch.validate(suite(feed, checks), result_format="BASIC")
    for one in _results(found):
        if "observed_value" in one.result:
            one.result["observed_value"] = float(one.result["observed_value"])  # not numpy's: its pages refuse that
    return found


def warm_up() -> None:
    """Import the library now, which takes seconds, so that a thread can do it while Spark reads."""
    with _ONE_AT_A_TIME:
        _library()


def _results(found: "ExpectationSuiteValidationResult") -> list[Any]:
    return list(found.results)


@cache
def _library() -> tuple[Any, Any, Any]:
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
