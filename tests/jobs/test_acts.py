"""What a subject did comes from cases and from the page, as known on the day."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from jobs.acts import GIVEN, with_acts
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from tests.jobs.town import DAY, Town, case, person, settle

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def test_acts_join_cases_and_page_actions_until_the_day(tmp_lake: Tables, spark: "SparkSession") -> None:
    running = case("senior_card", DAY - timedelta(days=9), None, "in_progress")
    tomorrow = case("pension_check", DAY + timedelta(days=1), None, "in_progress")
    file = person(1, born=DAY - timedelta(days=70 * 365), cases=[running, tomorrow])
    seen = [
        (str(file["subject"]), "senior_card", "opened", DAY - timedelta(days=10)),
        (str(file["subject"]), "senior_health_check", "dismissed", DAY),
        (str(file["subject"]), "senior_health_check", "shown", DAY),
        (str(file["subject"]), "senior_allowance", "opened", DAY + timedelta(days=1)),
    ]
    settle(Town([file], seen), tmp_lake, spark, tagged=False)
    row = with_acts(Context(DAY, Settings(lake=tmp_lake.root)), "person").select("acts").first()
    assert row is not None
    assert [(act.service, act.action, act.acted_on) for act in row.acts] == [
        ("senior_card", "applied", DAY - timedelta(days=9)),
        ("senior_card", "opened", DAY - timedelta(days=10)),
        ("senior_health_check", "dismissed", DAY),
    ]


def test_a_file_without_known_cases_still_has_what_was_done_on_the_page(
    tmp_lake: Tables, spark: "SparkSession"
) -> None:
    file = person(1, born=DAY - timedelta(days=9000), cases=None)
    settle(Town([file], [(str(file["subject"]), "senior_card", "opened", DAY)]), tmp_lake, spark, tagged=False)
    row = with_acts(Context(DAY, Settings(lake=tmp_lake.root)), "person").select("acts").first()
    assert row is not None
    assert [(act.service, act.action, act.done_on) for act in row.acts] == [("senior_card", "opened", None)]


def test_ratings_praise_or_criticise_wherever_they_were_given_and_hold_nothing_back(
    tmp_lake: Tables, spark: "SparkSession"
) -> None:
    file = person(1, born=DAY - timedelta(days=9000))
    subject, noon = str(file["subject"]), datetime.combine(DAY, time(12))
    settle(Town([file], []), tmp_lake, spark, tagged=False)
    fed = [(f"r{stars}", subject, None, f"service_{stars}", stars, noon) for stars in (1, 2, 3, 4, 5)]
    columns = "rating_id STRING, person STRING, enterprise STRING, service STRING, stars INT, at TIMESTAMP"
    tmp_lake.write("accepted_ratings", spark.createDataFrame(fed, columns), day=DAY)
    given = [(subject, "service_6", "rated", 5, noon), (subject, "service_7", "opened", None, noon)]
    tmp_lake.write("feedback", spark.createDataFrame(given, GIVEN), day=DAY)
    row = with_acts(Context(DAY, Settings(lake=tmp_lake.root)), "person").select("acts").first()
    assert row is not None
    assert [(act.service, act.action, act.done_on, act.open_until) for act in row.acts] == [
        ("service_1", "criticised", None, DAY),
        ("service_2", "criticised", None, DAY),
        ("service_4", "praised", None, DAY),
        ("service_5", "praised", None, DAY),
        ("service_6", "praised", None, DAY),
        ("service_7", "opened", None, DAY),
    ]


def test_a_form_finished_on_the_page_is_in_progress_for_a_month_and_not_done(
    tmp_lake: Tables, spark: "SparkSession"
) -> None:
    file = person(1, born=DAY - timedelta(days=9000))
    settle(Town([file], [(str(file["subject"]), "senior_card", "done", DAY)]), tmp_lake, spark, tagged=False)
    row = with_acts(Context(DAY, Settings(lake=tmp_lake.root)), "person").select("acts").first()
    assert row is not None
    assert [(act.done_on, act.open_until) for act in row.acts] == [(None, DAY + timedelta(days=30))]
