"""The store's two clients against a real server: generations, inboxes, choices and feedback."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import TypeVar

import pytest
import redis
from msgspec.structs import replace

from profiles.errors import KeyReused, StoreUnavailable
from recommender.acting import Subject
from recommender.choices import Feedback, Notice, Once
from recommender.generation import Generation, bits_for, feedback_key, shard_of
from recommender.own_file import Fact, OwnFile, pack
from recommender.page import Mandate, Page, encode
from recommender.store import FeedbackQueue, HomeStore, Store, StoredHome

DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
MOTHER, RETIREE, CAFE, OTHER_CAFE = (blake2b(name, digest_size=16).hexdigest() for name in (b"a", b"b", b"c", b"d"))
POPULAR = {"person": ["id_card_renewal"], "enterprise": ["annual_report_filing"]}
Answer = TypeVar("Answer")


def page(name: str, *mandates: Mandate, day: date = DAY) -> bytes:
    return encode(Page("person", day, name, mandates=mandates))


ROWS = [
    (MOTHER, page("mother", Mandate(CAFE, "玉兰餐饮", "legal_representative"))),
    (RETIREE, page("retiree")),
    (CAFE, encode(Page("enterprise", DAY, "玉兰餐饮"))),
    (OTHER_CAFE, encode(Page("enterprise", DAY, "别家餐饮"))),
]


FILE = pack('{"facts":[{"name":"sex","source":"residents","value":"female"}]}', None)


def generation(digest: str, bits: int = 1) -> Generation:
    return Generation(DAY, bits, digest)


def ask(url: str, question: Callable[[HomeStore], Awaitable[Answer]], timeout: float = 5) -> Answer:
    async def run() -> Answer:
        store = HomeStore(url, timeout=timeout)
        try:
            return await question(store)
        finally:
            await store.close()

    return asyncio.run(run())


def home(url: str, subject: Subject) -> StoredHome:
    answer = ask(url, lambda store: store.home(subject))
    assert answer is not None
    return answer


def did(action: str, service: str = "senior_card", subject: str = MOTHER) -> Feedback:
    return Feedback(subject, "person", service, action, AT)  # type: ignore[arg-type]


@pytest.fixture
def published(store_url: str) -> str:
    with Store(store_url) as store:
        assert store.publish(generation("aa"), ROWS, POPULAR) == 4
    return store_url


def test_a_published_page_is_read_by_its_subject_alone(published: str) -> None:
    stored = home(published, Subject(MOTHER))
    assert stored.generation == generation("aa")
    assert stored.shown is not None
    assert stored.shown.name == "mother"
    assert stored.popular == {"person": ("id_card_renewal",), "enterprise": ("annual_report_filing",)}


def test_a_subject_without_a_page_gets_none_and_not_another_page(published: str) -> None:
    stranger = home(published, Subject("0" * 32))
    assert stranger.own is None
    assert stranger.shown is None


def test_an_enterprise_is_shown_to_its_representative(published: str) -> None:
    stored = home(published, Subject(MOTHER, CAFE))
    assert stored.own is not None
    assert stored.own.name == "mother"
    assert stored.shown is not None
    assert stored.shown.name == "玉兰餐饮"


@pytest.mark.parametrize(("person", "enterprise"), [(MOTHER, OTHER_CAFE), (RETIREE, CAFE), ("0" * 32, CAFE)])
def test_an_enterprise_is_refused_without_a_mandate(published: str, person: str, enterprise: str) -> None:
    assert ask(published, lambda store: store.home(Subject(person, enterprise))) is None
    assert ask(published, lambda store: store.permitted(Subject(person, enterprise))) is False


def test_a_mandate_withdrawn_by_a_new_generation_is_refused_at_the_next_request(published: str) -> None:
    async def question(store: HomeStore) -> tuple[bool, bool]:
        before = await store.home(Subject(MOTHER, CAFE)) is not None
        with Store(published) as jobs:
            jobs.publish(generation("bb"), [(MOTHER, page("mother")), *ROWS[1:]], POPULAR)
        return before, await store.home(Subject(MOTHER, CAFE)) is not None

    assert ask(published, question) == (True, False)


def test_readers_never_see_a_mixture_of_generations(published: str) -> None:
    """Pages of a person and of an enterprise carry their generation's mark; 60 switches happen under the reads."""

    def marked(mark: str) -> list[tuple[str, bytes]]:
        person = encode(Page("person", DAY, mark, mandates=(Mandate(CAFE, mark, "agent"),)))
        return [(MOTHER, person), (CAFE, encode(Page("enterprise", DAY, mark)))]

    def switch_often() -> None:
        with Store(published) as jobs:
            for number in range(60):
                jobs.publish(generation(f"{number:02x}"), marked(f"{number:02x}"), POPULAR)

    async def question(store: HomeStore) -> set[str]:
        switching = asyncio.create_task(asyncio.to_thread(switch_often))
        seen = set()
        while not switching.done():
            stored = await store.home(Subject(MOTHER, CAFE))
            assert stored is not None
            assert stored.own is not None
            assert stored.shown is not None
            assert stored.own.name == stored.shown.name == stored.own.mandates[0].name
            assert stored.own.name == stored.generation.digest
            seen.add(stored.own.name)
        await switching
        return seen

    with Store(published) as jobs:
        jobs.publish(generation("ff"), marked("ff"), POPULAR)
    assert len(ask(published, question)) > 3


