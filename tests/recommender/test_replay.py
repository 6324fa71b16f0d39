"""A past list comes out again as it was, place by place, and every score is the sum of what is told of it."""

from datetime import timedelta

import msgspec
import pytest

from recommender.basis import Basis
from recommender.packed import numbers
from recommender.replay import Place, replay
from recommender.trace import decode, encode, trace_of
from tests.recommender.past import DAY, basis, record

MOTHER, RETIREE = "a3" * 16, "a4" * 16


def test_a_list_is_made_again_with_its_tags_its_mask_and_every_contribution() -> None:
    found = replay(basis(), decode(record(basis())))
    assert (found.tags, found.faithful) == (("new_parent", "driver"), True)
    assert found.may_have == ("hkm_permit_renewal", "newborn_hukou", "passport_renewal")
    assert found.waits == ("senior_card",)
    assert [(place.service, place.score, place.through) for place in found.places] == [
        ("newborn_hukou", 0.5, "newborn"),
        ("hkm_permit_renewal", 1.375, ""),
        ("passport_renewal", 1.0, ""),
    ]
    assert found.places[1] == Place(
        service="hkm_permit_renewal",
        score=1.375,
        probability=0.348645,
        base=0.5,
        added=(("new_parent+driver", 0.5), ("new_parent", 0.25), ("driver", 0.125)),
        through="",
    )
    for place in found.places:
        assert place.base + sum(weight for _, weight in place.added) == place.score


def test_a_list_that_would_come_out_otherwise_today_is_told_as_it_was_and_as_unfaithful() -> None:
    known = decode(record(basis()))
    turned = msgspec.structs.replace(known, listed=numbers([0, 2, 1]))
    found = replay(basis(), turned)
    assert [place.service for place in found.places] == ["hkm_permit_renewal", "passport_renewal", "newborn_hukou"]
    assert not found.faithful


def test_a_basis_comes_back_from_its_bytes_and_is_named_by_its_content() -> None:
    again = Basis.load(basis().save())
    assert (again.packed, again.id, again.made) == (basis().packed, basis().id, basis().made)
    others = {basis(weight=1.25).id, basis(day=DAY + timedelta(days=1)).id, basis().id}
    assert len(others) == 3


def test_a_trace_differs_by_owner_and_by_anything_that_the_list_was_made_from() -> None:
    known = record(basis())
    tomorrow = encode(msgspec.structs.replace(decode(known), day=DAY + timedelta(days=1)))
    found = {trace_of(MOTHER, known), trace_of(RETIREE, known), trace_of(MOTHER, tomorrow)}
    assert len(found) == 3
    assert trace_of(MOTHER, known) == trace_of(MOTHER, record(basis()))


def test_no_record_holds_the_name_of_its_owner() -> None:
    assert bytes.fromhex(MOTHER) not in record(basis())
    assert MOTHER not in trace_of(MOTHER, record(basis()))


def test_what_is_no_record_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(b"")


def test_a_record_of_the_release_before_knows_nothing_of_steps_that_wait() -> None:
    before = msgspec.msgpack.encode(msgspec.msgpack.decode(record(basis()))[:-1])
    assert replay(basis(), decode(before)).waits == ()
