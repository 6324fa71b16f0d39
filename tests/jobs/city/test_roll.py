"""The school roll: rows about residents but for stated slips, children from elsewhere, and the truth about both."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from jobs.city.roll import BIRTH_SLIPS, ELSEWHERE, NAME_SLIPS, NAMESAKES, PHONE_CHANGED, PHONE_MISSING, TWINS
from jobs.city.town import Town
from tests.jobs.city.reading import Reading


def slips(town: Town, what: str) -> np.ndarray:
    return np.array([what in text.split() for text in town.roll.slips])


def test_what_no_slip_names_is_as_the_residents_have_it(big: Town) -> None:
    roll, city = big.roll, big.city
    ours = roll.resident >= 0
    for slip, column, told in (("name", "name", city.name), ("birth_date", "birth_date", city.birth)):
        right = ours & ~slips(big, slip)
        assert (roll.columns[column][right] == told[roll.resident[right]]).all()
    phoned = np.flatnonzero(ours & ~slips(big, "parent_phone"))
    phones = parents_phones(big)
    assert {roll.columns["parent_phone"][row] in phones[int(roll.resident[row])] for row in phoned} == {True}


def parents_phones(town: Town) -> dict[int, set[str]]:
    kin, phone = town.feeds["kinship"], town.city.phone
    found: dict[int, set[str]] = {}
    for person, relative, relation in zip(kin["person"], kin["relative"], kin["relation"], strict=True):
        if relation == "parent":
            found.setdefault(int(person), set()).add(str(phone[relative]))
    return found


@pytest.mark.parametrize(
    ("slip", "share"),
    [
        ("name", NAME_SLIPS), ("birth_date", BIRTH_SLIPS), ("parent_phone", PHONE_CHANGED + PHONE_MISSING),
        ("elsewhere", ELSEWHERE), ("namesake", NAMESAKES), ("twin", TWINS),
    ],
)  # fmt: skip
def test_slips_are_about_as_many_as_stated(big: Town, slip: str, share: float) -> None:
    assert abs(slips(big, slip).mean() - share) < 0.02


def test_a_slip_changes_what_it_names(big: Town) -> None:
    roll, city = big.roll, big.city
    for slip, column, told in (("name", "name", city.name), ("birth_date", "birth_date", city.birth)):
        wrong = (roll.resident >= 0) & slips(big, slip)
        assert (roll.columns[column][wrong] != told[roll.resident[wrong]]).all()


def test_nobody_is_on_the_roll_twice_and_no_personas_family_is(big: Town) -> None:
    ours = big.roll.resident[big.roll.resident >= 0]
    assert len(set(ours.tolist())) == len(ours)
    assert len(set(big.roll.number.tolist())) == len(big.roll)
    assert big.city.household[ours].min() >= len(big.cast)


def test_the_truth_names_the_resident_of_every_row_or_none(reading: Reading) -> None:
    truth = pq.read_table(reading.root / "truth" / "school_roll.parquet").to_pandas()
    delivered = reading.feed("school_roll")
    assert truth["roll_number"].tolist() == delivered["person"].tolist()
    residents = reading.feed("residents").set_index("person")["name"]
    clean = truth["slips"].eq("") & truth["resident_id"].isin(residents.index)
    named = residents[~residents.index.duplicated()]
    assert named[truth["resident_id"][clean]].tolist() == delivered["name"][clean].tolist()
    assert truth["resident_id"].isna().eq(truth["slips"].isin(["elsewhere", "namesake", "twin"])).all()
