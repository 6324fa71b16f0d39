"""Training learns from what was known at the time, leaves a model per kind, and gives the same model again."""

import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from jobs import train
from jobs.run import Context, Summary
from jobs.settings import Settings
from jobs.tables import Tables
from jobs.vocabulary import vocabulary
from recommender import catalogue as catalogues
from recommender.parts import PARTS
from recommender.promotion import Check, gate
from recommender.rank import Scorer
from tagging import registry as registries
from tests.jobs.town import DAY, Town, case, document, person, settle, town

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

RENEWAL = "hkm_permit_renewal"
LAPSED = DAY - timedelta(days=400)


def context(tables: Tables) -> Context:
    return Context(DAY, Settings(lake=tables.root))


def scorer(tables: Tables, kind: str = "person") -> Scorer:
    return Scorer.load((tables.path(f"model_{kind}") / "scorer.npz").read_bytes())


@pytest.fixture(scope="module")
def trained(spark: "SparkSession", tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Summary]:
    tables = Tables(tmp_path_factory.mktemp("town") / "lake")
    settle(town(400, seed=1), tables, spark, tagged=False)
    return tables, train.run(context(tables))


def test_a_second_run_of_the_day_changes_nothing(trained: tuple[Tables, Summary]) -> None:
    tables, summary = trained
    first = {kind: tables.manifest(f"model_{kind}") for kind in ("person", "enterprise")}
    assert train.run(context(tables)) == summary
    assert {kind: tables.manifest(f"model_{kind}") for kind in first} == first


def test_the_model_says_what_it_was_made_of_and_how_good_it_is(trained: tuple[Tables, Summary]) -> None:
    tables, summary = trained
    made = tables.manifest("model_person").extra
    assert (made["promoted"], made["since"]) == (True, DAY.isoformat())
    figures = made["figures"]
    gained, popular = figures["ndcg_10"], figures["ndcg_10_popularity"]
    assert gained >= popular
    assert made["why"] == [
        "no model that could be compared is in use",
        f"unasked quality: ndcg_10 {gained:.4f} beside popularity's {popular:.4f}, of 6 subjects; it takes 50 to tell",
    ]
    assert summary.counts["person uses"] == figures["uses"] > 100
    told = f"person nDCG@10 {gained:.3f} against {popular:.3f} by popularity"
    assert summary.note.startswith(f"{told}, the new model serves: too few subjects (6) to tell which orders better; ")


def test_a_model_has_a_card_that_says_why_it_serves_and_whom_it_reached(trained: tuple[Tables, Summary]) -> None:
    tables, _ = trained
    card = (tables.path("model_person") / "card.html").read_text("utf-8")
    assert "The new model serves" in card
    assert "no model that could be compared is in use" in card
    assert "Only 6 subjects took anything up in the last month" in card
    assert "Reach by group" in card
    assert "counter" in card
    assert "Calibration error" in card


