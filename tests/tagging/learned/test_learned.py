"""What is foreseen comes as often as it is said to, is learnt from what may be learnt from, and else is not given."""

import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from profiles.errors import RegistryError, RuleError
from tagging import language
from tagging.learned.declared import LearnedTag, load_learned, misdeclared
from tagging.learned.features import feature_tags
from tagging.learned.fit import Past, learn
from tagging.learned.likely import Weights, likely, probability
from tagging.origins import feeds_behind
from tagging.registry import load
from tagging.rules import parse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NAMES = ("a", "b", "noise")
BIAS, SLOPES = -3.0, np.array([2.0, -1.0, 0.0])
TAG = LearnedTag(
    "likely_to_move", "person", "近期可能迁居", "Likely to move home",
    parse("within_days_of('moved', 90)", "person"), parse("aged(18)", "person"), 90, 2.0, 0.6, "public_security",
    ("residents",),
)  # fmt: skip


def past(files: int = 4000, seed: int = 7, slopes: np.ndarray = SLOPES) -> Past:
    """Five past days on which things come true by known log-odds."""
    rng = np.random.default_rng(seed)
    asked = tuple(date(2025, 1, 1) + timedelta(days=90 * number) for number in range(5))
    days = np.array(asked, dtype="datetime64[D]")
    rows = files * len(days)
    tags = rng.random((rows, 3)) < 0.3
    chance = 1 / (1 + np.exp(-(BIAS + tags @ slopes)))
    groups = np.where(rng.random(rows) < 0.5, "one", "other")
    return Past(
        asked,
        NAMES,
        csr_matrix(tags.astype(np.float32)),
        np.tile(days, files),
        np.ones(rows),
        groups,
        rng.random(rows) < chance,
    )


def test_what_weighs_is_found_and_comes_as_often_as_foreseen() -> None:
    found = learn(TAG, past())
    assert found.weights is not None
    assert found.weights.by_tag["a"] == pytest.approx(2.0, abs=0.2)
    assert found.weights.by_tag["b"] < -0.4
    assert abs(found.weights.by_tag.get("noise", 0.0)) < 0.15
    card = found.card
    assert card.used
    assert card.tried_on.foreseen == pytest.approx(card.tried_on.came_true / card.tried_on.files, abs=0.01)
    assert card.calibration_error < 0.02
    assert card.brier < card.brier_of_base_rate
    assert card.tried_on.auc is not None
    assert card.tried_on.auc > 0.7
    assert set(card.by_group) == {"one", "other"}
    assert card.days["tried"] == [date(2025, 12, 27)]
    assert "AUC 0." in card.line()


def test_alike_rows_told_once_with_their_count_teach_the_same() -> None:
    told = past(files=1500)
    twice = Past(told.asked, told.names, told.tags, told.days, told.counts * 2, told.groups, told.came_true)
    repeated = Past(
        told.asked,
        told.names,
        csr_matrix(np.repeat(told.tags.toarray(), 2, axis=0)),
        np.repeat(told.days, 2),
        np.ones(len(told.counts) * 2),
        np.repeat(told.groups, 2),
        np.repeat(told.came_true, 2),
    )
    one, other = learn(TAG, twice).weights, learn(TAG, repeated).weights
    assert one is not None
    assert other is not None
    assert one.bias == pytest.approx(other.bias, abs=1e-3)
    tried, again = learn(TAG, twice).card.tried_on, learn(TAG, repeated).card.tried_on
    assert (tried.files, tried.came_true) == (again.files, again.came_true)
    assert tried.foreseen == pytest.approx(again.foreseen, abs=1e-5)


def test_what_cannot_be_told_apart_is_not_given() -> None:
    chance = learn(TAG, past(slopes=np.zeros(3)))
    assert chance.weights is None
    assert chance.card.why is not None
    assert "is under 0.6" in chance.card.why.en
    assert "低于要求的0.6" in chance.card.why.zh
    told = past(files=60)
    seldom = learn(TAG, replace(told, came_true=np.zeros(len(told.counts), dtype=bool)))
    assert seldom.weights is None
    assert seldom.card.why is not None
    assert seldom.card.why.en.startswith("it came true too seldom on the days that were learnt")
    assert seldom.card.why.zh.startswith("学习期")
    assert seldom.card.tried_on.auc is None


