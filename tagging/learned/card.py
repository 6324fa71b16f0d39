"""How good a learned tag is, on days that its weights have not seen: a model card; it learns nothing.

After Mitchell et al., Model Cards for Model Reporting, 2019: what it is from, for whom, how right, and how evenly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date


@dataclass(frozen=True)
class Rates:
    """How many, how many of them it came true for, what was foreseen (their mean probability), and the AUC.

    ``auc`` is None where too few or all of them it came true for.
    """

    files: int
    came_true: int
    foreseen: float
    auc: float | None


@dataclass(frozen=True)
class Weakness:
    """Why a tag is not given, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Card:
    """One learned tag's card.

    ``days`` are the days that were learnt from, looked at for calibration, and tried on, each with the horizon after
    it. ``bins`` are tenths of the tried files by probability. ``used`` says whether the tag is given, ``why`` why not.
    """

    tag: str
    days: Mapping[str, Sequence[date]]
    learnt_from: Rates
    tried_on: Rates
    brier: float
    brier_of_base_rate: float
    calibration_error: float
    bins: Sequence[Rates]
    by_group: Mapping[str, Rates]
    features: Mapping[str, float]
    threshold: float
    given_to: float  # share of the tried files
    precision: float | None  # share of those to whom it is given for whom it came true
    used: bool
    why: Weakness | None

    def told(self) -> dict[str, object]:
        """The card as plain data for JSON."""
        said = asdict(self)
        said["days"] = {name: [day.isoformat() for day in days] for name, days in self.days.items()}
        return said

    def line(self) -> str:
        """The card in one line."""
        tried = self.tried_on
        auc = "none" if tried.auc is None else f"{tried.auc:.3f}"
        verdict = f"not given: {self.why.en}" if self.why else "given"
        return (
            f"{self.tag}: {tried.came_true:,} of {tried.files:,} ({tried.came_true / max(tried.files, 1):.2%}), "
            f"foreseen {tried.foreseen:.2%}, AUC {auc}, "
            f"Brier {self.brier:.4f} (base rate {self.brier_of_base_rate:.4f}), {verdict}"
        )
