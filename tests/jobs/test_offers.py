"""Of a crowd's offers, made as every night makes them, none may not be had, and none is done, under way or put away.

The crowd is drawn from a city's files, each column from another file, so that people and firms stand in it whom no
city has. What they may have is asked a second time by DuckDB, every requirement whole; what they did and put away is
read from cases and feedback themselves. A few hundred by default; ``YIDANG_PROVE=1`` goes on until 1,000,000 offers
were made and says how many (``pytest -s`` shows it).
"""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import rank
from jobs.acts import HANDED_IN_DAYS
from jobs.run import Context
from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from recommender.catalogue import Service
from recommender.mask import DISMISSED_DAYS, LONG_AGO, rest_days
from recommender.windows import next_window
from tagging import registry as registries
from tagging.rules import parse, to_duckdb
from tests.jobs.night import Night

PROVE = bool(os.environ.get("YIDANG_PROVE"))
OFFERS = 1_000_000 if PROVE else 1
CROWD = {"person": 20_000, "enterprise": 5_000} if PROVE else {"person": 240, "enterprise": 60}
ACTS = 3  # on the page, a subject
SHANGHAI_AHEAD = 8 * 3_600 * 1_000_000  # microseconds
CATALOGUE, REGISTRY = catalogues.load(), registries.load()
FORBIDDEN = ("may not be had", "done or under way", "put away")


@pytest.fixture
def context(night: Night, tmp_path: Path, store_url: str) -> Context:
    return night.copied(tmp_path / "own", store_url).context


def test_no_offer_may_not_be_had_or_is_done_under_way_or_put_away(context: Context, tmp_path: Path) -> None:
    cities = {name: table(context, name) for kind in KINDS for name in (f"{kind}_files", f"{kind}_tags")}
    counted: Counter[str] = Counter()
    seed = 0
    while counted["offers"] < OFFERS:
        acts = {kind: settle(context, kind, cities, tmp_path, seed) for kind in KINDS}
        put(context, "feedback", pa.concat_tables(acts.values()), tmp_path)
        rank.run(context)
        for kind in KINDS:
            held = Held(context, kind)
            counted.update(held.counted(held.listed))
            # What was put away is found where it is planted.
            planted = held.counted(held.dismissed)
            assert planted["put away"] == planted["offers"] > 0
            assert planted["may not be had"] > 0
        seed += 1
    assert {why: counted[why] for why in FORBIDDEN} == dict.fromkeys(FORBIDDEN, 0)
    print(f"{counted['offers']:,} offers to {seed * sum(CROWD.values()):,} subjects: 0 forbidden")


