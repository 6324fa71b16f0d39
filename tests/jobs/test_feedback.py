"""Feedback reaches the lake once, whatever breaks on the way, and leaves the store only then."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import redis

from jobs import feedback
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.errors import FeedbackUnreadable
from recommender.choices import Action, Feedback
from recommender.generation import feedback_key, shard_of
from recommender.store import FeedbackQueue, HomeStore, Store

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
WHO = "a" * 32


@pytest.fixture
def context(spark: "SparkSession", tmp_lake: Tables, store_url: str) -> Context:
    context = Context(DAY, Settings(lake=tmp_lake.root, store_url=store_url))
    context.__dict__["spark"] = spark
    return context


def say(context: Context, *said: tuple[Action, str]) -> None:
    async def send() -> None:
        store = HomeStore(context.settings.store_url, timeout=5)
        for minute, (action, service) in enumerate(said):
            await store.note(Feedback(WHO, "person", service, action, AT + timedelta(minutes=minute)))
        await store.close()

    asyncio.run(send())


def kept(context: Context) -> list[tuple[str, str]]:
    rows = context.tables.read("feedback", context.spark).orderBy("entry").collect()
    return [(row["action"], row["service"]) for row in rows]


def test_what_was_said_is_kept_with_its_time_and_leaves_the_store(context: Context) -> None:
    say(context, ("opened", "senior_card"), ("dismissed", "id_card_renewal"))
    assert feedback.run(context).counts == {"taken": 2, "kept": 2, "unreadable": 0}
    assert kept(context) == [("opened", "senior_card"), ("dismissed", "id_card_renewal")]
    row = context.tables.read("feedback", context.spark).where("action = 'opened'").first()
    assert row is not None
    assert (row["subject"], row["kind"], row["received_on"]) == (WHO, "person", DAY)
    assert row["at"].astimezone(UTC) == AT
    with FeedbackQueue(context.settings.store_url) as queue:
        assert queue.read() == []


def test_what_comes_later_is_added_to_what_was_kept(context: Context) -> None:
    say(context, ("opened", "senior_card"))
    feedback.run(context)
    say(context, ("started", "senior_card"))
    assert feedback.run(context).counts == {"taken": 1, "kept": 2, "unreadable": 0}
    assert kept(context) == [("opened", "senior_card"), ("started", "senior_card")]


def test_a_crash_between_keeping_and_forgetting_counts_nothing_twice(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(context, ("opened", "senior_card"))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(FeedbackQueue, "settle", crash)
        with pytest.raises(KeyboardInterrupt):
            feedback.run(context)
    assert feedback.run(context).counts == {"taken": 1, "kept": 1, "unreadable": 0}
    assert kept(context) == [("opened", "senior_card")]


def test_a_crash_before_keeping_loses_nothing(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    say(context, ("opened", "senior_card"))

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Tables, "write", crash)
        with pytest.raises(KeyboardInterrupt):
            feedback.run(context)
    assert feedback.run(context).counts == {"taken": 1, "kept": 1, "unreadable": 0}


def test_a_dismissal_taken_back_no_longer_counts_as_one(context: Context) -> None:
    say(context, ("dismissed", "senior_card"), ("restored", "senior_card"), ("dismissed", "id_card_renewal"))
    feedback.run(context)
    assert kept(context) == [("undone", "senior_card"), ("restored", "senior_card"), ("dismissed", "id_card_renewal")]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"at": None}, "it has no field at"),
        ({"action": "danced"}, "its field action is not what it should be"),
        ({"stars": "nine"}, "its field stars is not what it should be"),
        ({"subject": "Wang"}, "its field subject is not what it should be"),
        ({"service": b"\xff"}, "a field is no text"),
    ],
)
def test_an_entry_that_cannot_be_read_is_set_aside_with_its_reason_and_stops_nothing(
    context: Context, broken: dict[str, str | bytes | None], why: str
) -> None:
    whole = Feedback(WHO, "person", "senior_card", "opened", AT).fields()
    fields = {name: value for name, value in {**whole, **broken}.items() if value is not None}
    with redis.Redis.from_url(context.settings.store_url) as raw:
        entry = raw.xadd(feedback_key(shard_of(WHO)), fields)
    say(context, ("started", "senior_card"))
    done = feedback.run(context)
    assert done.counts == {"taken": 1, "kept": 1, "unreadable": 1}
    assert done.note == "see `python -m jobs feedback unreadable`"
    assert kept(context) == [("started", "senior_card")]
    with FeedbackQueue(context.settings.store_url) as queue:
        assert list(feedback.unreadable(queue)) == [
            f"{entry.decode()}.{shard_of(WHO)}  {why} ({', '.join(fields)})",
            "1 unreadable",
        ]


def test_what_was_set_aside_is_read_again_by_a_release_that_knows_it(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(context, ("opened", "senior_card"))
    with monkeypatch.context() as older:
        older.setattr(Feedback, "from_fields", lambda *_: (_ for _ in ()).throw(FeedbackUnreadable("it is new")))
        assert feedback.run(context).counts == {"taken": 0, "kept": 0, "unreadable": 1}
    with FeedbackQueue(context.settings.store_url) as queue:
        assert queue.take_up_again() == 1
    assert feedback.run(context).counts == {"taken": 1, "kept": 1, "unreadable": 0}
    assert kept(context) == [("opened", "senior_card")]


def test_erasing_reaches_what_was_set_aside_and_what_was_read_and_not_settled(context: Context) -> None:
    with redis.Redis.from_url(context.settings.store_url) as raw:
        raw.xadd(feedback_key(shard_of(WHO)), {"subject": WHO, "action": "opened"})
        raw.xadd(feedback_key("b"), {"subject": "b" * 32, "action": "opened"})
    say(context, ("opened", "senior_card"))
    with Store(context.settings.store_url) as store, FeedbackQueue(context.settings.store_url) as queue:
        assert len(queue.read()) == 1
        assert len(queue.set_aside()) == 2
        store.forget([WHO])
        assert len(queue.set_aside()) == 1
        assert queue.read() == []  # it was pending without its fields
        assert len(queue.set_aside()) == 1
        assert queue.drop_set_aside() == 1
    assert feedback.run(context).counts == {"taken": 0, "kept": 0, "unreadable": 0}


def test_nothing_said_writes_nothing(context: Context) -> None:
    assert feedback.run(context).counts == {"taken": 0, "kept": 0, "unreadable": 0}
    assert not context.tables.exists("feedback")


def test_a_store_that_is_away_is_a_note_and_no_failure(context: Context) -> None:
    away = Context(DAY, context.settings.model_copy(update={"store_url": "redis://127.0.0.1:1/0"}))
    summary = feedback.run(away)
    assert summary.counts == {"taken": 0}
    assert summary.note.startswith("left in the store: The store at 127.0.0.1:1 does not answer")
