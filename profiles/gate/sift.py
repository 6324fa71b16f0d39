"""Tells good rows from bad in one native Spark pass, by contract and binding; it never decides about a whole feed.

Each step below is a projection of its own that reads the columns of the one before, so that nothing is worked out
twice, in a plan or in a row.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.binding_file import Delivers
from profiles.bindings import Binding
from profiles.contracts import SQL_TYPES, Column, Contract
from profiles.deliveries import DELETED
from profiles.gate import parse
from profiles.gate.delivery import Delivery
from profiles.identity import columns as identity
from profiles.identity import numbers
from profiles.identity.keys import SEPARATOR, Keys
from profiles.sql import cases, listed, quoted
from profiles.versions import null, on, struct

FAILURES = "ARRAY<STRUCT<column: STRING, value_class: STRING, reason: STRING>>"
SHIFTED, TORN, REPEATED = "shifted_columns", "malformed_row", "duplicate_key"

_SLIPPABLE = ("date", "timestamp", "integer", "decimal")
_SHAPES = {"person": numbers.RESIDENT_SHAPE, "enterprise": numbers.CREDIT_SHAPE}
_META = ("_file", "_row", "_malformed", "_slipped", DELETED)


def sift(rows: DataFrame, delivery: Delivery, contract: Contract, keys: Keys, day: date) -> DataFrame:
    """Every delivered row judged: the contract's columns, typed, pseudonymised and sealed, and beside them

    ``_supplier``, ``_file``, ``_row``, ``_key`` (a keyed hash that names the row), ``_absent`` (bit i: column i is
    missing), ``_deleted`` (the row is marked as deleted upstream: its key alone must be sound) and ``_failures``
    (empty where the row is good).
    """
    binding = delivery.binding
    typed = _typed(_texts(_trimmed(rows, delivery), delivery, contract, day), binding, contract, keys)
    judged = typed.selectExpr("*", *_reasons(binding, contract, day))
    judgement = (f"{_absent(binding, contract)} AS _absent", f"{_failures(binding, contract)} AS _failures")
    return judged.select(
        F.lit(binding.supplier).alias("_supplier"),
        "_file",
        "_row",
        _row_key(binding, contract, keys).alias("_key"),
        DELETED,
        *_expressions(*judgement),
        *_final(contract, keys),
    )


def without_duplicates(sifted: DataFrame, contract: Contract) -> DataFrame:
    """The same rows; of good rows with one key all but one fail as ``duplicate_key``.

    Which one stays depends on the rows' content alone, so the order of arrival does not matter; a deletion stays.
    """
    key = ", ".join(f"`{name}`" for name in contract.key)
    rest = ", ".join(f"`{column.name}`" for column in contract.columns if column.name not in contract.key)
    alone = f"IF(size(_failures) = 0, NULL, concat_ws({quoted(SEPARATOR)}, _supplier, _file, CAST(_row AS STRING)))"
    order = ", ".join(part for part in (f"{DELETED} DESC", rest, "_supplier, _file, _row") if part)
    place = f"row_number() OVER (PARTITION BY {key}, {alone} ORDER BY {order})"
    repeated = f"array({_failure('', quoted('repeated key'), quoted(REPEATED), 'value_class')})"
    failures = f"IF(_place > 1 AND size(_failures) = 0, {repeated}, _failures) AS _failures"
    placed = sifted.selectExpr("*", f"{place} AS _place")
    return placed.selectExpr(*[failures if name == "_failures" else f"`{name}`" for name in sifted.columns])


def union(parts: Sequence[DataFrame]) -> DataFrame:
    """The parts of one feed, one per supplier's binding, as one frame."""
    return reduce(lambda one, other: one.unionByName(other), parts)


def accepted(sifted: DataFrame, contract: Contract, delivers: Delivers = "whole") -> DataFrame:
    """The good rows with the contract's columns, and for changes which of them are deletions."""
    columns = [f"`{column.name}`" for column in contract.columns]
    return sifted.where("size(_failures) = 0").select(*columns, *([DELETED] if delivers == "changes" else []))


def quarantined(sifted: DataFrame, feed: str, day: date) -> DataFrame:
    """The bad rows without their values: where each stood, what failed and what the value looked like."""
    return sifted.where("size(_failures) > 0").selectExpr(
        f"{quoted(feed)} AS feed",
        "_supplier AS supplier",
        "_file AS file",
        "_row AS row",
        "_key AS key",
        "_failures[0].reason AS reason",
        "_failures AS failures",
        f"{on(day)} AS day",
    )


