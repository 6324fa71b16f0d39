"""Says what was measured, as lines to read and as one page with plots that loads nothing; it measures nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from recommender.terms import Text


@dataclass(frozen=True)
class Bar:
    """One figure in a plot; `ours` says that it is the product's own."""

    name: str
    value: float
    ours: bool = False


@dataclass(frozen=True)
class Plot:
    """Figures of one measure side by side, the better ones larger, and each seed's or group's where there are any."""

    measure: str
    bars: tuple[Bar, ...]

    @property
    def gain(self) -> float | None:
        """How far the product stands above the best of the others; None where it does not stand beside any."""
        own = [bar.value for bar in self.bars if bar.ours]
        others = [bar.value for bar in self.bars if not bar.ours]
        return max(own) - max(others) if own and others else None


@dataclass(frozen=True)
class Section:
    """What was measured on one set of data, or in one sentence why it was not."""

    title: Text
    told: str
    plots: tuple[Plot, ...] = ()


def lines(sections: Sequence[Section]) -> Iterator[str]:
    """The report as lines of text."""
    for section in sections:
        yield f"{section.title.en}: {section.told}"
        for plot in section.plots:
            yield f"  {plot.measure}"
            for bar in plot.bars:
                yield f"    {bar.value:7.4f}  {'* ' if bar.ours else '  '}{bar.name}"
            if plot.gain is not None:
                yield f"    {plot.gain:+7.4f}  above the best of the others"


def page(sections: Sequence[Section]) -> bytes:
    """The report as a page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html").render(sections=sections).encode()
