"""Pages and reminders of a crowd, as long as those of the made-up city are on average; they are about nobody.

A page of that city takes some two thousand bytes: suggestions with their reasons and weights, sealed numbers of
documents, what falls due and what is to come.
"""

import base64
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import blake2b

from recommender.choices import Notice
from recommender.page import Ahead, DueItem, Fact, HeldDocument, Page, Reason, Suggestion, Weight, encode

DAY = date(2026, 11, 22)
_SERVICES = tuple(f"service_with_a_usual_name_{number}" for number in range(300))
_TAGS = tuple(f"tag_of_usual_length_{number}" for number in range(150))
_SEALED_BYTES = 40


def subjects(count: int) -> list[str]:
    """Pseudonyms in their own order, as the table of pages has them."""
    return sorted(blake2b(str(number).encode(), digest_size=16).hexdigest() for number in range(count))


def page(subject: str) -> Page:
    """The page of one of them."""
    seed = int(subject[:8], 16)
    as_of = DAY - timedelta(days=seed % 40)
    reasons = (Reason("holds('HKM_PERMIT')", "documents", as_of), Reason("lives_in('31')", "residents", as_of))
    because = tuple(Weight(_TAGS[(seed + step) % 150], round((seed % 97 + step) / 70, 4)) for step in range(3))
    return Page(
        kind="person",
        day=DAY,
        name=_sealed(subject, "name"),
        suggestions=tuple(
            Suggestion(_SERVICES[(seed + 7 * place) % 300], round((seed % 89 + 1) / (100 + place), 6), reasons, because)
            for place in range(6)
        ),
        due=(DueItem("HKM_PERMIT", DAY + timedelta(days=seed % 60), _SERVICES[seed % 300], "documents", as_of),),
        documents=tuple(
            HeldDocument(
                kind, _sealed(subject, kind), "上海市公安局出入境管理局", as_of, as_of, "valid", "documents", as_of
            )
            for kind in ("ID_CARD", "HKM_PERMIT")
        ),
        ahead=tuple(
            Ahead(DAY + timedelta(days=30 * step), _TAGS[(seed + step) % 150], step % 2 == 0, _FACTS)
            for step in range(1, 6)
        ),
        trace=bytes.fromhex(subject),
    )


def rows(crowd: list[str]) -> Iterator[tuple[str, bytes]]:
    """(subject, encoded page) of each."""
    return ((subject, encode(page(subject))) for subject in crowd)


def notices(crowd: list[str]) -> Iterator[tuple[str, Notice]]:
    """(subject, reminder) of each: one document is about to expire."""
    for subject in crowd:
        ident = blake2b(subject.encode(), digest_size=8).hexdigest()
        yield subject, Notice(ident, "HKM_PERMIT", DAY + timedelta(days=30), 30, DAY, _SERVICES[0])


_FACTS = (Fact("document:HKM_PERMIT", "documents", DAY),)


def _sealed(subject: str, name: str) -> str:
    return base64.b64encode(blake2b(f"{subject}{name}".encode(), digest_size=_SEALED_BYTES).digest()).decode()
