"""``python -m tests.bench [--out FILE]``: prints the table of ratios and writes it as JSON with the machine's name."""

import argparse
import json
from pathlib import Path

from tests.bench import p1_rank
from tests.bench.clock import Compared, machine, middle

TARGETS = {"P1": 30.0}


def main() -> None:
    """Runs every benchmark, prints a row each, writes the JSON."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description="ratios of speed, measured in turn")
    asked.add_argument("--out", type=Path, default=Path("build/bench.json"), help="where the figures go as JSON")
    out = asked.parse_args().out
    where = machine()
    print(" · ".join(f"{name} {value}" for name, value in where.items()))
    title, measured, alike = p1_rank.run()
    print(f"{title}: {alike:.2%} of places the same, others tied within 1e-4; {len(measured.ours)} repeats in turn")
    rows = [_row("P1", title, measured)]
    print(f"{'':4}{'ours, µs':>20}{'theirs, µs':>24}{'ratio':>22}{'target':>9}")
    for row in rows:
        print(_line(row))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"machine": where, "figures": rows}, indent=1) + "\n")
    print(f"written to {out}")


def _row(id_: str, title: str, measured: Compared) -> dict[str, object]:
    """One figure with its quartiles (lower, median, upper)."""
    return {
        "id": id_,
        "title": title,
        "ours_us": [round(one * 1e6, 2) for one in middle(measured.ours)],
        "theirs_us": [round(one * 1e6, 2) for one in middle(measured.theirs)],
        "ratio": [round(one, 1) for one in measured.ratios],
        "target": TARGETS[id_],
    }


def _line(row: dict[str, object]) -> str:
    spread = {name: "{1} ({0}–{2})".format(*row[name]) for name in ("ours_us", "theirs_us", "ratio")}
    return f"{row['id']:4}{spread['ours_us']:>20}{spread['theirs_us']:>24}{spread['ratio']:>22}{row['target']:>9}"


if __name__ == "__main__":
    main()
