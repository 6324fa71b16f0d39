"""Tells good rows from bad in one native Spark pass, by contract and binding; it never decides about a whole feed."""

from collections.abc import Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from profiles.binding_file import Delivers
from profiles.bindings import Binding, Source
from profiles.contracts import SQL_TYPES, Column, Contract
from profiles.deliveries import DELETED
from profiles.gate import parse
from profiles.gate.delivery import Delivery
from profiles.identity import columns as identity
from profiles.identity import numbers
from profiles.identity.keys import SEPARATOR, Keys

FAILURE = "STRUCT<column: STRING, value_class: STRING, reason: STRING>"

_SLIPPABLE = ("date", "timestamp", "integer", "decimal")


def sift(rows: DataFrame, delivery: Delivery, contract: Contract, keys: Keys, day: date) -> DataFrame:
    """Every delivered row judged: the contract's columns, typed, pseudonymised and sealed, and beside them

    ``_supplier``, ``_file``, ``_row``, ``_key`` (a keyed hash that names the row), ``_absent`` (bit i: column i is
    missing), ``_deleted`` (the row is marked as deleted upstream: its key alone must be sound) and ``_failures``
    (empty where the row is good).
    """
    binding = delivery.binding
    texts = _texts(rows, delivery, contract, day)
    typed = _typed(texts, binding, contract, keys)
    failures = _failures(binding, contract, day)
    meta = (
        F.lit(binding.supplier).alias("_supplier"), "_file", "_row", _row_key(contract, keys).alias("_key"), DELETED,
    )  # fmt: skip
    return typed.select(*meta, _absent(contract).alias("_absent"), failures.alias("_failures"), *_final(contract, keys))


def without_duplicates(sifted: DataFrame, contract: Contract) -> DataFrame:
    """The same rows; of good rows with one key all but one fail as ``duplicate_key``.

    Which one stays depends on the rows' content alone, so the order of arrival does not matter; a deletion stays.
    """
    good = F.size("_failures") == 0
    content = F.xxhash64(*[F.col(f"`{column.name}`") for column in contract.columns])
    alone = F.when(~good, F.concat_ws(SEPARATOR, "_supplier", "_file", F.col("_row").cast("string")))
    same_key = Window.partitionBy(*[F.col(f"`{name}`") for name in contract.key], alone)
    place = F.row_number().over(same_key.orderBy(F.col(DELETED).desc(), content, "_supplier", "_file", "_row"))
    repeated = F.array(_failure("", F.lit("repeated key"), "duplicate_key", "value_class"))
    return sifted.withColumn("_failures", F.when(good & (place > 1), repeated).otherwise(F.col("_failures")))


def union(parts: Sequence[DataFrame]) -> DataFrame:
    """The parts of one feed, one per supplier's binding, as one frame."""
    return reduce(lambda one, other: one.unionByName(other), parts)


def accepted(sifted: DataFrame, contract: Contract, delivers: Delivers = "whole") -> DataFrame:
    """The good rows with the contract's columns, and for changes which of them are deletions."""
    columns = [f"`{column.name}`" for column in contract.columns]
    return sifted.filter(F.size("_failures") == 0).select(*columns, *([DELETED] if delivers == "changes" else []))


def quarantined(sifted: DataFrame, feed: str, day: date) -> DataFrame:
    """The bad rows without their values: where each stood, what failed and what the value looked like."""
    return sifted.filter(F.size("_failures") > 0).select(
        F.lit(feed).alias("feed"),
        F.col("_supplier").alias("supplier"),
        F.col("_file").alias("file"),
        F.col("_row").alias("row"),
        F.col("_key").alias("key"),
        F.col("_failures")[0]["reason"].alias("reason"),
        F.col("_failures").alias("failures"),
        F.lit(day).alias("day"),
    )


def _texts(rows: DataFrame, delivery: Delivery, contract: Contract, day: date) -> DataFrame:
    binding = delivery.binding
    places = {name: f"c{place}" for place, name in reversed(list(enumerate(delivery.header)))}

    def text_of(column: Column) -> SparkColumn:
        source = binding.columns.get(column.name)
        if source is None:
            return F.lit(None).cast("string")
        delivered = parse.text(source, binding, places, day)
        kind = column.identifies
        return identity.normalised(kind, delivered, binding.schemes.get(column.name)) if kind else delivered

    texts = [text_of(column).alias(_t(column.name)) for column in contract.columns]
    slipped = reduce(
        lambda one, other: one | other,
        [~F.coalesce(F.col(places[name]).isin(*known), F.lit(False)) for name, known in binding.anchors.items()],
        F.lit(False),
    )
    deleted = F.lit(False)
    if binding.deletes:
        column, values = binding.deletes
        deleted = F.coalesce(F.btrim(F.col(places[column]), F.lit(parse.BLANKS)).isin(*values), F.lit(False))
    return rows.select("_file", "_row", "_malformed", slipped.alias("_slipped"), deleted.alias(DELETED), *texts)


def _typed(texts: DataFrame, binding: Binding, contract: Contract, keys: Keys) -> DataFrame:
    """Values under the contract's names, and for each a reason ``f_<name>`` why its text could not be read."""
    values, faults = [], []
    for column in contract.columns:
        delivered, source = F.col(_t(column.name)), binding.columns.get(column.name, Source())
        kind, scheme = column.identifies, binding.schemes.get(column.name)
        if column.name not in binding.columns:
            read, why = F.lit(None).cast(SQL_TYPES[column.type]), F.lit(None).cast("string")
        elif kind:
            read = identity.pseudonym(keys, kind, delivered, scheme)
            why = F.lit(None).cast("string") if scheme else identity.fault(kind, delivered)
        else:
            read = parse.value(column, source, binding, delivered)
            why = parse.unread(column, delivered, read)
            if source.parse == "capital":
                why = F.when(~parse.foreign_unconverted(delivered, binding.rates), why)
        values.append(read.alias(column.name))
        faults.append(why.alias(_f(column.name)))
    return texts.select("*", *values, *faults)


