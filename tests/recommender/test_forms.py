"""What is held of all that services ask for, in a few bytes, read with the same catalogue alone."""

import msgspec
import pytest

from profiles.model import KINDS, Kind
from recommender.catalogue import load
from recommender.forms import Forms, Holding
from recommender.ledger import Saved, by_design
from recommender.prefill import Held, fields, prefill

FORMS = Forms(load(), "person")


def holding(*reads: str, grade: str = "A") -> dict[str, Held]:
    return {read: Held(read, None, False, "", None, grade) for read in reads}  # type: ignore[arg-type]


def bit(read: str) -> int:
    return 1 << FORMS.reads.index(read)


@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_and_field_of_every_service_has_a_number(kind: Kind) -> None:
    forms = Forms(load(), kind)
    assert list(forms.reads) == sorted(set(forms.reads))
    for service in (service for service in load().services if service.audience == kind):
        asked = forms.asked(service.id)
        assert len(asked.papers) == len(service.evidence)
        assert [bool(field) for field in asked.fields] == [bool(f.filled_by) for f in fields(service, load())]


def test_what_is_packed_is_what_is_unpacked() -> None:
    held = {**holding("document:ID_CARD", "fact:address", "fact:of_no_form"), **holding("fact:phone", grade="D")}
    trusted = bit("document:ID_CARD") | bit("fact:address")
    assert FORMS.unpack(FORMS.pack(held)) == Holding(trusted | bit("fact:phone"), trusted)
    assert FORMS.unpack(FORMS.pack({})) == Holding(0, 0)


def test_a_page_tells_it_in_two_bytes_and_a_bit_for_each_thing() -> None:
    width = (len(FORMS.reads) + 7) // 8
    assert len(FORMS.pack(holding(*FORMS.reads))) == 2 + width
    assert len(FORMS.pack({**holding("fact:address"), **holding("fact:phone", grade="C")})) == 2 + 2 * width


def test_what_another_catalogue_packed_is_not_read() -> None:
    asks = "document:PASSPORT"
    fewer = [one for one in load().services if asks not in [paper.satisfied_by for paper in one.evidence]]
    other = Forms(msgspec.structs.replace(load(), services=tuple(fewer)), "person")
    assert set(FORMS.reads) - set(other.reads) >= {asks}
    assert FORMS.unpack(other.pack(holding("document:ID_CARD"))) is None
    assert FORMS.unpack(b"") is None


def test_the_bits_say_of_every_service_what_the_file_itself_says() -> None:
    held = {**holding("document:ID_CARD", "event:birth", "fact:address"), **holding("fact:home_kind", grade="C")}
    bits = FORMS.unpack(FORMS.pack(held))
    assert bits is not None
    for service in (service for service in load().services if service.audience == "person"):
        told, asked = prefill(service, held, load()), FORMS.asked(service.id)
        assert asked.spared(bits.trusted) == tuple(paper.spared for paper in told.papers)
        assert asked.filled(bits.known) == tuple(entry.held is not None for entry in told.entries)


def test_what_several_services_save_adds_up() -> None:
    bits = FORMS.unpack(FORMS.pack(holding("document:ID_CARD")))
    assert bits is not None
    asked = [s for s in load().services if "document:ID_CARD" in [paper.satisfied_by for paper in s.evidence]]
    two = [service for service in asked if service.audience == "person"][:2]
    papers = sum([paper.satisfied_by for paper in one.evidence].count("document:ID_CARD") for one in two)
    assert papers >= 2
    expected = Saved(papers=papers) + by_design(two[0]) + by_design(two[1])
    assert FORMS.saved(bits, [service.id for service in two]) == expected
