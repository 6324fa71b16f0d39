"""The same readings over Spark's frames of distinct texts, in its workers; a native column cannot do this."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from profiles.model import READ_COLUMNS
from tagging.texts import permits, titles, trades

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SCOPES = ", ".join(
    ["name STRING, scope STRING", *(f"{name} {type_}" for name, type_ in READ_COLUMNS["enterprise"].items())]
)
TITLES = ", ".join(["job_title STRING", *(f"{name} {type_}" for name, type_ in READ_COLUMNS["person"].items())])

Batches = Iterator[pa.RecordBatch]

_TRADES = pa.list_(pa.struct([("industry", pa.string()), ("main", pa.bool_()), ("confidence", pa.float64())]))
_PERMITS = pa.list_(pa.struct([("type", pa.string()), ("said", pa.string())]))


def read_scopes(texts: "DataFrame", *, here: bool = False) -> "DataFrame":
    """(name, scope), each pair once and scope never NULL, as ``SCOPES``: with trades and permits_needed.

    ``here`` reads a handful of texts in this process and starts no worker.
    """
    return _read(texts.select("name", "scope"), _scopes, SCOPES, here)


def read_titles(texts: "DataFrame", *, here: bool = False) -> "DataFrame":
    """(job_title), each once and never NULL, as ``TITLES``: with occupation_read and occupation_confidence."""
    return _read(texts.select("job_title"), _titles, TITLES, here)


def _read(texts: "DataFrame", reader: Callable[[Batches], Batches], shape: str, here: bool) -> "DataFrame":
    if not here:
        return texts.mapInArrow(reader, shape)
    read = list(reader(iter(texts.toArrow().to_batches())))
    spark = texts.sparkSession
    return spark.createDataFrame(pa.Table.from_batches(read)) if read else spark.createDataFrame([], shape)


def _scopes(batches: Batches) -> Batches:
    for batch in batches:
        names, scopes = batch["name"].to_pylist(), batch["scope"].to_pylist()
        traded = [[vars(trade) for trade in read] for read in trades.read(names, scopes)]
        needed = [[vars(permit) for permit in permits.read(scope)] for scope in scopes]
        columns = [batch["name"], batch["scope"], pa.array(traded, _TRADES), pa.array(needed, _PERMITS)]
        yield pa.RecordBatch.from_arrays(columns, names=["name", "scope", "trades", "permits_needed"])


def _titles(batches: Batches) -> Batches:
    for batch in batches:
        read = titles.read(batch["job_title"].to_pylist())
        codes = pa.array([one.code for one in read], pa.string())
        sure = pa.array([one.confidence if one.code else None for one in read], pa.float64())
        names = ["job_title", "occupation_read", "occupation_confidence"]
        yield pa.RecordBatch.from_arrays([batch["job_title"], codes, sure], names=names)
