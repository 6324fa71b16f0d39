"""Identity numbers and credit codes of the city are valid by the standards, proven by python-stdnum."""

import numpy as np
import pytest
from stdnum.cn import ric, uscc

from jobs.city.numbers import credit_codes, document_numbers, order_in_group, resident_numbers
from jobs.city.town import Town
from profiles.identity.numbers import fault


def test_a_known_number_comes_out() -> None:
    made = resident_numbers(np.array([110105]), np.array(["1949-12-31"], dtype="M8[D]"), np.array([False]))
    assert made[0][:16] == "1101051949123100"
    assert ric.is_valid(made[0])


def test_every_resident_has_a_valid_number_that_tells_birth_and_sex(town: Town) -> None:
    city = town.city
    assert [number for number in city.number.tolist() if fault("person", number) is not None] == []
    assert len(set(city.number.tolist())) == len(city)
    births = [number[6:14] for number in city.number.tolist()]
    assert births == [str(birth).replace("-", "") for birth in city.birth]
    assert [int(number[16]) % 2 == 1 for number in city.number.tolist()] == city.male.tolist()


def test_the_area_of_a_number_existed_in_the_year_of_birth(town: Town) -> None:
    assert [number for number in town.city.number.tolist() if not ric.is_valid(number)] == []


def test_every_enterprise_has_a_valid_code_of_its_own(town: Town) -> None:
    codes = town.firms.code.tolist()
    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert len(set(codes)) == len(codes)
    assert {code[:2] for code in codes} == {"91", "92"}


def test_five_hundred_of_one_sex_and_birthday_are_one_too_many() -> None:
    born = np.full(500, np.datetime64("1990-01-01"))
    with pytest.raises(ValueError, match="at most 499 people"):
        resident_numbers(np.full(500, 310101), born, np.ones(500, dtype=bool))


def test_places_within_a_group_are_counted_in_row_order() -> None:
    assert order_in_group(np.array([3, 1, 3, 3, 1])).tolist() == [0, 0, 1, 2, 1]


def test_no_document_number_is_given_twice() -> None:
    numbers = document_numbers("C", 8, 20_000, np.random.default_rng(1))
    assert len(set(numbers.tolist())) == 20_000
    assert {len(number) for number in numbers.tolist()} == {9}


def test_no_documents_need_no_numbers() -> None:
    assert document_numbers("C", 8, 0, np.random.default_rng(1)).tolist() == []


def test_codes_of_sole_traders_begin_with_92() -> None:
    codes = credit_codes(np.array([310101, 310101]), np.array([True, False]))
    assert [code[:8] for code in codes.tolist()] == ["92310101", "91310101"]
