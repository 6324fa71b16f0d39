"""A made-up city's lists are held against its hidden truth; what they miss is told, what none may hold is counted."""

import json
import statistics
from collections import Counter
from pathlib import Path

import pytest

from jobs import peers
from jobs.acts import with_acts
from jobs.judge import judge, needs_to_come, open_needs
from jobs.judge_cities import Cities, judge_cities
from jobs.judged import Judged, counts, figures, pooled
from jobs.run import Summary, no_progress
from profiles.model import Kind
from recommender.evaluate.run import OURS, city
from tests.jobs.night import PEOPLE, Night


@pytest.fixture
def own(night: Night, tmp_path: Path, store_url: str) -> Night:
    return night.copied(tmp_path / "own", store_url)


@pytest.fixture(scope="module")
def clean(night: Night, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The night's lists as they are, judged."""
    own = night.copied(tmp_path_factory.mktemp("judged") / "own", night.context.settings.store_url)
    judge(own.context, truth(own))
    return own


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
    counted = counts(judge(context, truth(own)))
    figures = context.tables.manifest("judged").extra["figures"]
    assert (counted["person forbidden"], counted["enterprise forbidden"]) == (expected, 0)
    assert counted["persons in need"] > 0
    assert counted["enterprises in need"] > 0
    for kind in ("person", "enterprise"):
        assert 0.5 < figures[f"{kind} recall@5"] <= figures[f"{kind} oracle@5"] <= 1


def test_every_need_that_is_not_listed_among_the_first_five_is_told_with_the_reason(clean: Night) -> None:
    context = clean.context
    missed = json.loads((context.tables.path("judged") / "missed.json").read_text())
    lists = context.tables.read("person_suggestions", context.spark).collect()
    first = {row.subject: [item.service for item in row["items"]] for row in lists}
    needs = {(who, one) for who, some in open_needs(context, truth(clean))["person"].items() for one in some}
    lost = Counter(service for who, service in needs if who in first and service not in first[who][:5])
    told: Counter[str] = Counter()
    for services in missed["person"].values():
        told.update(services)
    assert told == lost
    lower = Counter(service for who, service in needs if who in first and service in first[who][5:])
    assert missed["person"].get("listed below 5", {}) == lower


def test_recall_and_lead_time_are_told_by_group_and_add_up_to_those_of_all(clean: Night) -> None:
    context = clean.context
    manifest = context.tables.manifest("judged").extra
    sexes = manifest["groups"]["person"]["sex"]
    assert set(sexes) == {"female", "male"}
    count = sum(of["in need"] for of in sexes.values())
    assert count == manifest["figures"]["persons in need"]
    mean = sum(of["recall@5"] * of["in need"] for of in sexes.values()) / count
    assert mean == pytest.approx(manifest["figures"]["person recall@5"], abs=1e-3)
    assert any("days ahead" in of for of in sexes.values())
    [judged] = [one for one in city(context.tables.root) if "hidden needs" in one.title.en]
    assert {"person: recall@5 by sex", "person: days ahead by sex"} <= {plot.measure for plot in judged.plots}


def test_the_ways_that_others_know_are_held_against_the_same_truth_with_the_same_mask(clean: Night) -> None:
    context = clean.context
    found = peers.compared(context, truth(clean))
    told = context.tables.manifest("judged").extra["figures"]
    for kind in ("person", "enterprise"):
        ways = found[kind]
        assert next(iter(ways)) == OURS
        assert ways[OURS] == told[f"{kind} recall@5"]
        assert {"popularity", f"popularity by {peers.GROUP[kind]}", "additive log-odds", "LightFM"} < set(ways)
        assert all(0 < recall <= 1 for recall in ways.values())
    assert found["person"][OURS] >= found["person"]["popularity"]
    assert peers.lines(found)[0].startswith("person recall@5 of open needs: ")
    [beside] = [one for one in city(context.tables.root) if "others know" in one.title.en]
    assert [bar.name for bar in beside.plots[0].bars] == list(found["person"])


def test_needs_to_come_that_are_listed_already_are_counted_with_how_long_before(clean: Night) -> None:
    context = clean.context
    told = context.tables.manifest("judged").extra["figures"]
    lists = context.tables.read("person_suggestions", context.spark).collect()
    first = {row.subject: [item.service for item in row["items"]][:5] for row in lists}
    coming = [one for one in needs_to_come(context, truth(clean))["person"] if one[0] in first]
    ahead = [days for who, service, days in coming if service in first[who]]
    assert told["person needs to come"] == len(coming) > len(ahead) > 0
    assert told["person foreseen@5"] == round(len(ahead) / len(coming), 4)
    assert told["person days ahead"] == statistics.median(ahead) > 1
    [section] = [one for one in city(context.tables.root) if one.title.en == "The lake: hidden needs"]
    bars = {bar.name: bar.value for bar in section.plots[0].bars}
    assert bars["person recall@5"] == told["person recall@5"]
    assert f"person needs to come {len(coming):,}" in section.told


def test_several_cities_are_judged_each_and_all_of_them_as_one() -> None:
    one = Judged((1.0, 0.5), (1.0, 1.0), (False, True), 9, 0, {"not entitled": {"a": 1}}, 2, (30,))
    other = Judged((0.0,), (0.5,), (False,), 4, 1, {"not entitled": {"b": 2}, "listed below 5": {"a": 1}}, 1, (10,))
    nobody = Judged((), (), (), 0, 0, {}, 0, ())
    cities: list[dict[Kind, Judged]] = [{"person": of, "enterprise": nobody} for of in (one, other)]
    together = pooled(cities)
    assert figures(together) == {
        "person recall@5": 0.5,
        "person oracle@5": 0.8333,
        "person of oracle": 0.6,
        "person recall@5 cold": 0.5,
        "person foreseen@5": 0.6667,
        "person days ahead": 20.0,
    }
    assert (together["person"].offers, together["person"].forbidden) == (13, 1)
    assert together["person"].missed == {"not entitled": {"b": 2, "a": 1}, "listed below 5": {"a": 1}}


def test_a_city_made_before_is_taken_up_and_its_lists_made_anew(night: Night, tmp_path: Path, store_url: str) -> None:
    own = night.copied(tmp_path / "seed-7", store_url)
    cities = Cities((7,), PEOPLE, own.context.day, tmp_path, own.context.settings)
    (own.folder / "made.json").write_text(json.dumps(cities.made_of(7)))
    files = own.context.tables.manifest("person_files")
    told: list[Summary] = []
    judge_cities(cities, no_progress, lambda summary, _: told.append(summary))
    assert own.context.tables.manifest("person_files") == files
    assert [one.job for one in told] == ["seed 7", "all 1"]
    assert told[0].counts == told[1].counts
    assert told[0].counts["persons in need"] > 0
    assert told[0].counts["person forbidden"] == 0


def listed(service: str) -> str:
    """SQL: an offer of a service, with the reasons of the first."""
    fields = ("'service'", service, "'score'", "0D", "'probability'", "0D")
    told = "'reasons', get(items, 0).reasons, 'because', get(items, 0).because, 'through', ''"
    return f"named_struct({', '.join(fields)}, {told})"
