"""The audit's chain: where it is changed, shortened, moved, emptied or cut off, the first entry to show it is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.chain import ERASED, READ, START, Entry, Head, broken, chained

TOLD = [(READ, {"what": "/v1/me/home", "number": number}) for number in range(1, 7)]


def chain() -> list[Entry]:
    return list(chained(Head(), TOLD))


def head(entries: list[Entry]) -> Head:
    return Head(entries[-1].number, entries[-1].hash)


def test_each_entry_holds_the_hash_of_the_one_before_and_a_later_run_goes_on_from_the_head() -> None:
    first = list(chained(Head(), TOLD[:2]))
    whole = [*first, *chained(head(first), TOLD[2:])]
    assert [one.number for one in whole] == [1, 2, 3, 4, 5, 6]
    assert len({one.hash for one in whole} | {START}) == 7
    assert broken(whole, [head(first), head(whole)]) == ""


def test_what_an_entry_says_cannot_be_guessed_from_its_digest() -> None:
    same = [(READ, {"what": "/v1/me/home"})] * 2
    one, other = chained(Head(), same)
    assert one.content == other.content
    assert one.digest != other.digest


CHANGED = "entry 3 was changed: it does not say what its digest was made of"


def test_a_changed_entry_is_named() -> None:
    entries = chain()
    entries[2] = replace(entries[2], content='{"number":3,"what":"/v1/me/file"}')
    assert broken(entries) == CHANGED


def test_an_entry_that_was_made_to_fit_its_change_does_not_fit_the_chain() -> None:
    entries = chain()
    forged = next(chained(Head(2, entries[1].hash), [(READ, {"what": "/v1/me/file"})]))
    entries[2] = forged
    assert broken(entries) == "entry 4 does not follow on the one before it"
    entries[2] = replace(forged, hash=entries[2].hash)
    assert broken([*entries[:2], replace(forged, hash=chain()[2].hash), *entries[3:]]).startswith("entry 3 does not")


@pytest.mark.parametrize("place", range(5))
def test_a_deleted_entry_is_named(place: int) -> None:
    entries = chain()
    del entries[place]
    assert broken(entries) == f"entry {place + 1} is missing: entry {place + 2} stands in its place"


def test_entries_in_each_others_place_are_named_even_where_they_took_each_others_numbers() -> None:
    entries = chain()
    entries[1], entries[2] = entries[2], entries[1]
    assert broken(entries) == "entry 2 is missing: entry 3 stands in its place"
    swapped = [entries[0], replace(entries[1], number=2), replace(entries[2], number=3), *entries[3:]]
    assert broken(swapped) == "entry 2 does not follow on the one before it"


def test_an_end_that_was_cut_off_is_seen_by_a_head_that_was_known() -> None:
    entries = chain()
    assert broken(entries[:4]) == ""
    assert broken(entries[:4], [head(entries)]) == "entry 5 is missing: the chain was known up to entry 6"


def test_a_chain_written_anew_is_seen_by_a_head_that_was_known() -> None:
    known = head(chain()[:4])
    assert broken(chain(), [known]) == "entry 4 is not the one that was known: the chain was written anew"


def test_an_erased_entry_keeps_its_hash_and_one_emptied_without_an_erasure_is_named() -> None:
    entries = chain()
    emptied = [replace(one, content=None, salt=None) if one.number in (2, 5) else one for one in entries]
    assert broken(emptied) == "entry 2 is empty: 2 are, and erasures account for 0"
    erasure = list(chained(head(entries), [(ERASED, {"emptied": 2})]))
    assert broken([*emptied, *erasure]) == ""
    one_more = [replace(one, content=None, salt=None) if one.number == 1 else one for one in emptied]
    assert broken([*one_more, *erasure]) == "entry 1 is empty: 3 are, and erasures account for 2"


@given(place=st.integers(0, 5), field=st.sampled_from(("number", "kind", "content", "salt", "digest", "hash")))
def test_no_field_of_no_entry_can_be_changed_unseen(place: int, field: str) -> None:
    entries = chain()
    changed = 99 if field == "number" else "0" * 64
    entries[place] = replace(entries[place], **{field: changed})
    fault = broken(entries, [head(chain())])
    assert fault.startswith(("entry", "the chain"))
