"""Documents from elsewhere: recognised or not, and each document's state on the day."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from profiles.build import person_files
from profiles.recognition import regions
from recommender.catalogue import load
from tests.profiles.deliver import DAY, deliver

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def test_a_document_says_whether_it_holds_here_and_how_it_stands_on_the_day(spark: "SparkSession") -> None:
    told = [
        ("SENIOR_CARD", "310000", "valid", date(2030, 1, 1)),
        ("SENIOR_CARD", "330000", "valid", None),
        ("SENIOR_CARD", "440000", "valid", date(2026, 2, 28)),
        ("PASSPORT", "440000", "revoked", date(2030, 1, 1)),
        ("RESIDENCE_PERMIT", None, "valid", DAY),
    ]
    rows = [
        {"person": "a", "type": kind, "number": str(n), "issuer_region": region, "status": status, "expires_on": until}
        for n, (kind, region, status, until) in enumerate(told)
    ]
    (file,) = person_files(deliver(spark, {"documents": rows, "enterprises": [{"enterprise": "e"}]}), DAY).collect()
    assert {(d["number"], d["state"], d["recognised"]) for d in file["documents"]} == {
        ("0", "valid", True),
        ("1", "valid", True),
        ("2", "expired", False),
        ("3", "revoked", True),
        ("4", "valid", None),
    }


@pytest.mark.parametrize("kind", sorted({*regions()[1], *regions()[2]}))
def test_every_kind_that_is_recognised_is_one_that_we_know(kind: str) -> None:
    assert kind in load().documents