def _failures(binding: Binding, contract: Contract, day: date) -> SparkColumn:
    """Everything wrong with a row, in a fixed order; of a row that is not even a record nothing more is said."""
    bound = [column for column in contract.columns if column.name in binding.columns]
    dated = None if binding.snapshot else contract.freshness_column
    by_column = []
    for column in bound:
        # Nobody knows a row before its day. What the binding itself dates is its own affair.
        latest = day if column.name == dated and binding.columns[column.name].columns else None
        failure = _column_failure(column, latest)
        judged = column.name in contract.key or not binding.deletes
        by_column.append(failure if judged else F.when(~F.col(DELETED), failure))
    kept = ~F.col(DELETED) if binding.deletes else F.lit(True)
    by_rule = [
        F.when(kept & ~F.coalesce(F.expr(rule.holds), F.lit(True)), _failure("", F.lit("several columns"), rule.name))
        for rule in contract.rules
    ]
    slipped = F.when(_slipped(binding, contract), _failure("", F.lit("several columns"), "shifted_columns"))
    found = F.filter(F.array(slipped, *by_column, *by_rule), lambda failure: failure.isNotNull())
    named = F.transform(
        found,
        lambda failure: F.struct(
            failure["column"].alias("column"),
            F.when(failure["column"] == "", failure["text"])
            .otherwise(parse.value_class(failure["text"]))
            .alias("value_class"),
            failure["reason"].alias("reason"),
        ),
    )
    torn = F.array(_failure("", F.lit("another number of fields"), "malformed_row", "value_class"))
    return F.when(F.col("_malformed"), torn).otherwise(named)


def _column_failure(column: Column, latest: date | None) -> SparkColumn:
    delivered, read = F.col(_t(column.name)), F.col(f"`{column.name}`")
    reason = F.when(F.col(_f(column.name)).isNotNull(), F.col(_f(column.name)))
    if column.required:
        reason = reason.when(delivered.isNull(), F.lit("missing"))
    if column.type == "text":
        reason = reason.when(parse.garbled(delivered), F.lit("garbled_text"))
    if column.allowed:
        reason = reason.when(~read.isin(*column.allowed), F.lit("not_allowed"))
    if column.pattern:
        reason = reason.when(~read.rlike(column.pattern), F.lit("wrong_pattern"))
    if column.minimum is not None:
        reason = reason.when(read < F.lit(column.minimum).cast(SQL_TYPES[column.type]), F.lit("out_of_range"))
    if column.maximum is not None:
        reason = reason.when(read > F.lit(column.maximum).cast(SQL_TYPES[column.type]), F.lit("out_of_range"))
    if latest is not None:
        reason = reason.when(read.cast("date") > F.lit(latest), F.lit("in_the_future"))
    return F.when(reason.isNotNull(), _failure(column.name, delivered, reason))


def _slipped(binding: Binding, contract: Contract) -> SparkColumn:
    """Whether the row's values stand under the wrong headers: an anchor does not hold, or an identity number that
    is not valid stands beside a date or number that looks like one."""
    shapes = {"person": numbers.RESIDENT_SHAPE, "enterprise": numbers.CREDIT_SHAPE}
    slipped = F.col("_slipped")
    others = [
        F.col(_t(column.name))
        for column in contract.columns
        if column.type in _SLIPPABLE and binding.columns.get(column.name, Source()).columns
    ]
    for column in contract.columns:
        kind = column.identifies
        if kind and column.required and column.name not in binding.schemes and others:
            looks = [F.coalesce(other.rlike(shapes[kind]), F.lit(False)) for other in others]
            slipped = slipped | (F.col(_f(column.name)).isNotNull() & reduce(lambda a, b: a | b, looks))
    return slipped


def _final(contract: Contract, keys: Keys) -> list[SparkColumn]:
    def out(column: Column) -> SparkColumn:
        value = F.col(f"`{column.name}`")
        if column.sealed and contract.subject is not None:
            value = identity.sealed(keys, F.col(f"`{contract.subject}`"), column.name, value)
        return value.alias(column.name)

    return [out(column) for column in contract.columns]


def _row_key(contract: Contract, keys: Keys) -> SparkColumn:
    parts = [F.coalesce(F.col(_t(name)), F.lit("")) for name in contract.key]
    return identity.keyed_hash(keys, f"row:{contract.feed}", F.concat_ws(SEPARATOR, *parts))


def _absent(contract: Contract) -> SparkColumn:
    bits = [F.when(F.col(_t(c.name)).isNull(), F.lit(1 << n)).otherwise(0) for n, c in enumerate(contract.columns)]
    return (
        F.when(F.col("_malformed") | F.col(DELETED), 0)
        .otherwise(reduce(lambda one, other: one + other, bits))
        .cast("long")
    )


def _failure(column: str, value_class: SparkColumn, reason: str | SparkColumn, middle: str = "text") -> SparkColumn:
    why = F.lit(reason) if isinstance(reason, str) else reason
    return F.struct(F.lit(column).alias("column"), value_class.alias(middle), why.alias("reason"))


def _t(name: str) -> str:
    return f"t_{name}"


def _f(name: str) -> str:
    return f"f_{name}"
