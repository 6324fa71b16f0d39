"""Cases of help on disk: opened once by what residents report, seen to step by step, told to their subjects."""

import asyncio
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from jobs import cases, feedback
from jobs.__main__ import app
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.errors import CaseFault
from profiles.identity.keys import open_sealed, seal
from recommender.acting import Subject
from recommender.choices import SAID, Feedback
from recommender.helping import FIELD, Help
from recommender.store import HomeStore

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FRIDAY, MONDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)
MOTHER = "a" * 32
STUCK, RATED = "B261120-AAAAAAAA", "B261120-BBBBBBBB"
KEYS = {"pseudonym_key": sha256(b"pseudonym").hexdigest(), "vault_key": sha256(b"vault").hexdigest()}


@pytest.fixture
def context(spark: "SparkSession", tmp_lake: Tables, store_url: str) -> Context:
    """Two cases were reported on Friday: one stuck, one rated badly."""
    context = Context(FRIDAY, Settings(lake=tmp_lake.root, store_url=store_url, **KEYS))
    context.__dict__["spark"] = spark
    asyncio.run(report(context))
    feedback.run(context)
    return context


async def report(context: Context) -> None:
    store, at = HomeStore(context.settings.store_url, timeout=5), datetime(2026, 11, 20, 2, tzinfo=UTC)
    stuck = Feedback(MOTHER, "person", "senior_card", "stuck", at, about=f"{STUCK} papers", said="c2VhbGVk")
    await store.open_case(stuck, STUCK, Help(FRIDAY, "stuck", "senior_card", "papers"))
    rated = Feedback(MOTHER, "person", "passport_renewal", "rated", at, 1, about=RATED)
    await store.open_case(rated, RATED, Help(FRIDAY, "rated", "passport_renewal"))
    await store.note(Feedback(MOTHER, "person", "senior_card", "rated", at, 5))
    await store.close()


def on(context: Context, day: date) -> Context:
    later = Context(day, context.settings)
    later.__dict__["spark"] = context.spark
    return later


def told(context: Context) -> dict[str, Help]:
    async def ask() -> dict[str, Help]:
        store = HomeStore(context.settings.store_url, timeout=5)
        try:
            return dict((await store.choices(Subject(MOTHER))).help)
        finally:
            await store.close()

    return asyncio.run(ask())


def test_a_case_is_opened_once_seen_to_in_order_and_told_to_its_subject(context: Context) -> None:
    assert cases.run(context).counts == {"opened": 2, "in all": 2, "late": 0}
    assert cases.run(context).counts["opened"] == 0
    monday = on(context, MONDAY)
    with pytest.raises(CaseFault, match=f"Case {STUCK} is at the step call_back of call_back, reply"):
        cases.took(monday, STUCK, "reply", "too soon")
    cases.took(monday, STUCK, "call_back")
    with pytest.raises(CaseFault, match="was not replied to"):
        cases.closed(monday, STUCK)
    replied = cases.took(monday, STUCK, "reply", "请带身份证到窗口。")
    assert open_sealed(context.settings.keys, MOTHER, FIELD, replied.case.reply) == "请带身份证到窗口。"
    assert cases.closed(monday, STUCK).case.closed_on == MONDAY
    with pytest.raises(CaseFault, match="no open case"):
        cases.took(monday, STUCK, "call_back")
    seen = told(context)[STUCK]
    assert (dict(seen.done), seen.closed_on) == ({"call_back": MONDAY, "reply": MONDAY}, MONDAY)
    tuesday = on(context, TUESDAY)
    assert cases.run(tuesday).counts == {"opened": 0, "in all": 2, "late": 1}
    assert list(cases.listed(cases.kept(tuesday), TUESDAY)) == [
        f"{RATED}  2026-11-20  passport_renewal  rated  call_back  by 2026-11-23  LATE",
        "opened 2 · called back 1 of 2 (50%) · replied in time 1 of 1 (100%) · late 1",
    ]


def test_an_opinion_is_a_case_that_is_read_and_replied_to(context: Context) -> None:
    me, number, at = "b" * 32, "B261120-CCCCCCCC", datetime(2026, 11, 20, 2, tzinfo=UTC)
    said = seal(context.settings.keys, me, SAID, "字太小，看不清。")

    async def speak_up() -> None:
        store = HomeStore(context.settings.store_url, timeout=5)
        told = Feedback(me, "person", "", "opinion", at, about=f"{number} complaint", said=said)
        await store.open_case(told, number, Help(FRIDAY, "opinion", "", "complaint"))
        await store.close()

    asyncio.run(speak_up())
    feedback.run(context)
    cases.run(context)
    assert list(cases.shown(context, number)) == [
        f"{number}  2026-11-20  opinion complaint  no service",
        "reply: by 2026-11-23",
        "said: 字太小，看不清。",
    ]
    replied = cases.took(on(context, MONDAY), number, "reply", "已改为大号字。")
    assert (replied.case.next_step, replied.case.late(TUESDAY)) == (None, False)
    assert list(cases.shown(context, number))[1:] == [
        "reply: 2026-11-23",
        "said: 字太小，看不清。",
        "reply: 已改为大号字。",
    ]
    with pytest.raises(CaseFault, match="There is no case B0"):
        list(cases.shown(context, "B0"))


def test_the_commands_list_reply_and_close(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**KEYS, "store_url": context.settings.store_url}.items():
        monkeypatch.setenv(f"YIDANG_{name.upper()}", value)
    cases.run(context)

    def run(*said: str) -> str:
        done = CliRunner().invoke(app, ["cases", *said, "--day", "2026-11-23", "--lake", str(context.settings.lake)])
        return f"{done.exit_code} {done.stdout}{done.stderr}".strip()

    assert run("did", STUCK, "call_back") == f"0 {STUCK}: reply"
    assert run("reply", STUCK, "请到窗口办理。") == f"0 {STUCK}: close"
    assert run("close", STUCK) == f"0 {STUCK}: closed"
    assert run("close", STUCK).startswith(f"1 cases failed: There is no open case {STUCK}")
    assert run("list").splitlines() == [
        f"0 {RATED}  2026-11-20  passport_renewal  rated  call_back  by 2026-11-23",
        "opened 2 · called back 1 of 2 (50%) · replied in time 1 of 1 (100%) · late 0",
    ]
