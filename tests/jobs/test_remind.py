from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import redis as client

from jobs import erase, receipts, remind
from jobs.holdings import holding
from jobs.run import Context
from jobs.settings import Settings
from profiles.errors import StoreUnavailable, TableMissing
from profiles.identity.keys import Keys, rotated
from profiles.identity.rotation import Rotation
from profiles.model import KINDS, Kind, columns
from recommender.catalogue import load
from recommender.delivery.outgoing import Outgoing
from recommender.generation import choices_key
from recommender.hours import moment
from recommender.reminders import rung_id
from recommender.store import Outbox
from recommender.terms import Window

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 11, 22)
TRAVELLER, RENEWED, RETIREE, DEAD, CAFE = ("a" * 32, "b" * 32, "c" * 32, "d" * 32, "e" * 32)

File = Mapping[str, object]


def document(type_: str, expires_on: date, issued_on: date = date(2016, 12, 21)) -> File:
    return {"type": type_, "number": "sealed", "issued_on": issued_on, "expires_on": expires_on, "status": "valid"}


PERSONS: tuple[File, ...] = (
    {"subject": TRAVELLER, "documents": [document("HKM_PERMIT", date(2026, 12, 21))]},
    {
        "subject": RENEWED,
        "documents": [
            document("HKM_PERMIT", date(2026, 12, 21)),
            document("HKM_PERMIT", date(2036, 11, 1), date(2026, 11, 2)),
        ],
    },
    {"subject": RETIREE, "pension_status": "receiving", "pension_checked_on": date(2025, 11, 25), "documents": []},
    {"subject": DEAD, "died_on": date(2026, 1, 1), "documents": [document("ID_CARD", date(2026, 12, 1))]},
)
ENTERPRISES: tuple[File, ...] = (
    {"subject": CAFE, "enterprise_status": "active", "documents": [document("FOOD_PERMIT", date(2026, 12, 5))]},
)


def lake(context: Context, kind: Kind, files: tuple[File, ...]) -> None:
    """The file table of a kind with these files; what they do not name is unknown."""
    schema = ", ".join(f"{name} {type_}" for name, type_ in columns(kind).items())
    keys = (
        "type",
        "number",
        "issuer",
        "issuer_region",
        "issued_on",
        "expires_on",
        "status",
        "source",
        "as_of",
        "state",
        "recognised",
    )
    rows = []
    for file in files:
        held = file.get("documents")
        listed = [tuple(map(one.get, keys)) for one in held] if isinstance(held, list) else None
        full = {"identified": True, **file, "documents": listed}
        rows.append(tuple(full.get(name) for name in columns(kind)))
    context.tables.write(f"{kind}_files", context.spark.createDataFrame(rows, schema), day=DAY)


@pytest.fixture
def context(tmp_path: Path, store_url: str, spark: "SparkSession") -> Context:
    made = Context(DAY, Settings(lake=tmp_path / "lake", store_url=store_url))
    lake(made, "person", PERSONS)
    lake(made, "enterprise", ENTERPRISES)
    for file in (*PERSONS, *ENTERPRISES):
        choose(made, str(file["subject"]), a_portal="sealed", a_email="sealed")
    return made


def on(context: Context, day: date) -> Context:
    return Context(day, context.settings)


def counts(context: Context) -> dict[str, int]:
    """What a run says, without what is nought."""
    return {name: count for name, count in remind.run(context).counts.items() if count}


def rows(context: Context, *columns: str, where: str = "true") -> list[tuple[object, ...]]:
    found = context.tables.read("reminders", context.spark).where(where).orderBy("day", "subject", "due_on")
    return [tuple(row) for row in found.selectExpr(*columns).collect()]


def choose(context: Context, subject: str, **fields: str) -> None:
    with client.Redis.from_url(context.settings.store_url) as store:
        store.hset(choices_key(subject), mapping={name.replace("_", ":", 1): value for name, value in fields.items()})


def test_every_rung_reached_is_written_and_put_into_its_inbox(context: Context) -> None:
    assert counts(context) == {"reached": 3, "messages": 3, "new": 3}
    columns = ("subject", "kind", "what", "due_on", "rung", "fires_on", "service", "thing", "state", "reason")
    sent = ("send", "reached")
    assert rows(context, *columns) == [
        (TRAVELLER, "person", "HKM_PERMIT", date(2026, 12, 21), 30, date(2026, 11, 20), "hkm_permit_renewal",
         "document", *sent),
        (RETIREE, "person", "pension_check", date(2026, 11, 25), 7, date(2026, 11, 18), "pension_check", "duty", *sent),
        (CAFE, "enterprise", "FOOD_PERMIT", date(2026, 12, 5), 30, date(2026, 11, 5), "food_permit_renewal",
         "document", *sent),
    ]  # fmt: skip
    [told] = rows(context, "rung_id", "message", "channels", "date_format(at, 'yyyy-MM-dd HH:mm')", where=TRAVELLERS)
    id_ = rung_id(TRAVELLER, "HKM_PERMIT", date(2026, 12, 21), 30)
    assert told == (id_, id_, ["inbox", "portal", "email"], "2026-11-22 09:00")


