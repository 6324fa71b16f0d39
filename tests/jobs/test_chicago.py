"""Chicago's two weekly pulls of licences merge to the latest state of each, as DuckDB finds it in the raw files."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from jobs import build, gate
from jobs.run import Context
from jobs.settings import Settings
from profiles.identity.keys import Keys, pseudonym

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PULLS = Path(__file__).parents[3] / "shared" / "data" / "licences_chicago"
DAY = date(2025, 9, 1)
PSEUDONYM_KEY, VAULT_KEY = sha256(b"pseudonym").hexdigest(), sha256(b"vault").hexdigest()

# The rows of both pulls by account, site, kind and number; of sound rows the later pull has the last word.
LATEST = """
    SELECT account_number || '|' || site_number AS account,
           CASE WHEN license_description IN ('Limited Business License', 'Regulated Business License')
                THEN 'BUSINESS_LICENCE'
                WHEN license_description = 'Retail Food Establishment' THEN 'FOOD_PERMIT'
                WHEN license_description = 'Tobacco' THEN 'TOBACCO_LICENCE'
                ELSE license_description END AS type,
           license_number AS number,
           CAST(CAST(license_start_date AS TIMESTAMP) AS DATE) AS issued_on,
           CAST(CAST(expiration_date AS TIMESTAMP) AS DATE) AS expires_on,
           CASE WHEN license_status = 'AAI' THEN 'valid'
                WHEN license_status IN ('AAC', 'REV') THEN 'revoked' END AS status,
           pulled AS as_of
    FROM (
        SELECT *, DATE '2025-08-25' AS pulled FROM read_json($first)
        UNION ALL BY NAME
        SELECT *, DATE '2025-09-01' AS pulled FROM read_json($second)
    )
    WHERE expires_on IS NULL OR expires_on >= issued_on
    QUALIFY row_number() OVER (PARTITION BY account, type, number ORDER BY as_of DESC) = 1
"""


@pytest.mark.skipif(not PULLS.exists(), reason="the shared real data are not on this machine")
def test_two_weekly_pulls_merge_to_the_latest_state_of_each_licence(tmp_path: Path, spark: "SparkSession") -> None:
    settings = Settings(
        lake=tmp_path / "lake",
        source=PULLS.parent,
        suppliers="chicago",  # type: ignore[arg-type]
        pseudonym_key=PSEUDONYM_KEY,
        vault_key=VAULT_KEY,
    )
    run = Context(DAY, settings)
    assert gate.run(run).counts == {"feeds": 1, "delivered": 4_029, "accepted": 3_912, "quarantined": 117}
    build.run(run)
    columns = ("type", "number", "issued_on", "expires_on", "status", "as_of")
    files = run.tables.read("enterprise_files", spark).selectExpr("subject", "inline(documents)")
    ours = sorted(tuple(row) for row in files.select("subject", *columns).collect())
    keys = Keys.from_hex(PSEUDONYM_KEY, VAULT_KEY, "k1")
    pulls = {"first": f"{PULLS}/licences_2025-08-25.json.gz", "second": f"{PULLS}/licences_2025-09-01.json.gz"}
    latest = duckdb.execute(LATEST, pulls).fetchall()
    theirs = sorted((pseudonym(keys, "enterprise", account, "chicago_account"), *rest) for account, *rest in latest)
    assert [row[:3] for row in ours] == [row[:3] for row in theirs]
    assert {*ours} == {*theirs}
    both = {state[-1] for state in theirs}
    print(f"{len(theirs):,} licences of {len({row[0] for row in theirs}):,} accounts, as of {sorted(map(str, both))}")
