"""Pages are kept in fewer bytes by the words of their generation, and come back as they were whatever happens."""

import asyncio
import json
from collections.abc import Iterator
from typing import cast

import pytest

from profiles.errors import StoreUnavailable
from recommender.acting import Subject
from recommender.generation import Generation
from recommender.own_file import pack
from recommender.page import decode
from recommender.store import HomeStore, Outbox, Store
from recommender.store.door import connected
from recommender.store.packing import FEWEST, Packing, learnt
from tests.bench import pages

CROWD = pages.subjects(FEWEST)
FIRST, LATER = (Generation(pages.DAY, 4, digest) for digest in ("aa", "bb"))


def test_a_page_comes_back_from_a_quarter_of_its_bytes_and_none_is_lost_on_the_way() -> None:
    words, again = learnt(pages.rows(CROWD))
    packing, rows = Packing(words), list(again)
    assert rows == list(pages.rows(CROWD))
    packed = [packing.pack(page) for _, page in rows]
    assert [packing.unpack(row) for row in packed] == [page for _, page in rows]
    assert sum(map(len, packed)) < sum(len(page) for _, page in rows) / 4


def test_a_few_pages_and_pages_with_nothing_in_common_stay_as_they_are() -> None:
    few, _ = learnt(list(pages.rows(CROWD))[:-1])
    nothing, _ = learnt([(subject, b"") for subject in CROWD])
    assert (few, nothing) == (b"", b"")
    assert Packing().unpack(Packing().pack(b"\x9e page")) == b"\x9e page"


def test_a_page_packed_with_other_words_is_refused_and_not_read_wrongly() -> None:
    words, _ = learnt(pages.rows(CROWD))
    others, _ = learnt((subject, page[::-1]) for subject, page in pages.rows(CROWD))
    row = Packing(words).pack(pages.encode(pages.page(CROWD[0])))
    for packing in (Packing(others), Packing()):
        with pytest.raises(StoreUnavailable, match="packed with other words than are known of its generation"):
            packing.unpack(row)


def test_every_reader_of_a_generation_reads_its_pages_and_a_fresh_one_takes_its_place(store_url: str) -> None:
    mother, other = CROWD[0], CROWD[1]
    with Store(store_url) as store, Outbox(store_url, "one") as outbox, connected(store_url, 5) as raw:
        assert store.publish(FIRST, pages.rows(CROWD), {}) == FEWEST
        assert raw.memory_usage(FIRST.bucket(mother)) < raw.hlen(FIRST.bucket(mother)) * 1_000
        store.refresh({mother: pages.encode(pages.page(other))})
        expected = pages.page(other)
        assert store.page(mother) == pages.encode(expected)
        assert outbox.standing(mother).page == expected
        found = asyncio.run(home(store_url, mother))
        assert found == expected


async def home(url: str, subject: str) -> object:
    store = HomeStore(url, timeout=5)
    stored = await store.home(Subject(subject))
    await store.close()
    return stored.own if stored else None


def test_files_are_packed_with_words_of_their_own_and_read_as_they_were(store_url: str) -> None:
    def file(subject: str) -> bytes:
        fact = {"name": "hukou_division", "source": "residents", "value": subject, "as_of": "2026-11-20"}
        return pack(f'{{"facts":{json.dumps([fact] * 5)}}}', None)

    async def own(subject: str) -> list[str | None]:
        store = HomeStore(store_url, timeout=5)
        stored = await store.home(Subject(subject), file=True)
        await store.close()
        assert stored is not None
        assert stored.file is not None
        return [fact.value for fact in stored.file.facts]

    with Store(store_url) as store, connected(store_url, 5) as raw:
        store.publish(FIRST, pages.rows(CROWD), {}, ((subject, file(subject)) for subject in CROWD))
        kept = [row for key in FIRST.file_buckets() for row in cast("dict[bytes, bytes]", raw.hgetall(key)).values()]
        assert len(kept) == FEWEST
        assert sum(map(len, kept)) < sum(len(file(subject)) for subject in CROWD) / 4
        assert asyncio.run(own(CROWD[3])) == [CROWD[3]] * 5
        store.refresh({}, {CROWD[3]: file("a" * 32)})
        assert asyncio.run(own(CROWD[3])) == ["a" * 32] * 5
        store.forget_pages()
        assert raw.get(FIRST.file_words) is None


def test_publishing_that_broke_off_goes_on_with_the_words_that_it_had(store_url: str) -> None:
    def broken() -> Iterator[tuple[str, bytes]]:
        yield CROWD[0], b"file"
        raise OSError("the disk went away")

    turned = [*pages.rows(CROWD[FEWEST // 2 :]), *pages.rows(CROWD[: FEWEST // 2])]
    with Store(store_url) as store, connected(store_url, 5) as raw:
        with pytest.raises(StoreUnavailable, match="does not answer"):
            store.publish(FIRST, pages.rows(CROWD), {}, broken())
        words = raw.get(FIRST.words)
        assert store.publish(FIRST, turned, {}) == FEWEST
        assert raw.get(FIRST.words) == words
        for generation in (LATER, Generation(pages.DAY, 4, "cc")):
            store.publish(generation, pages.rows(CROWD), {})
        assert raw.get(FIRST.words) is None
        assert decode(store.page(CROWD[0]) or b"") == pages.page(CROWD[0])


def test_a_store_that_was_emptied_and_filled_again_is_read_from_the_second_request_on(store_url: str) -> None:
    async def read_on() -> None:
        reader = HomeStore(store_url, timeout=5)
        assert await reader.home(Subject(CROWD[0])) is not None
        raw.flushall()
        store.publish(FIRST, reversed(list(pages.rows(CROWD))), {})
        assert raw.get(FIRST.words) != before
        with pytest.raises(StoreUnavailable, match="ask once more"):
            await reader.home(Subject(CROWD[0]))
        stored = await reader.home(Subject(CROWD[0]))
        assert stored is not None
        assert stored.own == pages.page(CROWD[0])
        await reader.close()

    with Store(store_url) as store, connected(store_url, 5) as raw:
        store.publish(FIRST, pages.rows(CROWD), {})
        before = raw.get(FIRST.words)
        asyncio.run(read_on())
