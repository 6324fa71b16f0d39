"""One feed's deliveries through the gate, the same for a night and for fresh events; it judges no feed as a whole."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from jobs import accepted
from jobs.run import Context
from jobs.session import few_rows_session
from profiles import erasure
from profiles.binding_file import Delivers
from profiles.bindings import Binding
from profiles.contracts import Contract
from profiles.errors import BindingError, CountMismatch
from profiles.gate import delivery, sift
from profiles.gate.delivery import Delivery
from profiles.gate.measure import Measures, measure

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def how_delivered(group: Sequence[Binding]) -> Delivers:
    """Whether the bindings of one feed bring all of it or changes; raises BindingError where they differ."""
    delivers: set[Delivers] = {binding.delivers for binding in group}
    if len(delivers) > 1:
        raise BindingError(
            f"{group[0].feed}: {', '.join(str(binding.file) for binding in group)} must all deliver whole, or all "
            "changes; correct `delivers` in one of them."
        )
    return delivers.pop()


def sifted_rows(
    context: Context, contract: Contract, found: Sequence[Delivery], gone: Collection[str]
) -> "tuple[DataFrame, Measures]":
    """Every delivered row of one feed, told good from bad, and what was counted; ``gone`` are the erased subjects."""
    spark = reading_session(context.spark, small=all(one.small for one in found))
    parts = [sift.sift(delivery.read(spark, one), one, contract, context.keys, context.day) for one in found]
    rows = sift.union(parts)
    if gone:
        subjects = spark.createDataFrame([(subject,) for subject in sorted(gone)], "subject STRING")
        rows = erasure.withheld(rows, contract, subjects)
    bound = set.intersection(*(set(one.binding.columns) for one in found))
    return measure(sift.without_duplicates(rows, contract), contract, bound)


def reading_session(spark: "SparkSession", *, small: bool) -> "SparkSession":
    """A session of the same Spark that reads every encoding and, for small feeds, evaluates instead of compiling.

    A gate has hundreds of expressions; for a small feed compiling them to Java takes ten times as long as using them.
    """
    session = few_rows_session(spark) if small else spark.newSession()
    session.conf.set("spark.sql.legacy.javaCharsets", "true")  # departments also write GB 18030
    return session


def accept(
    context: Context, contract: Contract, sifted: "DataFrame", measures: Measures, delivers: Delivers, slot: str
) -> None:
    """Write a delivery's good rows into its slot; raises CountMismatch where rows were lost or gained."""
    extra = {"delivers": delivers, "delivered": measures.delivered}
    table, rows = accepted.table(contract.feed), sift.accepted(sifted, contract, delivers)
    manifest = context.tables.write(table, rows, day=context.day, extra=extra, slot=slot)
    if manifest.rows + measures.quarantined != measures.delivered:
        raise CountMismatch(
            f"{contract.feed}: {manifest.rows:,} accepted and {measures.quarantined:,} quarantined rows do not make "
            f"{measures.delivered:,} delivered on {context.day}. Run the gate again; if it repeats, this is our fault."
        )
