"""Residents who act by the API while it is killed, and ask again until they are told that it was taken."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random

import httpx

from profiles.identity.keys import seal
from recommender.delivery.outgoing import Outgoing
from recommender.store import FeedbackQueue
from recommender.unsubscribing import Ended, token
from tests.faults.mortals import KEYS, City

KINDS = ("done", "read", "unsubscribed")  # what ends a reminder
OPENED = ("senior_card", "id_card_renewal", "passport_renewal", "hkm_permit_renewal", "vehicle_inspection")
PATIENT_SECONDS = 600
Said = tuple[str, str, str]  # (subject, action, service or what it was about)


@dataclass(frozen=True)
class Resident:
    """Somebody with a number, a message that waits, and the channel that it is to go by."""

    number: str
    message: Outgoing
    channel: str

    @property
    def subject(self) -> str:
        return self.message.subject


@dataclass
class Acts:
    """What was done in a round: each act is to be counted once, and what ends a reminder holds from then on."""

    city: City
    ending: list[tuple[Resident, str]]  # who does what
    opening: list[Resident]
    random: Random
    taken: Counter[Said] = field(default_factory=Counter)
    ended_at: dict[str, datetime] = field(default_factory=dict)  # message -> when its resident was told that it holds
    asked: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """Act beside what goes on, from now on."""
        self._thread = threading.Thread(target=self._act)
        self._thread.start()

    def end(self) -> None:
        """Let what is still to be done be done."""
        self._over.set()
        self._thread.join()
        assert len(self.ended_at) == len(self.ending), "an act was never taken"

    def _act(self) -> None:
        opened = ((one, service) for service in OPENED for one in self.opening)
        left = list(self.ending)
        with httpx.Client(base_url=self.city.address, timeout=10) as client:
            for one, service in opened:
                if self._over.is_set():
                    break
                body = {"service": service, "action": "opened"}
                self._until_taken(client, "POST", "/v1/me/feedback", one, json=body)
                self.taken[one.subject, "opened", service] += 1
                if left and self.random.random() < 0.3:
                    self._end(client, *left.pop())
            for last in left:
                self._end(client, *last)

    def _end(self, client: httpx.Client, one: Resident, kind: str) -> None:
        rung = one.message.rungs[0]
        if kind == "done":
            body = {"service": rung.service, "action": "done"}
            self._until_taken(client, "POST", "/v1/me/feedback", one, json=body)
            self.taken[one.subject, "done", rung.service] += 1
        elif kind == "read":
            self._until_taken(client, "PATCH", f"/v1/me/reminders/{rung.reminder}", one, json={"state": "read"})
            self.taken[one.subject, "reminder_read", rung.reminder] += 1
        else:
            told = token(partial(seal, KEYS), Ended(one.subject, "person", one.channel))
            self._until_taken(client, "POST", "/v1/unsubscribe", one, data={"token": told})
            self.taken[one.subject, "unsubscribed", one.channel] += 1
        self.ended_at[one.message.id] = self.city.now()

    def _until_taken(self, client: httpx.Client, method: str, path: str, one: Resident, **sent: object) -> None:
        """Ask, with one key however often, until it is said that it was taken."""
        own = self.city.stage.token(one.number, exp=int(time.time()) + 600)
        headers = {"Authorization": f"Bearer {own}", "Idempotency-Key": f'"act-{self.random.getrandbits(64):016x}"'}
        deadline = time.time() + PATIENT_SECONDS
        while time.time() < deadline:
            self.asked += 1
            try:
                answer = client.request(method, path, headers=headers, **sent)  # type: ignore[arg-type]
            except httpx.TransportError:  # whoever answered died
                continue
            if answer.status_code == 200:
                return
            assert answer.status_code == 503, answer.text  # the store is dead
            time.sleep(0.02)
        raise AssertionError(f"{method} {path} was not taken for {PATIENT_SECONDS} seconds")


def counted(url: str) -> Counter[Said]:
    """How often each act is in the stream, which is empty by then."""
    found: Counter[Said] = Counter()
    with FeedbackQueue(url) as queue:
        while waiting := queue.read():
            found.update((one.subject, one.action, one.about or one.service) for one in waiting)
            queue.settle([one.entry for one in waiting])
        assert queue.set_aside() == []
    return found