def _trimmed(rows: DataFrame, delivery: Delivery) -> DataFrame:
    """The source columns that are bound, without blanks around their texts, and what the row itself tells."""
    binding, places = delivery.binding, _places(delivery)
    astray = [f"NOT coalesce({places[name]} IN {listed(known)}, FALSE)" for name, known in binding.anchors.items()]
    deleted = "FALSE"
    if binding.deletes:
        column, values = binding.deletes
        deleted = f"coalesce({parse.trimmed(places[column])} IN {listed(values)}, FALSE)"
    used = dict.fromkeys(places[name] for source in binding.columns.values() for name in source.columns)
    return rows.selectExpr(
        "_file", "_row", "_malformed", f"{' OR '.join(astray) or 'FALSE'} AS _slipped", f"{deleted} AS {DELETED}",
        *[f"{parse.trimmed(place)} AS {place}" for place in used],
    )  # fmt: skip


def _texts(trimmed: DataFrame, delivery: Delivery, contract: Contract, day: date) -> DataFrame:
    """The text of each bound column as ``t_<name>``; identity numbers are written in the one way."""
    binding, places = delivery.binding, _places(delivery)
    bound = _bound(binding, contract)
    texts = {column.name: parse.text(binding.columns[column.name], binding, places, day) for column in bound}
    written, whole = {**texts}, {}
    for column in bound:
        if kind := column.identifies:
            scheme = binding.schemes.get(column.name)
            written[column.name] = identity.plain(texts[column.name], scheme)
            whole[column.name] = identity.upgraded(kind, _t(column.name), scheme)
    named = trimmed.selectExpr(*_META, *[f"{text} AS {_t(name)}" for name, text in written.items()])
    return named.selectExpr(*_META, *[f"{whole.get(name, _t(name))} AS {_t(name)}" for name in texts])


def _typed(texts: DataFrame, binding: Binding, contract: Contract, keys: Keys) -> DataFrame:
    """Values under the contract's names, and ``f_<name>``, what is wrong with an identity number."""

    def value(column: Column) -> SparkColumn:
        if column.name not in binding.columns:
            return F.expr(null(SQL_TYPES[column.type]))
        if kind := column.identifies:
            return identity.pseudonym(keys, kind, F.col(_t(column.name)), binding.schemes.get(column.name))
        return F.expr(parse.value(column, binding.columns[column.name], binding, _t(column.name)))

    faults = [
        f"{identity.fault(kind, _t(column.name))} AS {_f(column.name)}"
        for column in _bound(binding, contract)
        if (kind := column.identifies) and column.name not in binding.schemes
    ]
    return texts.select("*", *_expressions(*faults), *[value(column).alias(column.name) for column in contract.columns])


def _reasons(binding: Binding, contract: Contract, day: date) -> Iterator[str]:
    """``r_<name>``: why a column, or what spans columns, is not as agreed; NULL where it is."""
    yield f"IF({_slipped(binding, contract)}, {quoted(SHIFTED)}, NULL) AS {_r(SHIFTED)}"
    dated = None if binding.snapshot else contract.freshness_column
    for column in _bound(binding, contract):
        # Nobody knows a row before its day. What the binding itself dates is its own affair.
        latest = day if column.name == dated and binding.columns[column.name].columns else None
        spared = [(DELETED, "NULL")] if binding.deletes and column.name not in contract.key else []
        yield f"{cases(*spared, *_column_reasons(column, binding, latest))} AS {_r(column.name)}"
    kept = f"NOT {DELETED} AND " if binding.deletes else ""
    for rule in contract.rules:
        yield f"IF({kept}NOT coalesce({rule.holds}, TRUE), {quoted(rule.name)}, NULL) AS {_r(rule.name)}"


def _column_reasons(column: Column, binding: Binding, latest: date | None) -> Iterator[tuple[str, str]]:
    """Conditions and reasons, the first that is true counts."""
    delivered, read, source = _t(column.name), f"`{column.name}`", binding.columns[column.name]
    yield f"{delivered} IS NULL", quoted("missing") if column.required else "NULL"
    if column.identifies:
        if column.name not in binding.schemes:
            yield f"{_f(column.name)} IS NOT NULL", _f(column.name)
    elif source.parse == "capital":
        unconverted = parse.foreign_unconverted(delivered, binding.rates)
        yield f"{read} IS NULL AND NOT {unconverted}", quoted(parse.unread(column))
    elif column.type != "text" or source.map is not None:
        yield f"{read} IS NULL", quoted(parse.unread(column))
    if column.type == "text":
        yield parse.garbled(delivered), quoted("garbled_text")
    if column.allowed:
        yield f"{read} NOT IN {listed(column.allowed)}", quoted("not_allowed")
    if column.pattern:
        yield f"NOT {read} RLIKE {quoted(column.pattern)}", quoted("wrong_pattern")
    if column.minimum is not None:
        yield f"{read} < CAST({quoted(column.minimum)} AS {SQL_TYPES[column.type]})", quoted("out_of_range")
    if column.maximum is not None:
        yield f"{read} > CAST({quoted(column.maximum)} AS {SQL_TYPES[column.type]})", quoted("out_of_range")
    if latest is not None:
        yield f"CAST({read} AS DATE) > {on(latest)}", quoted("in_the_future")