TRAVELLERS = f"subject = '{TRAVELLER}'"


def test_a_second_run_of_the_day_changes_nothing_and_delivers_nothing(context: Context) -> None:
    remind.run(context)
    before = context.tables.manifest("reminders").content_hash
    assert remind.run(context).counts["new"] == 0
    assert context.tables.manifest("reminders").content_hash == before


def test_the_next_day_delivers_only_the_next_rung(context: Context) -> None:
    remind.run(context)
    assert counts(on(context, date(2026, 11, 24))) == {"reached": 3}
    # On its last day the pension check is reminded of once more.
    assert counts(on(context, date(2026, 11, 25))) == {"reached": 3, "messages": 1, "new": 1}
    assert rows(context, "what", "rung", where="day > DATE'2026-11-22'") == [("pension_check", 0)]


def test_what_the_subject_chose_holds(context: Context) -> None:
    choose(context, TRAVELLER, **{"r_HKM_PERMIT.2026-12-21": "snoozed 2026-11-25"})
    choose(context, RETIREE, m_duty="2026-11-01", c="email,inbox")
    choose(context, CAFE, q="08:30-10:00", c="email,inbox", a_email="sealed")
    assert counts(context) == {"reached": 3, "messages": 1, "held": 2, "new": 1}
    columns = ("what", "state", "reason", "until", "channels", "date_format(at, 'HH:mm')")
    assert rows(context, *columns) == [
        ("HKM_PERMIT", "held", "snoozed", date(2026, 11, 25), [], None),
        ("pension_check", "muted", "topic_off", None, [], None),
        ("FOOD_PERMIT", "send", "quiet_hours", None, ["email", "inbox"], "10:00"),
    ]
    assert counts(on(context, date(2026, 11, 25)))["messages"] == 1
    assert rows(context, "what", "state", where="day = DATE'2026-11-25' AND state = 'send'") == [("HKM_PERMIT", "send")]


def test_who_said_that_it_is_done_is_not_reminded(context: Context) -> None:
    choose(context, TRAVELLER, f_hkm_permit_renewal="2026-11-20")
    assert counts(context)["reached"] == 2


def test_whoever_gave_no_address_and_did_not_look_is_on_the_list_sooner_and_whoever_read_it_is_not(
    context: Context,
) -> None:
    with client.Redis.from_url(context.settings.store_url) as store:
        store.flushall()
    remind.run(context)
    choose(context, CAFE, **{"v_FOOD_PERMIT.2026-12-05": "2026-11-23T10:00:00+00:00"})
    assert counts(on(context, date(2026, 11, 24))) == {"reached": 3, "unreached": 1}
    assert [row.what for row in context.tables.read("unreached", context.spark).collect()] == ["pension_check"]


def test_what_no_channel_got_a_receipt_for_is_listed_for_people(context: Context) -> None:
    permit, renewal = document("HKM_PERMIT", date(2026, 12, 21)), document("HKM_PERMIT", date(2036, 12, 1), DAY)
    lake(context, "enterprise", ())
    lake(context, "person", tuple({"subject": who, "documents": [permit]} for who in (TRAVELLER, RENEWED, RETIREE)))
    assert counts(context)["messages"] == 3
    [(message,)] = rows(context, "message", where=f"subject = '{RETIREE}'")
    said = [(RETIREE, message, "inbox", "read", datetime(2026, 11, 23, 1, 0, tzinfo=UTC))]
    context.tables.write("receipts", context.spark.createDataFrame(said, receipts.RECEIPTS), day=DAY)
    later = on(context, date(2026, 12, 7))
    held = {TRAVELLER: [permit], RENEWED: [permit, renewal], RETIREE: [permit]}
    lake(later, "person", tuple({"subject": who, "documents": documents} for who, documents in held.items()))
    assert counts(later) == {"reached": 2, "unreached": 1}
    listed = context.tables.read("unreached", context.spark).select("subject", "what", "due_on", "service").collect()
    assert [tuple(row) for row in listed] == [(TRAVELLER, "HKM_PERMIT", date(2026, 12, 21), "hkm_permit_renewal")]


