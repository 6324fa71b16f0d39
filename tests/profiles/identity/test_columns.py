"""Native Spark columns give exactly what Python gives."""

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from profiles.identity import columns, numbers
from profiles.identity.keys import Keys, added, open_sealed, pseudonym, seal
from profiles.identity.numbers import Kind
from tests.profiles.identity.numbers_to_try import credit_codes, resident_ids

if TYPE_CHECKING:
    from pyspark.sql import Column, SparkSession

KEYS = Keys.for_demo()
RING = Keys(
    (*KEYS.pseudonym, b"second key of the ring, 32 bytes", b"and the third, of 32 bytes, too."), KEYS.vault, "k3"
)
# One example is one Spark job over many values, so nothing is shrunk.
FEW = settings(
    max_examples=2,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large, HealthCheck.too_slow],
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)


def computed(spark: "SparkSession", values: list[str], *wanted: "Column") -> list[tuple[object, ...]]:
    frame = spark.createDataFrame(list(enumerate(values)), "at INT, number STRING")
    return [tuple(row)[1:] for row in sorted(frame.select("at", *wanted).collect())]


def both_ways(spark: "SparkSession", kind: Kind, values: list[str]) -> None:
    written = columns.normalised(kind, "number")
    wanted = (F.expr(written), F.expr(columns.fault(kind, written)), columns.pseudonym(KEYS, kind, F.expr(written)))
    native = computed(spark, values, *wanted)
    plain = [(numbers.normalise(kind, v), numbers.fault(kind, v), pseudonym(KEYS, kind, v)) for v in values]
    assert native == plain


@FEW
@given(st.lists(resident_ids(), min_size=150, max_size=300))
def test_resident_numbers_are_normalised_checked_and_replaced_as_in_python(
    spark: "SparkSession", values: list[str]
) -> None:
    both_ways(spark, "person", values)


@FEW
@given(st.lists(credit_codes(), min_size=150, max_size=300))
def test_credit_codes_are_normalised_checked_and_replaced_as_in_python(
    spark: "SparkSession", values: list[str]
) -> None:
    both_ways(spark, "enterprise", values)


@FEW
@given(st.lists(TEXTS, min_size=50, max_size=200))
def test_a_suppliers_own_scheme_is_replaced_as_in_python(spark: "SparkSession", values: list[str]) -> None:
    written = F.expr(columns.normalised("enterprise", "number", "chicago_premises"))
    native = computed(spark, values, columns.pseudonym(KEYS, "enterprise", written, "chicago_premises"))
    assert native == [(pseudonym(KEYS, "enterprise", value, "chicago_premises"),) for value in values]


@FEW
@given(st.lists(TEXTS, min_size=50, max_size=200))
def test_what_spark_seals_equals_what_python_seals_and_python_opens_it(
    spark: "SparkSession", values: list[str]
) -> None:
    owner = F.lit("0f" * 16)
    native = [sealed for (sealed,) in computed(spark, values, columns.sealed(KEYS, owner, "address", F.col("number")))]
    assert native == [seal(KEYS, "0f" * 16, "address", value) for value in values]
    assert [open_sealed(KEYS, "0f" * 16, "address", str(sealed)) for sealed in native] == values


@FEW
@given(st.lists(resident_ids(), min_size=50, max_size=100))
def test_a_ring_gives_the_same_in_spark_whether_from_the_number_or_from_an_older_pseudonym(
    spark: "SparkSession", values: list[str]
) -> None:
    written = F.expr(columns.normalised("person", "number"))
    older = columns.pseudonym(KEYS, "person", written)
    turned = columns.rotated(added(KEYS, RING), older)
    native = computed(spark, values, columns.pseudonym(RING, "person", written), turned)
    assert native == [(pseudonym(RING, "person", value),) * 2 for value in values]


@FEW
@given(st.lists(TEXTS, min_size=50, max_size=200))
def test_spark_opens_what_python_sealed(spark: "SparkSession", values: list[str]) -> None:
    hidden = [seal(KEYS, "0f" * 16, "address", value) for value in values]
    assert computed(spark, hidden, columns.opened(KEYS, F.lit("0f" * 16), "address", F.col("number"))) == [
        (value,) for value in values
    ]


def test_nothing_stays_nothing(spark: "SparkSession") -> None:
    nothing = F.lit(None).cast("string")
    row = computed(
        spark,
        ["x"],
        F.expr(columns.normalised("person", "CAST(NULL AS STRING)")),
        F.expr(columns.fault("person", "CAST(NULL AS STRING)")),
        columns.pseudonym(KEYS, "person", nothing),
        columns.sealed(KEYS, F.lit("a"), "name", nothing),
        columns.sealed(KEYS, nothing, "name", F.lit("x")),
        columns.opened(KEYS, F.lit("a"), "name", nothing),
        columns.rotated(RING.pseudonym, nothing),
    )
    assert row == [(None,) * 7]
