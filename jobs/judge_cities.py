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
from jobs.judge import judge
from jobs.judged import Judged, pooled, summary
from jobs.run import Context, Progress, Summary, run_all
from jobs.session import SHORT_RUNS
from jobs.settings import DEMO_KEY_ID, Settings
from profiles.identity.keys import DEMO_PSEUDONYM_KEY, DEMO_VAULT_KEY
from profiles.model import Kind

FIRST_SEED = 1
FILES, LISTS = ("gate", "link", "build"), ("tag", "train", "rank")

Report = Callable[[Summary, float], None]


@dataclass(frozen=True)
class Cities:
    """Which cities are judged, where what is made of them lies, and the settings of their jobs but for that."""

    seeds: tuple[int, ...]
    people: int
    day: date
    folder: Path
    settings: Settings

    def made_of(self, seed: int) -> dict[str, object]:
        """What must be the same for a city made before to be judged again."""
        return {"people": self.people, "seed": seed, "day": self.day.isoformat()}


def judge_cities(cities: Cities, progress: Progress, report: Report) -> None:
    """Judge each city and all of them as one; ``report`` is told of each as soon as it is judged."""
    found: list[dict[Kind, Judged]] = []
    for number, seed in enumerate(cities.seeds):
        progress(f"seed {seed}", number, len(cities.seeds))
        started = time.monotonic()
        found.append(_judged(cities, seed))
        report(summary(f"seed {seed}", found[-1]), time.monotonic() - started)
    report(summary(f"all {len(found)}", pooled(found)), 0.0)


def of_demo() -> Settings:
    """Settings for cities that nobody has: under the demo's public keys."""
    return Settings.load(
        suppliers="city",
        pseudonym_key=DEMO_PSEUDONYM_KEY,
        vault_key=DEMO_VAULT_KEY,
        key_id=DEMO_KEY_ID,
        spark_conf=dict(SHORT_RUNS),
    )


def _judged(cities: Cities, seed: int) -> dict[Kind, Judged]:
    folder = cities.folder / f"seed-{seed}"
    places = {"lake": folder / "lake", "source": folder / "city"}
    context = Context(cities.day, cities.settings.model_copy(update=places))
    marker = folder / "made.json"
    if not marker.exists() or json.loads(marker.read_text()) != cities.made_of(seed):
        marker.unlink(missing_ok=True)
        make(cities.people, seed, cities.day, folder / "city")
        run_all(context, lambda *_: None, FILES)
        marker.write_text(json.dumps(cities.made_of(seed)))
    run_all(context, lambda *_: None, LISTS)
    return judge(context, folder / "city" / "truth")
