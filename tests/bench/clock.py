"""Measures two things in turn, again and again, and says how they compare; it knows nothing of what they do."""

import gc
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

REPEATS = 7


@dataclass(frozen=True)
class Compared:
    """Seconds of ours and theirs, a pair per repeat, and the quartiles of theirs over ours."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, float, float]:
        """Lower quartile, median and upper quartile of how many times faster ours is, pair by pair."""
        low, middle, high = quantiles((b / a for a, b in zip(self.ours, self.theirs, strict=True)), n=4)
        return low, middle, high


@dataclass(frozen=True)
class Sizes:
    """How much a benchmark works on, and the memory that Spark may take."""

    persons: int = 20_000
    rows: int = 200_000
    memory: str = "3g"
    repeats: int = REPEATS
    files: int = 20_000
    subjects: int = 50_000


@dataclass(frozen=True)
class Figure:
    """One ratio and its target: how many times faster ours is, at least; with ``cost`` how much longer, at most."""

    id: str
    title: str
    measured: Compared
    target: float | None
    cost: bool = False

    @property
    def ratio(self) -> tuple[float, float, float]:
        """Lower quartile, median, upper quartile."""
        low, half, high = self.measured.ratios
        return (1 / high, 1 / half, 1 / low) if self.cost else (low, half, high)


def compare(ours: Callable[[], object], theirs: Callable[[], object], repeats: int = REPEATS) -> Compared:
    """Both in turn, `repeats` times, after one run of each that does not count."""
    ours()
    theirs()
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for measured, run in zip(seconds, (ours, theirs), strict=True):
            gc.collect()
            start = time.perf_counter()
            run()
            measured.append(time.perf_counter() - start)
    return Compared(tuple(seconds[0]), tuple(seconds[1]))


def middle(seconds: tuple[float, ...]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile."""
    low, half, high = quantiles(seconds, n=4)
    return low, half, high


def machine() -> dict[str, object]:
    """What the figures were measured on: processor, cores in use, memory, Python."""
    import os

    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": names[0] if names else platform.processor() or platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(pages / 2**30, 1),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }
