"""Keeps a kind's models in the lake: the one in use, and beside it the newest if the gate did not let it serve.

A day's run of ``model_<kind>`` holds what serves from that day on (``scorer.npz``), the same model as it was before it
had seen its last window (``untold.npz``), LightFM's factors where there are any, and a model card as a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from jobs.render import render
from jobs.run import Context
from jobs.tables import Manifest
from profiles.model import Kind
from recommender.fairness import LEAST_SUBJECTS
from recommender.learn import Learned, Window
from recommender.promotion import Decision, decide, gate
from recommender.rank import Scorer
from recommender.trial import Trial, tried

KEPT_DAYS = 30
FILES = ("scorer.npz", "untold.npz", "factors.npz")


@dataclass(frozen=True)
class Served:
    """What serves after a decision: the model's files, its figures, and the day it was learned on."""

    files: Mapping[str, bytes]
    figures: Mapping[str, float]
    since: date


@dataclass(frozen=True)
class Settled:
    """What a night decided about a kind's models."""

    decision: Decision
    served: Served


def table(kind: Kind) -> str:
    """The table of a kind's models."""
    return f"model_{kind}"


def settle(context: Context, kind: Kind, found: Learned, last: Window, versions: Mapping[str, str]) -> Settled:
    """Decide which model serves from the context's day on, and write it with its card."""
    champion = _champion(context, kind)
    trial, old = None, None
    if champion is not None:
        old = _served(context, champion)
        trial = _trial(old, champion, last, versions)
    decision = decide(trial, found.trial, gate())
    new = Served(_files(found), found.figures, context.day)
    served = new if decision.promoted or old is None else old
    card = render(
        "model.html",
        kind=kind,
        day=context.day.isoformat(),
        since=served.since.isoformat(),
        found=found,
        decision=decision,
        old=trial,
    )
    extra = {
        **versions,
        "figures": dict(served.figures),
        "used": dict(found.used),
        "recall": _recalls(found),
        "since": served.since.isoformat(),
        "promoted": decision.promoted,
        "why": list(decision.reasons),
    }
    files = {**served.files, "card.html": card}
    context.tables.write_files(table(kind), files, day=context.day, extra=extra, slot=context.day.isoformat())
    oldest = (context.day - timedelta(days=KEPT_DAYS)).isoformat()
    context.tables.drop(table(kind), keep=lambda one: one.day >= oldest)
    return Settled(decision, served)


def _champion(context: Context, kind: Kind) -> Manifest | None:
    """The run of the last day before the context's own."""
    earlier = [one for one in context.tables.manifests(table(kind)) if one.day < context.day.isoformat()]
    return earlier[-1] if earlier else None


def _served(context: Context, run: Manifest) -> Served:
    folder = context.tables.run_path(run.table, run.run)
    files = {name: (folder / name).read_bytes() for name in FILES if name in run.files}
    figures = cast("Mapping[str, float]", run.extra.get("figures") or {})
    return Served(files, figures, date.fromisoformat(str(run.extra.get("since", run.day))))


def _trial(old: Served, run: Manifest, last: Window, versions: Mapping[str, str]) -> Trial | None:
    """How the model in use does on the last window; None where it knows other tags or services or was never tried."""
    if "untold.npz" not in old.files or any(run.extra.get(name) != version for name, version in versions.items()):
        return None
    scorer = Scorer.load(old.files["untold.npz"])
    fits = last.tags.shape[1] == len(scorer.tags) and last.allowed.shape[1] == len(scorer.services)
    return tried(scorer, last) if fits else None


def _recalls(found: Learned) -> dict[str, dict[str, float]]:
    """Recall by kind of group and group; of groups in which few took anything up nothing is told."""
    reached = found.trial.reached if found.trial else {}
    return {
        kind: {one.group: round(one.recall, 4) for one in groups if one.takers >= LEAST_SUBJECTS}
        for kind, groups in reached.items()
    }


def _files(found: Learned) -> dict[str, bytes]:
    files = {"scorer.npz": found.scorer.save()}
    if found.untold is not None:
        files["untold.npz"] = found.untold.save()
    if found.factors is not None:
        files["factors.npz"] = found.factors.save()
    return files
