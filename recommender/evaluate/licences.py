"""Real business licences as subjects with tags: a premises' hidden licence, an account's next one, and past renewals.

A premises, or an account, is a subject; the types that it holds and where it is are its tags; the type to find is
what it uses next. Nothing of the data is kept.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.calendar import on_or_before
from recommender.catalogue import Ladder
from recommender.evaluate.product import Rows
from recommender.evaluate.tables import filled, table
from recommender.features import service_matrix, tag_matrix
from recommender.learn import Names

FOLDER = "licences_chicago"
IN_FORCE, RENEWALS = "licences_2020-09.csv.gz", "renewals_2002_2017.csv.gz"
PULLS = ("licences_2025-08-25.json.gz", "licences_2025-09-01.json.gz")
RENEWAL_COLUMNS = (
    "ACCOUNT NUMBER", "ZIP CODE", "LICENSE DESCRIPTION", "APPLICATION TYPE", "LICENSE TERM START DATE", "DATE ISSUED",
)  # fmt: skip
POLICY_LEAD_DAYS = 30
GROUP = "holds"  # the kind of tag that says what is held

Holder = tuple[str, tuple[str, ...]]  # where it is, and the types that it took out, in order


@dataclass(frozen=True)
class Hidden:
    """What is held (``known`` of it to learn from) and, of each of ``asked``, the type that was hidden (int[H])."""

    known: Rows
    asked: Rows
    truth: npt.NDArray[np.intp]


def premises(file: Path) -> tuple[Holder, ...]:
    """Every premises with the types of licence that are in force there, in the order in which they began.

    Raises:
        DataUnfit: a column is missing, or a licence has no type or address.
    """
    licences = table(file, ("license_id", "license_description", "license_start_date", "address", "zip_code"))
    filled(file, licences, ("license_description", "address"))
    rows = sorted(licences, key=lambda row: (row["license_start_date"], row["license_id"]))
    held: dict[str, dict[str, None]] = defaultdict(dict)
    place: dict[str, str] = {}
    for row in rows:
        where = f"{row['address']}|{row['zip_code']}"
        held[where][row["license_description"]] = None
        place[where] = row["zip_code"]
    return tuple((place[where], tuple(types)) for where, types in held.items())


def accounts(folder: Path) -> tuple[Holder, ...]:
    """Every account with the types of licence that it took out, in the order in which the first of each began."""
    began: dict[str, dict[str, str]] = defaultdict(dict)
    place: dict[str, str] = {}
    for account, zip_code, kind, start in _issued(folder):
        place[account] = zip_code
        began[account][kind] = min(began[account].get(kind, start), start)
    return tuple((place[one], tuple(sorted(types, key=lambda t: (types[t], t)))) for one, types in began.items())


def hide_one(holders: Sequence[Holder], share: float, seed: int, kept_back: Sequence[Holder] = ()) -> Hidden:
    """One type hidden of each of a share of the holders of several; the other holders of several are what is known.

    Where some were kept back, one type of each of these is hidden instead, and all the others are known.
    """
    rng = np.random.default_rng(seed)
    several = [holders[number] for number in rng.permutation(_several(holders)).tolist()]
    count = 0 if kept_back else int(len(several) * share)
    asked, truth = [], []
    for where, types in [kept_back[number] for number in _several(kept_back)] or several[:count]:
        hidden = int(rng.integers(len(types)))
        asked.append((where, types[:hidden] + types[hidden + 1 :]))
        truth.append(types[hidden])
    return _hidden([*holders, *kept_back], several[count:], asked, truth)


def next_one(holders: Sequence[Holder], share: float, seed: int) -> Hidden:
    """The last type of a share of the holders of several, asked for by those before; the others are what is known."""
    order = np.random.default_rng(seed).permutation(_several(holders)).tolist()
    count = int(len(order) * share)
    asked = [(holders[number][0], holders[number][1][:-1]) for number in order[:count]]
    known = [holders[number] for number in order[count:]]
    return _hidden(holders, known, asked, [holders[number][1][-1] for number in order[:count]])


def co_occurrence(hidden: Hidden) -> npt.NDArray[np.float64]:
    """float64[H, S]: the log of how often holders of each type that is held hold another too, added over the types.

    Of the ways to count what is held together this one orders best: better than plain counts or their cosine.
    """
    together = np.asarray((hidden.known.tags.T @ hidden.known.uses).todense(), dtype=np.float64)
    holders = np.asarray(hidden.known.tags.sum(axis=0)).ravel() + 1.0
    return np.asarray(hidden.asked.tags @ np.log((together + 0.1) / holders[:, None]))


def item_knn(hidden: Hidden) -> npt.NDArray[np.float64]:
    """float64[H, S]: types that the same holders have as those that are held (cosine, implicit's item-kNN)."""
    from recommender.evaluate.implicitly import item_item

    return item_item(_held(hidden), hidden.asked.tags)


def als(hidden: Hidden, seed: int) -> npt.NDArray[np.float64]:
    """float64[H, S]: alternating least squares (implicit) over what is held, an asked holder folded in by its own."""
    from recommender.evaluate.implicitly import factorised

    own = np.maximum(np.asarray(hidden.asked.tags.sum(axis=1)), 1.0)
    return factorised(_held(hidden), csr_matrix(hidden.asked.tags.multiply(1.0 / own)), seed)


def _held(hidden: Hidden) -> csr_matrix:
    """csr[N, S]: all that each known row holds; tags and services are the same types in the same order."""
    return csr_matrix(hidden.known.tags + hidden.known.uses)


def reciprocal_rank(
    scores: npt.NDArray[np.floating], allowed: npt.NDArray[np.bool_], truth: npt.NDArray[np.intp]
) -> float:
    """The mean of one over the place of the truth among what is allowed; equal scores stand in the order of types."""
    shown = np.where(allowed, scores, -np.inf)
    own = shown[np.arange(len(truth)), truth][:, None]
    before = (shown > own).sum(axis=1) + ((shown == own) & (np.arange(shown.shape[1]) < truth[:, None])).sum(axis=1)
    return float(np.mean(1.0 / (before + 1)))


def leads(folder: Path, ladder: Ladder) -> npt.NDArray[np.int64]:
    """Days from the first rung of our ladder to the renewal, int64[M], of every renewal that followed a known term.

    A positive number says that the reminder came first. A renewal's day is that of its issue; the term that it
    follows ends the day before its own begins.
    """
    rows = [row for row in table(folder / RENEWALS, RENEWAL_COLUMNS) if row["APPLICATION TYPE"] == "RENEW"]
    first = max(step for step in ladder.steps if step <= POLICY_LEAD_DAYS)
    found = []
    for row in rows:
        if row["LICENSE TERM START DATE"] and row["DATE ISSUED"]:
            expires = _american(row["LICENSE TERM START DATE"]) - timedelta(days=1)
            reminded = on_or_before(expires - timedelta(days=first))
            found.append((_american(row["DATE ISSUED"]) - reminded).days)
    return np.array(found, dtype=np.int64)


def _several(holders: Sequence[Holder]) -> list[int]:
    """The numbers of the holders of more than one type."""
    return [number for number, (_, types) in enumerate(holders) if len(types) > 1]


def _hidden(holders: Sequence[Holder], kept: list[Holder], asked: list[Holder], truth: list[str]) -> Hidden:
    types = tuple(sorted({one for _, own in holders for one in own}))
    tags = tuple(f"{GROUP}={one}" for one in types)
    services = Names(tags, types, service_matrix(types, [(f"kind:{one.split()[0]}",) for one in types]))
    place = {one: number for number, one in enumerate(types)}
    # Each type that a holder has is what it used, told by the others that it has.
    each = [((where, own[:n] + own[n + 1 :]), one) for where, own in kept for n, one in enumerate(own)]
    known = _rows(services, place, [row for row, _ in each], [one for _, one in each])
    return Hidden(known, _rows(services, place, asked, truth), np.array([place[one] for one in truth], dtype=np.intp))


def _rows(names: Names, place: Mapping[str, int], rows: Sequence[Holder], used: Sequence[str]) -> Rows:
    own = [[f"{GROUP}={one}" for one in types] for _, types in rows]
    offsets = np.cumsum([0, *(len(tags) for tags in own)])
    tags = tag_matrix(offsets, [tag for row in own for tag in row], names.tags)
    columns = np.array([place[one] for one in used], dtype=np.int32)
    shape = (len(rows), len(names.services))
    uses = csr_matrix((np.ones(len(rows)), (np.arange(len(rows)), columns)), shape=shape)
    allowed = np.ones(shape, dtype=bool)
    for number, (_, types) in enumerate(rows):
        allowed[number, [place[one] for one in types]] = False
    return Rows(names, tags, uses, allowed)


def _issued(folder: Path) -> Iterable[tuple[str, str, str, str]]:
    """(account, zip code, type, ISO day on which it began) of everything that was issued or renewed."""
    for row in table(folder / RENEWALS, RENEWAL_COLUMNS):
        start = row["LICENSE TERM START DATE"] or row["DATE ISSUED"]
        kind = row["LICENSE DESCRIPTION"]
        yield row["ACCOUNT NUMBER"], row["ZIP CODE"].partition(".")[0], kind, _american(start).isoformat()
    for pull in PULLS:
        with gzip.open(folder / pull, "rt", encoding="utf-8") as file:
            for one in json.load(file):
                start = (one.get("license_start_date") or one.get("date_issued") or "")[:10]
                if start:
                    yield one["account_number"], one.get("zip_code") or "", one["license_description"], start


def _american(text: str) -> date:
    month, day, year = (int(part) for part in text.split("/"))
    return date(year, month, day)
