"""Measures the product on real data and on a city's lake, side by side with the baselines; it keeps nothing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from profiles.errors import MissingExtra
from recommender import catalogue
from recommender.evaluate import baselines, cells, licences, product
from recommender.evaluate.measures import quality
from recommender.evaluate.product import Rows
from recommender.evaluate.report import Bar, Plot, Section
from recommender.fairness import FIGURES
from recommender.learn import Learned
from recommender.rank import rank, score
from recommender.terms import Text

SEEDS = (0, 1, 2, 3, 4)
HIDDEN = 0.2
K = 10
OURS = "Yidang"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Sources:
    """Where the real data lie: cells and premises, each with those that are asked for alone where some were kept back,
    the services of the cells, and the folder of the renewals."""

    cells: Path
    services: Path
    premises: Path
    renewals: Path
    cells_kept_back: Path | None = None
    premises_kept_back: Path | None = None

    @classmethod
    def below(cls, data: Path) -> "Sources":
        """Where they lie in the folder of the real data."""
        used, licensed = data / cells.FOLDER, data / licences.FOLDER
        return cls(used / cells.USES, used / cells.SERVICES, licensed / licences.IN_FORCE, licensed)


def every(sources: Sources, lake: Path | None, seeds: tuple[int, ...], say: Say) -> list[Section]:
    """All sections; what is not there is said in a sentence."""
    found = [
        _or_missing(sources.cells, _CELLS, lambda: services(sources, seeds, say)),
        _or_missing(sources.premises, _PREMISES, lambda: hidden_licences(sources, seeds, say)),
        _or_missing(sources.renewals, _ACCOUNTS, lambda: next_licences(sources.renewals, seeds, say)),
        _or_missing(sources.renewals, _RENEWALS, lambda: renewals(sources.renewals)),
    ]
    return [*found, *city(lake)] if lake else found


_CELLS = Text(zh="西孟加拉邦：公共服务实际使用", en="West Bengal: real use of public services, cold cells")
_PREMISES = Text(zh="芝加哥：经营场所的一项许可", en="Chicago: one licence type hidden per premises")
_ACCOUNTS = Text(zh="芝加哥：企业的下一项许可", en="Chicago: the next licence of an account")
_RENEWALS = Text(zh="芝加哥：提醒是否早于续期", en="Chicago: did the reminder precede the renewal")


def services(sources: Sources, seeds: tuple[int, ...], say: Say) -> Section:
    """Orders all services by the cell's attributes for a fifth of the cells, hidden, or for those that were kept back;
    a mean over the seeds."""
    every_cell, apart = _cells(sources, say)
    figures: dict[str, list[float]] = {}
    parts: dict[str, list[float]] = {}
    for seed in seeds:
        known, hidden = apart or product.split(every_cell, seed, HIDDEN)
        for name, baseline in baselines.every(cells.GROUP, seed).items():
            _try(figures, name, partial(_measured, baseline, known, hidden), say)
        found = product.learned(known, seed)
        figures.setdefault(OURS, []).append(_ranked(found, hidden))
        say(f"West Bengal, seed {seed}: nDCG@{K} {figures[OURS][-1]:.4f}")
        for name, value in found.without.items():
            parts.setdefault(f"without {name}", []).append(value)
        if found.trial:
            parts.setdefault(OURS, []).append(found.trial.figures["ndcg_10"])
    which = "those kept back" if sources.cells_kept_back else "a random fifth of the cells"
    told = (
        f"{len(every_cell)} cells, {len(every_cell.names.services)} services; {which} hidden, nDCG@{K} with "
        f"gain log(1 + uses), empty cells left out, mean of {len(seeds)} seeds."
    )
    inner = "nDCG@10 on the cells that try a model, each part left out"
    return Section(_CELLS, told, (_plot(f"nDCG@{K}", figures), _plot(inner, parts)))


def _cells(sources: Sources, say: Say) -> tuple[Rows, tuple[Rows, Rows] | None]:
    """All cells; and, where some were kept back, those to learn from and those to ask for."""
    if sources.cells_kept_back is None:
        return cells.read(sources.cells, sources.services), None
    every_cell, known, asked = cells.read_apart(sources.cells, sources.cells_kept_back, sources.services)
    if new := cells.unheard(known, asked):
        say(f"West Bengal: no cell to learn from has {', '.join(new)}, which therefore says nothing of those asked for")
    return every_cell, (known, asked)


def hidden_licences(sources: Sources, seeds: tuple[int, ...], say: Say) -> Section:
    """Hides one type of each of a fifth of the premises that hold several, or of each of those that were kept back, and
    orders the types by the rest."""
    holders = licences.premises(sources.premises)
    kept_back = licences.premises(sources.premises_kept_back) if sources.premises_kept_back else ()
    figures: dict[str, list[float]] = {}
    asked = 0
    for seed in seeds:
        hidden = licences.hide_one(holders, HIDDEN, seed, kept_back)
        asked += len(hidden.asked)
        _find(figures, hidden, seed, say)
        say(f"Chicago premises, seed {seed}: MRR {figures[OURS][-1]:.4f}")
    told = (
        f"{len(holders) + len(kept_back)} premises, {asked} hidden types over {len(seeds)} seeds; mean reciprocal rank."
    )
    return Section(_PREMISES, told, (_plot("MRR", figures),))


def next_licences(folder: Path, seeds: tuple[int, ...], say: Say) -> Section:
    """Orders the types by what an account took out before, for half of the accounts that took out several."""
    holders = licences.accounts(folder)
    figures: dict[str, list[float]] = {}
    for seed in seeds:
        _find(figures, licences.next_one(holders, 0.5, seed), seed, say)
        say(f"Chicago accounts, seed {seed}: MRR {figures[OURS][-1]:.4f}")
    several = sum(len(types) > 1 for _, types in holders)
    told = f"{several} accounts that took out several types, half of them asked; mean reciprocal rank. Few data."
    return Section(_ACCOUNTS, told, (_plot("MRR", figures),))


def renewals(folder: Path) -> Section:
    """How many renewals our ladder's first rung would have preceded, and by how many days."""
    lead = licences.leads(folder, catalogue.load().ladder)
    low, half, high = np.quantile(lead, [0.25, 0.5, 0.75])
    told = (
        f"{len(lead)} renewals of 2002-2017: the first reminder came before {np.mean(lead > 0):.1%} of them, "
        f"{half:.0f} days before at the median (quartiles {low:.0f} and {high:.0f})."
    )
    bars = tuple(Bar(name, float(share), ours=True) for name, share in _lead_shares(lead).items())
    return Section(_RENEWALS, told, (Plot("share of renewals by days from the first reminder", bars),))


