"""What expires and is renewed again and again (documents, permits, yearly duties); it never knows what it is for."""

from dataclasses import dataclass

import numpy as np

from jobs.city.columns import Column, Columns, stacked, years_after
from jobs.city.response import DONE, all_needs, habits, responses

LOOK_BACK = 730  # days of history
LOOK_AHEAD = 60  # needs that open within so many days are part of the truth


@dataclass(frozen=True)
class Renewed:
    """`papers`: one row per paper ever held in the period (holder, issued, expires, serial); `needs` as responses."""

    papers: Columns
    needs: Columns


def renewed(
    kind: str, holder: Column, issued: Column, expires: Column, years: Column, day: np.datetime64,
    rng: np.random.Generator, *, spared: Column | None = None, keeps_day: bool = False,
) -> Renewed:  # fmt: skip
    """Play the renewals of papers of one kind up to `day`.

    `years` is the term of a renewed paper per holder; `spared` booleans mark holders who never renew (their expiry is
    what a persona shows); with `keeps_day` the next expiry is counted from the old one, not from the renewal.
    """
    figures = habits().renewals[kind]
    lead = np.timedelta64(int(figures["lead"]), "D")
    papers, needs = [_papers(holder, issued, expires, 0)], []
    quiet = np.zeros(len(holder), dtype=bool) if spared is None else spared
    serial = 0
    while len(holder):
        opens = expires - lead
        due = (opens <= day + np.timedelta64(LOOK_AHEAD, "D")) & (opens > day - np.timedelta64(LOOK_BACK, "D"))
        holder, opens, expires, years, quiet = holder[due], opens[due], expires[due], years[due], quiet[due]
        if not len(holder):
            break
        came = responses(holder, figures["service"], opens, f"{kind} expires", figures, day, rng, quiet)
        came["why"] = np.asarray(f"{kind} expires " + expires.astype("U10").astype(object))
        needs.append(came)
        again = came["outcome"] == DONE
        issued = came["finished_on"][again]
        start = np.where((expires[again] > issued) & keeps_day, expires[again], issued)
        holder, years, quiet = holder[again], years[again], quiet[again]
        expires = years_after(start, years)
        serial += 1
        papers.append(_papers(holder, issued, expires, serial))
    return Renewed(stacked(papers), all_needs(needs))


def _papers(holder: Column, issued: Column, expires: Column, serial: int) -> Columns:
    return {"holder": holder, "issued": issued, "expires": expires, "serial": np.full(len(holder), serial)}
