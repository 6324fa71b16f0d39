"""``python -m tests.bench [p1 p6 …]``: prints the table of ratios and writes it as JSON with the machine's name."""

import argparse
import json
import sys
from pathlib import Path

from tests.bench import (
    p1_rank,
    p2_city,
    p3_page,
    p4_store,
    p5_publish,
    p6_build,
    p7_pseudonyms,
    p8_gate,
    p9_tags,
    p10_train,
    p11_quality,
    p12_dismissed,
    p13_reminders,
    p14_start,
    texts,
)
from tests.bench.clock import Figure, Sizes, machine, middle

BENCHES = {
    "p1": p1_rank.run,
    "p2": p2_city.run,
    "p3": p3_page.run,
    "p4": p4_store.run,
    "p5": p5_publish.run,
    "p6": p6_build.run,
    "p7": p7_pseudonyms.run,
    "p8": p8_gate.run,
    "p9": p9_tags.run,
    "p10": p10_train.run,
    "p12": p12_dismissed.run,
    "p13": p13_reminders.run,
    "p14": p14_start.run,
}


def main() -> None:
    """Runs the chosen benchmarks (all by default), prints a row for each figure, writes the JSON."""
    if sys.argv[1:2] in (["titles"], ["scopes"]):  # of accuracy, not of speed
        texts.main(sys.argv[1:])
        return
    if sys.argv[1:2] == ["p11"]:
        p11_quality.main()
        return
    usual = Sizes()
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description="ratios of speed, measured in turn")
    asked.add_argument("which", nargs="*", metavar="|".join(BENCHES), help="all of them by default")
    asked.add_argument("--out", type=Path, default=Path("build/bench.json"), help="where the figures go as JSON")
    asked.add_argument("--rows", type=int, default=usual.rows, help="rows, numbers or rungs (P6, P7, P8, P13)")
    asked.add_argument("--persons", type=int, default=usual.persons, help="persons to rank (P2), files to build (P6)")
    asked.add_argument("--files", type=int, default=usual.files, help="files to tag (P9)")
    asked.add_argument("--subjects", type=int, default=usual.subjects, help="subjects in the store (P4, P5)")
    asked.add_argument("--memory", default=usual.memory, help="Spark's heap, such as 16g")
    asked.add_argument("--repeats", type=int, default=usual.repeats, help="how often both are measured in turn")
    given = asked.parse_args()
    if unknown := {*given.which} - {*BENCHES}:
        asked.error(f"there is no benchmark {', '.join(sorted(unknown))}; known: {', '.join(BENCHES)}")
    sizes = Sizes(given.persons, given.rows, given.memory, given.repeats, given.files, given.subjects)
    where = machine()
    print(" · ".join(f"{name} {value}" for name, value in where.items()), f"· {sizes.repeats} repeats in turn")
    figures = [figure for name in given.which or BENCHES for figure in BENCHES[name](sizes)]
    print(f"{'':4}{'ours':>26}{'theirs':>26}{'ratio':>24}{'target':>9}")
    for figure in figures:
        print(_line(figure))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    found = {"machine": where, "figures": [_row(figure) for figure in figures]}
    given.out.write_text(json.dumps(found, indent=1) + "\n")
    print(f"written to {given.out}")


def _row(figure: Figure) -> dict[str, object]:
    """One figure with its quartiles (lower, median, upper) in seconds."""
    return {
        "id": figure.id,
        "title": figure.title,
        "ours_s": [float(f"{one:.4g}") for one in middle(figure.measured.ours)],
        "theirs_s": [float(f"{one:.4g}") for one in middle(figure.measured.theirs)],
        "ratio": [round(one, 2) for one in figure.ratio],
        "ratio_is": "ours over theirs" if figure.cost else "theirs over ours",
        "target": figure.target,
    }


def _line(figure: Figure) -> str:
    low, half, high = figure.ratio
    sign = "≤" if figure.cost else "≥"
    target = "" if figure.target is None else f"{sign} {figure.target:g}"
    seconds = f"{_shown(figure.measured.ours):>26}{_shown(figure.measured.theirs):>26}"
    return f"{figure.id:4}{seconds}{f'{half:.2f} ({low:.2f}–{high:.2f})':>24}{target:>9}  {figure.title}"


def _shown(seconds: tuple[float, ...]) -> str:
    low, half, high = middle(seconds)
    if half < 0.001:
        return f"{half * 1e6:.2f} ({low * 1e6:.2f}–{high * 1e6:.2f}) µs"
    return f"{half:.2f} ({low:.2f}–{high:.2f}) s"


if __name__ == "__main__":
    main()
