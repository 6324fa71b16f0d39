"""The whole path, from a made-up city's deliveries to pages in a real store: complete, repeatable, and right."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.run import Context, Summary, run_all
from profiles.identity.keys import pseudonym
from profiles.model import KINDS
from recommender.page import BundleProgress, Page, decode
from tests.jobs.night import DAY, KEYS, Night

if TYPE_CHECKING:
    from pyspark.sql import Row, SparkSession

SHARED = ("birth_registration", "newborn_hukou", "newborn_medical_insurance")


def quiet(summary: Summary, seconds: float) -> None:
    """The tests read the summaries, nobody the lines."""


@pytest.fixture(scope="module")
def context(night: Night, tmp_path_factory: pytest.TempPathFactory, store_server: str) -> Context:
    return night.copied(tmp_path_factory.mktemp("whole"), store_server.replace("/0", "/1")).context


@pytest.fixture(scope="module")
def pages(context: Context, spark: "SparkSession") -> dict[str, Page]:
    rows = context.tables.read("pages", spark).select("subject", "payload").collect()
    return {row.subject: decode(bytes(row.payload)) for row in rows}


@pytest.fixture(scope="module")
def personas(context: Context) -> dict[str, str]:
    """Key of a made-up person -> pseudonym."""
    made = json.loads((context.settings.source / "personas.json").read_text())["personas"]
    return {one["key"]: pseudonym(KEYS, "person", one["resident_id"]) for one in made}


def hashes(context: Context) -> Iterator[tuple[str, str, str]]:
    for table in sorted(folder.name for folder in context.settings.lake.iterdir() if (folder / "CURRENT").exists()):
        manifest = context.tables.manifest(table)
        yield table, manifest.run, manifest.content_hash


def test_every_delivered_row_is_accepted_or_quarantined(night: Night) -> None:
    counts = night.summaries["gate"].counts
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


def newborn(page: Page) -> BundleProgress:
    return next(one for one in page.bundles if one.bundle == "newborn")


def test_the_birth_certificate_that_the_father_had_made_is_done_on_both_pages_and_offered_on_neither(
    pages: dict[str, Page], personas: dict[str, str]
) -> None:
    mother, father = (pages[personas[key]] for key in ("new_mother", "new_father"))
    assert "birth_registration" in newborn(mother).done
    assert "birth_registration" in newborn(father).done
    assert (newborn(mother).by_other, newborn(father).by_other) == (("birth_registration",), ())
    assert not {"birth_registration"} & {offer.service for page in (mother, father) for offer in page.suggestions}
    assert "newborn_hukou" in {offer.service for offer in mother.suggestions}, "it waits for nothing any more"


def test_a_mothers_finished_registration_is_done_on_the_fathers_page_and_offered_to_neither(
    context: Context, pages: dict[str, Page], spark: "SparkSession"
) -> None:
    files = context.tables.read("person_files", spark).where("size(events) > 0").collect()
    mothers = {event.other: row for row in files if row.sex == "female" for event in births(row)}
    couples = [(mothers[e.other], row) for row in files if row.sex == "male" for e in births(row) if e.other in mothers]
    told = 0
    for mother, father in couples:
        hers = {case.service for case in mother.cases if case.status == "done" and case.service in SHARED}
        page, own = pages[father.subject], pages[mother.subject]
        bundles = [one for one in page.bundles if one.bundle == "newborn"]
        assert hers <= {step for one in bundles for step in one.done} or not bundles
        assert not hers & {offer.service for offer in (*page.suggestions, *own.suggestions)}
        told += sum(len(hers & set(one.by_other)) for one in bundles)
    assert (len(couples), told) == (4, 6)


def births(file: "Row") -> list["Row"]:
    """The births of the last year whose child has a number."""
    since = DAY - timedelta(days=365)
    return [event for event in file.events if event.kind == "birth" and event.other and event.happened_on >= since]


def test_everyone_made_up_by_name_is_offered_something(pages: dict[str, Page], personas: dict[str, str]) -> None:
    assert {key for key, subject in personas.items() if not pages[subject].suggestions} == set()


def test_nothing_finished_lately_or_under_way_is_offered(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert not {case.service for case in page.in_progress} & {offer.service for offer in page.suggestions}


def test_a_second_run_changes_no_content(context: Context, pages: dict[str, Page], night: Night) -> None:
    before = list(hashes(context))
    again = run_all(context, quiet)
    assert list(hashes(context)) == before
    assert again["publish"].counts == night.summaries["publish"].counts


def test_no_identity_number_or_name_is_in_the_lake_in_clear(context: Context, pages: dict[str, Page]) -> None:
    made = json.loads((context.settings.source / "personas.json").read_text())["personas"]
    secrets = [text.encode() for one in made for text in (one["resident_id"], one["name"])]
    for part in lake_files(context.settings.lake):
        content = part.read_bytes()
        assert not [secret for secret in secrets if secret in content], part


def lake_files(lake: Path) -> list[Path]:
    return [path for path in lake.rglob("*") if path.is_file()]
