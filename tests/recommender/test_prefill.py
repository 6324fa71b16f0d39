"""What a file spares its subject: which papers count, which fields are filled, and what that saves."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from recommender.catalogue import Evidence, Service, Text, load
from recommender.ledger import Saved, by_design, saved, total
from recommender.prefill import Held, fields, held, prefill
from recommender.terms import Effort

DAY = date(2026, 11, 22)
AS_OF = date(2026, 11, 20)
WORDS = Text(zh="材料", en="paper")


def fact(name: str, value: str | None, source: str = "residents", **more: object) -> dict[str, object]:
    return {"name": name, "value": value, "source": source, "as_of": AS_OF, "in_force": True, "sealed": False, **more}


def document(type_: str = "ID_CARD", **more: object) -> dict[str, object]:
    known = {"type": type_, "number": "c2VhbGVk", "issued_on": date(2016, 5, 9), "expires_on": date(2036, 5, 9)}
    return {**known, "status": "valid", "recognised": True, "source": "documents", "as_of": AS_OF, **more}


def holds(read: str, **file: Any) -> Held | None:
    return held(file, "person", DAY, load()).get(read)


def service(*evidence: Evidence, **fields: Any) -> Service:
    like = msgspec.structs.replace(load().service("senior_card"), type="public_service")
    return msgspec.structs.replace(like, evidence=evidence, **fields)


def paper(read: str | None, *, deferrable: bool = False) -> Evidence:
    return Evidence(name=Text(zh="材料", en=f"proof by {read}"), satisfied_by=read, deferrable=deferrable)


def test_a_document_is_held_with_its_number_its_source_and_its_grade() -> None:
    found = holds("document:ID_CARD", documents=[document()])
    assert found == Held("document:ID_CARD", "c2VhbGVk", True, "documents", AS_OF, "A")
    firm = held({"documents": [document("FOOD_PERMIT", source="permits")]}, "enterprise", DAY, load())
    assert firm["document:FOOD_PERMIT"] == Held("document:FOOD_PERMIT", "c2VhbGVk", False, "permits", AS_OF, "A")


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({"expires_on": DAY}, True),
        ({"expires_on": DAY - timedelta(days=1)}, False),
        ({"expires_on": None}, True),
        ({"status": "revoked"}, False),
        ({"issued_on": DAY + timedelta(days=1)}, False),
        ({"issued_on": None}, True),
        ({"recognised": False}, False),
        ({"recognised": None}, True),
    ],
)
def test_what_is_expired_revoked_yet_to_come_or_not_recognised_here_does_not_count(
    change: dict[str, object], counts: bool
) -> None:
    assert (holds("document:ID_CARD", documents=[document(**change)]) is not None) is counts


def test_a_fact_in_force_a_link_that_stands_and_an_event_that_happened_are_held() -> None:
    assert holds("fact:address", facts=[fact("address", "c2VhbGVk", sealed=True)]) == Held(
        "fact:address", "c2VhbGVk", True, "residents", AS_OF, "A"
    )
    assert holds("fact:address", facts=[fact("address", "old", in_force=False), fact("phone", "1")]) is None
    link = {"kind": "child", "since": date(2026, 9, 1), "until": None, "name": None, "source": "kinship"}
    assert holds("link:child", links=[link]) is not None
    assert holds("link:child", links=[{**link, "until": DAY - timedelta(days=1)}]) is None
    event = {"kind": "birth", "happened_on": date(2026, 9, 1), "source": "vital_events", "as_of": AS_OF}
    assert holds("event:birth", events=[event]) == Held("event:birth", "2026-09-01", False, "vital_events", AS_OF, "A")
    assert holds("event:birth", events=[{**event, "happened_on": DAY + timedelta(days=1)}]) is None


def test_of_two_words_the_more_reliable_counts_then_the_newer() -> None:
    declared = fact("phone", "declared", "page_events", as_of=DAY)
    checked, older = fact("phone", "checked"), fact("phone", "older", as_of=date(2020, 1, 1))
    found = holds("fact:phone", facts=[declared, older, checked])
    assert found is not None
    assert (found.value, found.grade) == ("checked", "A")


def test_who_is_not_known_to_share_anything_is_believed_least() -> None:
    found = holds("fact:phone", facts=[fact("phone", "1", "somebody")])
    assert found is not None
    assert (found.grade, found.spares) == ("D", False)


def test_papers_are_spared_may_follow_or_must_be_brought() -> None:
    asked = (paper("document:ID_CARD"), paper("fact:home_kind"), paper(None), paper("link:child", deferrable=True))
    file = {"documents": [document()], "facts": [fact("home_kind", "owner", "ratings")]}
    found = prefill(service(*asked), held(file, "person", DAY, load()), load())
    assert found.spared == asked[:1]
    assert found.to_bring == asked[1:3]
    assert found.may_follow == asked[3:]


def test_a_form_asks_what_all_forms_do_then_what_its_evidence_proves_each_once() -> None:
    asked = service(paper("document:ID_CARD"), paper("fact:home_kind"), paper("fact:home_kind"), paper(None))
    names = [one.filled_by for one in fields(asked, load())]
    basics = [one.filled_by for one in load().forms["person"] if not one.types]
    assert names == [*basics, "fact:home_kind"]
    assert "Bank account for the payment" not in [one.name.en for one in fields(asked, load())]
    assert "Bank account for the payment" in [one.name.en for one in fields(service(type="benefit"), load())]


def test_fields_are_filled_by_any_grade_and_the_rest_is_asked() -> None:
    file = {"documents": [document()], "facts": [fact("name", "bmFtZQ==", sealed=True), fact("phone", "1", "ratings")]}
    found = prefill(service(), held(file, "person", DAY, load()), load())
    assert [entry.field.name.en for entry in found.entries if entry.held] == ["Name", "Identity number", "Telephone"]
    assert [field.name.en for field in found.to_ask] == [
        *("Sex", "Date of birth", "Place of registration", "Address", "How you want to receive the result"),
    ]


def test_what_is_saved_is_the_usual_way_less_todays_and_the_papers_held() -> None:
    online = service(paper("document:ID_CARD"), minutes=10, steps=1, trips=0, processing_days=2)
    usual = msgspec.structs.replace(online, usual=Effort(days=20, minutes=60, steps=4, trips=2))
    holding = held({"documents": [document()]}, "person", DAY, load())
    assert saved(prefill(usual, holding, load())) == Saved(papers=1, minutes=50, steps=3, trips=2, days=18)
    assert saved(prefill(usual, {}, load())) == by_design(usual) == Saved(minutes=50, steps=3, trips=2, days=18)
    assert total([Saved(papers=1, trips=2), by_design(usual)]) == Saved(1, 50, 3, 4, 18)
