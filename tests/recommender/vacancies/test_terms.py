"""What a vacancy is, and a policy that says nothing impossible."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from profiles import contracts
from profiles.errors import CatalogueError
from recommender.vacancies import terms
from recommender.vacancies.terms import policy, problems
from tagging import registry
from tests.recommender.vacancies.made import COOK

RANKING = [tag.id for tag in registry.load().of("person") if "ranking" in tag.uses]
LEVELS = contracts.load()["residents"].column("education").allowed


def test_a_vacancy_is_open_from_its_first_day_to_its_last() -> None:
    days = (COOK.opens_on, COOK.closes_on)
    assert [COOK.open_on(day) for day in days] == [True, True]
    assert [COOK.open_on(day) for day in (days[0] - timedelta(days=1), days[1] + timedelta(days=1))] == [False, False]


def test_the_policy_as_declared_has_no_fault() -> None:
    assert list(problems(policy(), RANKING, LEVELS)) == []


def test_education_is_ordered_and_what_is_not_known_reaches_nothing() -> None:
    known = ("", "primary", "junior", "senior", "vocational", "college", "doctor")
    assert [policy().level(name) for name in known] == [0, 1, 2, 3, 3, 4, 7]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"audience": ("disabled",)}, "for: no tag disabled of a person may order lists"),
        ({"weights": {"same_work": 1.0}}, "weights: expected asked_education, close_work, own_district"),
        ({"because": {}}, "because: expected asked_education, close_work, learned"),
        ({"weights": {**policy().weights, "same_work": -1.0}}, "no weight is below 0"),
        ({"places": 0}, "places, most_of_an_employer and least_tried are 1 or more"),
        ({"education": (("primary",),)}, "education: expected each of primary, junior"),
    ],
)
def test_a_fault_of_the_policy_is_said_in_a_sentence(change: dict[str, object], said: str) -> None:
    [fault] = problems(msgspec.structs.replace(policy(), **change), RANKING, LEVELS)
    assert fault.startswith("vacancies.yaml")
    assert said in fault


def test_a_malformed_policy_is_refused_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "vacancies.yaml"
    file.write_text("for: [registered_unemployed]")
    monkeypatch.setattr(terms, "FILE", file)
    with pytest.raises(CatalogueError, match=r"vacancies.yaml does not say how vacancies are offered: .*places"):
        policy.__wrapped__()
