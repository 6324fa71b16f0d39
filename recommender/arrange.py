"""Chooses from ranked lists what is shown, and puts the next steps of fresh events first; it never shows what was not
ranked, and knows no rule.

The ranked order holds but for three things: of each fresh event the next step that ranks best comes first unless it is
known to be far less likely than what ranks best of all, no theme and no authority fills a list while others could, and
what is new to the catalogue has its share of the places.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from recommender.event_steps import NONE
from recommender.rank import Ranked, Scorer, rank
from recommender.shelf import Numbers, Shelf

Flags = npt.NDArray[np.bool_]


def suggested(
    tags: csr_matrix, allowed: Flags, steps: Numbers, scorer: Scorer, shelf: Shelf
) -> tuple[Numbers, Numbers]:
    """The list of each row, int32[N, places] (-1 where it ends): what is allowed, bool[N, S], ranked and arranged; and
    the ``steps`` by which it was, those that are likely enough."""
    most = max([1, *np.count_nonzero(allowed, axis=1).tolist()])
    ranked = rank(tags, scorer, allowed, most)
    if np.isfinite(scorer.intercept) and shelf.known.any():  # else a score is no log-odds, or says nothing of any step
        steps = _likely(ranked, steps, shelf)
    return arrange(ranked.indices, steps, shelf), steps


def _likely(ranked: Ranked, steps: Numbers, shelf: Shelf) -> Numbers:
    """The next steps int32[N, S] without those of known services whose log-odds are too far behind the best of the
    row."""
    behind = ranked.scores < ranked.scores[:, :1] - np.float32(shelf.most_behind)
    rows, places = np.nonzero(behind & (ranked.indices >= 0) & shelf.known[ranked.indices])
    found = steps.copy()
    found[rows, ranked.indices[rows, places]] = NONE
    return found


def arrange(ranked: Numbers, steps: Numbers, shelf: Shelf) -> Numbers:
    """The services to show, int32[N, shelf.places] (-1 where a list ends), from all that was ranked, int32[N, L].

    ``steps`` int32[N, S] says of which event a service is a next step (NONE of none); the one of each that ranks best
    comes first. What is shown stands in the order of these first, then of the ranking. A service beyond a cap is shown
    only where nothing else is left that could take the place.
    """
    ordered = _first(ranked, steps)
    own = np.maximum(ordered, 0)
    listed = ordered >= 0
    room = _Room(shelf, own)
    room.take(listed & shelf.new[own], shelf.for_new)
    room.take(listed, shelf.places)
    room.fill(listed)
    return _closed_up(ordered, room.chosen, shelf.places)


class _Room:
    """The places taken so far in each list, and how many of them by each theme and authority."""

    def __init__(self, shelf: Shelf, own: Numbers) -> None:
        count = len(own)
        self._shelf = shelf
        self._rows = np.arange(count)
        self._kinds = (shelf.themes[own], shelf.authorities[own])
        self._most = (shelf.most_of_a_theme, shelf.most_of_an_authority)
        self._held = tuple(
            np.zeros((count, int(np.max(kinds)) + 1), dtype=np.int32) for kinds in (shelf.themes, shelf.authorities)
        )
        self._taken = np.zeros(count, dtype=np.int32)
        self.chosen = np.zeros(own.shape, dtype=np.bool_)

    def take(self, among: Flags, most: int) -> None:
        """Choose from the front, within the caps, until a list has ``most``."""
        wanted = among & ~self.chosen
        for place in range(wanted.shape[1]):
            fits = wanted[:, place] & (self._taken < most)
            if place and not fits.any() and not wanted[self._taken < most, place:].any():
                return
            for kinds, held, cap in zip(self._kinds, self._held, self._most, strict=True):
                fits &= held[self._rows, kinds[:, place]] < cap
            for kinds, held in zip(self._kinds, self._held, strict=True):
                held[self._rows, kinds[:, place]] += fits
            self._taken += fits
            self.chosen[:, place] |= fits

    def fill(self, among: Flags) -> None:
        """Choose from the front, whatever the caps, until a list is full."""
        left = among & ~self.chosen
        missing = self._shelf.places - self._taken
        self.chosen |= left & (np.cumsum(left, axis=1) <= missing[:, None])


def leading(ranked: Numbers, steps: Numbers) -> Flags:
    """bool[N, L]: which of the ranked services is, of the next steps of some event, the one that ranks best."""
    events = np.where(ranked >= 0, np.take_along_axis(steps, np.maximum(ranked, 0), axis=1), NONE)
    rows, places = np.nonzero(events != NONE)
    _, first = np.unique(np.stack([rows, events[rows, places]], axis=1), axis=0, return_index=True)
    found = np.zeros(events.shape, dtype=np.bool_)
    found[rows[first], places[first]] = True
    return found


def _first(ranked: Numbers, steps: Numbers) -> Numbers:
    """The ranked services of each row with those that lead in front, else in their order."""
    order = np.argsort(np.select([leading(ranked, steps), ranked >= 0], [0, 1], 2), axis=1, kind="stable")
    return np.take_along_axis(ranked, order, axis=1)


def _closed_up(ordered: Numbers, chosen: Flags, places: int) -> Numbers:
    """What was chosen without gaps: int32[N, places]."""
    order = np.argsort(~chosen, axis=1, kind="stable")[:, :places]
    shown = np.where(np.take_along_axis(chosen, order, axis=1), np.take_along_axis(ordered, order, axis=1), -1)
    found = np.full((len(ordered), places), -1, dtype=np.int32)
    found[:, : shown.shape[1]] = shown
    return found
