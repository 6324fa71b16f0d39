"""A made-up city's lists are held against its hidden truth, and what no list may hold is counted."""

from pathlib import Path

import pytest
from pyspark.sql import functions as F

from jobs.acts import with_acts
from jobs.judge import judge
from tests.jobs.night import Night


@pytest.fixture
def own(night: Night, tmp_path: Path, store_url: str) -> Night:
    return night.copied(tmp_path / "own", store_url)


def truth(night: Night) -> Path:
    return night.folder / "city" / "truth"


def test_the_nights_lists_hold_nothing_forbidden_and_most_of_what_is_needed(own: Night) -> None:
    told = judge(own.context, truth(own))
    counts, figures = told.counts, own.context.tables.manifest("judged").extra["figures"]
    assert (counts["person forbidden"], counts["enterprise forbidden"]) == (0, 0)
    assert counts["person offers"] > counts["persons in need"] > 0
    assert counts["enterprise offers"] > counts["enterprises in need"] > 0
    assert 0.5 < figures["person recall@5"] <= 1
    assert 0.5 < figures["enterprise recall@5"] <= 1


def test_what_may_not_be_had_and_what_is_under_way_is_counted_where_it_is_listed(own: Night) -> None:
    context = own.context
    lists = context.tables.read("person_suggestions", context.spark)
    doing = with_acts(context, "person").select(
        "subject", F.expr(f"filter(acts, a -> a.acted_on <= DATE'{context.day}' AND DATE'{context.day}' < a.open_until)")[0]["service"].alias("doing")
    )  # fmt: skip
    like = "named_struct('service', {}, 'score', 0D, 'probability', 0D, 'reasons', items[0].reasons, 'because', items[0].because)"
    more = f"concat(items, array({like.format("'no_such_service'")}), IF(doing IS NULL, array(), array({like.format('doing')})))"
    joined = lists.join(doing, on="subject", how="left")
    expected = joined.count() + joined.where("doing IS NOT NULL").count()
    assert expected > joined.count()
    context.tables.write(
        "person_suggestions", joined.select("subject", F.expr(more).alias("items"), "unknown"), day=context.day
    )
    counts = judge(context, truth(own)).counts
    assert (counts["person forbidden"], counts["enterprise forbidden"]) == (expected, 0)