def _failures(binding: Binding, contract: Contract) -> str:
    """Everything wrong with a row, in a fixed order; of a row that is not even a record nothing more is said."""
    by_column = [(column.name, _t(column.name), _r(column.name)) for column in _bound(binding, contract)]
    spanning = [("", quoted("several columns"), _r(rule.name)) for rule in contract.rules]
    every = [("", quoted("several columns"), _r(SHIFTED)), *by_column, *spanning]
    told = ", ".join(_failure(column, text, reason, "text") for column, text, reason in every)
    looks = f"IF(one.column = '', one.text, {parse.value_class('one.text')})"
    named = struct(column="one.column", value_class=looks, reason="one.reason")
    torn = f"array({_failure('', quoted('another number of fields'), quoted(TORN), 'value_class')})"
    return cases(
        ("_malformed", torn),
        # Most rows end here.
        (f"coalesce({', '.join(reason for _, _, reason in every)}) IS NULL", f"CAST(array() AS {FAILURES})"),
        otherwise=f"transform(filter(array({told}), one -> one.reason IS NOT NULL), one -> {named})",
    )


def _slipped(binding: Binding, contract: Contract) -> str:
    """Whether the row's values stand under the wrong headers: an anchor does not hold, or an identity number that
    is not valid stands beside a date or number that looks like one."""
    others = [
        _t(column.name)
        for column in _bound(binding, contract)
        if column.type in _SLIPPABLE and binding.columns[column.name].columns
    ]
    slipped = ["_slipped"]
    for column in _bound(binding, contract):
        kind = column.identifies
        if kind and column.required and column.name not in binding.schemes and others:
            looks = " OR ".join(f"coalesce({other} RLIKE {quoted(_SHAPES[kind])}, FALSE)" for other in others)
            slipped.append(f"({_f(column.name)} IS NOT NULL AND ({looks}))")
    return " OR ".join(slipped)


def _final(contract: Contract, keys: Keys) -> list[SparkColumn]:
    def out(column: Column) -> SparkColumn:
        value = F.col(f"`{column.name}`")
        if column.sealed and contract.subject is not None:
            value = identity.sealed(keys, F.col(f"`{contract.subject}`"), column.name, value)
        return value.alias(column.name)

    return [out(column) for column in contract.columns]


def _row_key(binding: Binding, contract: Contract, keys: Keys) -> SparkColumn:
    parts = ", ".join(f"coalesce({_t(name)}, '')" if name in binding.columns else "''" for name in contract.key)
    return identity.keyed_hash(keys, f"row:{contract.feed}", F.expr(f"concat_ws({quoted(SEPARATOR)}, {parts})"))


def _absent(binding: Binding, contract: Contract) -> str:
    bits = [
        f"IF({_t(column.name)} IS NULL, {1 << place}L, 0L)"
        for place, column in enumerate(contract.columns)
        if column.name in binding.columns
    ]
    return f"IF(_malformed OR {DELETED}, 0L, {' + '.join(bits)})"


def _failure(column: str, value_class: str, reason: str, middle: str) -> str:
    return struct(column=quoted(column), **{middle: value_class}, reason=reason)


def _bound(binding: Binding, contract: Contract) -> list[Column]:
    return [column for column in contract.columns if column.name in binding.columns]


def _places(delivery: Delivery) -> dict[str, str]:
    """Where each source column stands; of two of one name the first."""
    return {name: f"c{place}" for place, name in reversed(list(enumerate(delivery.header)))}


def _expressions(*texts: str) -> list[SparkColumn]:
    return [F.expr(text) for text in texts]


def _t(name: str) -> str:
    return f"t_{name}"


def _f(name: str) -> str:
    return f"f_{name}"


def _r(name: str) -> str:
    return f"r_{name}"
