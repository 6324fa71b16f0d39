"""Reminders arrive once, and acts are counted once, whatever is killed: who files, who sends, who answers, the store.

A real store that writes every step to disk, a real SMTP server, a real receiver of webhooks and the real API. What is
killed is started again; the model is a city in which nothing ever dies. A worker that dies after sending and before
writing it down is followed by one that sends the same id: receivers drop what they have by its id, and so does the
count here. ``make test`` kills fourteen times, ``YIDANG_PROVE=1`` a thousand.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil
from pathlib import Path
from random import Random

import pytest
import redis as client

from profiles.identity.keys import seal
from recommender.choices import ADDRESS, Choices
from recommender.delivery.outgoing import Outgoing
from recommender.delivery.outgoing import encode as filed
from recommender.generation import Generation, choices_key
from recommender.page import DueItem, Page, encode
from recommender.reminders import Rung, reminder_id, rung_id
from recommender.store import Outbox, Returns, Store
from tests.faults.mortals import KEYS, City
from tests.faults.residents import KINDS, Acts, Resident, counted
from tests.jobs.carriers.by_hand import Postbox, Receiver, postbox, receiver
from tests.recommender.delivery.by_hand import AT, DAY

KILLS = 1_000 if os.environ.get("YIDANG_PROVE") else 14
KILLS_A_ROUND, FILED_A_ROUND = 28, 60
ANSWER_SECONDS = 0.04  # so that many die between sending and writing it down
DUE = {"HKM_PERMIT": "hkm_permit_renewal", "ID_CARD": "id_card_renewal"}
DUE_ON = date(2026, 12, 23)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with postbox() as (box, smtp), receiver() as portal:
        box.seconds = portal.seconds = ANSWER_SECONDS
        made = City(tmp_path, smtp, box, portal)
        made.open()
        yield made
        made.close()


@dataclass
class Model:
    """What must arrive where nothing ever dies: each message once, none of what was renewed before it went."""

    wanted: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)  # ended while it waited: it may have gone before, and only before
    never: set[str] = field(default_factory=set)
    ended_at: dict[str, datetime] = field(default_factory=dict)
    rungs: dict[str, set[str]] = field(default_factory=dict)  # message -> its rungs
    acted: set[str] = field(default_factory=set)  # ended by an act of their resident
    acts: int = 0
    asked: int = 0


def test_reminders_arrive_once_and_acts_count_once_whoever_is_killed(city: City) -> None:
    model, rounds = Model(), -(-KILLS // KILLS_A_ROUND)
    with Store(city.url) as store:
        store.publish(Generation(DAY, 4, "aa"), [], {})
    for number in range(rounds):
        _spend(city, model, number)
        _judge(city, model)
    assert city.kills.total() == KILLS


def _spend(city: City, model: Model, number: int) -> None:
    """One round: file, send, act, kill and start again, renew some of it, then let everything come to rest."""
    folder = city.folder / f"round-{number}"
    folder.mkdir()
    residents = [_resident(city, number, place) for place in range(FILED_A_ROUND)]
    _settle_in(city, residents, model)
    for one in residents:
        (folder / f"{one.message.id}.message").write_bytes(filed(one.message))
    acting = [one for place, one in enumerate(residents) if _fate(place) == "acts"]
    acts = Acts(city, [(one, KINDS[place % 3]) for place, one in enumerate(acting)], residents, Random(number))
    city.file(folder)
    city.employ()
    city.answered_before = 0
    acts.begin()
    for _ in range(min(KILLS_A_ROUND, KILLS - city.kills.total())):
        city.kill(folder, acts.taken.total)
    acts.end()
    _renew(city, residents, model)
    while not (folder / "filed").exists():
        city.file(folder)
        time.sleep(0.02)
    city.employ()
    model.ended_at |= acts.ended_at
    model.acted |= set(acts.ended_at)
    _rest(city, model.acted)
    _judge_acts(city, acts, model)


def _fate(place: int) -> str:
    """Every sixth has renewed already, every sixth will meanwhile, a third ends it by an act; the others wait."""
    return {5: "renewed", 4: "renews", 1: "acts", 2: "acts"}.get(place % 6, "waits")


def _settle_in(city: City, residents: list[Resident], model: Model) -> None:
    """Residents with a page and an address each."""
    pages = {}
    with client.Redis.from_url(city.url) as raw:
        for place, one in enumerate(residents):
            message, by = one.message, one.channel
            address = city.portal.url if by == "portal" else f"r{place}@mail.example"
            sealed = seal(KEYS, message.subject, ADDRESS, address)
            raw.hset(choices_key(message.subject), mapping={"c": by, f"a:{by}": sealed, "q": "03:00-03:01"})
            fate = _fate(place)
            pages[message.subject] = encode(_page(() if fate == "renewed" else message.rungs))
            kept = {"renewed": model.never, "waits": model.wanted}.get(fate, model.maybe)
            kept.add(message.id)
            model.rungs[message.id] = {rung.id for rung in message.rungs}
    with Store(city.url) as store:
        store.refresh(pages)


def _renew(city: City, residents: list[Resident], model: Model) -> None:
    """Let those renew who do so while it waits: in a moment in which no worker is between asking and sending."""
    city.dismiss()
    renewing = [one.message for place, one in enumerate(residents) if _fate(place) == "renews"]
    with Store(city.url) as store:
        store.refresh({message.subject: encode(_page(())) for message in renewing})
    for message in renewing:
        model.ended_at[message.id] = city.now()


def _rest(city: City, acted: set[str]) -> None:
    """Until nothing is to be looked at: what was sent waits for receipts that never come, and is of no interest; nor
    is what was ended, and waits for its resident to look at the page."""
    with Outbox(city.url) as outbox:
        deadline = time.time() + 600
        while time.time() < deadline:
            waiting = [one for one in outbox.peek() if not one.receipts and one.id not in acted]
            if not waiting and not outbox.waiting()["now"]:
                return
            time.sleep(0.05)
    raise AssertionError(f"after ten minutes {len(waiting)} messages still wait to be sent")


def _judge_acts(city: City, acts: Acts, model: Model) -> None:
    """Each act is in the stream once, and what ends a reminder is among its subject's choices."""
    found = counted(city.url)
    assert found - acts.taken == Counter(), "counted twice, or never asked for"
    assert acts.taken - found == Counter(), "lost"
    with client.Redis.from_url(city.url) as raw:
        for one, kind in acts.ending:
            chosen = Choices.from_hash(raw.hgetall(choices_key(one.subject)))
            rung = one.message.rungs[0]
            held = {
                "done": set(chosen.done) == {rung.service},
                "read": set(chosen.read_at) == {rung.reminder},
                "unsubscribed": chosen.wishes.ended == {one.channel},
            }
            assert held[kind], (kind, chosen)
    model.acts += acts.taken.total()
    model.asked += acts.asked


