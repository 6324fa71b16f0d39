"""Offers vacancies to those who look for work, by the engine that ranks services; it holds no rule and writes no page.

Vacancies and applications are feeds like any other. What draws whom to what is learned on the driver, from a few
thousand applications; lists are made in Spark's workers, a batch of seekers at a time.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from jobs import accepted
from jobs.deleted_tags import deleted, left
from jobs.feedback import TABLE as FEEDBACK
from jobs.files import identified, living, sampled
from jobs.run import Context, Summary
from profiles import contracts
from recommender.vacancies.applications import chosen
from recommender.vacancies.learning import MOST_APPLICATIONS, MOST_VACANCIES, Matched, learn
from recommender.vacancies.matching import Grid, Seeker
from recommender.vacancies.offering import Offer, offers
from recommender.vacancies.terms import Policy, Vacancy, policy

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE = "person_vacancies"
MODEL = "vacancy_model"
SEED = 7
HISTORY_DAYS = 730
# What a page shows of a vacancy, and why; `seeks` are the tags by which its reader looks for work.
OFFERED = (
    "subject STRING, seeks ARRAY<STRING>, vacancies ARRAY<STRUCT<id: STRING, title: STRING, employer: STRING,"
    " division: STRING, education: STRING, wage_from: INT, wage_to: INT, places: INT, closes_on: DATE, as_of: DATE,"
    " because: ARRAY<STRUCT<reason: STRING, weight: DOUBLE>>>>"
)
_SHOWN = ("id", "title", "employer", "division", "education", "wage_from", "wage_to", "places", "closes_on", "as_of")
PUT_AWAY, BROUGHT_BACK = ("vacancy_dismissed", "vacancy_applied"), "vacancy_restored"
SAID = "subject STRING, action STRING, about STRING, at TIMESTAMP, entry STRING"


def run(context: Context) -> Summary:
    """Write ``person_vacancies`` and ``vacancy_model`` of the context's day; both are empty where none were shared.

    Raises:
        TableMissing: the files or the tags have not been made.
        CatalogueError: the policy is malformed.
    """
    asked = policy()
    context.progress("reading vacancies", 0, 3)
    vacancies = known_vacancies(context)
    matched = _learnt(context, vacancies, asked)
    context.progress("offering vacancies", 1, 3)
    open_now = [one for one in vacancies if one.open_on(context.day)]
    written = context.tables.write(TABLE, offered(context, open_now, matched, asked), day=context.day)
    context.progress("offering vacancies", 3, 3)
    model = {"learned": matched.learned, **matched.figures}
    context.tables.write_files(MODEL, {"card.json": json.dumps(model, indent=1).encode()}, day=context.day)
    return Summary("vacancies", {"open": len(open_now), "seekers": written.rows}, _said(matched))


def known_vacancies(context: Context) -> list[Vacancy]:
    """Every vacancy as last told by the day, by number; one without an occupation's code matches no work."""
    told = accepted.read(context, contracts.load()["vacancies"])
    if told is None:
        return []
    rows = _newest(told, ("vacancy",), context).drop("enterprise").toArrow().to_pylist()
    return sorted((_vacancy(row) for row in rows), key=lambda one: one.id)


