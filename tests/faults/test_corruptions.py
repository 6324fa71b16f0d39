"""Every kind of corruption is caught where it should be: in its rows alone, or by its feed alone.

By default each kind befalls one feed; ``YIDANG_PROVE=1`` lets every kind befall every feed that it fits.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from jobs import gate
from jobs.run import Context
from jobs.settings import Settings
from profiles.errors import FeedStopped
from tests.faults.corruptions import KINDS, Caught
from tests.faults.sheets import Sheet, clean, sheets

if TYPE_CHECKING:
    from pyspark.sql import Row, SparkSession

DAY = date(2026, 11, 22)
BEFORE = DAY - timedelta(days=1)
PEOPLE = 900  # so many that one row of the smallest feed is less than a share that stops it
PROVE = bool(os.environ.get("YIDANG_PROVE"))
Round = dict[str, tuple[str, Sheet, Caught]]  # feed -> kind, what is delivered, what must be said of it


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory, spark: "SparkSession") -> Context:
    """A clean day, accepted."""
    folder = tmp_path_factory.mktemp("yesterday")
    for day in (BEFORE, DAY):
        clean(PEOPLE, 7, day).write(folder / "city")
    settings = Settings(
        lake=folder / "lake",
        source=folder / "city",
        pseudonym_key=sha256(b"pseudonyms").hexdigest(),
        vault_key=sha256(b"vault").hexdigest(),
    )
    context = Context(BEFORE, settings)
    assert gate.run(context).counts["quarantined"] == 0
    return context


def test_every_kind_of_corruption_is_caught_where_it_should_be(yesterday: Context, tmp_path: Path) -> None:
    assert len(KINDS) >= 30
    whole = sheets(yesterday.settings.source, DAY)
    tried: list[tuple[str, str]] = []
    wrong: list[str] = []
    for number, befallen in enumerate(every(whole) if PROVE else sample(whole)):
        today = deliver(yesterday, befallen, whole, tmp_path / str(number))
        tried += [(kind, feed) for feed, (kind, _, _) in befallen.items()]
        found = gated(today, befallen)
        print(f"round {number + 1}: {len(befallen)} feeds", *found, sep="\n", flush=True)
        wrong += found
        shutil.rmtree(tmp_path / str(number))
    feeds = {feed for _, feed in tried}
    print(f"{len({kind for kind, _ in tried})} kinds of corruption, {len(tried)} times over {len(feeds)} feeds")
    assert wrong == []
    assert {kind for kind, _ in tried} == {*KINDS}


def every(whole: Mapping[str, Sheet]) -> Iterator[Round]:
    """Rounds in which every kind befalls every feed that it fits."""
    for turn in range(len(KINDS)):
        kinds = [*KINDS][turn:] + [*KINDS][:turn]
        spoilt = {feed: spoil(kind, sheet) for kind, (feed, sheet) in zip(kinds, whole.items(), strict=False)}
        yield {feed: found for feed, found in spoilt.items() if found}


def sample(whole: Mapping[str, Sheet]) -> Iterator[Round]:
    """Rounds in which every kind befalls one feed."""
    rng, left = Random(7), [*KINDS]
    while left:
        befallen: Round = {}
        for kind in [*left]:
            for feed in rng.sample(sorted(whole), len(whole)):
                found = None if feed in befallen else spoil(kind, whole[feed])
                if found:
                    befallen[feed] = found
                    left.remove(kind)
                    break
        yield befallen


def spoil(kind: str, sheet: Sheet) -> tuple[str, Sheet, Caught] | None:
    """The kind's name, a spoilt copy, and what the gate must say; None where the kind does not fit the feed."""
    spoilt = sheet.copy()
    caught = KINDS[kind](spoilt, DAY, Random(crc32(f"{kind} {sheet.feed}".encode())))
    return (kind, spoilt, caught) if caught else None


def deliver(yesterday: Context, befallen: Round, whole: Mapping[str, Sheet], folder: Path) -> Context:
    """The day's run over the spoilt deliveries, in a copy of yesterday's lake."""
    shutil.copytree(yesterday.settings.lake, folder / "lake")
    for feed, sheet in whole.items():
        (befallen[feed][1] if feed in befallen else sheet).write(DAY, folder / "city")
    return Context(DAY, yesterday.settings.model_copy(update={"lake": folder / "lake", "source": folder / "city"}))


def gated(today: Context, befallen: Round) -> list[str]:
    """What the gate said otherwise than it should have, a sentence each."""
    with suppress(FeedStopped):
        gate.run(today)
    report = {line["feed"]: line for line in today.tables.read("gate_report", today.spark).collect()}
    quarantine: dict[str, list[Row]] = {}
    for row in today.tables.read("quarantine", today.spark).where(f"day = '{DAY}'").collect():
        quarantine.setdefault(row["feed"], []).append(row)
    wrong = []
    for feed, line in report.items():
        if line["day"] == DAY:
            kind, _, caught = befallen.get(feed, ("nothing", None, Caught()))
            wrong += [
                f"{kind} in {feed}: {what}" for what in differences(today, line, quarantine.get(feed, []), caught)
            ]
    return wrong


def differences(today: Context, line: "Row", bad: "list[Row]", caught: Caught) -> Iterator[str]:
    """How the report line and the quarantine of one feed differ from what must be said."""
    if line["state"] != caught.state:
        yield f"{line['state']} instead of {caught.state}: {line['message']}"
        return
    slots = {one.slot: one for one in today.tables.manifests(f"accepted_{line['feed']}")}
    if caught.state == "accepted":
        if slots[DAY.isoformat()].rows != line["accepted"] or line["accepted"] + len(bad) != line["delivered"]:
            yield f"{line['accepted']} accepted and {len(bad)} in quarantine of {line['delivered']}"
    elif {*slots} != {BEFORE.isoformat()}:
        yield f"what was accepted before does not stay alone: {[*slots]}"
    failed = {one["name"] for one in line["checks"] if _fails(one)}
    if failed != caught.failed:
        yield f"failed {failed} instead of {set(caught.failed)}"
    if caught.said not in line["message"]:
        yield f"the message does not say {caught.said!r}: {line['message']}"
    if tuple(line["unknown_columns"]) != caught.unknown:
        yield f"columns nobody bound: {line['unknown_columns']}"
    if not caught.failed:
        yield from _rows_otherwise(bad, caught)


def _rows_otherwise(bad: "list[Row]", caught: Caught) -> Iterator[str]:
    left = [*caught.bad]
    for row in bad:
        first = row["failures"][0]
        found = (first["column"], first["reason"])
        meant = next(
            (
                one
                for one in left
                if row["row"] in one.rows and (one.reason == "*" or (one.column, one.reason) == found)
            ),
            None,
        )
        if meant:
            left.remove(meant)
        else:
            yield f"row {row['row']} is in quarantine for {found}"
    for one in left:
        yield f"row {sorted(one.rows)} is not in quarantine for {(one.column, one.reason)}"


def _fails(check: "Row") -> bool:
    return (check["least"] is not None and check["measured"] < check["least"]) or (
        check["most"] is not None and check["measured"] > check["most"]
    )