def city(lake: Path) -> list[Section]:
    """What the night's models say of their last month, and whom they reached, by kind of subject; and how its lists did
    against the hidden truth where the city is a made-up one that was judged."""
    found = []
    for kind, zh in (("person", "个人"), ("enterprise", "企业")):
        title = Text(zh=f"数据湖：{zh}", en=f"The lake: {kind}")
        told = _manifest(lake, f"model_{kind}")
        figures = told.get("figures", {})
        if "ndcg_10" not in figures:
            found.append(Section(title, f"no model of {kind}s was tried in {lake}: run `python -m jobs train`"))
            continue
        alone = {name.removeprefix("ndcg_10_"): v for name, v in figures.items() if name.startswith("ndcg_10_")}
        bars = tuple(Bar(name.replace("_", " "), value) for name, value in alone.items() if "without" not in name)
        groups = tuple(
            Plot(
                f"{name.replace('_', ' ')} by {by}",
                tuple(Bar(group, of[name], ours=True) for group, of in reached.items()),
            )
            for by, reached in told.get("groups", {}).items()
            for name in FIGURES
        )
        words = ", ".join(
            f"{name.replace('_', ' ')} {figures[name]:.4f}"
            for name in ("recall_10", "coverage_10", "calibration_error")
        )
        ours = (Bar(OURS, figures["ndcg_10"], ours=True), *bars)
        found.append(
            Section(title, f"the last 30 days, unseen: {words}", (Plot("nDCG@10, parts alone", ours), *groups))
        )
    return [*found, _against_truth(lake), _beside(lake)]


def _beside(lake: Path) -> Section:
    """Recall of hidden needs by the ways that others know, beside ours."""
    title = Text(zh="数据湖：与其他方法对照", en="The lake: beside the ways that others know")
    told = _manifest(lake, "peers").get("recall")
    if not told:
        return Section(
            title, f"not compared: {lake} has no table `peers`; run `python -m jobs judge --truth FOLDER --beside`"
        )
    plots = tuple(
        Plot(f"{kind}: recall@5 of open needs", tuple(Bar(way, recall, way == OURS) for way, recall in ways.items()))
        for kind, ways in told.items()
        if ways
    )
    return Section(title, "the same past, tags and mask for all; the order alone differs", plots)