def test_the_generation_before_stays_and_older_ones_leave_nothing_behind(published: str) -> None:
    with Store(published) as store:
        for digest in ("bb", "cc", "dd"):
            store.publish(generation(digest), ROWS, POPULAR)
    with redis.Redis.from_url(published) as raw:
        names = {key.decode().split(":")[2] for key in raw.keys("y:g:*")}
    assert names == {generation("cc").text, generation("dd").text}


def test_a_publish_that_broke_off_is_never_seen_and_is_swept_up_by_the_next(published: str) -> None:
    def broken_rows() -> list[tuple[str, bytes]]:
        raise OSError("the disk went away")

    with Store(published) as store:
        with pytest.raises(StoreUnavailable):
            store.publish(generation("bb"), (row for _ in (1,) for row in broken_rows()), POPULAR)
        assert store.generation() == generation("aa")
        store.publish(generation("cc"), ROWS, POPULAR)
    with redis.Redis.from_url(published) as raw:
        assert raw.smembers("y:gens") == {generation("aa").text.encode(), generation("cc").text.encode()}


def test_publishing_the_same_content_again_changes_nothing(published: str) -> None:
    with redis.Redis.from_url(published) as raw:
        before = {key: raw.type(key) for key in raw.keys("*")}
        with Store(published) as store:
            assert store.publish(generation("aa"), ROWS, POPULAR) == 4
        assert {key: raw.type(key) for key in raw.keys("*")} == before


def test_pages_the_store_lost_stop_the_switch(store_url: str) -> None:
    twins = [ROWS[0], ROWS[0]]
    with Store(store_url) as store:
        with pytest.raises(StoreUnavailable, match="holds 1 of the 2 pages"):
            store.publish(generation("aa"), twins, POPULAR)
        assert store.generation() is None


def test_before_the_first_publish_the_reader_is_told_what_to_run(store_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="run `python -m jobs publish"):
        ask(store_url, lambda store: store.home(Subject(MOTHER)))


def test_a_reminder_put_twice_is_in_the_inbox_once(published: str) -> None:
    notice = Notice("r1", "HKM_PERMIT", date(2026, 12, 21), 30, DAY, "hkm_permit_renewal")
    other = Notice("r2", "ID_CARD", date(2027, 1, 20), 60, DAY)
    with Store(published) as store:
        assert store.put_reminders([(MOTHER, notice)]) == 1
        assert store.put_reminders([(MOTHER, notice), (MOTHER, other)]) == 1
    assert home(published, Subject(MOTHER)).inbox == (notice, other)
    assert home(published, Subject(RETIREE)).inbox == ()


def test_what_is_dismissed_stays_dismissed_and_is_counted_once(published: str) -> None:
    assert ask(published, lambda store: store.dismiss(did("dismissed"), DAY)) is True
    assert ask(published, lambda store: store.dismiss(did("dismissed"), date(2026, 11, 23))) is False
    assert home(published, Subject(MOTHER)).choices.dismissed == {"senior_card": DAY}
    assert home(published, Subject(RETIREE)).choices.dismissed == {}
    with FeedbackQueue(published) as queue:
        assert [(f.subject, f.service, f.action, f.at) for f in queue.read()] == [
            (MOTHER, "senior_card", "dismissed", AT)
        ]


def test_a_dismissed_service_can_be_restored(published: str) -> None:
    ask(published, lambda store: store.dismiss(did("dismissed"), DAY))
    assert ask(published, lambda store: store.restore(did("restored"))) is True
    assert ask(published, lambda store: store.restore(did("restored"))) is False
    assert home(published, Subject(MOTHER)).choices.dismissed == {}


def test_personalisation_goes_off_and_on_again(published: str) -> None:
    off, on = did("personalisation_off", ""), did("personalisation_on", "")
    assert ask(published, lambda store: store.personalise(off, on=False)) is True
    assert ask(published, lambda store: store.personalise(off, on=False)) is False
    assert home(published, Subject(MOTHER)).choices.personalised is False
    assert ask(published, lambda store: store.personalise(on, on=True)) is True
    assert home(published, Subject(MOTHER)).choices.personalised is True


