"""What a resident identity number (GB 11643) or a unified social credit code (GB 32100) is; it keeps none.

Check digits and dates are python-stdnum's. Its look-up of places by year of birth is not used: a number given at
sixteen carries the division of that year, not of the year of birth, so the look-up refuses real people. The province
must exist.
"""

import re
from typing import Literal

from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent

Kind = Literal["person", "enterprise"]
Reason = Literal["wrong_length", "wrong_characters", "bad_check_digit", "bad_birth_date", "unknown_province"]

RESIDENT_ID = "resident_id"
CREDIT_CODE = "credit_code"
STANDARD_SCHEME: dict[Kind, str] = {"person": RESIDENT_ID, "enterprise": CREDIT_CODE}

# How people type: full-width forms and small letters become plain capitals; spaces and hyphens go.
_PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TYPED = "".join(chr(ord(sign) + 0xFEE0) for sign in _PLAIN) + _PLAIN[10:].lower()
TYPED += "".join(chr(ord(sign) + 0xFEE0) for sign in _PLAIN[10:].lower())
MEANT = _PLAIN + _PLAIN[10:] * 2
DROPPED = " -\t\r\n\u00a0\u3000\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\u200b\ufeff"
_TABLE = str.maketrans(TYPED, MEANT, DROPPED)

PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91"
RESIDENT_SHAPE = "^[0-9]{17}[0-9X]$"
CREDIT_SHAPE = "^[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}$"
PLAIN_SHAPE = r"^[0-9A-Z]*\z"  # nothing to normalise
OLD_RESIDENT_SHAPE = "^[0-9]{15}$"


def normalise(kind: Kind, number: str, scheme: str | None = None) -> str:
    """The one way in which ``number`` is written; a 15-digit resident number is upgraded to 18.

    A supplier's own ``scheme`` is any text: capitals, single spaces.

    >>> normalise("person", " 11010519491231002x")
    '11010519491231002X'
    >>> normalise("person", "110105491231002")
    '11010519491231002X'
    >>> normalise("enterprise", "2728 n  Elston Ave 1|60647", scheme="chicago_premises")
    '2728 N ELSTON AVE 1|60647'
    """
    if scheme is not None:
        return re.sub("[ \t\r\n\u00a0\u3000]+", " ", number.translate(_SMALL_TO_CAPITAL)).strip(" ")
    written = number.translate(_TABLE)
    if kind == "person" and re.fullmatch(OLD_RESIDENT_SHAPE, written, re.ASCII):
        return upgrade(written)
    return written


_SMALL_TO_CAPITAL = str.maketrans(_PLAIN[10:].lower(), _PLAIN[10:])


def upgrade(old: str) -> str:
    """The 18 digits of a 15-digit resident number, which were all given for births in the 1900s.

    >>> upgrade("110105491231002")
    '11010519491231002X'
    """
    body = old[:6] + "19" + old[6:]
    return body + ric.calc_check_digit(body + "0")


def fault(kind: Kind, number: str) -> Reason | None:
    """Why ``number``, once normalised, is not valid, or None where it is.

    >>> fault("person", "11010519491231002X"), fault("person", "110105194912310021"), fault("person", "42")
    (None, 'bad_check_digit', 'wrong_length')
    >>> fault("enterprise", "913101011324142057"), fault("enterprise", "91310101132414205O")
    (None, 'wrong_characters')
    """
    written = normalise(kind, number)
    return _resident_fault(written) if kind == "person" else _credit_fault(written)


def _resident_fault(written: str) -> Reason | None:
    if len(written) != 18:
        return "wrong_length"
    if not re.fullmatch(RESIDENT_SHAPE, written, re.ASCII):
        return "wrong_characters"
    if written[-1] != ric.calc_check_digit(written):
        return "bad_check_digit"
    if not re.match(PROVINCES, written):
        return "unknown_province"
    try:
        ric.get_birth_date(written)
    except InvalidComponent:
        return "bad_birth_date"
    return None


def _credit_fault(written: str) -> Reason | None:
    if len(written) != 18:
        return "wrong_length"
    if not re.fullmatch(CREDIT_SHAPE, written, re.ASCII):
        return "wrong_characters"
    return None if written[-1] == uscc.calc_check_digit(written) else "bad_check_digit"
