"""Every list holds only what its subject may have and has not done, with the clauses and sources that say so."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from jobs import rank, train
from jobs.deleted_tags import SAID
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.errors import ModelMismatch, TableMissing
from recommender.catalogue import load
from tests.jobs.town import DAY, YEAR, Town, case, document, person, settle, town

if TYPE_CHECKING:
    from pyspark.sql import Row, SparkSession

RENEWAL, EXPIRING = "hkm_permit_renewal", "hkm_permit_expiring"
SOON = DAY + timedelta(days=20)
ADULT = DAY - 40 * YEAR


def permit(expires_on: date) -> dict[str, object]:
    return document("HKM_PERMIT", expires_on - 10 * YEAR, expires_on)


def birth(on: date) -> dict[str, object]:
    return {"kind": "birth", "happened_on": on, "other": None, "source": "vital_events", "as_of": on}


def cast() -> Town:
    """A town with ten people in the leading parts, each with a permit that expires in 20 days."""
    others = town(200, seed=1)
    leads = [
        person(9000, born=ADULT, documents=[permit(SOON)]),
        person(
            9001,
            born=ADULT,
            documents=[permit(SOON)],
            cases=[case(RENEWAL, DAY - timedelta(days=5), None, "in_progress")],
        ),
        person(
            9002,
            born=ADULT,
            documents=[permit(SOON)],
            cases=[case(RENEWAL, DAY - timedelta(days=9), DAY - timedelta(days=2))],
        ),
        person(9003, born=ADULT, documents=[permit(SOON)]),
        person(9004, born=ADULT, documents=[permit(SOON)], died_on=DAY - timedelta(days=3)),
        person(
            9005, born=ADULT, documents=[permit(SOON)], cases=[case(RENEWAL, DAY - timedelta(days=9), DAY, "failed")]
        ),
        person(9006, born=None, documents=[permit(SOON)]),
        person(9017, born=ADULT, documents=[permit(SOON)], events=[birth(DAY - timedelta(days=20))]),
        person(9018, born=ADULT, documents=[permit(SOON)], events=[birth(DAY - timedelta(days=200))]),
        person(9007, born=ADULT, documents=[permit(SOON)]),
    ]
    put_away = (f"{9003:032x}", RENEWAL, "dismissed", DAY - timedelta(days=1))
    return Town([*others.files, *leads], [*others.actions, put_away])


@pytest.fixture(scope="module")
def ranked(spark: "SparkSession", tmp_path_factory: pytest.TempPathFactory) -> Tables:
    tables = Tables(tmp_path_factory.mktemp("town") / "lake")
    settle(cast(), tables, spark)
    words = [
        (f"{one:032x}", action, EXPIRING, datetime(2026, 3, at, tzinfo=UTC), f"{one}-{at}", RENEWAL, None)
        for one, action, at in (
            (9000, "tag_deleted", 1),
            (9000, "tag_restored", 2),
            (9007, "tag_restored", 1),
            (9007, "tag_deleted", 2),
        )
    ]
    tables.write("feedback", spark.createDataFrame(words, f"{SAID}, service STRING, stars INT"), day=DAY)
    train.run(Context(DAY, Settings(lake=tables.root)))
    rank.run(Context(DAY, Settings(lake=tables.root)))
    return tables


@pytest.fixture(scope="module")
def lists(ranked: Tables, spark: "SparkSession") -> "dict[int, Row]":
    rows = ranked.read("person_suggestions", spark).collect()
    return {int(row.subject, 16): row for row in rows}


def test_a_tag_that_its_subject_deleted_orders_nothing_but_takes_no_entitlement_away(
    lists: "dict[int, Row]",
) -> None:
    with_it, without = (next(one for one in lists[who]["items"] if one.service == RENEWAL) for who in (9000, 9007))
    assert not [weight.tag for weight in without.because if EXPIRING in weight.tag]
    assert without.score != with_it.score, "two files that differ by the deletion alone"
    assert [reason.clause for reason in without.reasons] == [reason.clause for reason in with_it.reasons]


def services(row: "Row") -> list[str]:
    return [item.service for item in row["items"]]


def test_an_expiring_permit_puts_its_renewal_first_and_says_why(lists: "dict[int, Row]") -> None:
    first = lists[9000]["items"][0]
    assert first.service == RENEWAL
    assert [(reason.clause, reason.source) for reason in first.reasons] == [
        ("expires_within('HKM_PERMIT', 30)", "documents")
    ]
    assert first.reasons[0].as_of == permit(SOON)["as_of"]
    assert 0 < first.probability < 1


@pytest.mark.parametrize(("who", "offered"), [(9000, True), (9001, False), (9002, False), (9003, False), (9005, True)])
def test_what_is_in_progress_done_or_put_away_is_not_offered_again(
    who: int, offered: bool, lists: "dict[int, Row]"
) -> None:
    assert (RENEWAL in services(lists[who])) is offered


def test_the_dead_are_offered_nothing(lists: "dict[int, Row]") -> None:
    assert 9004 not in lists
    assert len(lists) == 209


def test_nobody_is_offered_what_their_file_does_not_allow(lists: "dict[int, Row]") -> None:
    holders = {int(str(file["subject"]), 16): file for file in cast().files}
    for who, row in lists.items():
        kinds = {one["type"] for one in holders[who]["documents"]}  # type: ignore[attr-defined]
        assert not ("HKM_PERMIT" not in kinds and RENEWAL in services(row))
        assert len(services(row)) == len(set(services(row))) <= 12


def test_lists_fall_by_score_after_the_next_steps_of_fresh_events(lists: "dict[int, Row]") -> None:
    for row in lists.values():
        order = [(item.through == "", -item.score) for item in row["items"]]
        assert order == sorted(order)
        assert all(0 <= item.probability <= 1 for item in row["items"])
    through = {item.through for row in lists.values() for item in row["items"]}
    assert "" in through
    assert through - {""} <= {bundle.id for bundle in load().bundles if bundle.first_while}


def test_the_next_steps_of_a_birth_come_first_while_it_is_fresh(lists: "dict[int, Row]") -> None:
    fresh, months_ago = ([item.through for item in lists[who]["items"]] for who in (9017, 9018))
    assert fresh == ["newborn", *([""] * (len(fresh) - 1))]
    assert RENEWAL in services(lists[9017])
    assert set(months_ago) == {""}


def test_an_unknown_service_asks_for_the_fact_that_decides(lists: "dict[int, Row]") -> None:
    asked = {one.service: one.asks for row in lists.values() for one in row["unknown"]}
    assert asked
    assert all(reads for reads in asked.values())
    assert all(not set(services(row)) & {one.service for one in row["unknown"]} for row in lists.values())


def test_a_second_run_of_the_day_changes_no_content(ranked: Tables) -> None:
    before = ranked.manifest("person_suggestions")
    summary = rank.run(Context(DAY, Settings(lake=ranked.root)))
    assert ranked.manifest("person_suggestions") == before
    assert summary.counts["person lists"] == 209
    assert summary.counts["enterprise lists"] == 0


def test_tags_of_another_registry_are_refused_with_what_to_run(ranked: Tables, spark: "SparkSession") -> None:
    tags = ranked.read("person_tags", spark)
    known = dict(ranked.manifest("person_tags").extra)
    ranked.write("person_tags", tags, day=DAY, extra={**known, "registry": "older"})
    try:
        with pytest.raises(ModelMismatch, match=r"person_tags was made from registry older \(now .*run tag and train"):
            rank.run(Context(DAY, Settings(lake=ranked.root)))
    finally:
        ranked.write("person_tags", tags, day=DAY, extra=known)


def test_ranking_before_training_names_the_missing_table(tmp_lake: Tables, spark: "SparkSession") -> None:
    settle(Town([person(1, born=ADULT)], []), tmp_lake, spark)
    with pytest.raises(TableMissing, match="model_person"):
        rank.run(Context(DAY, Settings(lake=tmp_lake.root)))