def test_a_worse_model_is_kept_out_and_the_one_in_use_goes_on(
    trained: tuple[Tables, Summary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled, _ = trained
    shutil.copytree(settled.root, tmp_path / "lake")
    tables = Tables(tmp_path / "lake")
    before = scorer(tables)
    # A day later, by a gate that no model passes.
    asked = msgspec.structs.replace(gate(), quality=Check("ndcg_10", may_fall=-0.5))
    monkeypatch.setattr("jobs.models.gate", lambda: asked)
    later = Context(DAY + timedelta(days=1), Settings(lake=tables.root))
    told = train.run(later)
    assert "person nDCG@10" in told.note
    assert f"not the new model but the model of {DAY} serves: failed quality" in told.note
    made = tables.manifest("model_person").extra
    assert (made["promoted"], made["since"]) == (False, DAY.isoformat())
    assert scorer(tables).save() == before.save()
    assert "The model in use goes on serving" in (tables.path("model_person") / "card.html").read_text("utf-8")


def test_a_first_model_worse_than_popularity_leaves_its_place_to_it(
    trained: tuple[Tables, Summary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled, _ = trained
    shutil.copytree(settled.root, tmp_path / "lake", ignore=shutil.ignore_patterns("model_*"))
    tables = Tables(tmp_path / "lake")
    # By a gate that asks for more than there is to be had.
    asked = msgspec.structs.replace(gate(), first=Check("ndcg_10", may_fall=-1.0))
    monkeypatch.setattr("jobs.models.gate", lambda: asked)
    told = train.run(context(tables))
    assert "by popularity, not the new model but popularity serves: failed quality: ndcg_10" in told.note
    found, made = scorer(tables), tables.manifest("model_person").extra
    assert not found.tag_vectors.any()
    assert found.service_bias[found.services.index(RENEWAL)] > found.service_bias.min()
    assert 0 < made["figures"]["calibration_error"] < 0.05
    assert (made["promoted"], made["popular"], made["since"]) == (False, True, DAY.isoformat())
    card = (tables.path("model_person") / "card.html").read_text("utf-8")
    assert "The new model does not serve; what is used most comes first" in card
    # The next day's model is held against popularity as against any model in use.
    monkeypatch.undo()
    assert (
        "the new model serves: passed coverage, calibration"
        in train.run(Context(DAY + timedelta(days=1), Settings(lake=tables.root))).note
    )


def test_the_card_tells_the_weights_on_trial_from_those_that_serve(trained: tuple[Tables, Summary]) -> None:
    tables, _ = trained
    card = (tables.path("model_person") / "card.html").read_text("utf-8")
    figures = tables.manifest("model_person").extra["figures"]
    tried, serving = ({p: figures[f"{name}_{p}"] for p in PARTS} for name in ("tried_weight", "weight"))
    assert tried != serving
    for part in PARTS:
        row = card.partition(f'<th scope="row">{part}</th>')[2].partition("</tr>")[0]
        on_trial, *_, once_learned = re.findall(r">([\d.—]+)</td>", row)
        assert float(on_trial) == pytest.approx(tried[part], abs=0.001)
        assert float(once_learned) == pytest.approx(serving[part], abs=0.001)


def test_a_kind_that_did_nothing_gets_the_neutral_scorer_and_says_so(trained: tuple[Tables, Summary]) -> None:
    tables, summary = trained
    assert summary.counts["enterprise uses"] == 0
    assert "enterprise: nobody used anything yet" in summary.note
    assert np.isnan(scorer(tables, "enterprise").intercept)
    assert not (tables.path("model_enterprise") / "factors.npz").exists()


def test_tags_that_are_not_for_ranking_are_not_in_the_model(trained: tuple[Tables, Summary]) -> None:
    settled, _ = trained
    assert "senior_60" in scorer(settled).tags
    assert not {"disabled", "low_income"} & set(scorer(settled).tags)
    assert "enterprise_tax_overdue" not in scorer(settled, "enterprise").tags


def test_acts_are_learned_beside_the_tags_of_their_time(tmp_lake: Tables, spark: "SparkSession") -> None:
    expired = document("HKM_PERMIT", LAPSED - timedelta(days=3650), LAPSED)
    renewed = document("HKM_PERMIT", LAPSED - timedelta(days=3), LAPSED + timedelta(days=3650))
    cases = [case(RENEWAL, LAPSED - timedelta(days=5), LAPSED - timedelta(days=3))]
    adult, senior = (DAY - timedelta(days=years * 365) for years in (40, 65))
    carded = [case("senior_card", LAPSED, LAPSED)]
    people = [person(number, born=adult, documents=[expired, renewed], cases=cases) for number in range(30)]
    people += [person(number, born=senior, cases=carded) for number in range(30, 60)]
    settle(Town(people, []), tmp_lake, spark, tagged=False)
    train.run(context(tmp_lake))
    found = scorer(tmp_lake)
    weight = dict(
        zip(found.columns, found.tag_vectors @ found.service_vectors[found.services.index(RENEWAL)], strict=True)
    )
    # Nobody's permit expires today; those who renewed had this tag when they did, and the others did not.
    assert weight["hkm_permit_expiring"] > 0.2
    assert weight["senior_60"] < -0.2
    assert weight["passport_expiring"] == 0


def test_a_tag_that_everybody_deleted_teaches_nothing(trained: tuple[Tables, Summary], tmp_path: Path) -> None:
    settled, _ = trained
    shutil.copytree(settled.root, tmp_path / "lake")
    tables = Tables(tmp_path / "lake")
    spark = context(tables).spark
    said = spark.range(400).selectExpr(
        "lower(lpad(hex(id), 32, '0')) AS subject",
        "'tag_deleted' AS action",
        "'hkm_permit_expiring' AS about",
        "TIMESTAMP'2026-06-01 10:00:00' AS at",
        "CAST(id AS STRING) AS entry",
    )
    tables.write("feedback", said.selectExpr("*", "'' AS service", "CAST(NULL AS INT) AS stars"), day=DAY)
    registry, catalogue = registries.load(), catalogues.load()
    _, last = train._learned(context(tables), vocabulary("person", registry, catalogue, DAY), registry)
    held = dict(zip(scorer(tables).tags, np.asarray(last.tags.sum(axis=0)).ravel().tolist(), strict=True))
    assert held["hkm_permit_expiring"] == 0
    assert held["driving_licence_expiring"] > 0
