"""Finds the files a supplier delivered and reads them as numbered rows of text; it changes and drops no row."""

import codecs
import csv
import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import pyarrow.parquet
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from profiles.bindings import Binding
from profiles.errors import BindingError, FeedMissing
from profiles.located import nearest
from profiles.sql import quoted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Below this size one task reads, checks and writes a feed: fewer Spark jobs than shuffling would need.
ONE_TASK_BYTES = 32 << 20
_CORRUPT = "_corrupt"
_ROW_WITHIN_PARTITION = (1 << 33) - 1
# In these no sign but the quote and the line break holds their bytes.
_BYTEWISE = frozenset({"ascii", "utf-8", "gbk", "gb2312", "gb18030", "iso8859-1", "cp1252"})


@dataclass(frozen=True)
class Delivery:
    """What was delivered for one binding: its files, their header, and columns that no one told us of."""

    binding: Binding
    source: Path
    files: tuple[Path, ...]
    header: tuple[str, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Delivered columns that the binding neither uses nor expects."""
        known = {*self.binding.source_columns, *self.binding.expect}
        return tuple(name for name in self.header if name not in known)

    @property
    def small(self) -> bool:
        """Whether one task is enough."""
        packed = self.binding.format == "parquet"
        sizes = (file.stat().st_size * (8 if packed or file.suffix == ".gz" else 1) for file in self.files)
        return sum(sizes) < ONE_TASK_BYTES


def find(spark: "SparkSession", binding: Binding, source: Path, day: date) -> Delivery:
    """The delivery of ``binding`` under ``source`` for ``day``.

    Raises:
        FeedMissing: there is no such file.
        BindingError: a bound column is not in it; the message names file, binding and the nearest name.
    """
    wanted = binding.delivery(source, day)
    files = tuple(sorted(wanted.parent.glob(wanted.name)))
    if not files:
        raise FeedMissing(
            f"{binding.feed} was not delivered for {day}: {binding.file} expects {wanted}, and nothing is there. "
            "Deliver the file and run the gate again for that day; what was accepted before stays in force."
        )
    return of(spark, binding, source, files)


def of(spark: "SparkSession", binding: Binding, source: Path, files: Sequence[Path]) -> Delivery:
    """The delivery that these files under ``source`` are; raises BindingError as ``find``."""
    headers = [_header(spark, binding, file) for file in files]
    for file, header in zip(files, headers, strict=True):
        _check(binding, file, header)
        if header != headers[0]:
            raise BindingError(f"{file} has other columns than {files[0]}, delivered with it. Ask {binding.supplier}.")
    return Delivery(binding, source, tuple(files), headers[0])


def read(spark: "SparkSession", delivery: Delivery) -> DataFrame:
    """Every delivered row as text, with ``_file`` (relative to the source), ``_row`` (from 1) and ``_malformed``.

    Columns are named by position, ``c0`` …, because a header may repeat a name or hold any sign.
    """
    frames = [_read_file(spark, delivery, file) for file in delivery.files]
    rows = reduce(lambda one, other: one.union(other), frames)
    return rows.coalesce(1) if delivery.small else rows


def _check(binding: Binding, file: Path, header: tuple[str, ...]) -> None:
    """Raises BindingError; a header of which nothing is known is not quoted, as it may be a row of values."""
    some = not {*binding.source_columns, *binding.expect}.isdisjoint(header)
    for name in binding.source_columns:
        if name not in header:
            has = ", ".join(header) if some or not header else f"{len(header)} names that nobody knows; is it a header?"
            near = nearest(name, header) if some else ""
            raise BindingError(
                f"{file} has no column {name!r}, which {binding.file} binds.{near} It has: "
                f"{has or 'nothing, not even a header'}. Correct the binding, or ask {binding.supplier}."
            )


def _header(spark: "SparkSession", binding: Binding, file: Path) -> tuple[str, ...]:
    if binding.format == "json":
        return tuple(name for name in _json(spark, file).columns if name != _CORRUPT)
    encoding = "utf-8-sig" if binding.encoding.lower() in ("utf-8", "utf8") else binding.encoding
    try:
        if binding.format == "parquet":
            return tuple(pyarrow.parquet.read_schema(file).names)
        with _open(file, encoding) as text:
            header = tuple(next(csv.reader(text), ()))
        if "\ufffd" not in "".join(header):
            return header
    except (csv.Error, EOFError, OSError, pyarrow.ArrowInvalid):
        pass  # said below
    written = "parquet" if binding.format == "parquet" else binding.encoding
    raise BindingError(
        f"{file} cannot be read as {written}. Correct format or options.encoding in {binding.file}, or ask "
        f"{binding.supplier} to deliver it again."
    )


def _open(file: Path, encoding: str) -> IO[str]:
    """A file as text; bytes that are none become U+FFFD, as they do when Spark reads them."""
    if file.suffix == ".gz":
        return cast("IO[str]", gzip.open(file, "rt", encoding=encoding, errors="replace", newline=""))
    return file.open(encoding=encoding, errors="replace", newline="")


def _json(spark: "SparkSession", file: Path, schema: str | None = None) -> DataFrame:
    reader = spark.read.option("multiLine", True).option("columnNameOfCorruptRecord", _CORRUPT)
    return (reader.schema(schema) if schema else reader.option("primitivesAsString", True)).json(str(file))


def _read_file(spark: "SparkSession", delivery: Delivery, file: Path) -> DataFrame:
    """Whole files are read in one piece, so that a row's number is its place in the file."""
    header = delivery.header
    if delivery.binding.format == "parquet":
        rows = spark.read.parquet(str(file)).select(F.col("_metadata.row_index").alias("_at"), "*")
        malformed = F.lit(False)
    elif delivery.binding.format == "json":
        names = ", ".join(f"`{name}` STRING" for name in [*header, _CORRUPT])
        rows = _json(spark, file, names).select(F.monotonically_increasing_id().alias("_at"), "*")
        malformed = F.col(_CORRUPT).isNotNull()
    else:
        rows = _csv(spark, delivery, file)
        malformed = F.col(_CORRUPT).isNotNull()
    names_now = [name for name in rows.columns if name not in ("_at", _CORRUPT)]
    return rows.select(
        F.lit(str(file.relative_to(delivery.source))).alias("_file"),
        (F.col("_at").bitwiseAND(F.lit(_ROW_WITHIN_PARTITION)) + 1).alias("_row"),
        malformed.alias("_malformed"),
        *[F.col(f"`{name}`").cast("string").alias(f"c{place}") for place, name in enumerate(names_now)],
    )


def _csv(spark: "SparkSession", delivery: Delivery, file: Path) -> DataFrame:
    """As Python's csv module reads it: quotes doubled inside quotes, line breaks within quotes.

    A record with more or fewer fields than the header is told by the column of corrupt records. A quote that nobody
    closes swallows the records after it: they are counted as malformed, one by one.
    """
    fields = [f"c{place}" for place in range(len(delivery.header))]
    names = ", ".join(f"{name} STRING" for name in [*fields, _CORRUPT])
    rows = spark.read.csv(
        str(file),
        schema=names,
        header=True,
        enforceSchema=True,
        multiLine=True,
        mode="PERMISSIVE",
        columnNameOfCorruptRecord=_CORRUPT,
        quote='"',
        escape='"',
        encoding=delivery.binding.encoding,
        maxCharsPerColumn=-1,
    )
    numbered = rows.select(F.monotonically_increasing_id().alias("_at"), "*")
    return _with_swallowed(numbered, fields) if _may_span_lines(file, delivery.binding.encoding) else numbered


def _may_span_lines(file: Path, encoding: str) -> bool:
    """Whether a record may go on in the next line: some line then has an odd number of quotes."""
    if codecs.lookup(encoding).name not in _BYTEWISE:
        return True
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
            return any(line.count(b'"') & 1 for line in lines)
    except (EOFError, OSError, zlib.error):
        return True  # damaged, as Spark will say


def _with_swallowed(rows: DataFrame, fields: Sequence[str]) -> DataFrame:
    """The rows; one within which stand lines as long as a record becomes as many torn rows as it has such lines."""
    # A plan that repeated the count for every field would count as often.
    broken = ", ".join(f"IF(contains({name}, '\\n'), {name}, NULL)" for name in fields)
    record = rf"\n(?:[^,\n]*,){{{max(len(fields) - 1, 1)},}}"
    lines = f"regexp_count(coalesce({_CORRUPT}, concat_ws('', {broken})), {quoted(record)})"
    counted = rows.selectExpr("*", f"{lines} AS _swallowed")
    repeated = counted.selectExpr("*", "explode(array_repeat(1, _swallowed + 1)) AS _line")
    # Without the texts, or every torn row would repeat all that was swallowed.
    kept = [f"IF(_swallowed = 0, {name}, NULL) AS {name}" for name in fields]
    return repeated.selectExpr("_at", *kept, f"IF(_swallowed > 0, '', {_CORRUPT}) AS {_CORRUPT}")
