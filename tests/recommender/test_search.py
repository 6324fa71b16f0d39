"""What residents say they want, as they say it, finds the services and bundles that it means."""

import pytest

from recommender.catalogue import load
from recommender.search import Search, problems, sayings


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(load())


@pytest.mark.parametrize(
    ("said", "bundle"),
    [
        ("我想开一家小饭馆", "open_a_restaurant"),
        ("I want to open a café", "open_a_restaurant"),
        ("下岗了怎么办", "losing_a_job"),
        ("刚生孩子", "newborn"),
        ("准备退休", "retirement"),
        ("想买房", "new_home"),
        ("父亲去世", "bereavement"),
        ("孩子要上学", "starting_school"),
        ("想当兵", "joining_the_forces"),
    ],
)
def test_a_sentence_opens_the_bundle_that_it_means(search: Search, said: str, bundle: str) -> None:
    assert search.find(said).bundles[0] == bundle


@pytest.mark.parametrize(
    ("said", "services"),
    [
        ("我是本市居民，我要去港澳", {"hkm_permit_renewal", "hkm_permit_application"}),
        ("travel to Hong Kong", {"hkm_permit_renewal", "hkm_permit_application"}),
        ("驾照到期", {"driving_licence_renewal"}),
        ("身份证丢了", {"id_card_renewal", "temporary_identity_card"}),
        ("养老金", {"pension_application"}),
    ],
)
def test_a_sentence_finds_the_services_that_it_means_among_the_first_five(
    search: Search, said: str, services: set[str]
) -> None:
    assert services <= set(search.find(said).services[:5])


def test_only_what_is_for_the_audience_is_found(search: Search) -> None:
    services = {service.id: service.audience for service in load().services}
    found = search.find("社会保险", "enterprise")
    assert found.services
    assert {services[one] for one in found.services} == {"enterprise"}


@pytest.mark.parametrize("said", ["", " ", "？！", "'; DROP TABLE item; --", '" OR "', "零一二", "a" * 5_000])
def test_whatever_is_typed_is_looked_up_or_finds_nothing(search: Search, said: str) -> None:
    search.find(said)
    assert search.find("退休").bundles[0] == "retirement"


def test_nothing_meant_is_nothing_found(search: Search) -> None:
    assert search.find("？") == ((), ())


def test_every_saying_leads_somewhere_and_one_that_does_not_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(sayings()) > 50
    assert list(problems(load())) == []
    monkeypatch.setattr("recommender.search.sayings", lambda: {"飞": "魑魅魍魉"})
    assert list(problems(load())) == ["sayings.yaml, 飞: nothing in the catalogue is called 魑魅魍魉"]