def _against_truth(lake: Path) -> Section:
    """Of those in need the recall of the lists beside that of an oracle; of needs to come how many were foreseen."""
    title, figures = (
        Text(zh="数据湖：对照隐藏的真实需要", en="The lake: hidden needs"),
        _manifest(lake, "judged").get("figures"),
    )
    if not figures:
        return Section(
            title, f"not judged: {lake} has no table `judged`; for a made-up city run `python -m jobs judge`"
        )
    counted = ", ".join(f"{name} {count:,}" for name, count in figures.items() if isinstance(count, int))
    ahead = ", ".join(f"{name} {days:g}" for name, days in figures.items() if name.endswith("days ahead"))
    bars = tuple(
        Bar(name, value, ours=True)
        for name, value in figures.items()
        if isinstance(value, float) and not name.endswith("days ahead")
    )
    groups = tuple(
        Plot(
            f"{kind}: {figure} by {by}",
            tuple(Bar(group, of[figure], ours=True) for group, of in own.items() if figure in of),
        )
        for kind, every in _manifest(lake, "judged").get("groups", {}).items()
        for by, own in every.items()
        for figure in ("recall@5", "days ahead")
        if own
    )
    shares = Plot("share of needs among the first five", bars)
    return Section(title, f"{counted}; at the median {ahead}", (shares, *groups))


def _or_missing(place: Path, title: Text, measured: Callable[[], Section]) -> Section:
    if not place.exists():
        return Section(title, f"not measured: {place} is not there; name the folder of the real data by --data")
    return measured()


def _try(figures: dict[str, list[float]], name: str, measured: Callable[[], float], say: Say) -> None:
    try:
        figures.setdefault(name, []).append(measured())
    except MissingExtra as missing:
        del figures[name]
        say(f"{name} left out: {missing}")


def _find(figures: dict[str, list[float]], hidden: licences.Hidden, seed: int, say: Say) -> None:
    """Adds the mean reciprocal rank of every known way and of ours."""
    known, asked = hidden.known, hidden.asked
    by_group = baselines.popular_by_group(licences.GROUP)
    ways: Mapping[str, Callable[[], npt.NDArray[np.floating]]] = {
        "popularity": lambda: baselines.popular(known, asked),
        "popularity by type held": lambda: by_group(known, asked),
        "co-occurrence": lambda: licences.co_occurrence(hidden),
        "additive log-odds": lambda: baselines.additive_log_odds(known, asked),
        "item-kNN": lambda: licences.item_knn(hidden),
        "ALS": lambda: licences.als(hidden, seed),
        "LightFM": lambda: baselines.lightfm(known, asked, seed),
        OURS: lambda: score(asked.tags, product.learned(known, seed).scorer),
    }
    for name, way in ways.items():
        _try(figures, name, partial(_placed, way, hidden), say)


def _placed(way: Callable[[], npt.NDArray[np.floating]], hidden: licences.Hidden) -> float:
    return licences.reciprocal_rank(way(), hidden.asked.allowed, hidden.truth)


def _measured(baseline: baselines.Baseline, known: Rows, hidden: Rows) -> float:
    return _ndcg(baseline(known, hidden), hidden)


def _ndcg(scores: npt.NDArray[np.float64], hidden: Rows) -> float:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :K].astype(np.int32)
    return quality(order, hidden.gains, K).ndcg


def _ranked(found: Learned, hidden: Rows) -> float:
    return quality(rank(hidden.tags, found.scorer, hidden.allowed, K).indices, hidden.gains, K).ndcg


def _plot(measure: str, figures: Mapping[str, list[float]]) -> Plot:
    return Plot(measure, tuple(Bar(name, float(np.mean(of)), name == OURS) for name, of in figures.items()))


def _lead_shares(lead: npt.NDArray[np.int64]) -> dict[str, float]:
    edges = {"before the reminder": (-10_000, 0), "0-14 days after": (0, 14), "15-30": (14, 30), "later": (30, 100_000)}
    return {name: float(((lead > low) & (lead <= high)).mean()) for name, (low, high) in edges.items()}


def _manifest(lake: Path, table: str) -> dict[str, Any]:
    """What the run in force of a table says of itself; nothing where there is none."""
    current = lake / table / "CURRENT"
    if not current.exists():
        return {}
    run = current.read_text().split()[-1]
    told = json.loads((lake / table / f"run={run}" / "_manifest.json").read_text("utf-8"))["extra"]
    return dict(told)
