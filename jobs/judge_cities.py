"""Holds the lists of several made-up cities against their hidden truths, a seed each; it knows no rule of judging.

A city and its files lie in a folder and are taken up again by the next run. Tags, models and lists are made anew, so
that what is judged is the recommender as it is.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jobs.city import make
from jobs.judge import of_city
from jobs.judged import Judged, pooled, summary
from jobs.run import Context, Progress, Summary, run_all
from jobs.session import SHORT_RUNS
from jobs.settings import Settings
from profiles.identity.keys import DEMO_PSEUDONYM_KEY, DEMO_VAULT_KEY
from profiles.model import Kind

FIRST_SEED = 1
FILES, LISTS = ("gate", "link", "build"), ("tag", "train", "rank")

Report = Callable[[Summary, float], None]


@dataclass(frozen=True)
class Cities:
    """Which cities are judged, and where what is made of them lies."""

    seeds: tuple[int, ...]
    people: int
    day: date
    folder: Path


def judge_cities(cities: Cities, progress: Progress, report: Report) -> None:
    """Judge each city and all of them as one; ``report`` is told of each as soon as it is judged."""
    found: list[dict[Kind, Judged]] = []
    for number, seed in enumerate(cities.seeds):
        progress(f"seed {seed}", number, len(cities.seeds))
        started = time.monotonic()
        found.append(_judged(cities, seed))
        report(summary(f"seed {seed}", found[-1]), time.monotonic() - started)
    report(summary(f"{len(found)} cities", pooled(found)), 0.0)


def _judged(cities: Cities, seed: int) -> dict[Kind, Judged]:
    folder = cities.folder / f"seed-{seed}"
    context = Context(cities.day, _settings(folder))
    marker = folder / "made.json"
    made_of = {"people": cities.people, "seed": seed, "day": cities.day.isoformat()}
    if not marker.exists() or json.loads(marker.read_text()) != made_of:
        marker.unlink(missing_ok=True)
        make(cities.people, seed, cities.day, folder / "city")
        run_all(context, lambda *_: None, FILES)
        marker.write_text(json.dumps(made_of))
    run_all(context, lambda *_: None, LISTS)
    return of_city(context, folder / "city" / "truth")


def _settings(folder: Path) -> Settings:
    return Settings.load(
        lake=folder / "lake",
        source=folder / "city",
        suppliers="city",
        pseudonym_key=DEMO_PSEUDONYM_KEY,
        vault_key=DEMO_VAULT_KEY,
        key_id="demo",
        spark_conf=dict(SHORT_RUNS),
    )
