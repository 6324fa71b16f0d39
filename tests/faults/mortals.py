"""A city in which the store, who files, who sends and who answers can be killed, and what stands outside and sees."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from random import Random

import msgspec
from joserfc.jwk import ECKey

from api.__main__ import make_demo_keys
from api.settings import ApiSettings
from jobs import serve
from profiles.identity.keys import Keys
from tests.api.by_hand import Stage
from tests.faults.nursery import Plan
from tests.jobs.carriers.by_hand import SECRET, Postbox, Receiver
from tests.recommender.delivery.by_hand import AT, DAY

WORKERS = 2
SPEED = 120  # the day's seconds that pass in one
OFTEN = {"deliver": 5, "api": 4, "remind": 3, "store": 1}
OWN = {"pseudonym_key": sha256(b"pseudonym").hexdigest(), "vault_key": sha256(b"vault").hexdigest(), "key_id": "k1"}
KEYS = Keys.from_hex(*OWN.values())


@dataclass
class City:
    """Everything that can die, and the servers that never do."""

    folder: Path
    smtp: str
    box: Postbox
    portal: Receiver
    random: Random = field(default_factory=lambda: Random(7))
    began: float = field(default_factory=time.time)
    kills: Counter[str] = field(default_factory=Counter)
    workers: list[int] = field(default_factory=list)
    remind: int = 0
    api: int = 0
    answered_before: int = 0

    def open(self) -> None:
        """Start the store, the nursery and the API."""
        self.url = f"redis://127.0.0.1:{_free_port()}/0"
        self.start_store()
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        asked = [sys.executable, "-m", "tests.faults.nursery", msgspec.json.encode(self._plan()).decode()]
        self.nursery = subprocess.Popen(
            asked,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[self.listening.fileno()],
            cwd=Path(__file__).parents[2],
        )
        assert self.nursery.stdout
        assert self.nursery.stdout.readline() == "ready\n"
        self.api = self.born("api", "-")

    @cached_property
    def stage(self) -> Stage:
        """The API's settings, and tokens for its residents."""
        make_demo_keys(self.folder)
        generous = dict.fromkeys(("rate_resident", "rate_batch", "rate_address"), "1000000/minute")
        own = {"store_url": self.url, "store_timeout": 2, "day": DAY, "token_jwks": self.folder / "jwks.json"}
        signing = ECKey.import_key(msgspec.json.decode((self.folder / "signing-key.json").read_bytes()))
        return Stage(ApiSettings.load(**OWN, **own, **generous), KEYS, signing)

    def _plan(self) -> Plan:
        jobs = {
            **OWN,
            "store_url": self.url,
            "delivery": "live",
            "portal_url": "https://portal.example/",
            "smtp_url": self.smtp,
            "mail_from": "reminders@city.example",
            "webhook_secrets": {"127.0.0.1": [SECRET]},
            "webhook_loopback": True,
            "stale_seconds": 1.0,
        }
        told = self.stage.settings.model_dump(mode="json", exclude_defaults=True)
        return Plan(jobs, told, self.listening.fileno(), self.began, AT, SPEED)

    def start_store(self) -> None:
        """A store that has written what it says it has."""
        port = self.url.rpartition(":")[2].partition("/")[0]
        kept = ["--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        command = [serve.server_program(), "--bind", "127.0.0.1", "--port", port, *kept]
        self.store = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while not serve.ping(self.url):
            assert self.store.poll() is None

    def born(self, role: str, what: str) -> int:
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.write(f"{role} {what}\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())

    def employ(self) -> None:
        """Let there be as many workers as there are to be."""
        while len(self.workers) < WORKERS:
            self.workers.append(self.born("deliver", f"w{self.random.random()}"))

    def dismiss(self) -> None:
        """Kill all workers; these deaths are not counted."""
        for pid in self.workers:
            _kill(pid)
        self.workers.clear()

    def file(self, folder: Path) -> None:
        """Let somebody file what lies in the folder, unless that was done or is being done."""
        if not (folder / "filed").exists() and not _alive(self.remind):
            self.remind = self.born("remind", str(folder))

    def kill(self, folder: Path, answered: Callable[[], int]) -> None:
        """Kill one of those that work, at a drawn moment, and start it again.

        Whoever answers is let answer once before: ``answered`` says how often residents were answered.
        """
        victim = self.random.choices(list(OFTEN), list(OFTEN.values()))[0]
        if victim == "api":
            self._wait(lambda: answered() > self.answered_before)
        time.sleep(self.random.uniform(0.005, 0.05 if victim == "api" else 0.2))
        self.answered_before = answered()
        self.kills[victim] += 1
        if victim == "deliver":
            _kill(self.workers.pop(self.random.randrange(len(self.workers))))
            self.employ()
        elif victim == "api":
            _kill(self.api)
            self.api = self.born("api", "-")
        elif victim == "remind":
            _kill(self.remind)
        else:
            self.store.kill()
            self.store.wait()
            self.start_store()
        self.file(folder)

    def _wait(self, ready: Callable[[], bool]) -> None:
        """Until it is, or for as long as a busy machine may take."""
        until = time.time() + 10
        while not ready() and time.time() < until:
            time.sleep(0.001)

    def now(self) -> datetime:
        """The city's time, which the workers' clock shows too."""
        return self._plan().clock()

    def close(self) -> None:
        """Stop everything that this city started."""
        self.dismiss()
        _kill(self.remind)
        _kill(self.api)
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.close()
        self.nursery.wait()
        self.nursery.stdout.close()
        self.listening.close()
        self.store.kill()
        self.store.wait()


def _free_port() -> int:
    """One that no outgoing connection takes while the store is dead."""
    for port in range(21_000 + os.getpid() % 5_000, 30_000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port below 30000 is free")


def _kill(pid: int) -> None:
    if not pid:
        return
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    while _alive(pid):
        time.sleep(0.001)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return pid > 0
