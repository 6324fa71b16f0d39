"""Keeps a kind's models in the lake: the one in use, and beside it the newest if the gate did not let it serve.

A day's run of ``model_<kind>`` holds what serves from that day on (``scorer.npz``), the same model as it was before it
had seen its last window (``untold.npz``), LightFM's factors where there are any, and a model card as a page. Where a
first model orders worse than popularity, popularity serves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from jobs.render import render
from jobs.run import Context
from jobs.tables import Manifest
from profiles.model import Kind
from recommender.fairness import FIGURES, LEAST_SUBJECTS
from recommender.learn import Learned, Window
from recommender.promotion import Decision, decide, first, gate
from recommender.rank import Scorer
from recommender.trial import Trial, tried

KEPT_DAYS = 30
FILES = ("scorer.npz", "untold.npz", "factors.npz")


@dataclass(frozen=True)
class Served:
    """What serves after a decision: the model's files, its figures, the day it was learned on, and whether it is
    popularity alone, for want of a model that orders better."""

    files: Mapping[str, bytes]
    figures: Mapping[str, float]
    since: date
    popular: bool = False


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
    old = _served(context, champion) if champion else None
    trial = _trial(old, champion, last, versions) if old and champion else None
    settled = _chosen(found, context.day, old, trial)
    served, decision = settled.served, settled.decision
    card = render(
        "model.html",
        kind=kind,
        day=context.day.isoformat(),
        served=served,
        found=found,
        decision=decision,
        old=trial,
    )
    extra = {
        **versions,
        "figures": dict(served.figures),
        "used": dict(found.used),
        "groups": _by_group(found),
        "since": served.since.isoformat(),
        "popular": served.popular,
        "promoted": decision.promoted,
        "why": list(decision.reasons),
    }
    files = {**served.files, "card.html": card}
    context.tables.write_files(table(kind), files, day=context.day, extra=extra, slot=context.day.isoformat())
    oldest = (context.day - timedelta(days=KEPT_DAYS)).isoformat()
    context.tables.drop(table(kind), keep=lambda one: one.day >= oldest)
    return settled


def _chosen(found: Learned, day: date, old: Served | None, trial: Trial | None) -> Settled:
    """The new model, the one in use if it was tried and is not beaten, or popularity if nothing was."""
    popular = found.popular
    if old and trial:
        decision = decide(trial, found.trial, gate())
    else:
        decision = first(popular.trial if popular else None, found.trial, gate())
    if not decision.promoted and old and trial:
        return Settled(decision, old)
    if decision.promoted or popular is None:
        return Settled(decision, Served(_files(found), found.figures, day))
    return Settled(decision, Served(_files(popular), popular.figures, day, popular=True))


def _champion(context: Context, kind: Kind) -> Manifest | None:
    """The run of the last day before the context's own."""
    earlier = [one for one in context.tables.manifests(table(kind)) if one.day < context.day.isoformat()]
    return earlier[-1] if earlier else None


def _served(context: Context, run: Manifest) -> Served:
    folder = context.tables.run_path(run.table, run.run)
    files = {name: (folder / name).read_bytes() for name in FILES if name in run.files}
    figures = cast("Mapping[str, float]", run.extra.get("figures") or {})
    since = date.fromisoformat(str(run.extra.get("since", run.day)))
    return Served(files, figures, since, popular=bool(run.extra.get("popular")))


def _trial(old: Served, run: Manifest, last: Window, versions: Mapping[str, str]) -> Trial | None:
    """How the model in use does on the last window; None where it knows other tags or services or was never tried."""
    if "untold.npz" not in old.files or any(run.extra.get(name) != version for name, version in versions.items()):
        return None
    scorer = Scorer.load(old.files["untold.npz"])
    fits = last.tags.shape[1] == len(scorer.tags) and last.allowed.shape[1] == len(scorer.services)
    return tried(scorer, last) if fits else None


def _by_group(found: Learned) -> dict[str, dict[str, dict[str, float]]]:
    """Kind of group -> group -> figures; of groups in which few took anything up nothing is told."""
    reached = found.trial.reached if found.trial else {}
    return {
        kind: {
            one.group: {name: round(getattr(one, name), 4) for name in FIGURES}
            for one in groups
            if one.takers >= LEAST_SUBJECTS
        }
        for kind, groups in reached.items()
    }


def _files(found: Learned) -> dict[str, bytes]:
    files = {"scorer.npz": found.scorer.save()}
    if found.untold is not None:
        files["untold.npz"] = found.untold.save()
    if found.factors is not None:
        files["factors.npz"] = found.factors.save()
    return files
