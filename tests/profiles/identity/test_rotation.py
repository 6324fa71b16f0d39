"""Rows go over to new keys wherever a pseudonym or a seal stands in them, and stay otherwise as they were."""

from typing import TYPE_CHECKING

import pytest

from profiles.errors import KeyMaterialError
from profiles.identity.keys import Keys, added, open_sealed, rotated, seal
from profiles.identity.rotation import Holding, Rotation, Sealed

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLD = Keys.for_demo()
RING = Keys((*OLD.pseudonym, b"second key of the ring, 32 bytes"), OLD.vault, "k2")
VAULT = Keys(OLD.pseudonym, b"another key of the vault, 32 long"[:32], "k4")
A, B = "a" * 32, "b" * 32
FACTS = "ARRAY<STRUCT<name: STRING, value: STRING, sealed: BOOLEAN>>"
FILES = f"subject STRING, links ARRAY<STRUCT<kind: STRING, other: STRING>>, facts {FACTS}, phone STRING, n INT"
HOLDING = Holding(
    pseudonyms=("subject", "links.other"),
    sealed=(Sealed("facts.value", "subject", named_by="name", when="sealed"), Sealed("phone", "subject", "phone")),
)


@pytest.mark.parametrize("new", [RING, Keys(RING.pseudonym, VAULT.vault, "k3"), VAULT], ids=lambda keys: keys.key_id)
def test_every_place_is_renewed_and_nothing_else(spark: "SparkSession", new: Keys) -> None:
    told = [("name", seal(OLD, A, "name", "王小明"), True), ("sex", "male", False), ("plate", None, True)]
    rows = [
        (A, [("child", B), ("spouse", None)], told, seal(OLD, A, "phone", "138"), 1),
        (B, [], [], None, 2),
        (None, None, None, None, 3),
    ]
    found = Rotation(OLD, new).rows(spark.createDataFrame(rows, FILES), HOLDING).orderBy("n").collect()
    later = added(OLD, new)
    one, other = rotated(later, A), rotated(later, B)
    assert [tuple(row) for row in found[1:]] == [(other, [], [], None, 2), (None, None, None, None, 3)]
    assert found[0].subject == one
    assert [tuple(link) for link in found[0].links] == [("child", other), ("spouse", None)]
    name, sex, plate = found[0].facts
    assert open_sealed(new, one, "name", name.value) == "王小明"
    assert (tuple(sex), tuple(plate)) == (("sex", "male", False), ("plate", None, True))
    assert open_sealed(new, one, "phone", found[0].phone) == "138"


def test_a_seal_that_does_not_open_stops_the_rotation(spark: "SparkSession") -> None:
    from pyspark.errors import PySparkException

    rows = [(A, None, None, seal(VAULT, A, "phone", "138"), 1)]
    with pytest.raises(PySparkException):
        Rotation(OLD, RING).rows(spark.createDataFrame(rows, FILES), HOLDING).collect()


def test_a_rotation_to_nothing_new_or_by_the_same_name_is_refused() -> None:
    with pytest.raises(KeyMaterialError, match="The new keys are the old ones"):
        Rotation(OLD, Keys(OLD.pseudonym, OLD.vault, "k2"))
    with pytest.raises(KeyMaterialError, match="The new keys are called demo as the old ones are"):
        Rotation(OLD, Keys(RING.pseudonym, RING.vault, "demo"))