def test_a_window_is_announced_to_those_who_may_apply(context: Context) -> None:
    whole = load()
    open_now = msgspec.structs.replace(whole.service("senior_card"), window=Window("12-01", "12-20"))
    services = tuple(
        open_now if service.id == open_now.id else msgspec.structs.replace(service, window=None)
        for service in whole.services
    )
    catalogue = msgspec.structs.replace(whole, services=services, by_id={one.id: one for one in services})
    old, young = {"subject": TRAVELLER, "birth_date": date(1950, 1, 1)}, {"subject": RENEWED, "birth_date": DAY}
    resident = {"residence_division": "310101", "hukou_division": "310101", "documents": []}
    lake(context, "person", ({**old, **resident}, {**young, **resident}))
    nothing = context.spark.createDataFrame([], HEARD)
    found = remind.plans(context, "person", catalogue, nothing).collect()
    assert [(row.subject, row.what, row.thing, row.due_on, row.rung) for row in found] == [
        (TRAVELLER, "senior_card", "window", date(2026, 12, 1), 14)
    ]


def test_the_service_of_the_own_division_is_named_and_an_application_for_it_ends_the_reminders(
    context: Context,
) -> None:
    whole = load()
    general = whole.service("hkm_permit_renewal")
    local = msgspec.structs.replace(general, id="hkm_permit_renewal_east", division="310115", variant_of=general.id)
    services = (*whole.services, local)
    catalogue = msgspec.structs.replace(whole, services=services, by_id={**whole.by_id, local.id: local})
    permit = document("HKM_PERMIT", date(2026, 12, 21))
    homes = {TRAVELLER: "310115", RENEWED: "310101"}
    lake(
        context,
        "person",
        tuple({"subject": who, "documents": [permit], "residence_division": home} for who, home in homes.items()),
    )
    nothing = context.spark.createDataFrame([], HEARD)
    found = remind.plans(context, "person", catalogue, nothing).orderBy("subject").collect()
    assert [(row.subject, row.what, row.service) for row in found] == [
        (TRAVELLER, "HKM_PERMIT", local.id),
        (RENEWED, "HKM_PERMIT", general.id),
    ]
    done = context.spark.createDataFrame(
        [(TRAVELLER, {f"f:{local.id}": "2026-11-20"})], "subject STRING, chosen MAP<STRING, STRING>"
    )
    said = nothing.drop("chosen").join(done, on="subject", how="right")
    after = remind.plans(context, "person", catalogue, said).collect()
    assert [row.subject for row in after] == [RENEWED]


ROW = remind.REMINDERS.replace(" ", ":").replace(",:", ",")
HEARD = (
    f"subject STRING, earlier ARRAY<STRUCT<{ROW}>>, receipts ARRAY<STRUCT<message:STRING,channel:STRING,"
    "status:STRING,at:TIMESTAMP>>, chosen MAP<STRING, STRING>"
)


def test_a_dead_store_is_named_and_nothing_is_planned_before_it_says_what_was_chosen(context: Context) -> None:
    dead = Context(DAY, Settings(lake=context.settings.lake, store_url="redis://127.0.0.1:9/0"))
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:9"):
        remind.run(dead)
    assert not context.tables.exists("reminders")
    assert remind.run(context).counts["new"] == 3


def test_a_store_that_lost_everything_is_told_again_what_was_sent(context: Context) -> None:
    remind.run(context)
    with client.Redis.from_url(context.settings.store_url) as store:
        store.flushall()
    assert counts(on(context, date(2026, 11, 24))) == {"reached": 3, "new": 3}
    assert rows(context, "what", where="day > DATE'2026-11-22'") == []


def live(context: Context, day: date = DAY) -> Context:
    return Context(day, context.settings.model_copy(update={"delivery": "live"}))


def waiting(context: Context) -> list[Outgoing]:
    """What a deliverer would find."""
    with Outbox(context.settings.store_url, "tester") as outbox:
        outbox.wake(datetime(2030, 1, 1, tzinfo=UTC))
        taken = [outbox.take(ticket) for ticket in outbox.tickets(100)]
    return sorted((one for one in taken if one), key=lambda one: one.subject)


