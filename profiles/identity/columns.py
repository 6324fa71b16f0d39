"""Pseudonyms, sealing and number checks as native Spark columns; the results equal ``keys`` and ``numbers`` exactly.

HMAC is written out with SHA-256, which Spark has natively: H(key ^ opad, H(key ^ ipad, message)) of RFC 2104.
"""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from profiles.identity import numbers
from profiles.identity.keys import IV_BYTES, ROTATED, SEPARATOR, Keys
from profiles.identity.numbers import STANDARD_SCHEME, Kind

_BLOCK = 64  # bytes in a block of SHA-256
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_DIGITS = "10X98765432"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def normalised(kind: Kind, number: Column, scheme: str | None = None) -> Column:
    """``numbers.normalise`` of a column of text."""
    if scheme is not None:
        capitals = F.translate(number, "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return F.trim(F.regexp_replace(capitals, "[ \t\r\n\u00a0\u3000]+", " "))
    written = F.translate(number, numbers.TYPED + numbers.DROPPED, numbers.MEANT)
    if kind == "enterprise":
        return written
    body = F.concat(F.substring(written, 1, 6), F.lit("19"), F.substring(written, 7, 9))
    return F.when(written.rlike(numbers.OLD_RESIDENT_SHAPE), F.concat(body, _resident_check_digit(body))).otherwise(
        written
    )


def fault(kind: Kind, written: Column) -> Column:
    """``numbers.fault`` of a normalised column: a reason, or NULL where the number is valid or NULL."""
    # Said first: without the parts of a number there is no birth date either.
    missing = F.when(written.isNull(), F.lit(None).cast("string"))
    length = missing.when(F.length(written) != 18, F.lit("wrong_length"))
    if kind == "enterprise":
        return length.when(~written.rlike(numbers.CREDIT_SHAPE), F.lit("wrong_characters")).when(
            F.substring(written, 18, 1) != _credit_check_digit(written), F.lit("bad_check_digit")
        )
    born = F.concat_ws("-", F.substring(written, 7, 4), F.substring(written, 11, 2), F.substring(written, 13, 2))
    return (
        length.when(~written.rlike(numbers.RESIDENT_SHAPE), F.lit("wrong_characters"))
        .when(F.substring(written, 18, 1) != _resident_check_digit(written), F.lit("bad_check_digit"))
        .when(~written.rlike(f"^({numbers.PROVINCES})"), F.lit("unknown_province"))
        .when(born.startswith("0000") | born.try_cast("date").isNull(), F.lit("bad_birth_date"))
    )


def pseudonym(keys: Keys, kind: Kind, written: Column, scheme: str | None = None) -> Column:
    """``keys.pseudonym`` of a normalised column: 32 hex digits, NULL for NULL."""
    domain = SEPARATOR.join((kind, scheme or STANDARD_SCHEME[kind])) + SEPARATOR
    return _through_the_ring(keys, F.concat(F.lit(domain), written))


def keyed_hash(keys: Keys, domain: str, text: Column) -> Column:
    """32 hex digits that stand for ``text`` within ``domain``, for naming a row without quoting it."""
    return _through_the_ring(keys, F.concat(F.lit(domain + SEPARATOR), text))


def rotated(later: Sequence[bytes], old: Column) -> Column:
    """``keys.rotated`` of a column of pseudonyms or keyed hashes."""
    return reduce(lambda digits, key: _hmac_half(key, F.concat(F.lit(ROTATED), digits)), later, old)


def sealed(keys: Keys, owner: Column, name: str | Column, text: Column) -> Column:
    """``keys.seal`` of a column of text for a column of owners; NULL where either is NULL."""
    bound = _bound(owner, name)
    message = F.encode(F.concat(bound, F.lit(SEPARATOR), text), "UTF-8")
    iv = F.substring(F.unhex(_hmac_hex(keys.iv, message)), 1, IV_BYTES)
    whole = F.aes_encrypt(
        F.encode(text, "UTF-8"), F.lit(keys.vault), F.lit("GCM"), F.lit("DEFAULT"), iv, F.encode(bound, "UTF-8")
    )
    return F.translate(F.base64(whole), "\r\n", "")  # Spark breaks long lines


def opened(keys: Keys, owner: Column, name: str | Column, hidden: Column) -> Column:
    """``keys.open_sealed`` of a column of sealed texts; NULL for NULL. Spark fails where one does not open."""
    bound = F.encode(_bound(owner, name), "UTF-8")
    text = F.aes_decrypt(F.unbase64(hidden), F.lit(keys.vault), F.lit("GCM"), F.lit("DEFAULT"), bound)
    return F.decode(text, "UTF-8")


def _bound(owner: Column, name: str | Column) -> Column:
    return F.concat(owner, F.lit(SEPARATOR), F.lit(name) if isinstance(name, str) else name)


def _through_the_ring(keys: Keys, text: Column) -> Column:
    first, *later = keys.pseudonym
    return rotated(later, _hmac_half(first, text))


def _hmac_half(key: bytes, text: Column) -> Column:
    return F.substring(_hmac_hex(key, F.encode(text, "UTF-8")), 1, 32)


def _hmac_hex(key: bytes, message: Column) -> Column:
    padded = key.ljust(_BLOCK, b"\0")
    inner = F.unhex(F.sha2(F.concat(F.lit(bytes(byte ^ 0x36 for byte in padded)), message), 256))
    return F.sha2(F.concat(F.lit(bytes(byte ^ 0x5C for byte in padded)), inner), 256)


def _weighted_sum(values: list[Column], weights: tuple[int, ...]) -> Column:
    return reduce(
        lambda total, term: total + term, [value * weight for value, weight in zip(values, weights, strict=True)]
    )


def _resident_check_digit(written: Column) -> Column:
    """The 18th digit by ISO 7064 mod 11-2; only looked at where the first 17 are digits."""
    digits = [F.ascii(F.substring(written, place, 1)) - 48 for place in range(1, 18)]
    return F.substring(F.lit(_RESIDENT_DIGITS), _weighted_sum(digits, _RESIDENT_WEIGHTS) % 11 + 1, F.lit(1))


def _credit_check_digit(written: Column) -> Column:
    values = [F.instr(F.lit(_CREDIT_ALPHABET), F.substring(written, place, 1)) - 1 for place in range(1, 18)]
    remainder = (31 - _weighted_sum(values, _CREDIT_WEIGHTS) % 31) % 31
    return F.substring(F.lit(_CREDIT_ALPHABET), remainder + 1, F.lit(1))
