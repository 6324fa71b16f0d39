"""By what a feed without identity numbers is linked, read from ``<feed>.yaml`` beside this file; it scores nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from math import log2
from pathlib import Path
from typing import TypeVar

from profiles import located
from profiles.errors import LinkageError
from profiles.located import Located, Step

FOLDER = Path(__file__).parent
COMPARED = ("name", "birth_date", "phones")
FIELDS = ("name", "birth_date", "phone")
_ROUNDING = 1e-6

Value = TypeVar("Value")


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison; ``when`` is SQL over the values _l and _r, None for whatever is left."""

    name: str
    when: str | None
    same: float  # how often it is seen where both are the same person
    other: float  # how often where they are two

    @property
    def weight(self) -> float:
        """What it adds to the odds, in bits.

        >>> Level("same", None, 0.9, 0.1125).weight
        3.0
        """
        return log2(self.same / self.other)


@dataclass(frozen=True)
class Terms:
    """How one feed is linked."""

    feed: str
    version: str
    fields: Mapping[str, str]  # name, birth_date and phone -> the feed's column
    ages: tuple[int, int]  # years, both included
    share: float
    threshold: float
    lead: float
    compared_where: tuple[tuple[str, ...], ...]
    comparisons: Mapping[str, tuple[Level, ...]]

    @property
    def lead_bits(self) -> float:
        """The lead in bits."""
        return log2(self.lead)

    @property
    def threshold_bits(self) -> float:
        """The threshold as odds, in bits."""
        return log2(self.threshold / (1 - self.threshold))


@cache
def load(folder: Path = FOLDER) -> Mapping[str, Terms]:
    """Terms by feed, in alphabetical order.

    Raises:
        LinkageError: a file is malformed; the message names file and line.
    """
    return {path.stem: read(path) for path in sorted(folder.glob("*.yaml"))}


def read(path: Path) -> Terms:
    """The terms in ``path``; raises LinkageError as ``load``."""
    file = located.read(path, LinkageError)
    comparisons = {name: _levels(file, name) for name in COMPARED}
    blocks = _value(file, list, "compared_where")
    ages = tuple(int(_number(file, 0, 150, "ages", end)) for end in ("from", "to"))
    return Terms(
        feed=path.stem,
        version=sha256(path.read_bytes()).hexdigest()[:12],
        fields={name: str(_value(file, str, "fields", name)) for name in FIELDS},
        ages=(ages[0], ages[1]),
        share=_number(file, 0, 1, "share"),
        threshold=_number(file, 0, 1, "threshold"),
        lead=_number(file, 1, 1e12, "lead"),
        compared_where=tuple(tuple(_block(file, place)) for place in range(len(blocks))),
        comparisons=comparisons,
    )


def _levels(file: Located, name: str) -> tuple[Level, ...]:
    at = ("comparisons", name)
    count = len(_value(file, list, *at))
    levels = tuple(_level(file, *at, place, last=place == count - 1) for place in range(count))
    for side in ("same", "other"):
        total = sum(getattr(level, side) for level in levels)
        if abs(total - 1) > _ROUNDING:
            raise LinkageError(
                f"{file.where(*at)}: {side} of all levels of {name} adds up to {total:.6f} instead of 1."
            )
    return levels


def _level(file: Located, *at: Step, last: bool) -> Level:
    when = _get(file, *at, "when")
    if (when is None) != last:
        raise LinkageError(f"{file.where(*at)}: every level but the last says `when`, and the last does not.")
    return Level(
        name=str(_value(file, str, *at, "level")),
        when=None if when is None else str(when),
        same=_number(file, 0, 1, *at, "same"),
        other=_number(file, 0, 1, *at, "other"),
    )


def _block(file: Located, place: int) -> Sequence[str]:
    known = (*COMPARED, "surname")
    names = _value(file, list, "compared_where", place)
    if not names or not set(names) <= set(known):
        raise LinkageError(f"{file.where('compared_where', place)}: expected a list out of {', '.join(known)}.")
    return [str(name) for name in names]


def _number(file: Located, least: float, most: float, *at: Step) -> float:
    value = _get(file, *at)
    if not isinstance(value, int | float) or not least < value < most:
        raise LinkageError(f"{file.where(*at)}: {at[-1]} must be a number above {least:g} and below {most:g}.")
    return float(value)


def _value(file: Located, kind: type[Value], *at: Step) -> Value:
    value = _get(file, *at)
    if not isinstance(value, kind):
        raise LinkageError(f"{file.where(*at)}: {'.'.join(map(str, at))} must be a {kind.__name__}.")
    return value


def _get(file: Located, *at: Step) -> object:
    value: object = file.data
    for step in at:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
        else:
            return None
    return value
