"""Numbers to test with: valid, one sign off, and mistyped. All made up."""

from hypothesis import strategies as st
from stdnum.cn import ric, uscc

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    """18 or 15 digits that are valid, or spoilt in one place."""
    division = draw(st.sampled_from(["110105", "310101", "310115", "440304", "990101", "650102"]))
    born = draw(st.dates().map(lambda day: day.strftime("%Y%m%d").zfill(8)))
    order = f"{draw(st.integers(0, 999)):03d}"
    body = division + born + order
    number = body + ric.calc_check_digit(body + "0")
    if draw(st.booleans()) and born.startswith("19"):
        number = division + born[2:] + order
    return draw(_spoilt(number))


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    """18 signs that are valid, or spoilt in one place."""
    head = draw(st.sampled_from(["91", "92", "93", "51"])) + f"{draw(st.integers(0, 999999)):06d}"
    body = head + "".join(draw(st.lists(st.sampled_from(_ALPHABET), min_size=9, max_size=9)))
    return draw(_spoilt(body + uscc.calc_check_digit(body)))


@st.composite
def _spoilt(draw: st.DrawFn, number: str) -> str:
    how = draw(
        st.sampled_from(["as it is", "as it is", "small letters", "spaces", "one sign", "one short", "anything"])
    )
    place = draw(st.integers(0, len(number) - 1))
    match how:
        case "small letters":
            return number.lower()
        case "spaces":
            return f" {number[:place]} {number[place:]}\u3000"
        case "one sign":
            return number[:place] + draw(st.sampled_from("0123456789XABIOZ中-")) + number[place + 1 :]
        case "one short":
            return number[:place] + number[place + 1 :]
        case "anything":
            return draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
    return number