def test_the_same_request_sent_twice_counts_once(published: str) -> None:
    for key in ("k1", "k1", "k2", "k1"):
        assert ask(published, lambda store, key=key: store.note(did("opened"), Once(key, "same"))) is True
    with FeedbackQueue(published) as queue:
        assert len(queue.read()) == 2


def test_a_key_of_another_request_is_refused_and_counts_nothing(published: str) -> None:
    assert ask(published, lambda store: store.dismiss(did("dismissed"), DAY, Once("k1", "one"))) is True
    with pytest.raises(KeyReused, match="take a new one"):
        ask(published, lambda store: store.restore(did("restored"), Once("k1", "two")))
    assert "senior_card" in home(published, Subject(MOTHER)).choices.dismissed


def test_feedback_comes_again_until_it_is_settled(published: str) -> None:
    for number in range(3):
        ask(published, lambda store, n=number: store.note(did("opened", f"service_{n}")))  # type: ignore[misc]
    with FeedbackQueue(published) as queue:
        first = queue.read(most=2)
        assert [f.service for f in first] == ["service_0", "service_1"]
    with FeedbackQueue(published) as crashed_and_back:
        assert crashed_and_back.read(most=2) == first
        crashed_and_back.settle([f.entry for f in first])
        assert [f.service for f in crashed_and_back.read(most=2)] == ["service_2"]
    with redis.Redis.from_url(published) as raw:
        assert raw.xlen(feedback_key(shard_of(MOTHER))) == 1


def test_a_dead_store_is_named_by_its_address_and_never_by_its_password() -> None:
    url = "redis://someone:hunter2@127.0.0.1:1/0"
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1 does not answer \(ConnectionError\)") as raised:
        ask(url, lambda store: store.home(Subject(MOTHER)))
    assert "hunter2" not in str(raised.value)
    with Store(url) as store, pytest.raises(StoreUnavailable, match=r"set YIDANG_STORE_URL"):
        store.put_reminders([(MOTHER, Notice("r", "ID_CARD", DAY, 30, DAY))])


def test_a_store_that_takes_no_writes_is_not_called_dead(store_url: str) -> None:
    with redis.Redis.from_url(store_url) as raw, Store(store_url) as store:
        raw.config_set("maxmemory", 1)
        try:
            with pytest.raises(StoreUnavailable, match=r"refuses what it is asked \(OutOfMemoryError\)"):
                store.put_reminders([(MOTHER, Notice("r", "ID_CARD", DAY, 30, DAY))])
        finally:
            raw.config_set("maxmemory", 0)


def test_many_pages_spread_over_buckets_of_about_a_hundred(store_url: str) -> None:
    rows = [(blake2b(str(n).encode(), digest_size=16).hexdigest(), page(str(n))) for n in range(3_000)]
    spread = Generation(DAY, bits_for(len(rows)), "aa")
    with Store(store_url) as store:
        assert store.publish(spread, rows, POPULAR) == 3_000
    with redis.Redis.from_url(store_url) as raw:
        sizes = [raw.hlen(key) for key in spread.buckets()]
    assert len(sizes) == 32
    assert sum(sizes) == 3_000
    assert max(sizes) < 140
    some = home(store_url, Subject(rows[1234][0]))
    assert some.shown is not None
    assert some.shown.name == "1234"


def test_pages_forgotten_are_gone_until_they_are_published_again(store_url: str) -> None:
    with Store(store_url) as store:
        store.publish(generation("a"), ROWS, POPULAR)
        store.publish(generation("b"), ROWS, POPULAR)
        store.forget_pages()
        with pytest.raises(StoreUnavailable, match="has no pages yet"):
            home(store_url, Subject(MOTHER))
        with redis.Redis.from_url(store_url) as raw:
            assert list(raw.scan_iter("*")) == []
        store.publish(generation("b"), ROWS, POPULAR)
    assert home(store_url, Subject(MOTHER)).own is not None


class Initialled:
    """Marks with the first two digits of the new pseudonym what is kept under it."""

    def notice(self, old: str, new: str, notice: Notice) -> Notice:
        assert old != new
        return replace(notice, id=f"{notice.id}-{new[:2]}")

    def address(self, old: str, new: str, sealed: str) -> str:
        assert old != new
        return f"{sealed}-{new[:2]}"

    def message(self, name: str) -> str:
        return f"{name}-moved"