def test_spark_says_the_same_as_one_set_of_tags(spark: "SparkSession") -> None:
    weights = Weights("likely_to_move", -1.0, {"just_moved": 1.25, "newly_wed": 0.5, "minor": -2.0}, 0.4)
    held = {"x": ["just_moved", "newly_wed"], "y": ["minor"], "z": [], "young": ["just_moved", "newly_wed"]}
    born = {"x": date(1990, 1, 1), "y": date(1990, 1, 1), "z": date(1990, 1, 1), "young": date(2020, 1, 1)}
    rows = [(who, date(2026, 1, 1), born[who], tags) for who, tags in held.items()]
    files = spark.createDataFrame(rows, "subject STRING, as_of DATE, birth_date DATE, tags ARRAY<STRING>")
    told = {row["subject"]: row["likely"] for row in likely(files, [(TAG, weights)]).collect()}
    assert {who: len(found) for who, found in told.items()} == {"x": 1, "y": 0, "z": 0, "young": 0}
    [one] = told["x"]
    assert one["probability"] == pytest.approx(probability(weights, held["x"]), rel=1e-12)
    assert probability(weights, held["x"]) == pytest.approx(1 / (1 + math.exp(-0.75)))
    assert (one["id"], one["until"], one["because"]) == (
        "likely_to_move", date(2026, 4, 1), ["just_moved", "newly_wed"],
    )  # fmt: skip
    assert likely(files, []).where("size(likely) > 0").count() == 0


def test_nothing_barred_from_ranking_is_learnt_from() -> None:
    registry = load()
    for kind in ("person", "enterprise"):
        features = feature_tags(registry, kind)
        assert len(features.tags) > 40
        assert len(features.parsed) == len(features.tags)  # every tag that a rule names is among them
        known = {tag.id for tag in registry.tags}
        assert all("ranking" in tag.uses for tag in features.tags)
        assert not {"disabled", "low_income", "tax_overdue", "annual_report_due"} & {tag.id for tag in features.tags}
        reads = {
            read
            for tag in features.tags
            if tag.id in known
            for atom in registry.parsed[tag.id].atoms
            for read in atom.reads
        }
        behind = {feed for read in reads for feed in feeds_behind(read, kind)}
        assert not {"hardship", "enterprise_reports"} & behind


def test_the_declared_tags_are_sound_and_a_slip_is_named(tmp_path: Path) -> None:
    registry = load()
    shipped = load_learned(registry)
    assert {"likely_to_move", "likely_to_retire", "likely_to_have_a_child", "likely_to_found_a_firm"} <= {
        tag.id for tag in shipped
    }
    assert [sentence for tag in shipped for sentence in misdeclared(tag, language.vocabulary())] == []
    good = (
        "tags:\n- {id: t, kind: person, name: {zh: 甲, en: A}, target: \"holds('X')\", among: aged(18),"
        " horizon_days: 90, lift: 2, least_auc: 0.6, owner: health, sources: [documents, residents]}\n"
    )
    for old, new, said in (
        ("horizon_days: 90", "horizon_days: 900", "horizon_days should be 1 to 366"),
        ("lift: 2", "lift: 1", "lift should be above 1"),
        ("least_auc: 0.6", "least_auc: 0.4", "least_auc should lie between"),
        ("id: t", "id: minor", "there is a tag minor already"),
        ("kind: person", "kind: cat", "kind should be person or enterprise"),
        ("owner: health", "holder: health", "expected the keys id, kind"),
    ):
        (tmp_path / "learned.yaml").write_text(good.replace(old, new), "utf-8")
        with pytest.raises(RegistryError, match=said):
            load_learned(registry, tmp_path)
    (tmp_path / "learned.yaml").write_text(good.replace("aged(18)", "aged(x)"), "utf-8")
    with pytest.raises(RuleError, match=r"learned\.yaml, tag 1, among"):
        load_learned(registry, tmp_path)
    (tmp_path / "learned.yaml").write_text(good.replace("[documents, residents]", "[documents, vehicles]"), "utf-8")
    [tag] = load_learned(registry, tmp_path)
    assert len(list(misdeclared(tag, language.vocabulary()))) == 2
