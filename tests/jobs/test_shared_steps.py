"""Both parents of a newborn meet in Spark: of whom one is told what the other did, and of whom nothing is told."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from jobs.run import Context
from jobs.settings import Settings
from jobs.shared_steps import of_few, shared
from jobs.tables import Tables
from recommender import catalogue
from tests.jobs.town import DAY, Town, case, person, settle

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BORN, WEEK = DAY - timedelta(days=40), timedelta(days=7)
DONE, ASKED, OFF, AGAIN, DEAD = range(5)  # couples, by what became of the mother
FEEDBACK = "subject STRING, service STRING, action STRING, stars INT, at TIMESTAMP, entry STRING, about STRING"


def parent(couple: int, *, mother: bool, **more: object) -> dict[str, object]:
    """One of two parents of a child born forty days ago; the mother has had it entered in the household register."""
    child = f"{1000 + couple:032x}"
    cases = [case("newborn_hukou", BORN + WEEK, BORN + 2 * WEEK)] if mother else []
    tie = {
        "kind": "child",
        "other": child,
        "since": BORN,
        "until": None,
        "birth_date": BORN,
        "source": "kinship",
        "as_of": BORN,
    }
    event = {"kind": "birth", "happened_on": BORN, "other": child, "source": "vital_events", "as_of": BORN}
    born = DAY - timedelta(days=30 * 365)
    return person(2 * couple + mother, born=born, links=[tie], events=[event], cases=cases, **more)


def test_of_a_living_parent_who_wants_nothing_else_the_other_is_told(tmp_lake: Tables, spark: "SparkSession") -> None:
    mothers = [parent(couple, mother=True) for couple in (DONE, ASKED, OFF, AGAIN)]
    mothers.append(parent(DEAD, mother=True, died_on=BORN + 3 * WEEK))
    fathers = [parent(couple, mother=False) for couple in (DONE, ASKED, OFF, AGAIN, DEAD)]
    settle(Town([*mothers, *fathers], []), tmp_lake, spark, tagged=False)
    said = [
        (DONE, "newborn_medical_insurance", "done", 5),
        (ASKED, "", "erasure", 1),
        (OFF, "", "personalisation_on", 4),
        (OFF, "", "personalisation_off", 3),
        (AGAIN, "", "personalisation_off", 4),
        (AGAIN, "", "personalisation_on", 3),
    ]
    rows = [
        (str(mothers[who]["subject"]), service, action, None, noon(ago), f"{number}", "")
        for number, (who, service, action, ago) in enumerate(said)
    ]
    tmp_lake.write("feedback", spark.createDataFrame(rows, FEEDBACK), day=DAY)
    context = Context(DAY, Settings(lake=tmp_lake.root))
    context.__dict__["spark"] = spark
    found = {row.subject: row.shared for row in shared(context, catalogue.load()).collect()}
    done_on = BORN + 2 * WEEK
    registered = ("newborn", "newborn_hukou", BORN + WEEK, done_on, done_on)
    handed_in = DAY - timedelta(days=5)
    insured = ("newborn", "newborn_medical_insurance", handed_in, None, handed_in + timedelta(days=30))
    assert {who: [tuple(step) for step in steps] for who, steps in found.items()} == {
        str(fathers[DONE]["subject"]): [registered, insured],
        str(fathers[AGAIN]["subject"]): [registered],
    }


def noon(days_ago: int) -> datetime:
    return datetime.combine(DAY - timedelta(days=days_ago), time(12))


def test_a_few_at_hand_are_told_the_same() -> None:
    act = {"service": "newborn_hukou", "action": "applied", "acted_on": BORN + WEEK, "done_on": DAY, "open_until": DAY}
    two = [{**parent(DONE, mother=one), "kept_apart": None, "acts": [act] if one else []} for one in (True, False)]
    found = of_few(two, catalogue.load(), DAY)
    assert found == {two[1]["subject"]: [{"bundle": "newborn", **{n: act[n] for n in act if n != "action"}}]}
