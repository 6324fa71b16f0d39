"""P11: how well the product orders real uses of services, over the best of the known ways; no time is taken.

``python -m tests.bench p11`` prints what ``python -m recommender evaluate`` measures on West Bengal's cells.
"""

import os
from pathlib import Path

from recommender.evaluate import report
from recommender.evaluate.run import SEEDS, Sources, services

DATA = Path(os.environ.get("YIDANG_DATA", "../shared/data"))
TARGET = 0.03


def main() -> None:
    """Prints nDCG@10 of every way and the gain of ours."""
    sources = Sources.below(DATA)
    if not sources.cells.exists():
        print(f"P11 is not measured: {sources.cells} is not there; name the folder of the real data by YIDANG_DATA")
        return
    section = services(sources, SEEDS, print)
    print("\n".join(report.lines([section])))
    print(f"P11: target {TARGET:+.2f} over the best of the others")
