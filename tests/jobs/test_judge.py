"""A made-up city's lists are held against its hidden truth; what they miss is told, what none may hold is counted."""

import json
from collections import Counter
from pathlib import Path

import pytest

from jobs.acts import with_acts
from jobs.judge import judge, open_needs
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
        "person_suggestions",
        lists.selectExpr("subject", f"{spoilt} AS items", "unknown", "record"),
        day=context.day,
    )
    counts = judge(context, truth(own)).counts
    figures = context.tables.manifest("judged").extra["figures"]
    assert (counts["person forbidden"], counts["enterprise forbidden"]) == (expected, 0)
    assert counts["persons in need"] > 0
    assert counts["enterprises in need"] > 0
    for kind in ("person", "enterprise"):
        assert 0.5 < figures[f"{kind} recall@5"] <= figures[f"{kind} oracle@5"] <= 1


def test_every_need_that_is_not_listed_among_the_first_five_is_told_with_the_reason(own: Night) -> None:
    context = own.context
    judge(context, truth(own))
    missed = json.loads((context.tables.path("judged") / "missed.json").read_text())
    lists = context.tables.read("person_suggestions", context.spark).collect()
    first = {row.subject: [item.service for item in row["items"]] for row in lists}
    needs = {(who, one) for who, some in open_needs(context, truth(own))["person"].items() for one in some}
    lost = Counter(service for who, service in needs if who in first and service not in first[who][:5])
    told: Counter[str] = Counter()
    for services in missed["person"].values():
        told.update(services)
    assert told == lost
    lower = Counter(service for who, service in needs if who in first and service in first[who][5:])
    assert missed["person"].get("listed below 5", {}) == lower


def listed(service: str) -> str:
    """SQL: an offer of a service, with the reasons of the first."""
    fields = ("'service'", service, "'score'", "0D", "'probability'", "0D")
    told = "'reasons', get(items, 0).reasons, 'because', get(items, 0).because, 'through', ''"
    return f"named_struct({', '.join(fields)}, {told})"
