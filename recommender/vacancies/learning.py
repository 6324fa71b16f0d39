"""Learns from applications what draws whom to which vacancy, by the parts and the stack that rank services.

Everything is learned of marks and traits, so that a vacancy of this morning is ranked as well as one of last month.
What was learned serves where it was tried and found no worse than the declared weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, eye

from recommender.features import WEIGHTS, Uses, aged
from recommender.model import train
from recommender.pairs import NO_PAIRS
from recommender.parts import SHRINKAGE, Parts, acts_matrix, log_odds
from recommender.rank import SCORE_DECIMALS, Scorer
from recommender.stack import fit
from recommender.trial import Window, tried
from recommender.vacancies.applications import Applications
from recommender.vacancies.matching import Grid
from recommender.vacancies.terms import Policy, Vacancy

# Shares of the applications, by age: the oldest teach the parts, the next the stack, the newest try both.
TEACHES, STACKS = 0.6, 0.8
MOST_APPLICATIONS = 20_000
MOST_STACKED = 1_000  # and as many tried: a row is compared with every vacancy that was open
MOST_VACANCIES = 5_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Matched:
    """By what vacancies are ranked: of marks and traits the weights float64[T, F], of traits alone float64[F].

    `learned` says whether they were learned or are the declared ones, `figures` what the trial told."""

    grid: Grid
    weights: Floats
    bias: Floats
    learned: bool
    figures: Mapping[str, float] = field(default_factory=dict)

    def scorer(self, vacancies: Sequence[Vacancy]) -> Scorer:
        """The score of these vacancies; it claims no probability."""
        own = self.grid.of_vacancies(vacancies).toarray()
        return Scorer(
            tags=self.grid.marks,
            services=tuple(vacancy.id for vacancy in vacancies),
            tag_vectors=np.round(self.weights, SCORE_DECIMALS).astype(np.float32),
            service_vectors=own,
            service_bias=np.round(own @ self.bias, SCORE_DECIMALS).astype(np.float32),
            intercept=float("nan"),
        )


def declared(grid: Grid, asked: Policy) -> Matched:
    """The weights that the policy declares."""
    matching = grid.matching()
    weights = sum((asked.weights[name] * same for name, same in matching.items()), np.zeros((1, 1)))
    return Matched(grid, weights, np.zeros(len(grid.traits)), learned=False)


def learn(
    known: Applications, vacancies: Sequence[Vacancy], grid: Grid, asked: Policy, day: date, seed: int
) -> Matched:
    """The learned weights where enough applications could try them and they ranked no worse; else the declared ones.

    The same applications in the same order give the same weights.
    """
    first, second, count = int(len(known) * TEACHES), int(len(known) * STACKS), len(known)
    own, newest = declared(grid, asked), known.between(max(second, count - MOST_STACKED), count)
    if len(newest) < asked.least_tried:
        return replace(own, figures={"tried": float(len(newest))})
    early = _parts(known.between(0, first), vacancies, grid, day, seed)
    middle, late = (known.between(max(first, end - MOST_STACKED), end) for end in (second, count))
    trial = _window(newest, grid)
    figures = {
        "tried": float(len(newest)),
        "ndcg_10": _ndcg(_stacked(early, early, middle, vacancies, grid, asked, seed), vacancies, trial),
        "ndcg_10_declared": _ndcg(own, vacancies, trial),
        "ndcg_10_demand": _ndcg(Matched(grid, 0 * own.weights, early.of_services["demand"], True), vacancies, trial),
    }
    if figures["ndcg_10"] < figures["ndcg_10_declared"]:
        return replace(own, figures=figures)
    whole = _parts(known, vacancies, grid, day, seed)
    return replace(_stacked(early, whole, late, vacancies, grid, asked, seed), figures=figures)


def _parts(taught: Applications, vacancies: Sequence[Vacancy], grid: Grid, day: date, seed: int) -> Parts:
    """What applications teach of marks and traits, beside what matches: `services` are traits here.

    An application speaks for each trait of its vacancy, against how common the trait was among what could be chosen.
    """
    tags, own = grid.of_seekers(taught.seekers), grid.of_vacancies(vacancies)
    rows, places = own[taught.vacancies].nonzero()
    ages = np.array([(day - on).days for on in taught.on], dtype=np.int32)
    weighed = aged(np.full(len(taught), WEIGHTS["applied"], dtype=np.float32), ages)
    uses = Uses(rows.astype(np.int32), places.astype(np.int32), weighed[rows])
    acts = acts_matrix(uses, len(taught), len(grid.traits))
    offered = (csr_matrix(taught.open.astype(np.float64)) @ own).toarray()
    shares = offered / np.maximum(offered.sum(axis=1, keepdims=True), 1.0)
    used = np.asarray(acts.sum(axis=1)).ravel()
    observed, expected = np.asarray(acts.sum(axis=0)).ravel(), (shares * used[:, None]).sum(axis=0)
    itself = csr_matrix(eye(len(grid.traits), dtype=np.float32))
    liked = train(tags, uses, itself, tag_names=grid.marks, service_names=grid.traits, seed=seed)
    return Parts(
        grid.marks,
        grid.traits,
        NO_PAIRS,
        {
            **grid.matching(),
            "log_odds": log_odds(tags, acts, shares),
            "factors": liked.tag_factors.astype(np.float64) @ liked.service_factors.T.astype(np.float64),
        },
        {
            "demand": np.log((observed + SHRINKAGE) / (expected + SHRINKAGE)),
            "factors": liked.service_biases.astype(np.float64),
        },
    )


def _stacked(
    known: Parts,
    serving: Parts,
    chosen: Applications,
    vacancies: Sequence[Vacancy],
    grid: Grid,
    asked: Policy,
    seed: int,
) -> Matched:
    """The parts that serve, each weighted as it would have had to count, as it was known, in what was chosen; the fewer
    were chosen, the closer to the declared weights."""
    own = grid.of_vacancies(vacancies).toarray().astype(np.float64)
    widened = replace(
        known,
        services=tuple(vacancy.id for vacancy in vacancies),
        of_columns={name: part @ own.T for name, part in known.of_columns.items()},
        of_services={name: own @ part for name, part in known.of_services.items()},
    )
    window = _window(chosen, grid)
    counts = fit(widened, window.tags, window.allowed, window.taken, seed, usual=asked.weights).parts
    weights, bias = np.zeros((len(grid.marks), len(grid.traits))), np.zeros(len(grid.traits))
    for name, count in counts.items():
        weights += count * serving.of_columns.get(name, 0.0)
        bias += count * serving.of_services.get(name, 0.0)
    return Matched(grid, weights, bias, learned=True)


def _window(chosen: Applications, grid: Grid) -> Window:
    taken = np.zeros(chosen.open.shape, dtype=np.float32)
    taken[np.arange(len(chosen)), chosen.vacancies] = 1.0
    return Window(grid.of_seekers(chosen.seekers), chosen.open, taken, chosen.open)


def _ndcg(matched: Matched, vacancies: Sequence[Vacancy], window: Window) -> float:
    return round(tried(matched.scorer(vacancies), window).figures["ndcg_10"], 4)
