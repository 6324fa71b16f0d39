"""Canaries planted in every feed are found nowhere: not in the lake, the store, the model, the logs or an error.

Two dozen by default, two hundred with ``YIDANG_PROVE=1``.
"""

import logging
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis

from jobs import contracts as sharing
from jobs import gate, quarantine
from jobs.run import Context, run_all
from jobs.settings import Settings
from jobs.supervise import Bar, supervised
from profiles.errors import FeedStopped, StoreUnavailable
from recommender.store.packing import Packing
from tests.faults.sheets import Sheet, clean, sheets
from tests.security.canaries import Planted, decoded, plant

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 11, 22)
WANTED = 200 if os.environ.get("YIDANG_PROVE") else 24
PEOPLE = 400


def test_no_canary_is_found_in_what_the_jobs_leave_behind(
    tmp_path: Path,
    spark: "SparkSession",
    store_url: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    city, planted = delivered(tmp_path / "city")
    context = Context(DAY, settings(tmp_path, store_url))
    with supervised("all", trace=False) as bar:
        ran(context, bar)
    said = [*failing(context, city), *shown(context, tmp_path)]
    out = capfd.readouterr()
    heard = [out.out, out.err, caplog.text, *said]

    places = {
        **{
            f"lake: {path.relative_to(tmp_path)}": decoded(path)
            for path in files(tmp_path / "lake", tmp_path / "shown")
        },
        "output, logs and errors": (text.encode() for text in heard),
        "store": dumped(store_url),
    }
    size, found = 0, []
    for place, contents in places.items():
        for content in contents:
            size += len(content)
            found += [(place, planted.texts[text]) for text in planted.found_in(content)]
    assert found == []
    assert any("gate" in text for text in heard), "the jobs were heard"
    with capfd.disabled():
        print(f"\n{len(planted.texts)} canaries in {len(planted.rows)} feeds:", end=" ")
        print(f"none in {len(places):,} places, {size:,} bytes")


def delivered(out: Path) -> tuple[dict[str, Sheet], Planted]:
    """A clean city with canaries; that they can be found at all is shown by finding them in the deliveries."""
    clean(PEOPLE, 7, DAY).write(out)
    city = sheets(out, DAY)
    planted = plant(city, WANTED)
    for sheet in city.values():
        sheet.write(DAY, out)
    seen = {text for path in files(out) for content in decoded(path) for text in planted.found_in(content)}
    assert seen == {*planted.texts}
    assert len(seen) >= WANTED
    return city, planted


def settings(folder: Path, store_url: str) -> Settings:
    return Settings(
        lake=folder / "lake",
        source=folder / "city",
        pseudonym_key=sha256(b"pseudonyms").hexdigest(),
        vault_key=sha256(b"vault").hexdigest(),
        store_url=store_url,
    )


def ran(context: Context, show: Bar) -> None:
    """Every job, as the command line runs them; rows for quarantine are among them."""
    done = run_all(context, show.end)
    assert done["gate"].counts["quarantined"] > 0
    assert done["publish"].counts


def failing(context: Context, city: dict[str, Sheet]) -> Iterator[str]:
    """What a stopped gate and unexpected failures say: no header, canaries under a date, a value in an exception."""
    tomorrow = Context(DAY + timedelta(days=1), context.settings)
    for feed, sheet in city.items():
        spoilt = sheet.copy()
        if feed in ("residents", "documents", "vehicles"):
            spoilt.last = lambda content: content.partition(b"\n")[2]  # the first line is a row, as of a canary
            spoilt.rows.insert(0, spoilt.rows[-1])
        elif feed in ("property", "school_roll"):
            for row in range(len(spoilt.rows)):
                spoilt.put(row, "since", spoilt.get(len(spoilt.rows) - 1, spoilt.contract.columns[1].name))
        spoilt.write(tomorrow.day, context.settings.source)
    with pytest.raises(FeedStopped) as stopped:
        gate.run(tomorrow)
    yield str(stopped.value)
    name = city["residents"].get(len(city["residents"].rows) - 1, "name")
    for fail in (
        lambda: context.spark.range(1).selectExpr(f"CAST('{name}' AS INT)").collect(),
        lambda: {}[name],
    ):
        with suppress(SystemExit), supervised("fail", trace=False):
            fail()


def shown(context: Context, folder: Path) -> Iterator[str]:
    """The quarantine as listed, counted and exported, and the data-sharing list with the feeds' quality."""
    (folder / "shown").mkdir()
    rows = quarantine.rows(context.tables, DAY)
    quarantine.export(rows, folder / "shown" / "quarantine.csv")
    quarantine.export(rows, folder / "shown" / "quarantine.parquet")
    sharing.publish(folder / "shown", context.settings.lake)
    yield from quarantine.counted(rows)
    yield from quarantine.listed(rows, 1_000)


def files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def dumped(url: str) -> Iterator[bytes]:
    """Every key of the store and everything under it, as it lies there and unpacked."""
    with redis.Redis.from_url(url) as store:
        packings = [Packing(store.get(key)) for key in store.scan_iter("y:g:*:words")]
        for part in parts(store):
            yield part
            for packing in packings:
                with suppress(StoreUnavailable):
                    yield packing.unpack(part)
            with suppress(zlib.error):
                yield zlib.decompress(part)


def parts(store: redis.Redis) -> Iterator[bytes]:
    """Keys, names and values."""
    for key in store.scan_iter():
        yield key
        match store.type(key):
            case b"string":
                yield store.get(key)
            case b"hash":
                yield from (part for pair in store.hgetall(key).items() for part in pair)
            case b"list":
                yield from store.lrange(key, 0, -1)
            case b"set":
                yield from store.smembers(key)
            case b"zset":
                yield from store.zrange(key, 0, -1)
            case b"stream":
                yield from (part for _, entry in store.xrange(key) for pair in entry.items() for part in pair)
