"""Identity numbers and credit codes with true check digits, for many subjects at once; it never names a real one.

Check digits follow GB 11643 (ISO 7064 MOD 11-2) for residents, GB 32100 (mod 31) and GB 11714 (mod 11) for the
organisation code inside it. The tests prove each number valid with python-stdnum.
"""

import numpy as np

from jobs.city.columns import Column, numbered

_RESIDENT_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_RESIDENT_CHECKS = np.array(list("10X98765432"))
_CREDIT_ALPHABET = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))
_CREDIT_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])


def order_in_group(groups: Column) -> Column:
    """Position of each row among the rows of its group, in row order.

    >>> order_in_group(np.array([5, 5, 7, 5]))
    array([0, 1, 0, 2])
    """
    by_group = np.argsort(groups, kind="stable")
    ordered = groups[by_group]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(groups) else np.array([], dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(groups)])
    positions = np.empty(len(groups), dtype=np.int64)
    positions[by_group] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return positions


def resident_numbers(areas: Column, birth: Column, male: Column) -> Column:
    """Unique 18-character identity numbers: area, birth date, order code (odd for men), check digit.

    `areas` are six-digit integers, `birth` dates, `male` booleans. Raises ValueError when more than 499 people of one
    sex share an area and a birth date, which the order code cannot tell apart.
    """
    months = birth.astype("M8[M]")
    month = months.astype(np.int64) + 1970 * 12
    dom = (birth - months.astype("M8[D]")).astype(np.int64) + 1
    stamp = (month // 12) * 10_000 + (month % 12 + 1) * 100 + dom
    group = (areas.astype(np.int64) * 10**8 + stamp) * 2 + male
    order = order_in_group(group)
    if len(order) and order.max() >= 499:
        raise ValueError(f"at most 499 people of one sex, area and birth date can be numbered, got {order.max() + 1}")
    body = (areas.astype(np.int64) * 10**8 + stamp) * 1000 + 2 * order + np.where(male, 1, 2)
    digits = (body[:, None] // 10 ** np.arange(16, -1, -1)) % 10
    check = _RESIDENT_CHECKS[(digits @ _RESIDENT_WEIGHTS) % 11]
    result: Column = np.char.add(body.astype("U17"), check)
    return result


def credit_codes(areas: Column, traders: Column) -> Column:
    """Unique 18-character unified social credit codes: 91 for companies, 92 for sole traders (`traders` true)."""
    count = len(areas)
    # An organisation code is eight characters; the letters MA open those given since 2016.
    serial = np.arange(count, dtype=np.int64) * 7919 + 31**5
    organisation = np.empty((count, 9), dtype=np.int64)
    organisation[:, 0] = 21  # M
    organisation[:, 1] = 10  # A
    for place in range(6):
        organisation[:, 7 - place] = serial % 31
        serial = serial // 31
    # GB 11714 counts letters over the whole alphabet, GB 32100 skips I, O, S, V and Z.
    full = np.array([int(c, 36) for c in _CREDIT_ALPHABET])
    checks = 11 - (full[organisation[:, :8]] @ _ORGANISATION_WEIGHTS) % 11
    organisation[:, 8] = np.select([checks == 10, checks == 11], [29, 0], checks)  # 10 is written X
    head = np.stack([np.full(count, 9), np.where(traders, 2, 1)], axis=1)
    division = (areas.astype(np.int64)[:, None] // 10 ** np.arange(5, -1, -1)) % 10
    code = np.concatenate([head, division, organisation], axis=1)
    last = (31 - (code @ _CREDIT_WEIGHTS) % 31) % 31
    letters = _CREDIT_ALPHABET[np.concatenate([code, last[:, None]], axis=1)]
    return np.ascontiguousarray(letters).view("U18").ravel()


def document_numbers(prefix: str, width: int, count: int, rng: np.random.Generator) -> Column:
    """Unique numbers of a document type: a prefix and `width` digits, spread over the whole range without a pattern."""
    space = 10**width
    step = int(space * 0.6180339887) | 1
    while np.gcd(step, space) != 1:
        step += 2
    start = int(rng.integers(space))
    steps = np.arange(count, dtype=object if width > 9 else np.int64)  # beyond nine digits 64 bits overflow
    serial = (start + steps * step) % space
    return numbered(prefix, serial, width)
