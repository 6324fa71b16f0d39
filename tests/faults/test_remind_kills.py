"""The whole job ``remind``, Spark and all, is killed at drawn moments: what it leaves is what an unharmed run leaves.

Its storing half dies far more often in ``test_delivery_kills``. A run takes Spark's start for each death, so this is
for ``YIDANG_PROVE=1`` alone, which prints what it saw.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
import redis as client

from jobs.run import Context
from jobs.settings import Settings
from recommender.generation import SHARDS, inbox_key, outbox_key
from recommender.store import Outbox
from tests.jobs.test_remind import DAY, ENTERPRISES, PERSONS, choose, lake
from tests.servers import until

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

KILLS = 6
SUBJECTS = [str(file["subject"]) for file in (*PERSONS, *ENTERPRISES)]
# subject, the message's id, and the rungs that the subject's inbox holds
Left = tuple[list[tuple[str, str]], int, dict[str, set[bytes]]]


def city(folder: Path, url: str, spark: "SparkSession") -> Context:
    """Files, and residents who gave addresses."""
    made = Context(DAY, Settings(lake=folder, store_url=url))
    made.__dict__["spark"] = spark
    lake(made, "person", PERSONS)
    lake(made, "enterprise", ENTERPRISES)
    for subject in SUBJECTS:
        choose(made, subject, a_portal="sealed", a_email="sealed")
    return made


def begun(context: Context) -> subprocess.Popen[bytes]:
    """The job as an operator starts it, in a group of its own."""
    settings = {
        "YIDANG_STORE_URL": context.settings.store_url,
        "YIDANG_DELIVERY": "live",
        "YIDANG_PORTAL_URL": "https://portal.example/",
        "YIDANG_PSEUDONYM_KEY": "07" * 32,
        "YIDANG_VAULT_KEY": "17" * 32,
    }
    command = [sys.executable, "-m", "jobs", "remind", "--day", DAY.isoformat(), "--lake", str(context.tables.root)]
    return subprocess.Popen(command, env={**os.environ, **settings}, start_new_session=True, stdout=subprocess.DEVNULL)


def nothing_lives_of(session: int) -> bool:
    """Whether all has ended that a job started; Spark's Python workers have groups of their own, and end themselves."""
    for pid in (int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()):
        with suppress(ProcessLookupError):
            if os.getsid(pid) == session:
                return False
    return True


def left(context: Context) -> Left:
    """What workers and residents find: messages, how many tickets lead to them, and the rungs of every inbox."""
    with Outbox(context.settings.store_url) as outbox:
        messages = sorted((one.subject, one.id) for one in outbox.peek())
    with client.Redis.from_url(context.settings.store_url) as raw:
        tickets = sum(raw.xlen(outbox_key(shard)) for shard in SHARDS)
        inboxes = {subject: set(raw.hkeys(inbox_key(subject))) for subject in SUBJECTS}
    return messages, tickets, inboxes


@pytest.mark.skipif(not os.environ.get("YIDANG_PROVE"), reason="starts Spark once a kill: YIDANG_PROVE=1")
def test_a_run_that_was_killed_and_run_again_leaves_what_an_unharmed_one_leaves(
    tmp_path: Path, store_url: str, spark: "SparkSession"
) -> None:
    place = store_url.rpartition("/")[0]
    model, killed = (city(tmp_path / f"lake-{n}", f"{place}/{n}", spark) for n in (1, 2))
    started = time.monotonic()
    assert begun(model).wait() == 0
    takes, random, died = time.monotonic() - started, Random(7), 0
    for _ in range(KILLS):
        job = begun(killed)
        with suppress(subprocess.TimeoutExpired):
            job.wait(random.uniform(0.4, 1.0) * takes)
        died += job.poll() is None
        with suppress(ProcessLookupError):
            os.killpg(job.pid, signal.SIGKILL)
        job.wait()
        until(partial(nothing_lives_of, job.pid))
    assert begun(killed).wait() == 0
    assert left(killed) == left(model)
    assert len(left(model)[0]) == left(model)[1] == 3
    print(f"{died} kills of jobs remind in {takes:.0f} s each: 3 messages, none lost, none twice")
