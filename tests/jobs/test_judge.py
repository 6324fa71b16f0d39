"""A made-up city's lists are held against its hidden truth, and what no list may hold is counted."""

from pathlib import Path

import pytest

from jobs.acts import with_acts
from jobs.judge import judge
from tests.jobs.night import Night


@pytest.fixture
def own(night: Night, tmp_path: Path, store_url: str) -> Night:
    return night.copied(tmp_path / "own", store_url)


def truth(night: Night) -> Path:
    return night.folder / "city" / "truth"


def test_what_may_not_be_had_and_what_is_under_way_is_counted_and_nothing_else_in_the_nights_lists(own: Night) -> None:
    context = own.context
    today = f"DATE'{context.day.isoformat()}'"
    under_way = f"get(filter(acts, a -> a.acted_on <= {today} AND {today} < a.open_until), 0).service"
    doing = with_acts(context, "person").selectExpr("subject", f"{under_way} AS doing")
    lists = context.tables.read("person_suggestions", context.spark).join(doing, on="subject", how="left")
    expected = lists.count() + lists.where("doing IS NOT NULL").count()
    assert expected > lists.count()
    wrong, busy = listed("'no_such_service'"), listed("doing")
    spoilt = f"concat(items, array({wrong}), IF(doing IS NULL, array(), array({busy})))"
    context.tables.write(
        "person_suggestions", lists.selectExpr("subject", f"{spoilt} AS items", "unknown"), day=context.day
    )
    counts = judge(context, truth(own)).counts
    figures = context.tables.manifest("judged").extra["figures"]
    assert (counts["person forbidden"], counts["enterprise forbidden"]) == (expected, 0)
    assert counts["persons in need"] > 0
    assert counts["enterprises in need"] > 0
    assert 0.5 < figures["person recall@5"] <= 1
    assert 0.5 < figures["enterprise recall@5"] <= 1


def listed(service: str) -> str:
    """SQL: an offer of a service, with the reasons of the first."""
    fields = ("'service'", service, "'score'", "0D", "'probability'", "0D")
    return f"named_struct({', '.join(fields)}, 'reasons', get(items, 0).reasons, 'because', get(items, 0).because)"
