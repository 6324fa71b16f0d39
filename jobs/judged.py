"""What was found when lists were held against a hidden truth, of one city or of several as one; it looks at no list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from jobs.run import Summary
from profiles.model import KINDS, Kind

K = 5
FEWEST = 10  # subjects in need, of whom as a group anything is told


@dataclass(frozen=True)
class Judged:
    """Of one kind of subject, over those in need: what the lists hold of their needs, what an oracle's lists hold, and
    whether nothing was known of what they did; how much was listed and may not be; why needs were missed -> service
    -> how many. Of the needs that were to come, ``coming`` of them, how many days ahead those are that are listed."""

    recall: tuple[float, ...]
    oracle: tuple[float, ...]
    cold: tuple[bool, ...]
    offers: int
    forbidden: int
    missed: dict[str, dict[str, int]]
    coming: int
    ahead: tuple[int, ...]
    groups: Mapping[str, Mapping[str, Mapping[str, float]]] = field(
        default_factory=dict
    )  # of one city, as ``by_group``


def by_group(
    labels: Mapping[str, str], recall: Mapping[str, float], ahead: Sequence[tuple[str, int]]
) -> dict[str, dict[str, float]]:
    """Of each group with FEWEST subjects in need: how many, their mean recall, and the median of how many days before a
    need of theirs its service was listed; ``ahead`` are (who, days).

    >>> by_group({"a": "old", "b": "old"}, {"a": 1.0, "b": 0.5}, [("a", 30), ("b", 10)])
    {}
    """
    found: dict[str, dict[str, float]] = {}
    for label in sorted({*labels.values()} - {""}):
        own = [share for who, share in recall.items() if labels[who] == label]
        if len(own) >= FEWEST:
            days = [one for who, one in ahead if labels[who] == label]
            lead = {"days ahead": float(median(days))} if days else {}
            found[label] = {"in need": len(own), f"recall@{K}": round(fmean(own), 4), **lead}
    return found


def pooled(cities: Sequence[Mapping[Kind, Judged]]) -> dict[Kind, Judged]:
    """All cities as if they were one."""
    return {kind: _together([city[kind] for city in cities]) for kind in KINDS}


def summary(job: str, found: Mapping[Kind, Judged]) -> Summary:
    """What was found as one line."""
    said = [f"{name} {figure:.3g}" for name, figure in figures(found).items()]
    return Summary(job, counts(found), " · ".join([*said, *_told({kind: one.missed for kind, one in found.items()})]))


def _together(cities: Sequence[Judged]) -> Judged:
    missed: dict[str, Counter[str]] = {}
    for city in cities:
        for why, services in city.missed.items():
            missed.setdefault(why, Counter()).update(services)
    return Judged(
        recall=tuple(share for city in cities for share in city.recall),
        oracle=tuple(share for city in cities for share in city.oracle),
        cold=tuple(cold for city in cities for cold in city.cold),
        offers=sum(city.offers for city in cities),
        forbidden=sum(city.forbidden for city in cities),
        missed=commonest_first(missed),
        coming=sum(city.coming for city in cities),
        ahead=tuple(days for city in cities for days in city.ahead),
    )


def figures(found: Mapping[Kind, Judged]) -> dict[str, float]:
    """The means over those in need, and how much of the oracle's the lists' is; of the needs to come the share that is
    listed already, and the median of how long before. Nothing of a kind without any."""
    told: dict[str, float] = {}
    for kind, one in found.items():
        cold = [share for share, cold in zip(one.recall, one.cold, strict=True) if cold]
        if one.recall:
            recall, oracle = fmean(one.recall), fmean(one.oracle)
            of_oracle = recall / oracle if oracle else 1.0
            told |= {f"{kind} recall@{K}": recall, f"{kind} oracle@{K}": oracle, f"{kind} of oracle": of_oracle}
        if cold:
            told[f"{kind} recall@{K} cold"] = fmean(cold)
        if one.ahead:
            told[f"{kind} foreseen@{K}"] = len(one.ahead) / one.coming
            told[f"{kind} days ahead"] = float(median(one.ahead))
    return {name: round(figure, 4) for name, figure in told.items()}


def counts(found: Mapping[Kind, Judged]) -> dict[str, int]:
    """How many were in need, how many of them cold, how much was listed, and how much of it may not be."""
    told: dict[str, int] = {}
    for kind, one in found.items():
        told |= {
            f"{kind}s in need": len(one.recall),
            f"{kind}s cold": sum(one.cold),
            f"{kind} needs to come": one.coming,
            f"{kind} offers": one.offers,
            f"{kind} forbidden": one.forbidden,
        }
    return told


def commonest_first(missed: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    """Why needs were missed -> service -> how many, what is commonest first."""
    return {why: dict(missed[why].most_common()) for why in sorted(missed, key=lambda why: -missed[why].total())}


def _told(missed: Mapping[Kind, dict[str, dict[str, int]]]) -> list[str]:
    return [
        f"{kind} needs missed: "
        + ", ".join(f"{why} {sum(of.values())} ({next(iter(of))})" for why, of in found.items())
        for kind, found in missed.items()
        if found
    ]
