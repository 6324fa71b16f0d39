"""Documents and permits expire and are renewed as in life, and enough of them soon."""

import numpy as np

from jobs.city.enterprises import CAFE
from jobs.city.town import Town


def expiring(columns: dict[str, np.ndarray], day: np.datetime64, within: int) -> np.ndarray:
    return (columns["expires_on"] >= day) & (columns["expires_on"] <= day + np.timedelta64(within, "D"))


def test_hundreds_of_documents_expire_within_thirty_days(big: Town, day: np.datetime64) -> None:
    documents = big.feeds["documents"]
    soon = expiring(documents, day, 30)
    assert 100 < int(soon.sum()) < 600
    for kind in ("ID_CARD", "PASSPORT", "HKM_PERMIT", "DRIVING_LICENCE", "RESIDENCE_PERMIT"):
        assert int((soon & (documents["type"] == kind)).sum()) >= 5, kind


def test_permits_of_enterprises_expire_too(big: Town, day: np.datetime64) -> None:
    permits = big.feeds["permits"]
    soon = expiring(permits, day, 60)
    assert int(soon.sum()) >= 10
    assert int((soon & (permits["type"] == "FOOD_PERMIT")).sum()) >= 1


def test_permits_to_hong_kong_and_macau_last_five_or_ten_years(town: Town) -> None:
    documents = town.feeds["documents"]
    hkm = documents["type"] == "HKM_PERMIT"
    assert int(hkm.sum()) > 100
    years = (documents["expires_on"][hkm] - documents["issued_on"][hkm]).astype(np.int64) / 365.25
    assert set(np.round(years).astype(int).tolist()) == {5, 10}


def test_only_newcomers_hold_residence_permits(town: Town) -> None:
    documents = town.feeds["documents"]
    holder = documents["person"][documents["type"] == "RESIDENCE_PERMIT"]
    assert len(holder) > 50
    assert {str(code)[:2] == "31" for code in town.city.hukou[holder].tolist()} == {False}


def test_an_identity_card_carries_its_holders_number(town: Town) -> None:
    documents = town.feeds["documents"]
    cards = documents["type"] == "ID_CARD"
    assert documents["number"][cards].tolist() == town.city.number[documents["person"][cards]].tolist()


def test_the_dead_hold_nothing(town: Town) -> None:
    assert town.city.alive[town.feeds["documents"]["person"]].all()


def test_nobody_has_two_papers_of_a_kind_issued_on_one_day(town: Town) -> None:
    documents = town.feeds["documents"]
    seen = set(
        zip(documents["person"].tolist(), documents["type"].tolist(), documents["issued_on"].tolist(), strict=True)
    )
    assert len(seen) == len(documents["person"])


def test_every_enterprise_has_a_licence_and_the_café_nothing_else(town: Town) -> None:
    permits = town.feeds["permits"]
    licensed = permits["enterprise"][permits["type"] == "BUSINESS_LICENCE"]
    assert sorted(licensed.tolist()) == list(range(len(town.firms)))
    assert permits["type"][permits["enterprise"] == CAFE].tolist() == ["BUSINESS_LICENCE"]