def offered(context: Context, open_now: Sequence[Vacancy], matched: Matched, asked: Policy) -> "DataFrame":
    """Rows of OFFERED for everybody who looks for work."""
    day = context.day

    def in_worker(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            rows = batch.to_pylist()
            settled = [row["settled"] or () for row in rows]
            found = offers([_seeker(row) for row in rows], settled, open_now, matched, asked, day)
            lists = pa.array([[_shown(one) for one in own] for own in found], _TYPE)
            yield pa.RecordBatch.from_arrays(
                [batch["subject"], batch["seeks"], lists], names=["subject", "seeks", "vacancies"]
            )

    return _seekers(context, asked).mapInArrow(in_worker, OFFERED)


def told(context: Context, subjects: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the night offered to these subjects: `seeks` and `vacancies`, by subject."""
    if not context.tables.exists(TABLE):
        return {}
    found = pq.read_table(context.tables.path(TABLE), filters=[("subject", "in", list(subjects))])
    return {row.pop("subject"): row for row in found.to_pylist()}


def _seekers(context: Context, asked: Policy) -> "DataFrame":
    """(subject, seeks, occupation, division, education, settled) of the living who have a tag of the audience."""
    from pyspark.sql import functions as F

    audience = ", ".join(f"'{tag}'" for tag in asked.audience)
    tags = context.tables.read("person_tags", context.spark)
    used = tags.join(deleted(context, context.spark), on="subject", how="left")
    seeks = f"array_intersect({left('transform(tags, t -> t.id)')}, array({audience}))"
    seeking = used.select("subject", F.expr(seeks).alias("seeks")).where(F.size("seeks") > 0)
    files = living(identified(context, "person").withColumn("as_of", F.lit(context.day)), "person")
    known = files.selectExpr("subject", *_marks(f"DATE'{context.day.isoformat()}'"))
    return (
        seeking.join(known, on="subject", how="inner")
        .join(_settled(context), on="subject", how="left")
        .select("subject", "seeks", "occupation", "division", "education", "settled")
    )


def _settled(context: Context) -> "DataFrame":
    """(subject, settled): the vacancies that somebody applied for, or has put away on the page."""
    from pyspark.sql import functions as F

    applied = _applications(context).select("subject", "vacancy")
    said = context.tables.read_or_empty(FEEDBACK, SAID, context.spark)
    last = said.where(F.col("action").isin(*PUT_AWAY, BROUGHT_BACK)).groupBy("subject", F.col("about").alias("vacancy"))
    words = last.agg(F.max_by("action", F.struct("at", "entry")).alias("word"))
    gone = words.where(F.col("word") != BROUGHT_BACK).select("subject", "vacancy")
    return applied.unionByName(gone).groupBy("subject").agg(F.collect_set("vacancy").alias("settled"))


def _applications(context: Context) -> "DataFrame":
    """(subject, vacancy, applied_on) as known on the day."""
    contract = contracts.load()["job_applications"]
    told = accepted.read(context, contract)
    if told is None:
        return context.spark.createDataFrame([], "subject STRING, vacancy STRING, applied_on DATE")
    newest = _newest(told, ("person", "vacancy"), context).where("applied_on <= as_of")
    return newest.selectExpr("person AS subject", "vacancy", "applied_on")


def _learnt(context: Context, vacancies: Sequence[Vacancy], asked: Policy) -> Matched:
    """By what vacancies are ranked, learned from whom applied for what as they were when they did."""
    from pyspark.sql import functions as F

    newest = sorted(vacancies, key=lambda one: (one.opens_on, one.id))[-MOST_VACANCIES:]
    since = context.day - timedelta(days=HISTORY_DAYS)
    files = sampled(identified(context, "person"), context.tables.manifest("person_files").rows)
    applied = _applications(context).where(F.col("applied_on") > F.lit(since))
    lately = applied.join(files, on="subject", how="inner").orderBy(F.desc("applied_on"), "subject", "vacancy")
    rows = lately.limit(MOST_APPLICATIONS).selectExpr("subject", "vacancy", "applied_on", *_marks("applied_on"))
    said = [(row["subject"], _seeker(row), row["vacancy"], row["applied_on"]) for row in rows.toArrow().to_pylist()]
    grid = Grid.of([seeker for _, seeker, _, _ in said], vacancies)
    return learn(chosen(said, newest, asked), newest, grid, asked, context.day, SEED)


def _marks(day: str) -> tuple[str, ...]:
    """SQL over a file of what a seeker was on a day: last occupation; where they live and what they learned by now."""
    told = f"filter(facts, f -> f.name = 'occupation' AND coalesce(f.valid_from <= {day}, TRUE))"
    last = f"array_max(transform({told}, f -> struct(f.valid_from AS since, f.value AS code))).code"
    return (
        f"coalesce({last}, occupation_read) AS occupation",
        "residence_division AS division",
        "education",
    )


def _newest(told: "DataFrame", key: tuple[str, ...], context: Context) -> "DataFrame":
    """The last word by the day on each key."""
    from pyspark.sql import functions as F

    known = told.where(F.col("as_of") <= F.lit(context.day))
    whole = F.struct("as_of", *[name for name in told.columns if name != "as_of"])
    return known.groupBy(*key).agg(F.max(whole).alias("row")).select("row.*")


def _vacancy(row: Mapping[str, object]) -> Vacancy:
    given = {name: row[name] for name in Vacancy.__dataclass_fields__ if name in row}
    for name in ("occupation", "education"):
        given[name] = given[name] or ""
    for name in ("wage_from", "wage_to"):
        given[name] = given[name] or 0
    return Vacancy(id=row["vacancy"], **given)  # type: ignore[arg-type]


def _seeker(row: Mapping[str, object]) -> Seeker:
    occupation, division, education = (str(row[name] or "") for name in ("occupation", "division", "education"))
    return Seeker(occupation, division, education)


def _shown(one: Offer) -> dict[str, object]:
    known = asdict(one.vacancy)
    because = [{"reason": reason, "weight": weight} for reason, weight in one.because]
    return {**{name: known[name] for name in _SHOWN}, "because": because}


_TYPE = pa.list_(
    pa.struct(
        [
            *((name, pa.string()) for name in _SHOWN[:5]),
            *((name, pa.int32()) for name in _SHOWN[5:8]),
            *((name, pa.date32()) for name in _SHOWN[8:]),
            ("because", pa.list_(pa.struct([("reason", pa.string()), ("weight", pa.float64())]))),
        ]
    )
)


def _said(matched: Matched) -> str:
    """What ranks, and how well it did on the applications kept back."""
    told = matched.figures
    if "ndcg_10" not in told:
        return f"declared weights: {told.get('tried', 0):.0f} applications to try others on"
    names = ("ndcg_10", "ndcg_10_declared", "ndcg_10_demand")
    learned, own, demand = (f"{told[name]:.3f}" for name in names)
    which = "learned weights" if matched.learned else "declared weights"
    return f"{which}: nDCG@10 learned {learned}, declared {own}, by demand alone {demand}"
