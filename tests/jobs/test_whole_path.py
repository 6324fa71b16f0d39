"""The whole path, from a made-up city's deliveries to pages in a real store: complete, repeatable, and right."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.city import make
from jobs.run import Context, Summary, run_all
from jobs.settings import Settings
from profiles.identity.keys import Keys, pseudonym
from profiles.model import KINDS
from recommender.page import Page, decode

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 11, 22)
PSEUDONYM_KEY, VAULT_KEY = sha256(b"pseudonyms").hexdigest(), sha256(b"vault").hexdigest()


def quiet(summary: Summary, seconds: float) -> None:
    """The tests read the summaries, nobody the lines."""


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory, store_server: str, spark: "SparkSession") -> Context:
    folder = tmp_path_factory.mktemp("whole")
    make(400, 7, DAY, folder / "city")
    settings = Settings(
        lake=folder / "lake",
        source=folder / "city",
        pseudonym_key=PSEUDONYM_KEY,
        vault_key=VAULT_KEY,
        store_url=store_server.replace("/0", "/1"),
    )
    return Context(DAY, settings)


@pytest.fixture(scope="module")
def summaries(context: Context) -> dict[str, Summary]:
    return run_all(context, quiet)


@pytest.fixture(scope="module")
def pages(context: Context, summaries: dict[str, Summary], spark: "SparkSession") -> dict[str, Page]:
    rows = context.tables.read("pages", spark).select("subject", "payload").collect()
    return {row.subject: decode(bytes(row.payload)) for row in rows}


@pytest.fixture(scope="module")
def personas(context: Context) -> dict[str, str]:
    """Key of a made-up person -> pseudonym."""
    keys = Keys.from_hex(PSEUDONYM_KEY, VAULT_KEY, "k1")
    made = json.loads((context.settings.source / "personas.json").read_text())["personas"]
    return {one["key"]: pseudonym(keys, "person", one["resident_id"]) for one in made}


def hashes(context: Context) -> Iterator[tuple[str, str, str]]:
    for table in sorted(folder.name for folder in context.settings.lake.iterdir() if (folder / "CURRENT").exists()):
        manifest = context.tables.manifest(table)
        yield table, manifest.run, manifest.content_hash


def test_every_delivered_row_is_accepted_or_quarantined(summaries: dict[str, Summary]) -> None:
    counts = summaries["gate"].counts
    assert counts["accepted"] + counts["quarantined"] == counts["delivered"] > 0
    assert counts["quarantined"] > 0, "the city is dirty"


def test_everyone_who_lives_has_a_page(context: Context, pages: dict[str, Page], spark: "SparkSession") -> None:
    files = {kind: context.tables.read(f"{kind}_files", spark) for kind in KINDS}
    living = files["person"].where("identified").where(f"died_on IS NULL OR died_on > '{DAY}'").count()
    assert len(pages) == living + files["enterprise"].count() > 400


def test_the_new_mother_is_told_of_her_permit_and_her_child(pages: dict[str, Page], personas: dict[str, str]) -> None:
    page = next(pages[subject] for key, subject in personas.items() if "mother" in key)
    permit = next(item for item in page.due if item.what == "HKM_PERMIT")
    assert (permit.due_on, permit.service) == (DAY + timedelta(days=29), "hkm_permit_renewal")
    assert "newborn" in {bundle.bundle for bundle in page.bundles}
    assert all(offer.reasons for offer in page.suggestions)


def test_everyone_made_up_by_name_is_offered_something(pages: dict[str, Page], personas: dict[str, str]) -> None:
    assert {key for key, subject in personas.items() if not pages[subject].suggestions} == set()


def test_nothing_finished_lately_or_under_way_is_offered(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert not {case.service for case in page.in_progress} & {offer.service for offer in page.suggestions}


def test_a_second_run_changes_no_content(
    context: Context, pages: dict[str, Page], summaries: dict[str, Summary]
) -> None:
    before = list(hashes(context))
    again = run_all(context, quiet)
    assert list(hashes(context)) == before
    assert again["publish"].counts == summaries["publish"].counts


def test_no_identity_number_or_name_is_in_the_lake_in_clear(context: Context, pages: dict[str, Page]) -> None:
    made = json.loads((context.settings.source / "personas.json").read_text())["personas"]
    secrets = [text.encode() for one in made for text in (one["resident_id"], one["name"])]
    for part in lake_files(context.settings.lake):
        content = part.read_bytes()
        assert not [secret for secret in secrets if secret in content], part


def lake_files(lake: Path) -> list[Path]:
    return [path for path in lake.rglob("*") if path.is_file()]