def test_choices_and_inboxes_move_to_other_pseudonyms_once(store_url: str) -> None:
    notice = Notice("r1", "HKM_PERMIT", date(2026, 12, 21), 30, DAY)
    ask(store_url, lambda store: store.dismiss(did("dismissed"), DAY))
    with Store(store_url) as store:
        store.publish(generation("a"), ROWS, POPULAR)
        store.put_reminders([(MOTHER, notice)])
        pairs = [(MOTHER, RETIREE), (CAFE, OTHER_CAFE)]
        for expected in (1, 0):
            assert store.rename(pairs, Initialled()) == expected
    before, now = home(store_url, Subject(MOTHER)), home(store_url, Subject(RETIREE))
    assert (dict(before.choices.dismissed), before.inbox) == ({}, ())
    assert (dict(now.choices.dismissed), now.inbox) == (
        {"senior_card": DAY},
        (replace(notice, id=f"r1-{RETIREE[:2]}"),),
    )


def test_a_fresh_page_takes_the_place_of_the_one_that_readers_see(published: str) -> None:
    newborn = "9" * 32
    with Store(published) as store:
        assert store.writes() == (generation("aa").text, 1)
        store.refresh({MOTHER: page("mother, now of two"), newborn: page("newborn"), RETIREE: None})
        assert store.page(RETIREE) is None
        assert store.page(newborn) == page("newborn")
        own = home(published, Subject(MOTHER)).own
        assert own is not None
        assert own.name == "mother, now of two"
        assert store.publish(generation("aa"), ROWS, POPULAR) == 4
        assert store.writes() == (generation("aa").text, 2)
        assert store.page(MOTHER) == ROWS[0][1]


def test_more_requests_than_connections_wait_for_one(published: str) -> None:
    async def crowd() -> list[StoredHome | None]:
        store = HomeStore(published, timeout=5, connections=2)
        try:
            return await asyncio.gather(*(store.home(Subject(MOTHER)) for _ in range(50)))
        finally:
            await store.close()

    assert {found.own is not None for found in asyncio.run(crowd()) if found} == {True}


def test_a_file_is_read_where_it_is_asked_for_and_goes_with_its_generation(published: str) -> None:
    whole = ask(published, lambda store: store.home(Subject(MOTHER), file=True))
    assert whole is not None
    assert whole.file is None
    with Store(published) as store:
        store.publish(generation("bb"), ROWS, POPULAR, [(MOTHER, FILE)])
    plain = home(published, Subject(MOTHER))
    whole = ask(published, lambda store: store.home(Subject(MOTHER), file=True))
    assert whole is not None
    assert (plain.file, whole.file) == (None, OwnFile(facts=(Fact("sex", "residents", "female"),)))
    assert plain.mark != whole.mark
    with Store(published) as store:
        for digest in ("cc", "dd"):
            store.publish(generation(digest), ROWS, POPULAR)
    assert not list(redis.Redis.from_url(published).scan_iter("y:g:*:f:*"))


def test_before_anything_is_published_there_is_nothing_to_refresh(store_url: str) -> None:
    with Store(store_url) as store:
        assert (store.writes(), store.page(MOTHER)) == (("", 0), None)
        with pytest.raises(StoreUnavailable, match="has no pages yet"):
            store.refresh({MOTHER: page("mother")})


def test_who_is_forgotten_leaves_no_key_and_others_stay(published: str) -> None:
    ask(published, lambda store: store.dismiss(did("dismissed"), DAY))
    ask(published, lambda store: store.note(did("opened"), Once("once")))
    ask(published, lambda store: store.note(did("opened", subject=RETIREE), Once("once")))
    with Store(published) as store, FeedbackQueue(published) as queue:
        store.put_reminders([(MOTHER, Notice("r1", "HKM_PERMIT", DAY, 30, DAY))])
        store.refresh({}, {MOTHER: FILE})
        assert store.forget([MOTHER]) == 7  # page, file, choices, inbox, marker and two entries
        assert store.forget([MOTHER]) == 0
        assert [one.subject for one in queue.read()] == [RETIREE]
        assert store.page(RETIREE) is not None
    left = [key for key in redis.Redis.from_url(published).scan_iter("*") if MOTHER.encode() in key]
    assert left == []


def test_a_correction_is_pending_until_it_is_closed(published: str) -> None:
    told = Feedback(MOTHER, "person", "", "correction", AT, about="fact:sex", said="sealed")
    assert ask(published, lambda store: store.correct(told, DAY, "t1"))
    assert not ask(published, lambda store: store.correct(told, DAY, "t1"))
    assert home(published, Subject(MOTHER)).choices.corrections == {"fact:sex": DAY}
    with Store(published) as store, FeedbackQueue(published) as queue:
        [kept] = queue.read()
        assert (kept.action, kept.about, kept.said) == ("correction", "fact:sex", "sealed")
        assert store.close_corrections([(MOTHER, "fact:sex"), (RETIREE, "fact:sex")]) == 1
    assert home(published, Subject(MOTHER)).choices.corrections == {}
