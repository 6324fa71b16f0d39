"""Holds a made-up city's lists against its hidden truth, and counts what no list may hold; it changes nothing.

What may be listed is asked here a second time and in another way than ranking does: every requirement whole, by
Spark, and what was done, is under way or was put away from the acts themselves. So a mistake of the matcher or of
the mask is seen.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from jobs.acts import with_acts
from jobs.run import Context, Summary
from profiles.identity.keys import pseudonym
from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from recommender.catalogue import Catalogue
from recommender.mask import DISMISSED_DAYS, rest_days
from tagging import registry as registries
from tagging.registry import Registry
from tagging.rules import parse, to_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE = "judged"
K = 5
# A need that nothing came of in a quarter is one that its subject does not mean to act on.
OPEN_DAYS = 90


def judge(context: Context, truth: Path) -> Summary:
    """Write ``judged``: recall at five of needs that are open, and how much was listed that may not be.

    ``truth`` is the folder ``truth`` of a city. The generator's own oracle lists the open needs themselves, so it
    finds all of them in five places (or as many as there are places); recall is of the same measure.
    """
    needs = _open_needs(context, truth)
    counts: dict[str, int] = {}
    figures: dict[str, float] = {}
    for kind in KINDS:
        lists = context.tables.read(f"{kind}_suggestions", context.spark)
        shown = {row["subject"]: row["services"] for row in _listed(lists).collect()}
        cold = {row["subject"] for row in with_acts(context, kind).where("size(acts) = 0").select("subject").collect()}
        own = {subject: wanted for subject, wanted in needs[kind].items() if subject in shown}
        own_cold = {who: wanted for who, wanted in own.items() if who in cold}
        for name, some in ((f"{kind} recall@{K}", own), (f"{kind} recall@{K} cold", own_cold)):
            if some:
                figures[name] = _recall(some, shown)
        counts[f"{kind}s in need"], counts[f"{kind}s cold"] = len(own), len(own_cold)
        counts[f"{kind} offers"] = sum(map(len, shown.values()))
        counts[f"{kind} forbidden"] = _forbidden(context, kind, lists)
    told = {name: round(figure, 4) for name, figure in figures.items()}
    content = json.dumps({**told, **counts}, indent=1).encode()
    context.tables.write_files(TABLE, {"figures.json": content}, day=context.day, extra={"figures": {**told, **counts}})
    return Summary("judge", counts, " · ".join(f"{name} {figure:.3f}" for name, figure in told.items()))


def _open_needs(context: Context, truth: Path) -> dict[Kind, dict[str, set[str]]]:
    """Kind → subject → services needed for some days and not acted on yet."""
    found: dict[Kind, dict[str, set[str]]] = {kind: {} for kind in KINDS}
    since = context.day - timedelta(days=OPEN_DAYS)
    for need in pq.read_table(truth / "needs.parquet").to_pylist():
        if need["open"] and since < need["needed_on"] <= context.day:
            kind: Kind = need["kind"]
            subject = pseudonym(context.keys, kind, need["subject"])
            found[kind].setdefault(subject, set()).add(need["service"])
    return found


def _recall(needs: dict[str, set[str]], shown: dict[str, list[str]]) -> float:
    """The mean over subjects of the share of their needs, or of as many as have a place, that is listed."""
    shares = [len(wanted & set(shown[who][:K])) / min(len(wanted), K) for who, wanted in needs.items()]
    return sum(shares) / len(shares)


def _listed(lists: "DataFrame") -> "DataFrame":
    return lists.selectExpr("subject", "transform(items, i -> i.service) AS services")


def _forbidden(context: Context, kind: Kind, lists: "DataFrame") -> int:
    """How many listed services their subject may not have, has done or has under way, or put away."""
    from pyspark.sql import functions as F

    registry, catalogue = registries.load(), catalogues.load()
    files = with_acts(context, kind).withColumn("as_of", F.lit(context.day))
    may = files.select("subject", "acts", F.expr(_eligible(kind, registry, catalogue)).alias("may"))
    held = F.expr(f"transform(filter(acts, a -> {_hidden(kind, catalogue, context)}), a -> a.service)")
    asked = _listed(lists).join(may.withColumn("held", held), on="subject", how="left")
    wrong = F.expr(
        "size(filter(services, s -> NOT coalesce(array_contains(may, s), FALSE) OR array_contains(held, s)))"
    )
    total = asked.agg(F.sum(wrong)).first()
    return int(total[0] or 0) if total else 0


def _eligible(kind: Kind, registry: Registry, catalogue: Catalogue) -> str:
    """SQL: the services whose whole requirement holds, as an array of ids."""
    tags = registry.rules(kind)
    own = [service for service in catalogue.services if service.audience == kind]
    whole = {one.id: f"({one.requirement}){f' AND lives_in({one.division!r})' if one.division else ''}" for one in own}
    cases = [
        f"CASE WHEN {to_spark(parse(rule, kind, where=service, tags=tags))} THEN '{service}' END"
        for service, rule in whole.items()
    ]
    return f"array_compact(array({', '.join(cases)}))"


def _hidden(kind: Kind, catalogue: Catalogue, context: Context) -> str:
    """SQL over an act ``a``: whether it hides its service on the day."""
    own = [service for service in catalogue.services if service.audience == kind]
    rests = rest_days([one.recurs_months for one in own], [one.renews for one in own])
    named = ", ".join(f"'{one.id}', {days}" for one, days in zip(own, rests.tolist(), strict=True))
    today = f"DATE'{context.day.isoformat()}'"
    done = f"a.done_on <= {today} AND datediff({today}, a.done_on) < coalesce(map({named})[a.service], 0)"
    doing = f"a.acted_on <= {today} AND {today} < a.open_until"
    put_away = f"a.action = 'dismissed' AND datediff({today}, a.acted_on) BETWEEN 0 AND {DISMISSED_DAYS - 1}"
    return f"coalesce({done}, FALSE) OR coalesce({doing}, FALSE) OR coalesce({put_away}, FALSE)"
