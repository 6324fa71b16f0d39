"""A page's row: what goes in comes out, and neighbours in time can read each other."""

from datetime import date

import msgspec
import pytest

from recommender.page import DueItem, HeldDocument, Mandate, Page, Reason, Suggestion, Weight, decode, encode

DAY = date(2026, 11, 22)
PAGE = Page(
    kind="person",
    day=DAY,
    name="c2VhbGVk",
    suggestions=(
        Suggestion(
            "hkm_permit_renewal",
            0.61,
            (Reason("expires_within('HKM_PERMIT', 30)", "documents", date(2026, 11, 20)),),
            (Weight("hkm_permit_expiring", 1.25),),
        ),
    ),
    due=(DueItem("HKM_PERMIT", date(2026, 12, 21), "hkm_permit_renewal", "documents", date(2026, 11, 20)),),
    documents=(HeldDocument("HKM_PERMIT", "c2Vh", "上海市公安局", date(2016, 12, 21), date(2026, 12, 21)),),
    mandates=(Mandate("f" * 32, "上海玉兰餐饮有限公司", "legal_representative"),),
)


def test_a_page_comes_back_as_it_was_written() -> None:
    assert decode(encode(PAGE)) == PAGE


def test_equal_pages_give_equal_bytes() -> None:
    assert encode(PAGE) == encode(msgspec.structs.replace(PAGE))


def test_an_empty_page_takes_37_bytes_because_field_names_are_not_written() -> None:
    assert len(encode(Page("enterprise", DAY))) == 41
    assert len(encode(Page("person", DAY))) == 37


def test_a_page_of_an_earlier_release_with_fewer_fields_is_read_with_defaults() -> None:
    assert decode(msgspec.msgpack.encode(["person", "2026-11-22"])) == Page("person", DAY)


def test_a_page_of_a_later_release_with_more_fields_is_read_without_them() -> None:
    later = msgspec.msgpack.decode(encode(Page("person", DAY)))
    assert decode(msgspec.msgpack.encode([*later, "a field of tomorrow"])) == Page("person", DAY)


@pytest.mark.parametrize("torn", [b"", b"\x00", encode(PAGE)[:-1], msgspec.msgpack.encode(["household", "2026-11-22"])])
def test_bytes_that_are_no_page_are_refused(torn: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(torn)
