"""Pseudonyms, sealing and number checks natively in Spark; the results equal ``keys`` and ``numbers`` exactly.

What holds a key is a Column; what does not is a text of SQL over texts of SQL (``profiles.sql`` says why).
HMAC is written out with SHA-256, which Spark has natively: H(key ^ opad, H(key ^ ipad, message)) of RFC 2104.
"""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from profiles.identity import numbers
from profiles.identity.keys import IV_BYTES, ROTATED, SEPARATOR, Keys
from profiles.identity.numbers import STANDARD_SCHEME, Kind
from profiles.sql import cases, quoted

_BLOCK = 64  # bytes in a block of SHA-256
_RESIDENT_DIGITS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BLANKS = "[ \t\r\n\u00a0\u3000]+"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # of ``conv``


def normalised(kind: Kind, number: str, scheme: str | None = None) -> str:
    """``numbers.normalise`` of a text."""
    return upgraded(kind, plain(number, scheme), scheme)


def plain(number: str, scheme: str | None = None) -> str:
    """The first half of ``normalised``: however it was typed, one way to write it."""
    if scheme is not None:
        capitals = f"translate({number}, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"
        return f"trim(regexp_replace({capitals}, {quoted(_BLANKS)}, ' '))"
    rewritten = f"translate({number}, {quoted(numbers.TYPED + numbers.DROPPED)}, {quoted(numbers.MEANT)})"
    asis = f"{number} RLIKE {quoted(numbers.PLAIN_SHAPE)}"
    return f"IF({asis}, {number}, {rewritten})"  # most are, and rewriting is slow


def upgraded(kind: Kind, written: str, scheme: str | None = None) -> str:
    """The second half of ``normalised``: a resident number of 15 digits becomes one of 18."""
    if kind == "enterprise" or scheme is not None:
        return written
    body = f"concat(substring({written}, 1, 6), '19', substring({written}, 7, 9))"
    longer = f"concat({body}, {_resident_check_digit(body)})"
    old = f"length({written}) = 15 AND {written} RLIKE {quoted(numbers.OLD_RESIDENT_SHAPE)}"
    return f"IF({old}, {longer}, {written})"


def fault(kind: Kind, written: str) -> str:
    """``numbers.fault`` of a normalised text: a reason, or NULL where the number is valid or NULL."""
    digit = _resident_check_digit(written) if kind == "person" else _credit_check_digit(written)
    shape = numbers.RESIDENT_SHAPE if kind == "person" else numbers.CREDIT_SHAPE
    branches = [
        # Said first: without the parts of a number there is no birth date either.
        (f"{written} IS NULL", "NULL"),
        (f"length({written}) <> 18", "'wrong_length'"),
        (f"NOT {written} RLIKE {quoted(shape)}", "'wrong_characters'"),
        (f"substring({written}, 18, 1) <> {digit}", "'bad_check_digit'"),
    ]
    if kind == "person":
        born = f"concat_ws('-', substring({written}, 7, 4), substring({written}, 11, 2), substring({written}, 13, 2))"
        provinces = f"^({numbers.PROVINCES})"
        never = f"substring({written}, 7, 4) = '0000' OR try_cast({born} AS DATE) IS NULL"
        branches += [
            (f"NOT {written} RLIKE {quoted(provinces)}", "'unknown_province'"),
            (never, "'bad_birth_date'"),
        ]
    return f"CAST({cases(*branches)} AS STRING)"


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
    message = F.concat(bound, F.lit(SEPARATOR), text).cast("binary")
    iv = F.substring(F.unhex(_hmac_hex(keys.iv, message)), 1, IV_BYTES)
    whole = F.aes_encrypt(
        text.cast("binary"), F.lit(keys.vault), F.lit("GCM"), F.lit("DEFAULT"), iv, bound.cast("binary")
    )
    return F.replace(F.base64(whole), F.lit("\r\n"), F.lit(""))  # Spark breaks long lines


def opened(keys: Keys, owner: Column, name: str | Column, hidden: Column) -> Column:
    """``keys.open_sealed`` of a column of sealed texts; NULL for NULL. Spark fails where one does not open."""
    bound = _bound(owner, name).cast("binary")
    text = F.aes_decrypt(F.unbase64(hidden), F.lit(keys.vault), F.lit("GCM"), F.lit("DEFAULT"), bound)
    return F.decode(text, "UTF-8")


def _bound(owner: Column, name: str | Column) -> Column:
    return F.concat(owner, F.lit(SEPARATOR), F.lit(name) if isinstance(name, str) else name)


def _through_the_ring(keys: Keys, text: Column) -> Column:
    first, *later = keys.pseudonym
    return rotated(later, _hmac_half(first, text))


def _hmac_half(key: bytes, text: Column) -> Column:
    return F.substring(_hmac_hex(key, text.cast("binary")), 1, 32)


def _hmac_hex(key: bytes, message: Column) -> Column:
    padded = key.ljust(_BLOCK, b"\0")
    inner = F.unhex(F.sha2(F.concat(F.lit(bytes(byte ^ 0x36 for byte in padded)), message), 256))
    return F.sha2(F.concat(F.lit(bytes(byte ^ 0x5C for byte in padded)), inner), 256)


def _resident_check_digit(written: str) -> str:
    """The 18th digit by ISO 7064 mod 11-2; only looked at where the first 17 are digits.

    Each weight is twice the one after it, the last is 2, and 13 is 2 modulo 11: read in base 13, the digits are half
    of the weighted sum.
    """
    half = f"CAST(conv(substring({written}, 1, 17), 13, 10) AS BIGINT) % 11"
    return f"substring('{_RESIDENT_DIGITS}', CAST(2 * ({half}) % 11 AS INT) + 1, 1)"


def _credit_check_digit(written: str) -> str:
    """The 18th sign by GB 32100; only looked at where the first 17 are of its alphabet.

    Each weight is three times the one before it, and 34 is 3 modulo 31: read backwards in base 34, the signs are the
    weighted sum. Seventeen are too many for a number, so the last five are read apart, and count 3 to the 12th, which
    is 8, times.
    """

    def read(start: int, count: int) -> str:
        signs = f"translate(reverse(substring({written}, {start}, {count})), '{_CREDIT_ALPHABET}', '{_DIGITS[:31]}')"
        return f"CAST(conv({signs}, 34, 10) AS BIGINT) % 31"

    total = f"({read(1, 12)} + 8 * ({read(13, 5)})) % 31"
    return f"substring('{_CREDIT_ALPHABET}', CAST((31 - {total}) % 31 AS INT) + 1, 1)"
