"""How far subjects come with a service: each counts once a step, times are of those who handed in, few are not told."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from jobs.acts import GIVEN
from jobs.funnel import Funnel, funnels, lines
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from tests.jobs.town import DAY

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NOON = datetime.combine(DAY, time(12))
Acts = list[tuple[str, str, str, None, datetime]]


def act(who: int, service: str, action: str, at: datetime) -> tuple[str, str, str, None, datetime]:
    return f"{who:032x}", service, action, None, at


def city(who: range) -> Acts:
    """Twelve open the card, ten start it, and hand it in after as many minutes as they are called."""
    told: Acts = []
    for one in who:
        told.append(act(one, "senior_card", "opened", NOON))
        told.append(act(one, "senior_card", "opened", NOON + timedelta(hours=1)))
        if one < 10:
            told.append(act(one, "senior_card", "started", NOON))
            told.append(act(one, "senior_card", "done", NOON + timedelta(minutes=one)))
            told.append(act(one, "senior_card", "done", NOON + timedelta(days=-1)))  # before it was begun
    return told


def asked(lake: Tables, spark: "SparkSession", acts: Acts) -> Context:
    """The acts as feedback, and the enterprises' as events of the page."""
    lake.write("feedback", spark.createDataFrame(acts, GIVEN), day=DAY)
    columns = "person STRING, enterprise STRING, service STRING, action STRING, at TIMESTAMP"
    fed = [(None, f"{who:032x}", "annual_report_filing", "opened", NOON) for who in range(11)]
    lake.write("accepted_page_events", spark.createDataFrame(fed, columns), day=DAY)
    context = Context(DAY, Settings(lake=lake.root))
    context.__dict__["spark"] = spark
    return context


def test_everybody_counts_once_a_step_and_the_time_is_from_start_to_done(
    tmp_lake: Tables, spark: "SparkSession"
) -> None:
    rare = [act(who, "passport_renewal", "opened", NOON) for who in range(9)]
    long_ago = [act(who, "id_card_renewal", "opened", NOON - timedelta(days=90)) for who in range(20)]
    tomorrow = [act(who, "id_card_renewal", "opened", NOON + timedelta(days=1)) for who in range(20)]
    context = asked(tmp_lake, spark, [*city(range(12)), *rare, *long_ago, *tomorrow])
    assert funnels(context) == [
        Funnel("senior_card", 0, 12, 10, 10, 10, 4.5),
        Funnel("annual_report_filing", 0, 11, 0, 0, 0, None),
        Funnel("all services", 0, 32, 10, 10, 10, 4.5),
    ]
    head, *told, foot = lines(context)
    assert head.split() == ["shown", "opened", "started", "done", "minutes"]
    assert told[0].split() == ["senior_card", "-", "12", "10", "10", "4"]
    assert foot.startswith(f"90 days to {DAY}")


def test_nothing_done_is_nothing_told(tmp_lake: Tables, spark: "SparkSession") -> None:
    context = Context(DAY, Settings(lake=tmp_lake.root))
    context.__dict__["spark"] = spark
    assert funnels(context) == []
