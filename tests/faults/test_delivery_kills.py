"""Reminders arrive once whatever is killed: who files them, who sends them, and the store that keeps them.

A real store that writes every step to disk, a real SMTP server and a real receiver of webhooks. What is killed is
started again; the model is a city in which nothing ever dies. A worker that dies after sending and before writing it
down is followed by one that sends the same id: receivers drop what they have by its id, and so does the count here.
``make test`` kills fourteen times, ``YIDANG_PROVE=1`` a thousand.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from math import ceil
from pathlib import Path
from random import Random

import pytest
import redis as client

from jobs import serve
from profiles.identity.keys import DEMO_PSEUDONYM_KEY, DEMO_VAULT_KEY, Keys, seal
from recommender.choices import ADDRESS
from recommender.delivery.outgoing import Outgoing
from recommender.delivery.outgoing import encode as filed
from recommender.generation import Generation, choices_key
from recommender.page import DueItem, Page, encode
from recommender.reminders import Rung, reminder_id, rung_id
from recommender.store import Outbox, Returns, Store
from tests.jobs.carriers.by_hand import SECRET, Postbox, Receiver, postbox, receiver
from tests.recommender.delivery.by_hand import AT, DAY

KILLS = 1_000 if os.environ.get("YIDANG_PROVE") else 14
KILLS_A_ROUND, FILED_A_ROUND, WORKERS = 14, 36, 2
SPEED = 120  # the day's seconds that pass in one
ANSWER_SECONDS = 0.04  # so that many die between sending and writing it down
KEYS = Keys.for_demo()
DUE = {"HKM_PERMIT": "hkm_permit_renewal", "ID_CARD": "id_card_renewal"}
DUE_ON = date(2026, 12, 23)

# One process that has loaded everything forks those that are killed, so that a death costs no start.
NURSERY = textwrap.dedent(
    """
    import json, os, signal, sys, threading, time
    from datetime import datetime, timedelta
    from pathlib import Path
    from jobs.deliver import deliverer, work
    from jobs.ledger import Ledger
    from jobs.settings import Settings
    from recommender.choices import Notice
    from recommender.delivery.outgoing import decode
    from recommender.store import Outbox

    settings, began = Settings(**json.loads(sys.argv[1])), float(sys.argv[2])
    at, speed = datetime.fromisoformat(sys.argv[3]), int(sys.argv[4])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.stderr = open(os.devnull, "w")

    def clock():
        return at + timedelta(seconds=(time.time() - began) * speed)

    def deliver(name):
        with Outbox(settings.store_url, name, stale_seconds=settings.stale_seconds) as outbox:
            work(deliverer(settings, outbox, clock, Ledger(name)), threading.Event())

    def remind(folder):
        messages = [decode(path.read_bytes()) for path in sorted(Path(folder).glob("*.message"))]
        with Outbox(settings.store_url, "remind") as outbox:
            for m in messages:
                told = {r.id: Notice(r.id, r.what, r.due_on, r.step, m.day, r.service) for r in m.rungs}
                outbox.file([(m, told)])
        (Path(folder) / "filed").touch()

    print("ready", flush=True)
    for line in sys.stdin:
        role, what = line.split()
        pid = os.fork()
        if pid == 0:
            try:
                {"deliver": deliver, "remind": remind}[role](what)
            finally:
                os._exit(0)
        print(pid, flush=True)
    """
)


@dataclass
class City:
    """Everything that can die, and what stands outside and sees what arrives."""

    folder: Path
    url: str
    smtp: str
    box: Postbox
    portal: Receiver
    random: Random = field(default_factory=lambda: Random(7))
    began: float = field(default_factory=time.time)
    kills: Counter[str] = field(default_factory=Counter)
    workers: list[int] = field(default_factory=list)
    server: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start the store and the nursery."""
        self.start_store()
        settings = {
            "store_url": self.url,
            "pseudonym_key": DEMO_PSEUDONYM_KEY,
            "vault_key": DEMO_VAULT_KEY,
            "key_id": "demo",
            "delivery": "live",
            "portal_url": "https://portal.example/",
            "smtp_url": self.smtp,
            "mail_from": "reminders@city.example",
            "webhook_secrets": {"127.0.0.1": [SECRET]},
            "webhook_loopback": True,
            "stale_seconds": 1.0,
        }
        arguments = [json.dumps(settings), str(self.began), AT.isoformat(), str(SPEED)]
        self.nursery = subprocess.Popen(
            [sys.executable, "-c", NURSERY, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.nursery.stdout
        assert self.nursery.stdout.readline() == "ready\n"

    def start_store(self) -> None:
        """A store that has written what it says it has."""
        port = self.url.rpartition(":")[2].partition("/")[0]
        kept = ["--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        command = [serve.server_program(), "--bind", "127.0.0.1", "--port", port, *kept]
        self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while not serve.ping(self.url):
            assert self.server.poll() is None

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

    def kill(self, remind: int) -> int:
        """Kill one of those that work, at a drawn moment, and start it again; the pid of who files by then."""
        time.sleep(self.random.uniform(0.005, 0.2))
        victim = self.random.choices(("deliver", "remind", "store"), (6, 3, 1))[0]
        self.kills[victim] += 1
        if victim == "deliver":
            _kill(self.workers.pop(self.random.randrange(len(self.workers))))
            self.employ()
        elif victim == "remind":
            _kill(remind)
        else:
            assert self.server
            self.server.kill()
            self.server.wait()
            self.start_store()
        return remind

    def now(self) -> datetime:
        """The city's time, which the workers' clock shows too."""
        return AT + timedelta(seconds=(time.time() - self.began) * SPEED)

    def close(self) -> None:
        """Stop everything that this city started."""
        self.dismiss()
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.close()
        self.nursery.wait()
        self.nursery.stdout.close()
        assert self.server
        self.server.kill()
        self.server.wait()


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with postbox() as (box, smtp), receiver() as portal:
        box.seconds = portal.seconds = ANSWER_SECONDS
        made = City(tmp_path, f"redis://127.0.0.1:{_free_port()}/0", smtp, box, portal)
        made.open()
        yield made
        made.close()


@dataclass
class Model:
    """What must arrive where nothing ever dies: each message once, none of what was renewed before it went."""

    wanted: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)  # renewed while it waited: it may have gone before, and only before
    never: set[str] = field(default_factory=set)
    renewed_at: dict[str, datetime] = field(default_factory=dict)
    rungs: dict[str, set[str]] = field(default_factory=dict)  # message -> its rungs


def test_reminders_arrive_once_whoever_is_killed(city: City) -> None:
    model, rounds = Model(), -(-KILLS // KILLS_A_ROUND)
    with Store(city.url) as store:
        store.publish(Generation(DAY, 4, "aa"), [], {})
    for number in range(rounds):
        _spend(city, model, number)
        _judge(city, model)
    assert city.kills.total() == KILLS


def _spend(city: City, model: Model, number: int) -> None:
    """One round: file, send, kill and start again, renew some of it, then let everything come to rest."""
    folder = city.folder / f"round-{number}"
    folder.mkdir()
    messages = [_message(number, place) for place in range(FILED_A_ROUND)]
    _settle_in(city, messages, model)
    for message in messages:
        (folder / f"{message.id}.message").write_bytes(filed(message))
    remind = city.born("remind", str(folder))
    city.employ()
    for _ in range(min(KILLS_A_ROUND, KILLS - city.kills.total())):
        remind = city.kill(remind)
        if not _alive(remind) and not (folder / "filed").exists():
            remind = city.born("remind", str(folder))
    _renew(city, messages, model)
    while not (folder / "filed").exists():
        if not _alive(remind):
            remind = city.born("remind", str(folder))
        time.sleep(0.02)
    city.employ()
    _rest(city)


def _settle_in(city: City, messages: list[Outgoing], model: Model) -> None:
    """Residents with a page and an address each. Every sixth has renewed already, every sixth will meanwhile."""
    pages = {}
    with client.Redis.from_url(city.url) as raw:
        for place, message in enumerate(messages):
            sealed = partial(seal, KEYS, message.subject, ADDRESS)
            by = "portal" if place % 2 or len(message.rungs) > 1 else "email"
            address = city.portal.url if by == "portal" else f"r{place}@mail.example"
            raw.hset(choices_key(message.subject), mapping={"c": by, f"a:{by}": sealed(address), "q": "03:00-03:01"})
            due = () if place % 6 == 5 else message.rungs
            pages[message.subject] = encode(_page(due))
            kept = {5: model.never, 4: model.maybe}.get(place % 6, model.wanted)
            kept.add(message.id)
            model.rungs[message.id] = {rung.id for rung in message.rungs}
    with Store(city.url) as store:
        store.refresh(pages)


def _renew(city: City, messages: list[Outgoing], model: Model) -> None:
    """Let those renew who do so while it waits: in a moment in which no worker is between asking and sending."""
    city.dismiss()
    renewing = [message for message in messages if message.id in model.maybe]
    with Store(city.url) as store:
        store.refresh({message.subject: encode(_page(())) for message in renewing})
    for message in renewing:
        model.renewed_at[message.id] = city.now()


def _rest(city: City) -> None:
    """Until nothing is to be looked at: what was sent waits for receipts that never come, and is of no interest."""
    with Outbox(city.url) as outbox:
        deadline = time.time() + 120
        while time.time() < deadline:
            waiting = [one for one in outbox.peek() if not one.receipts]
            if not waiting and not outbox.waiting()["now"]:
                return
            time.sleep(0.05)
    raise AssertionError(f"after two minutes {len(waiting)} messages still wait to be sent")


def _judge(city: City, model: Model) -> None:
    arrived = [*_by_mail(city.box), *_by_webhook(city.portal)]
    ids = {id_ for id_, _, _ in arrived}
    lost = model.wanted - ids
    under = Counter(rung for id_, rungs in {id_: rungs for id_, _, rungs in arrived}.items() for rung in rungs or {id_})
    twice = [rung for rung, count in under.items() if count > 1] + sorted(ids - set(model.rungs))
    late = [id_ for id_, at, _ in arrived if id_ in model.renewed_at and at > _up(model.renewed_at[id_])]
    late += sorted(ids & model.never)
    with Returns(city.url) as returns:
        receipts = Counter((said.receipt.message, said.receipt.channel) for said in returns.receipts())
    kills = ", ".join(f"{count} of {who}" for who, count in sorted(city.kills.items()))
    print(
        f"\n{city.kills.total()} kills ({kills}): {len(model.rungs)} messages, {len(ids)} arrived, "
        f"{len(arrived) - len(ids)} repeats dropped by id; {len(lost)} lost, {len(twice)} twice, "
        f"{len(late)} after renewal"
    )
    assert (lost, twice, late) == (set(), [], [])
    # What went, was not written down because its worker died, and was renewed then is called off without a receipt.
    unsaid = ids - {message for message, _ in receipts}
    assert unsaid <= model.maybe
    assert set(receipts.values()) == {1}


def _by_mail(box: Postbox) -> Iterator[tuple[str, datetime, set[str]]]:
    """(id, when it was sent, no rungs: a letter is of its one rung)"""
    for _, letter in box.got:
        yield str(letter["Message-ID"]).strip("<>").partition("@")[0], letter["Date"].datetime, set()


def _by_webhook(portal: Receiver) -> Iterator[tuple[str, datetime, set[str]]]:
    """(id, when it was sent, the rungs that it speaks of)"""
    for headers, body in portal.got:
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), AT.tzinfo)
        yield headers["webhook-id"], at, {item["rung"] for item in json.loads(body)["data"]["items"]}


def _message(number: int, place: int) -> Outgoing:
    """A message of one rung, or, of every third resident, of two."""
    subject = f"{place % 16:x}{number:015x}{place:016x}"
    things = list(DUE)[: 2 if place % 3 == 0 else 1]
    rungs = tuple(
        Rung(rung_id(subject, what, DUE_ON, 30), what, DUE_ON, 30, DAY, DUE[what], reminder=reminder_id(what, DUE_ON))
        for what in things
    )
    return Outgoing(rungs[0].id, subject, "person", DAY, AT, rungs)


def _page(rungs: tuple[Rung, ...]) -> Page:
    return Page("person", DAY, due=tuple(DueItem(rung.what, rung.due_on, rung.service) for rung in rungs))


def _up(at: datetime) -> datetime:
    """The next whole second, which is what a letter's date can say."""
    return datetime.fromtimestamp(ceil(at.timestamp()), at.tzinfo)


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
    return True
