"""P11: how well the product orders real uses of services, over the best of the known ways; no time is taken.

``python -m tests.bench p11`` prints what ``python -m recommender evaluate`` measures on West Bengal's cells.
"""

import os
from pathlib import Path

from recommender.evaluate import cells, report
from recommender.evaluate.run import SEEDS, services

DATA = Path(os.environ.get("YIDANG_DATA", "../shared/data")) / cells.FOLDER
TARGET = 0.03


def main() -> None:
    """Prints nDCG@10 of every way and the gain of ours."""
    if not DATA.is_dir():
        print(f"P11 is not measured: {DATA} is not there; name the folder above it by YIDANG_DATA")
        return
    section = services(DATA, SEEDS, print)
    print("\n".join(report.lines([section])))
    print(f"P11: target {TARGET:+.2f} over the best of the others")
