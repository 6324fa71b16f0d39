"""Numbers are valid where python-stdnum says so, except that a division may be older or younger than its holder."""

import pytest
from hypothesis import given
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

from profiles.identity.numbers import fault, normalise
from tests.profiles.identity.numbers_to_try import credit_codes, resident_ids

OLD = "110105491231002"
NEW = "11010519491231002X"


@pytest.mark.parametrize(
    "typed",
    [NEW, NEW.lower(), " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ", OLD, "110105-491231-002"],
)
def test_one_number_typed_in_many_ways_is_one_number(typed: str) -> None:
    assert normalise("person", typed) == NEW
    assert fault("person", typed) is None


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("1101051949123100", "wrong_length"),
        ("11010519491231002A", "wrong_characters"),
        ("110105194912310021", "bad_check_digit"),
        ("990105194912310023", "unknown_province"),
        ("", "wrong_length"),
    ],
)
def test_a_bad_resident_number_has_a_reason(number: str, reason: str) -> None:
    assert fault("person", number) == reason


def test_a_day_that_never_was_is_told() -> None:
    body = "11010519490231002"
    assert fault("person", body + ric.calc_check_digit(body + "0")) == "bad_birth_date"


def test_a_number_given_in_a_division_younger_than_its_holder_is_valid() -> None:
    body = "31011519800101001"  # 浦东 became 310115 in 1992
    number = body + ric.calc_check_digit(body + "0")
    with pytest.raises(ValidationError):
        ric.validate(number)
    assert fault("person", number) is None


@given(resident_ids())
def test_whatever_stdnum_takes_we_take_and_its_other_reasons_are_ours(number: str) -> None:
    ours = fault("person", number)
    if ric.is_valid(number):
        assert ours is None
    else:
        theirs = _refusal(ric, number)
        reasons = {InvalidLength: "wrong_length", InvalidFormat: "wrong_characters", InvalidChecksum: "bad_check_digit"}
        if theirs in reasons and len(normalise("person", number)) == len(number):
            assert ours in (reasons[theirs], "wrong_characters")


@given(credit_codes())
def test_credit_codes_are_valid_exactly_where_stdnum_says_so(code: str) -> None:
    assert (fault("enterprise", code) is None) == uscc.is_valid(code)


def _refusal(module: object, number: str) -> type[Exception] | None:
    try:
        module.validate(number)  # type: ignore[attr-defined]
    except ValidationError as error:
        return type(error)
    return None