def settle(context: Context, kind: Kind, cities: dict[str, pa.Table], folder: Path, seed: int) -> pa.Table:
    """Puts a crowd of the kind into the lake; what it did on the page, as rows of feedback."""
    rng, count = np.random.default_rng([seed, KINDS.index(kind)]), CROWD[kind]
    for name in (f"{kind}_files", f"{kind}_tags"):
        put(context, name, drawn(cities[name], kind, count, rng), folder)
    own = [service.id for service in CATALOGUE.services if service.audience == kind]
    about = rng.integers(0, len(own), count * ACTS)
    ago = rng.integers(1, 2 * DISMISSED_DAYS, count * ACTS).tolist()
    noon = datetime(context.day.year, context.day.month, context.day.day, 4, tzinfo=UTC)
    return pa.table(
        {
            "subject": [subject(kind, number // ACTS) for number in range(count * ACTS)],
            "service": pa.array(own).take(pa.array(about)),
            "action": pa.array(["dismissed", "done", "opened"]).take(pa.array(rng.integers(0, 3, count * ACTS))),
            "stars": pa.nulls(count * ACTS, pa.int32()),
            "about": pa.nulls(count * ACTS, pa.string()),
            "entry": [f"{kind}-{number}" for number in range(count * ACTS)],
            "at": pa.array([noon - timedelta(days=days) for days in ago], pa.timestamp("us", tz="Asia/Shanghai")),
        }
    )


def drawn(files: pa.Table, kind: Kind, count: int, rng: np.random.Generator) -> pa.Table:
    """So many rows, each column of another row, under pseudonyms of their own."""
    columns = {name: files[name].take(pa.array(rng.integers(0, len(files), count))) for name in files.column_names}
    return pa.table({**columns, "subject": [subject(kind, number) for number in range(count)]})


def subject(kind: Kind, number: int) -> str:
    return f"{KINDS.index(kind)}{number:031x}"


def table(context: Context, name: str) -> pa.Table:
    return pq.ParquetDataset(context.tables.path(name)).read()


def put(context: Context, name: str, rows: pa.Table, folder: Path) -> None:
    """The rows as the table, made from what the one before was made from."""
    pq.write_table(rows, folder / f"{name}.parquet")
    extra = context.tables.manifest(name).extra if context.tables.exists(name) else {}
    frame = context.spark.read.parquet(str(folder / f"{name}.parquet"))
    context.tables.write(name, frame.repartition(2), day=context.day, extra=extra)


class Held:
    """What may be held against offers, told by DuckDB from the tables as they were written."""

    def __init__(self, context: Context, kind: Kind) -> None:
        self.day, self.kind = f"DATE '{context.day}'", kind
        self._own = [service for service in CATALOGUE.services if service.audience == kind]
        self._duck = duckdb.connect(config={"threads": "2"})
        read = {
            name: f"read_parquet('{context.tables.path(name)}/*.parquet')"
            for name in (f"{kind}_files", f"{kind}_suggestions", "feedback")
        }
        self._duck.execute(
            f"CREATE VIEW files AS SELECT * EXCLUDE (facts), {self.day} AS as_of FROM {read[f'{kind}_files']}"  # noqa: S608
        )
        self.listed = f"SELECT subject, unnest(items).service AS service FROM {read[f'{kind}_suggestions']}"  # noqa: S608
        # Without its extension for time zones, which cannot be had everywhere, DuckDB knows moments in UTC alone.
        ago = f'{self.day} - CAST(make_timestamp(epoch_us("at") + {SHANGHAI_AHEAD}) AS DATE)'
        said = f"SELECT DISTINCT subject, service FROM {read['feedback']} WHERE subject IN (SELECT subject FROM files)"  # noqa: S608
        self.dismissed = f"{said} AND action = 'dismissed' AND {ago} < {DISMISSED_DAYS}"
        self._handed_in = f"{said} AND action = 'done' AND {ago} < {HANDED_IN_DAYS}"
        self._duck.register("rests", self._rests(context))

    def counted(self, offers: str) -> dict[str, int]:
        """How many offers there are among rows (subject, service), and how many are forbidden and why."""
        rules = " ".join(f"WHEN '{one.id}' THEN ({self._rule(one)})" for one in self._own)
        done_on = "coalesce(c.finished_on, c.applied_on)"
        rests = f"c.status = 'done' AND {done_on} >= since AND {self.day} - {done_on} < days"
        settled = f"list_filter(cases, lambda c: c.service = service AND (c.status = 'in_progress' OR ({rests})))"
        [found] = self._duck.execute(
            f"WITH offers AS ({offers}), dismissed AS ({self.dismissed}), handed_in AS ({self._handed_in})"  # noqa: S608
            f" SELECT count(*), count_if(NOT coalesce(CASE service {rules} END, FALSE)),"
            f" count_if(coalesce(len({settled}), 0) > 0 OR (subject, service) IN (FROM handed_in)),"
            " count_if((subject, service) IN (FROM dismissed))"
            " FROM offers JOIN files USING (subject) JOIN rests USING (service)"
        ).fetchall()
        return dict(zip(("offers", *FORBIDDEN), found, strict=True))

    def _rule(self, service: Service) -> str:
        """The whole requirement: the general service is not for those who are known to live where another one is."""
        own = [f"lives_in('{service.division}')"] if service.division else []
        narrower = [f"lives_in('{one.division}')" for one in self._own if one.variant_of == service.id]
        wanted = self._sql(" AND ".join([f"({service.requirement})", *own]), service.id)
        return " AND ".join(
            [f"({wanted})", *(f"NOT coalesce({self._sql(one, service.id)}, FALSE)" for one in narrower)]
        )

    def _sql(self, rule: str, where: str) -> str:
        return to_duckdb(parse(rule, self.kind, where=where, tags=REGISTRY.rules(self.kind)))

    def _rests(self, context: Context) -> pa.Table:
        """Per service how many days it rests once it was done, if it was done since a day."""
        rests = rest_days([one.recurs_months for one in self._own], [one.renews for one in self._own])
        begins = [
            next_window(one.window, context.day)[0] if one.window and one.recurs_months else None for one in self._own
        ]
        long_ago = context.day + timedelta(days=LONG_AGO)
        return pa.table(
            {
                "service": [one.id for one in self._own],
                "days": rests,
                "since": pa.array([begin or long_ago for begin in begins], pa.date32()),
            }
        )
