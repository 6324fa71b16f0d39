"""Holds a made-up city's lists against its hidden truth, and counts what no list may hold; it changes nothing.

What may be listed is asked here a second time and in another way than ranking does: every requirement whole, by
Spark, and what was done, is under way or was put away from the acts themselves. So a mistake of the matcher or of
the mask is seen.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from jobs.acts import with_acts
from jobs.judged import Judged, K, by_group, commonest_first, counts, figures
from jobs.run import Context
from jobs.train import GROUPS
from profiles.identity.keys import pseudonym
from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from recommender.catalogue import Catalogue
from recommender.mask import DISMISSED_DAYS, rest_days
from recommender.packed import values
from recommender.trace import decode
from recommender.windows import next_window
from tagging import registry as registries
from tagging.registry import Registry
from tagging.rules import parse, to_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row

TABLE = "judged"
Coming = tuple[str, str, int]
# A need that nothing came of in a quarter is one that its subject does not mean to act on.
OPEN_DAYS = 90
EARLIER_STEP = "waiting for an earlier step of its bundle"


def judge(context: Context, truth: Path) -> dict[Kind, Judged]:
    """Write ``judged``: recall at five of needs that are open, why the others were missed, and how much was listed that
    may not be.

    ``truth`` is the folder ``truth`` of a city. Recall of 1 is what an oracle reaches that lists the open needs
    themselves, five of them or all. ``oracle`` is what it reaches if it may not list what its subject has done, has
    under way or put away: a need can be open all the same, and no list may hold it. ``foreseen`` are the needs of the
    coming weeks that are listed already, ``days ahead`` how long before.
    """
    needs, coming = open_needs(context, truth), needs_to_come(context, truth)
    found = {kind: _of(context, kind, needs[kind], coming[kind]) for kind in KINDS}
    files = {"figures.json": {**figures(found), **counts(found)}, "missed.json": {k: found[k].missed for k in found}}
    content = {name: json.dumps(of, indent=1).encode() for name, of in files.items()}
    groups = {kind: one.groups for kind, one in found.items()}
    context.tables.write_files(
        TABLE, content, day=context.day, extra={"figures": files["figures.json"], "groups": groups}
    )
    return found


def _of(context: Context, kind: Kind, needs: dict[str, set[str]], coming: list[Coming]) -> Judged:
    # Without the plan that makes it: planning hundreds of requirements for each question takes longer than asking.
    asked = _asked(context, kind, context.tables.read(f"{kind}_suggestions", context.spark)).localCheckpoint()
    shown = {row["subject"]: row["services"] for row in asked.select("subject", "services").collect()}
    own = {subject: wanted for subject, wanted in needs.items() if subject in shown}
    in_need = {row["subject"]: row for row in asked.where(asked["subject"].isin(list(own))).collect()}
    offered = [service.id for service in catalogues.load().offered(kind, context.day)]
    waits = {who: {offered[one] for one in values(decode(row["record"]).waits)} for who, row in in_need.items()}
    to_come = [(who, service, days) for who, service, days in coming if who in shown]
    labels = {row["subject"]: row["groups"] for row in asked.select("subject", "groups").collect()}
    recall = recalls(own, shown)
    ahead = [(who, days) for who, service, days in to_come if service in shown[who][:K]]
    groups = {
        name: by_group({who: told[place] for who, told in labels.items()}, dict(zip(own, recall, strict=True)), ahead)
        for place, name in enumerate(GROUPS[kind])
    }
    free = {who: sorted(wanted - {*in_need[who]["held"]}) for who, wanted in own.items()}
    return Judged(
        recall=recall,
        oracle=recalls(own, free),
        cold=tuple(not in_need[who]["acts"] for who in own),
        offers=sum(map(len, shown.values())),
        forbidden=_forbidden(asked),
        missed=_missed(own, shown, in_need, waits),
        coming=len(to_come),
        ahead=tuple(days for _, days in ahead),
        groups=groups,
    )


def open_needs(context: Context, truth: Path) -> dict[Kind, dict[str, set[str]]]:
    """Kind → subject → services needed for some days and not acted on yet."""
    found: dict[Kind, dict[str, set[str]]] = {kind: {} for kind in KINDS}
    since = context.day - timedelta(days=OPEN_DAYS)
    for need in pq.read_table(truth / "needs.parquet").to_pylist():
        if need["open"] and since < need["needed_on"] <= context.day:
            kind: Kind = need["kind"]
            subject = pseudonym(context.keys, kind, need["subject"])
            found[kind].setdefault(subject, set()).add(need["service"])
    return found


def needs_to_come(context: Context, truth: Path) -> dict[Kind, list[Coming]]:
    """Kind → needs that begin after the day: whose, of which service, and in how many days."""
    found: dict[Kind, list[Coming]] = {kind: [] for kind in KINDS}
    for need in pq.read_table(truth / "needs.parquet").to_pylist():
        if (days := (need["needed_on"] - context.day).days) > 0:
            kind: Kind = need["kind"]
            found[kind].append((pseudonym(context.keys, kind, need["subject"]), need["service"], days))
    return found


def recalls(needs: dict[str, set[str]], shown: dict[str, list[str]]) -> tuple[float, ...]:
    """Of each subject the share of its needs, or of as many as have a place, that is listed."""
    return tuple(len(wanted & set(shown[who][:K])) / min(len(wanted), K) for who, wanted in needs.items())


def _missed(
    needs: dict[str, set[str]], shown: dict[str, list[str]], in_need: "Mapping[str, Row]", waits: dict[str, set[str]]
) -> dict[str, dict[str, int]]:
    """Why needs are not among the first K, and of which services how many; what is commonest first."""
    found: dict[str, Counter[str]] = {}
    for who, wanted in needs.items():
        for service in wanted - set(shown[who][:K]):
            why = EARLIER_STEP if service in waits[who] else _why(service, shown[who], in_need[who])
            found.setdefault(why, Counter())[service] += 1
    return commonest_first(found)


def _why(service: str, listed: list[str], row: "Row") -> str:
    if service in listed:
        return f"listed below {K}"
    if service in row["held"]:
        return "done, under way or put away"
    if service in row["may"]:
        return "waiting, closed, replaced or beyond the list"
    return "entitlement not known" if service in row["perhaps"] else "not entitled"


def _listed(lists: "DataFrame") -> "DataFrame":
    return lists.selectExpr("subject", "transform(items, i -> i.service) AS services", "record")


def _asked(context: Context, kind: Kind, lists: "DataFrame") -> "DataFrame":
    """Lists beside what each subject may have, may perhaps have and has done, under way or put away."""
    from pyspark.sql import functions as F

    registry, catalogue = registries.load(), catalogues.load()
    files = with_acts(context, kind).withColumn("as_of", F.lit(context.day))
    rules = {name: F.expr(_entitled(kind, registry, catalogue, name)) for name in ("may", "perhaps")}
    held = F.expr(f"transform(filter(acts, a -> {_hidden(kind, catalogue, context)}), a -> a.service)")
    groups = F.array(*(F.expr(sql) for sql in GROUPS[kind].values())).alias("groups")
    known = files.select("subject", "acts", groups, *(rule.alias(name) for name, rule in rules.items()))
    return _listed(lists).join(known.withColumn("held", held), on="subject", how="left")


def _forbidden(asked: "DataFrame") -> int:
    """How many listed services their subject may not have, has done or has under way, or put away."""
    from pyspark.sql import functions as F

    wrong = F.expr(
        "size(filter(services, s -> NOT coalesce(array_contains(may, s), FALSE) OR array_contains(held, s)))"
    )
    total = asked.agg(F.sum(wrong)).first()
    return int(total[0] or 0) if total else 0


def _entitled(kind: Kind, registry: Registry, catalogue: Catalogue, how: str) -> str:
    """SQL: the services whose whole requirement holds, or (`perhaps`) is neither true nor false, as an array of ids."""
    tags = registry.rules(kind)
    own = [service for service in catalogue.services if service.audience == kind]
    whole = {one.id: f"({one.requirement}){f' AND lives_in({one.division!r})' if one.division else ''}" for one in own}
    cases = [
        f"CASE WHEN {_asks(to_spark(parse(rule, kind, where=service, tags=tags)), how)} THEN '{service}' END"
        for service, rule in whole.items()
    ]
    return f"array_compact(array({', '.join(cases)}))"


def _asks(rule: str, how: str) -> str:
    return rule if how == "may" else f"({rule}) IS NULL"


def _hidden(kind: Kind, catalogue: Catalogue, context: Context) -> str:
    """SQL over an act ``a``: whether it hides its service on the day."""
    own = [service for service in catalogue.services if service.audience == kind]
    rests = rest_days([one.recurs_months for one in own], [one.renews for one in own])
    named = ", ".join(f"'{one.id}', {days}" for one, days in zip(own, rests.tolist(), strict=True))
    today = f"DATE'{context.day.isoformat()}'"
    done = f"a.done_on <= {today} AND datediff({today}, a.done_on) < coalesce(map({named})[a.service], 0)"
    if before := [
        f"(a.service = '{one.id}' AND a.done_on < DATE'{next_window(one.window, context.day)[0]}')"
        for one in own
        if one.window and one.recurs_months
    ]:
        done += f" AND NOT ({' OR '.join(before)})"
    doing = f"a.acted_on <= {today} AND {today} < a.open_until"
    put_away = f"a.action = 'dismissed' AND datediff({today}, a.acted_on) BETWEEN 0 AND {DISMISSED_DAYS - 1}"
    return f"coalesce({done}, FALSE) OR coalesce({doing}, FALSE) OR coalesce({put_away}, FALSE)"
