"""Cases, page events and ratings follow from needs, with a stated share of noise, over two years."""

import numpy as np
import pytest

from jobs.city.behaviour import NOISE_SHARE
from jobs.city.columns import rows
from jobs.city.response import DONE, IN_PROGRESS, NOT_APPLIED, habits
from jobs.city.town import Town
from recommender import catalogue


def test_every_service_that_the_city_uses_is_in_the_catalogue() -> None:
    known = {service.id for service in catalogue.load().services}
    assert [service for service in habits().services if service not in known] == []


def test_every_service_is_needed_by_somebody_in_a_city_of_ten_thousand(big: Town) -> None:
    needed = set(np.r_[big.needs.persons["service"], big.needs.enterprises["service"]].tolist())
    unused = [service for number, service in enumerate(habits().services) if number not in needed]
    assert unused == []


def test_the_share_of_cases_without_a_need_is_as_stated(town: Town) -> None:
    cases = rows(town.did.cases)
    assert town.did.noise_cases / cases == pytest.approx(NOISE_SHARE, abs=0.001)
    assert 0.10 <= NOISE_SHARE <= 0.15


def test_every_need_acted_on_is_a_case(town: Town) -> None:
    acted = sum(int((needs["outcome"] != NOT_APPLIED).sum()) for needs in (town.needs.persons, town.needs.enterprises))
    assert rows(town.did.cases) == acted + town.did.noise_cases


def test_nobody_applies_before_the_need_or_finishes_before_applying(town: Town) -> None:
    for needs in (town.needs.persons, town.needs.enterprises):
        acted, done = needs["outcome"] != NOT_APPLIED, needs["outcome"] == DONE
        assert (needs["applied_on"][acted] > needs["needed_on"][acted]).all()
        assert (needs["finished_on"][done] > needs["applied_on"][done]).all()
        assert np.isnat(needs["finished_on"][needs["outcome"] == IN_PROGRESS]).all()


def test_cases_cover_two_years_and_end_today(town: Town, day: np.datetime64) -> None:
    applied = town.feeds["cases"]["applied_on"]
    assert (day - applied.max()).astype(int) <= 7
    assert 650 <= (day - applied.min()).astype(int) <= 760
    assert (applied <= day).all()


def test_page_events_happen_by_daylight_and_within_two_years(town: Town, day: np.datetime64) -> None:
    at = town.feeds["page_events"]["at"]
    hour = (at - at.astype("M8[D]")).astype("m8[h]").astype(int)
    assert hour.min() >= 7
    assert at.max() < day
    assert (day - at.min().astype("M8[D]")).astype(int) <= 731


def test_ratings_are_of_finished_cases(town: Town) -> None:
    cases, ratings = town.feeds["cases"], town.feeds["ratings"]
    finished = dict(zip(cases["case_id"].to_pylist(), np.asarray(cases["status"]).tolist(), strict=True))
    assert {finished[case] for case in ratings["case_id"].to_pylist()} == {"done"}
    assert set(ratings["stars"].tolist()) == {1, 2, 3, 4, 5}


def test_personas_have_not_applied_for_what_the_demo_shows(town: Town) -> None:
    ours = np.isin(town.needs.persons["subject"], list(town.cast.values()))
    assert int(ours.sum()) > 0
    services = np.array(habits().services)[town.needs.persons["service"]]
    mother = town.needs.persons["subject"] == town.cast["new_mother"]
    assert "hkm_permit_renewal" in services[mother].tolist()
    renewal = mother & (services == "hkm_permit_renewal")
    assert town.needs.persons["outcome"][renewal].tolist() == [NOT_APPLIED]