def _judge(city: City, model: Model) -> None:
    arrived = [*_by_mail(city.box), *_by_webhook(city.portal)]
    ids = {id_ for id_, _, _ in arrived}
    lost = model.wanted - ids
    under = Counter(rung for id_, rungs in {id_: rungs for id_, _, rungs in arrived}.items() for rung in rungs or {id_})
    twice = [rung for rung, count in under.items() if count > 1] + sorted(ids - set(model.rungs))
    late = [id_ for id_, at, _ in arrived if id_ in model.ended_at and at > _up(model.ended_at[id_])]
    late += sorted(ids & model.never)
    with Returns(city.url) as returns:
        receipts = Counter((said.receipt.message, said.receipt.channel) for said in returns.receipts())
    kills = ", ".join(f"{count} of {who}" for who, count in sorted(city.kills.items()))
    print(
        f"\n{city.kills.total()} kills ({kills}): {len(model.rungs)} messages, {len(ids)} arrived, "
        f"{len(arrived) - len(ids)} repeats dropped by id; {len(lost)} lost, {len(twice)} twice, "
        f"{len(late)} after renewal; {model.acts} acts, each counted once, {model.asked - model.acts} asked again"
    )
    assert (lost, twice, late) == (set(), [], [])
    # What went, was not written down because its worker died, and was ended then is called off without a receipt.
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


def _resident(city: City, number: int, place: int) -> Resident:
    """Somebody with a message of one rung, or, every third, of two."""
    who = f"3101991970{number:04d}{place:04d}"  # a number of no one
    subject = city.stage.person(who)
    things = list(DUE)[: 2 if place % 3 == 0 else 1]
    rungs = tuple(
        Rung(rung_id(subject, what, DUE_ON, 30), what, DUE_ON, 30, DAY, DUE[what], reminder=reminder_id(what, DUE_ON))
        for what in things
    )
    message = Outgoing(rungs[0].id, subject, "person", DAY, AT, rungs)
    return Resident(who, message, "portal" if place % 2 or len(rungs) > 1 else "email")


def _page(rungs: tuple[Rung, ...]) -> Page:
    return Page("person", DAY, due=tuple(DueItem(rung.what, rung.due_on, rung.service) for rung in rungs))


def _up(at: datetime) -> datetime:
    """The next whole second, which is what a letter's date can say."""
    return datetime.fromtimestamp(ceil(at.timestamp()), at.tzinfo)
