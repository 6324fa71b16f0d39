"""A new model serves only where it passes the declared gate, and the decision says every figure."""

import dataclasses

import pytest

from recommender.fairness import Reach
from recommender.promotion import decide, first, gate
from recommender.trial import Trial


def trial(
    ndcg: float = 0.9, coverage: float = 0.8, error: float = 0.01, worst: float = 0.9, subjects: int = 900
) -> Trial:
    figures = {"ndcg_10": ndcg, "coverage_10": coverage, "calibration_error": error, "subjects": float(subjects)}
    ages = {"18–34": 0.9, "80+": worst}
    return Trial(figures, {"age": tuple(Reach(age, 900, 500, of, of, 1.0, 0.01) for age, of in ages.items())})


def test_a_model_that_is_no_worse_serves_and_every_check_is_told() -> None:
    found = decide(trial(), trial(ndcg=0.895), gate())
    assert found.promoted
    assert found.reasons == (
        "passed quality: ndcg_10 0.8950 after 0.9000, may fall by 0.01",
        "passed coverage: coverage_10 0.8000 after 0.8000, may fall by 0.05",
        "passed calibration: calibration_error 0.0100 after 0.0100, at most 0.03",
        "passed parity by age: the group reached worst 1.00 of all after 1.00, at least 0.8, may fall by 0.1",
    )


@pytest.mark.parametrize(
    ("worse", "said"),
    [
        ({"ndcg": 0.88}, "failed quality"),
        ({"coverage": 0.7}, "failed coverage"),
        ({"error": 0.05}, "failed calibration"),
        ({"worst": 0.5}, "failed parity by age"),
    ],
)
def test_a_model_that_fails_one_check_does_not_serve(worse: dict[str, float], said: str) -> None:
    found = decide(trial(), trial(**worse), gate())
    assert not found.promoted
    assert [reason.startswith(said) for reason in found.reasons].count(True) == 1
    assert sum(reason.startswith("failed") for reason in found.reasons) == 1


def test_what_the_model_in_use_fails_too_keeps_no_better_one_out() -> None:
    assert decide(trial(worst=0.5, error=0.09), trial(worst=0.55, error=0.08), gate()).promoted


def test_a_first_model_serves_only_if_it_orders_no_worse_than_popularity() -> None:
    assert first(trial(ndcg=0.7), trial(ndcg=0.7, coverage=0.1), gate()).promoted
    worse = first(trial(ndcg=0.931), trial(ndcg=0.873, subjects=50), gate())
    assert not worse.promoted
    assert worse.few is None
    assert worse.reasons == (
        "no model that could be compared is in use",
        "failed quality: ndcg_10 0.8730 beside popularity's 0.9310, may fall by 0.01",
        "passed calibration: calibration_error 0.0100 after 0.0100, at most 0.03",
        "passed parity by age: the group reached worst 1.00 of all after 1.00, at least 0.8, may fall by 0.1",
    )
    assert first(trial(ndcg=0.7), trial(ndcg=0.691), gate()).promoted


def test_a_first_model_that_is_ill_calibrated_or_leaves_a_group_behind_does_not_serve() -> None:
    for worse, said in (({"error": 0.05}, "failed calibration"), ({"worst": 0.5}, "failed parity by age")):
        found = first(trial(), trial(**worse), gate())
        assert not found.promoted
        assert [reason.startswith(said) for reason in found.reasons].count(True) == 1


def test_where_few_took_anything_up_chance_does_not_decide() -> None:
    found = first(trial(ndcg=0.931, subjects=49), trial(ndcg=0.873, subjects=49), gate())
    assert (found.promoted, found.few) == (True, 49)
    assert found.reasons == (
        "no model that could be compared is in use",
        "unasked quality: ndcg_10 0.8730 beside popularity's 0.9310, of 49 subjects; it takes 50 to tell",
    )
    later = decide(trial(subjects=49), trial(ndcg=0.8, subjects=49), gate())
    assert (later.promoted, later.few) == (True, 49)
    assert not decide(trial(subjects=49), trial(coverage=0.7, subjects=49), gate()).promoted


def test_an_untried_model_serves_where_there_is_none_and_takes_no_place() -> None:
    assert first(None, None, gate()).promoted
    assert not decide(trial(), None, gate()).promoted


def test_groups_that_neither_trial_knows_are_not_asked() -> None:
    bare = dataclasses.replace(trial(), reached={})
    assert len(decide(bare, bare, gate()).reasons) == 3
