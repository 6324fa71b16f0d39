"""What is measured is measured through the product beside the known ways, and what is missing is said in a sentence."""

import json
from pathlib import Path

import numpy as np
import pytest

from recommender import catalogue
from recommender.evaluate import cells, licences, product, report
from recommender.evaluate.run import OURS, Sources, city, every, hidden_licences, renewals, services
from tests.recommender.evaluate import data


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    return data.licences(data.cells(folder))


def read(folder: Path) -> product.Rows:
    sources = Sources.below(folder)
    return cells.read(sources.cells, sources.services)


def test_cells_are_subjects_with_five_tags_each(real: Path) -> None:
    rows = read(real)
    assert (len(rows), len(rows.names.services)) == (144, 12)
    assert np.diff(rows.tags.indptr).tolist() == [5] * 144
    known, hidden = product.split(rows, seed=3)
    assert (len(known), len(hidden)) == (116, 28)
    assert product.split(rows, seed=3)[1].uses.toarray().tolist() == hidden.uses.toarray().tolist()


def test_the_product_stands_above_popularity_on_hidden_cells(real: Path) -> None:
    section = services(Sources.below(real), (0,), lambda _: None)
    found = {bar.name: bar.value for bar in section.plots[0].bars}
    assert found[OURS] > found["popularity"] + 0.05
    assert {"additive log-odds", "LightFM", "LightFM with pairs", "popularity by district_id"} < set(found)


def test_a_hidden_licence_is_found_by_what_is_held(real: Path) -> None:
    section = hidden_licences(Sources.below(real), (0,), lambda _: None)
    found = {bar.name: bar.value for bar in section.plots[0].bars}
    assert found[OURS] == 1.0
    assert found["popularity"] < 1.0
    assert {"popularity by type held", "co-occurrence", "additive log-odds", "LightFM"} < set(found)


def test_what_an_account_took_out_last_is_asked_by_what_came_before(real: Path) -> None:
    holders = licences.accounts(real / licences.FOLDER)
    hidden = licences.next_one(holders, 0.5, seed=1)
    last = {hidden.known.names.services[one] for one in hidden.truth}
    assert last == {"Liquor", "Tyres"}
    assert len(hidden.asked) == 30


def test_that_many_hold_a_licence_already_does_not_make_it_rare(real: Path) -> None:
    known = licences.hide_one(licences.premises(Sources.below(real).premises), 0.2, seed=0).known
    assert known.allowed.mean(axis=0).min() < 0.8
    assert product.learned(known, seed=0).weights["rarity"] == 0.0


def test_a_reminder_precedes_a_renewal_that_came_after_its_first_rung(real: Path) -> None:
    # The old terms ended on 15 May; the first rung, 30 days before, is 15 April.
    found = licences.leads(real / licences.FOLDER, catalogue.load().ladder)
    assert found.tolist() == [35, 16, -14]
    assert "the first reminder came before 66.7% of them" in renewals(real / licences.FOLDER).told


def test_premises_that_were_kept_back_are_asked_and_all_others_known() -> None:
    known = (("60601", ("Food", "Drink")), ("60601", ("Cars", "Tyres")), ("60601", ("Food",)))
    hidden = licences.hide_one(known, 0.2, seed=0, kept_back=(("60602", ("Food", "Boats")), ("60602", ("Cars",))))
    assert len(hidden.asked) == 1
    assert hidden.known.names.services == ("Boats", "Cars", "Drink", "Food", "Tyres")
    assert np.asarray(hidden.known.uses.sum(axis=0)).ravel().tolist() == [0, 1, 1, 1, 1]
    assert hidden.known.names.services[hidden.truth[0]] in ("Food", "Boats")


def test_equal_scores_count_by_their_order() -> None:
    scores, allowed = np.array([[1.0, 1.0, 2.0]]), np.array([[True, True, False]])
    assert licences.reciprocal_rank(scores, allowed, np.array([1])) == 0.5


def test_a_lakes_model_is_told_in_all_and_by_group(tmp_path: Path) -> None:
    figures = {
        "ndcg_10": 0.5,
        "recall_10": 0.6,
        "coverage_10": 0.7,
        "calibration_error": 0.01,
        "ndcg_10_popularity": 0.4,
    }
    by_group = {"recall": 0.9, "ndcg": 0.8, "exposure": 0.95, "calibration_error": 0.02}
    run = tmp_path / "model_person" / "run=1"
    run.mkdir(parents=True)
    (tmp_path / "model_person" / "CURRENT").write_text("1")
    extra = {"figures": figures, "groups": {"age": {"80+": by_group}}}
    (run / "_manifest.json").write_text(json.dumps({"extra": extra}))
    [person, *_] = city(tmp_path)
    assert person.told == "the last 30 days, unseen: recall 10 0.6000, coverage 10 0.7000, calibration error 0.0100"
    assert {plot.measure: [(bar.name, bar.value) for bar in plot.bars] for plot in person.plots} == {
        "nDCG@10, parts alone": [(OURS, 0.5), ("popularity", 0.4)],
        "recall by age": [("80+", 0.9)],
        "ndcg by age": [("80+", 0.8)],
        "exposure by age": [("80+", 0.95)],
        "calibration error by age": [("80+", 0.02)],
    }


def test_what_is_missing_is_said_in_one_sentence_and_the_page_loads_nothing(tmp_path: Path) -> None:
    sections = every(Sources.below(tmp_path), tmp_path / "lake", (0,), lambda _: None)
    told = list(report.lines(sections))
    assert len(told) == 8
    assert f"not measured: {tmp_path / cells.FOLDER / cells.USES} is not there" in told[0]
    assert "run `python -m jobs train`" in told[-3]
    assert "run `python -m jobs judge`" in told[-2]
    assert "run `python -m jobs judge --truth FOLDER --beside`" in told[-1]
    page = report.page(sections).decode()
    assert "src=" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
