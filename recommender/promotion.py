"""Whether a newly learned model takes the place of the one in use, by ``promotion.yaml``; it learns nothing.

Both models come with a trial on the same days. Every check is told with its figures, passed or not, so that whoever
reads the decision sees why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import yaml

from profiles.errors import CatalogueError
from recommender.fairness import parity
from recommender.trial import Trial

FILE = Path(__file__).parent / "data" / "promotion.yaml"


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked of one figure: how far it may fall behind the model in use, and an upper bound of its own. Of fewer
    ``subjects`` that took anything up it is chance more than the model, and nothing is asked."""

    figure: str
    may_fall: float = 0.0
    at_most: float | None = None
    subjects: int = 0


class Parity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked of the group that is reached worst, of every kind of group."""

    kinds: tuple[str, ...]
    at_least: float
    may_fall: float
    takers: int


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new model must show before it serves anybody: the first one beside popularity, a later one beside the
    model in use."""

    first: Check
    quality: Check
    coverage: Check
    calibration: Check
    parity: Parity


@dataclass(frozen=True)
class Decision:
    """Whether the new model serves from now on, and a sentence per check; ``few`` is how many subjects took anything
    up where they were too few to say which model orders better."""

    promoted: bool
    reasons: tuple[str, ...]
    few: int | None = None


@cache
def gate() -> Gate:
    """The gate as declared; raises CatalogueError where the file is malformed."""
    try:
        return msgspec.convert(yaml.safe_load(FILE.read_text("utf-8")), Gate)
    except (msgspec.ValidationError, yaml.YAMLError) as wrong:
        raise CatalogueError(f"{FILE.name} is no gate of promotion: {wrong}") from wrong


def first(popular: Trial | None, challenger: Trial | None, asked: Gate) -> Decision:
    """Whether the challenger serves where no model is in use that could be compared with it.

    It must order no worse than popularity, be as well calibrated and reach every group as well, tried on the same days.
    Where no days could try either, or few subjects took anything up in them, it serves: what is known of parts in
    general, to which few cases hold it, is all there is.
    """
    told = "no model that could be compared is in use"
    if popular is None or challenger is None:
        return Decision(True, (told, "too few days to try the new model on"))
    few = _few(asked.first, challenger.figures)
    found = [_no_lower("quality", asked.first, popular.figures, challenger.figures, "beside popularity's")]
    if few is None:
        found += [
            _bounded("calibration", asked.calibration, popular.figures, challenger.figures),
            *_parities(asked.parity, popular, challenger),
        ]
    return Decision(all(passed for passed, _ in found), (told, *(why for _, why in found)), few)


def decide(champion: Trial, challenger: Trial | None, asked: Gate) -> Decision:
    """Whether the challenger passes every check against the champion, both tried on the same window.

    One that no days have tried does not take the place of one that they have.
    """
    if challenger is None:
        return Decision(False, ("too few days to try the new model on",))
    found = [
        _no_lower("quality", asked.quality, champion.figures, challenger.figures),
        _no_lower("coverage", asked.coverage, champion.figures, challenger.figures),
        _bounded("calibration", asked.calibration, champion.figures, challenger.figures),
        *_parities(asked.parity, champion, challenger),
    ]
    few = _few(asked.quality, challenger.figures)
    return Decision(all(passed for passed, _ in found), tuple(told for _, told in found), few)


def _no_lower(
    name: str, check: Check, old: Mapping[str, float], new: Mapping[str, float], whose: str = "after"
) -> tuple[bool, str]:
    before, now = old[check.figure], new[check.figure]
    told = f"{name}: {check.figure} {now:.4f} {whose} {before:.4f}"
    if (few := _few(check, new)) is not None:
        return True, f"unasked {told}, of {few} subjects; it takes {check.subjects} to tell"
    passed = now >= before - check.may_fall
    return passed, _told(passed, f"{told}, may fall by {check.may_fall:g}")


def _few(check: Check, figures: Mapping[str, float]) -> int | None:
    """How many subjects took anything up, where that is fewer than say anything of the check's figure."""
    subjects = int(figures["subjects"])
    return subjects if subjects < check.subjects else None


def _bounded(name: str, check: Check, old: Mapping[str, float], new: Mapping[str, float]) -> tuple[bool, str]:
    before, now = old[check.figure], new[check.figure]
    passed = check.at_most is None or now <= max(check.at_most, before)
    return passed, _told(passed, f"{name}: {check.figure} {now:.4f} after {before:.4f}, at most {check.at_most:g}")


def _parities(check: Parity, old: Trial, new: Trial) -> Iterator[tuple[bool, str]]:
    for kind in check.kinds:
        if kind not in new.reached:
            continue
        before, now = (parity(trial.reached.get(kind, ()), check.takers) for trial in (old, new))
        passed = now >= before - check.may_fall and now >= min(check.at_least, before)
        told = f"parity by {kind}: the group reached worst {now:.2f} of all after {before:.2f}"
        yield passed, _told(passed, f"{told}, at least {check.at_least:g}, may fall by {check.may_fall:g}")


def _told(passed: bool, sentence: str) -> str:
    return f"{'passed' if passed else 'failed'} {sentence}"
