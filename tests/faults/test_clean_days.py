"""Clean days raise no alarm: no feed is stopped and no row goes to quarantine, however the city grows older.

Two days in a row by default, of two months; a hundred with ``YIDANG_PROVE=1``.
"""

import os
import shutil
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import gate
from jobs.run import Context
from jobs.settings import Settings
from profiles import contracts
from tests.faults.sheets import clean

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FIRST = date(2026, 2, 28)  # the second day is in another month
DAYS = 100 if os.environ.get("YIDANG_PROVE") else 2
PEOPLE = 300


def test_clean_days_raise_no_alarm(tmp_path: Path, spark: "SparkSession") -> None:
    settings = Settings(
        lake=tmp_path / "lake",
        source=tmp_path / "city",
        pseudonym_key=sha256(b"pseudonyms").hexdigest(),
        vault_key=sha256(b"vault").hexdigest(),
    )
    rows = 0
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        clean(PEOPLE, 7, day).write(settings.source)
        context = Context(day, settings)
        counts = gate.run(context).counts
        assert (day, counts["feeds"], counts["quarantined"]) == (day, len(contracts.load()), 0)
        lines = context.tables.read("gate_report", spark).where(f"day = '{day}'").collect()
        assert {(line["state"], line["message"]) for line in lines} == {("accepted", "")}
        rows += counts["accepted"]
        shutil.rmtree(settings.source)
    print(f"{DAYS} clean days of {len(contracts.load())} feeds, {rows:,} rows: no feed stopped, no row in quarantine")
