"""One process that has loaded everything forks those that are to be killed, so that a death costs no start.

Run as ``python -m tests.faults.nursery PLAN``; it reads a line for each birth (role, what) and answers with the pid.
"""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import uvicorn

from api.app import create_app
from api.settings import ApiSettings
from jobs.deliver import deliverer, work
from jobs.settings import Settings
from jobs.worker_log import WorkerLog
from recommender.choices import Notice
from recommender.delivery import templates
from recommender.delivery.outgoing import decode
from recommender.store import Outbox


class Plan(msgspec.Struct):
    """What everybody is born with; the day's time runs ``speed`` times as fast from ``at`` on, since ``began``."""

    jobs: dict[str, object]
    api: dict[str, object]
    listening: int  # the file descriptor of the API's socket, which outlives whoever answers
    began: float
    at: datetime
    speed: int

    def clock(self) -> datetime:
        return self.at + timedelta(seconds=(time.time() - self.began) * self.speed)


def roles(plan: Plan) -> dict[str, Callable[[str], None]]:
    """Who can be born, with what they share loaded."""
    settings = Settings(**plan.jobs)  # type: ignore[arg-type]
    app = create_app(ApiSettings.load(**plan.api))
    listening = socket.socket(fileno=plan.listening)
    config = uvicorn.Config(app, log_config=None, access_log=False)
    config.load()
    config.get_loop_factory()
    templates.load()

    def deliver(name: str) -> None:
        with Outbox(settings.store_url, name, stale_seconds=settings.stale_seconds) as outbox:
            work(deliverer(settings, outbox, plan.clock, WorkerLog(name)), threading.Event())

    def remind(folder: str) -> None:
        messages = [decode(path.read_bytes()) for path in sorted(Path(folder).glob("*.message"))]
        with Outbox(settings.store_url, "remind") as outbox:
            for m in messages:
                told = {r.id: Notice(r.id, r.what, r.due_on, r.step, m.day, r.service) for r in m.rungs}
                outbox.file([(m, told)])
        (Path(folder) / "filed").touch()

    def answer(_: str) -> None:
        uvicorn.Server(config).run(sockets=[listening])

    return {"deliver": deliver, "remind": remind, "api": answer}


def main() -> None:
    """Bear whoever is asked for, until nobody asks any more."""
    born = roles(msgspec.json.decode(sys.argv[1], type=Plan))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    quiet = os.open(os.devnull, os.O_WRONLY)
    print("ready", flush=True)
    for line in sys.stdin:
        role, what = line.split()
        pid = os.fork()
        if pid == 0:
            os.dup2(quiet, sys.stderr.fileno())
            try:
                born[role](what)
            finally:
                os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
