"""The consumer of feedback is killed at any moment: each entry is counted once, none is lost.

Fifteen kills by default, three hundred with ``YIDANG_PROVE=1``.
"""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

from recommender.store import FeedbackQueue

KILLS = 300 if os.environ.get("YIDANG_PROVE") else 15

# A child of a warm process for each death: it drains until it kills itself before or after a drawn call that reaches
# the disk or the store. In the place of Spark, which would take seconds to start for each, the table is a file of
# lines, merged by the entry's id as the job does; the store, the lake and the order of writing are the job's own.
CONSUMERS = textwrap.dedent(
    """
    import json, os, signal, sys
    from datetime import UTC, date, datetime
    from pathlib import Path
    from random import Random

    import redis
    from jobs import feedback
    from jobs.run import Context
    from jobs.settings import Settings
    from recommender.store import FeedbackQueue
    from tests.faults.fate import Fate

    root, url, kills = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    context = Context(date(2026, 11, 22), Settings(lake=root, store_url=url))

    def kept():
        if not context.tables.exists(feedback.TABLE):
            return {}
        return json.loads((context.tables.path(feedback.TABLE) / "rows").read_text())

    def keep(context, waiting):
        rows = kept()
        for one in waiting:
            rows.setdefault(one.entry, one.service)
        context.tables.write_files(feedback.TABLE, {"rows": json.dumps(rows).encode()}, day=context.day)

    def consume(seed):
        mortal = Fate(Random(seed).randrange(1, 40))
        Path.replace, Path.write_bytes, os.fsync = map(mortal, (Path.replace, Path.write_bytes, os.fsync))
        redis.Redis.execute_command = mortal(redis.Redis.execute_command)
        redis.client.Pipeline.execute = mortal(redis.client.Pipeline.execute)
        feedback._keep = keep
        FeedbackQueue.read.__defaults__ = (3,)
        with FeedbackQueue(url) as queue:
            for _ in feedback.drained(context, queue):
                pass

    said, died = 0, 0
    client = redis.Redis.from_url(url)
    for seed in range(kills):
        for _ in range(5):
            said += 1
            client.xadd("y:f:{a}", {
                "subject": "a" * 32, "kind": "person", "service": str(said), "action": "opened",
                "at": "2026-11-22T04:30:00+00:00",
            })
        child = os.fork()
        if child == 0:
            consume(seed)
            os._exit(0)
        died += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    feedback._keep = keep
    with FeedbackQueue(url) as queue:
        for _ in feedback.drained(context, queue):
            pass
    print(json.dumps({"said": said, "died": died, "kept": sorted(map(int, kept().values()))}))
    """
)


def test_a_consumer_that_is_killed_at_any_moment_counts_each_entry_once(tmp_path: Path, store_url: str) -> None:
    command = [sys.executable, "-c", CONSUMERS, str(tmp_path / "lake"), store_url, str(KILLS)]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert told["kept"] == list(range(1, told["said"] + 1))
    assert told["died"] > KILLS / 2
    with FeedbackQueue(store_url) as queue:
        assert queue.read() == []
    print(f"{told['died']} kills of {KILLS} consumers: {told['said']} entries, each counted once")