def test_with_delivery_every_message_waits_once_to_be_sent_and_names_nobody_but_by_pseudonym(context: Context) -> None:
    assert counts(live(context)) == {"reached": 3, "messages": 3, "new": 3, "to be sent": 3}
    assert counts(live(context)) == {"reached": 3, "messages": 3}
    found = waiting(context)
    assert [(one.subject, one.kind, one.day, one.at) for one in found] == [
        (TRAVELLER, "person", DAY, moment(DAY, "09:00")),
        (RETIREE, "person", DAY, moment(DAY, "09:00")),
        (CAFE, "enterprise", DAY, moment(DAY, "09:00")),
    ]
    permit = found[0].rungs[0]
    assert found[0].id == permit.id == rung_id(TRAVELLER, "HKM_PERMIT", date(2026, 12, 21), 30)
    assert (permit.reminder, permit.service) == ("HKM_PERMIT.2026-12-21", "hkm_permit_renewal")


def test_without_delivery_nothing_waits_and_turning_it_on_sends_nothing_that_the_inbox_has(context: Context) -> None:
    assert counts(context)["new"] == 3
    assert waiting(context) == []
    assert counts(live(context)) == {"reached": 3, "messages": 3}
    assert waiting(context) == []


def test_a_store_that_lost_everything_sends_again_what_no_channel_spoke_of_and_nothing_else(context: Context) -> None:
    remind.run(live(context))
    [cafe] = [one for one in waiting(context) if one.subject == CAFE]
    with client.Redis.from_url(context.settings.store_url) as store:
        store.xadd("y:e:{e}", {"subject": CAFE, "message": cafe.id, "channel": "email", "status": "sent", "at": SENT})
    remind.run(live(context))
    said = context.tables.read("receipts", context.spark).selectExpr("subject", "message", "channel", "status", "at")
    assert [(*row[:4], row.at.isoformat()) for row in said.collect()] == [
        (CAFE, cafe.id, "email", "sent", "2026-11-22T01:00:05")
    ]
    with client.Redis.from_url(context.settings.store_url) as store:
        store.flushall()
    assert counts(live(context, date(2026, 11, 24))) == {"reached": 3, "new": 3, "to be sent": 2}
    assert [one.subject for one in waiting(context)] == [TRAVELLER, RETIREE]


SENT = "2026-11-22T09:00:05+08:00"


def test_what_was_planned_a_week_ago_is_told_in_the_inbox_alone(context: Context) -> None:
    remind.run(live(context))
    with client.Redis.from_url(context.settings.store_url) as store:
        store.flushall()
    # Three of a week ago, and two rungs that were reached since: these alone are sent.
    assert counts(live(context, date(2026, 11, 29))) == {"reached": 3, "messages": 2, "new": 5, "to be sent": 2}
    assert [(one.subject, [rung.step for rung in one.rungs]) for one in waiting(context)] == [
        (RETIREE, [0]),
        (CAFE, [7]),
    ]


def test_what_was_sent_is_known_under_new_keys_and_gone_with_its_subject(context: Context) -> None:
    remind.run(context)
    rotation = Rotation(OLD_KEYS, NEW_KEYS)
    held = holding("reminders")
    assert held is not None
    context.tables.rewrite("reminders", context.spark, lambda log: rotation.rows(log, held))
    renewed = {one["subject"]: rotated(rotation.later, str(one["subject"])) for one in (*PERSONS, *ENTERPRISES)}
    lake(context, "person", tuple({**one, "subject": renewed[one["subject"]]} for one in PERSONS))
    lake(context, "enterprise", tuple({**one, "subject": renewed[one["subject"]]} for one in ENTERPRISES))
    # The inboxes are moved by the rotation itself; here they are new ones.
    assert counts(on(context, date(2026, 11, 24))) == {"reached": 3, "new": 3}
    assert erase._rewrite(context, "reminders", [renewed[CAFE]]) == 1


FIRST, SECOND, VAULT = (sha256(name).hexdigest() for name in (b"first", b"second", b"vault"))
OLD_KEYS, NEW_KEYS = Keys.from_hex(FIRST, VAULT, "k1"), Keys.from_hex(f"{FIRST},{SECOND}", VAULT, "k2")


def test_files_that_were_never_built_are_asked_for(tmp_path: Path, store_url: str, spark: "SparkSession") -> None:
    with pytest.raises(TableMissing, match="person_files"):
        remind.run(Context(DAY, Settings(lake=tmp_path / "none", store_url=store_url)))


def test_an_empty_city_is_reminded_of_nothing(tmp_path: Path, store_url: str, spark: "SparkSession") -> None:
    empty = Context(DAY, Settings(lake=tmp_path / "lake", store_url=store_url))
    for kind in KINDS:
        lake(empty, kind, ())
    assert counts(empty) == {}
